"""What the bureau does with what it is told."""
