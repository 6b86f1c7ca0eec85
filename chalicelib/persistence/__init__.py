"""Persistence: rows under the tenant's prefix, one transaction per command, sealed personal data."""
