"""The figures: what an order, a gate check and the feed cost on this machine. ``python -m tests.bench``."""
