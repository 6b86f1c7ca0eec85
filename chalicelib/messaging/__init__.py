"""Messaging: from a committed outbox row to the bus, and from a queue into a module's inbox."""
