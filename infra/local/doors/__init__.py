"""Simulated doors: locks and a lift that speak our device API like a maker's gateway would."""
