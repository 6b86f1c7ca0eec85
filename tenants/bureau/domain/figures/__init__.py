"""Figures: what one event adds to its sender's day (counters), and what it says is true now (gauges)."""

from tenants.bureau.domain.figures.counters import (
    Counters,
    Envelope,
    added,
    contribution,
    day_of,
    hour_of,
    negated,
    occurred,
    receipt,
)
from tenants.bureau.domain.figures.gauges import STANDING, Gauge, gauge_day, gauges, misdated
from tenants.bureau.domain.figures.home import BEHIND, behind
from tenants.bureau.domain.figures.types import CLOSED_SUFFIX, RECEIPT

__all__ = [
    "BEHIND",
    "CLOSED_SUFFIX",
    "RECEIPT",
    "STANDING",
    "Counters",
    "Envelope",
    "Gauge",
    "added",
    "behind",
    "contribution",
    "day_of",
    "gauge_day",
    "gauges",
    "hour_of",
    "misdated",
    "negated",
    "occurred",
    "receipt",
]
