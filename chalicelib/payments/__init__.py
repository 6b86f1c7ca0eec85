"""Payments: one port, an adapter per provider. No module knows which one took the money."""
