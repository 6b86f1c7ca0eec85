"""What several forms ask for, and how it comes back when it was wrong."""
