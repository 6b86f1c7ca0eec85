"""Persistence: rows under the tenant's prefix, one transaction per command, sealed personal data."""

from chalicelib.persistence.lean import import_pynamodb

import_pynamodb()  # before any row's file imports it whole
