"""Web: the one door of every HTTP route, and how it answers."""
