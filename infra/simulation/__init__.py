"""The peak day played through a model of AWS's limits: ``make simulate``."""
