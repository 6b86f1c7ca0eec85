"""Sealed reports: which there are, what each says, when it is due, and how it is sealed."""
