"""The room plan: rooms by nights, and what is done on it."""
