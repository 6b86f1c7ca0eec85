"""For other systems: the module's API."""
