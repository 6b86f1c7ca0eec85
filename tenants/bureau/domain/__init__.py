"""What the bureau knows: which figures an event moves, what a day looks like, whether a close agrees."""
