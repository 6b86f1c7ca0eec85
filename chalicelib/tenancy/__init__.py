"""Tenancy: who is asking, what they may touch, and with whose credentials it is signed."""
