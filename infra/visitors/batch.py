"""The batch recomputation: what the figures must be, from the list of all events at once.

Two ways, and both must agree with the ledger. ``expected`` takes the product's rules (what one event adds)
and nothing of its keeping: no order, no transactions, no duplicates. ``plain`` adds up a few figures with no
rule of the product at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from chalicelib.kernel.period import business_day, parse_instant
from tenants.bureau.domain.day import Day
from tenants.bureau.domain.figures import Gauge, added, contribution, gauge_day, gauges

Envelope = Mapping[str, Any]
Key = tuple[str, date]


def standing(said: Iterable[Envelope]) -> list[Envelope]:
    """The events that count: each once, without those that another one corrects."""
    once = {one["id"]: one for one in said}
    gone = {one["corrects"] for one in once.values() if "corrects" in one}
    return [one for one in once.values() if one["id"] not in gone]


def expected(said: Iterable[Envelope]) -> tuple[dict[Key, dict[str, int]], dict[Key, dict[str, Gauge]]]:
    """By sender and day the counters and the gauges that follow from the events that count."""
    counters: dict[Key, dict[str, int]] = {}
    latest: dict[Key, dict[str, Gauge]] = {}
    for one in standing(said):
        key = (one["tenantid"], business_day(parse_instant(one["time"])))
        counters[key] = added([counters.get(key, {}), contribution(one)])
        spoken = latest.setdefault((one["tenantid"], gauge_day(one)), {})
        for name, gauge in gauges(one).items():
            if name not in spoken or spoken[name] < gauge:
                spoken[name] = gauge
    return counters, latest


def plain(said: Iterable[Envelope]) -> dict[str, int]:
    """A few sums of the whole city, added up by hand."""
    found = {
        "admitted": 0,
        "sold": 0,
        "paid_fen": 0,
        "refund_fen": 0,
        "guests": 0,
        "contract_pax": 0,
        "cases": 0,
    }
    for one in standing(said):
        data, type = one["data"], one["type"]
        if type == "tourism.scenic.entry.counted.v1":
            found["admitted"] += data["admitted"]
        elif type == "tourism.scenic.ticket.issued.v1":
            found["sold"] += data["quantity"]
        elif type == "tourism.commerce.payment.settled.v1":
            found["refund_fen" if data["refund"] else "paid_fen"] += data["amount"]
        elif type == "tourism.lodging.stay.checkedin.v1":
            found["guests"] += data["partySize"]
        elif type == "tourism.agency.contract.signed.v1":
            found["contract_pax"] += data["pax"]
        elif type == "tourism.complaint.case.opened.v1":
            found["cases"] += 1
    return found


def differing(said: Iterable[Envelope], kept: Mapping[date, Iterable[Day]]) -> list[str]:
    """Where the kept figures are not the expected ones, in words; empty: they are equal."""
    events = list(said)
    counters, latest = expected(events)
    days = {(one.sender, day): one for day, told in kept.items() for one in told}
    found: list[str] = []
    for key in sorted({*counters, *latest, *days}):
        day = days.get(key, Day(sender=key[0]))
        for name, amount in counters.get(key, {}).items():
            if day.count(name) != amount:
                found.append(f"{key} {name}: {day.count(name)} instead of {amount}")
        for name, gauge in latest.get(key, {}).items():
            if day.gauges.get(name) != gauge:
                found.append(f"{key} {name}: {day.gauges.get(name)} instead of {gauge}")
        known = {*counters.get(key, {}), *latest.get(key, {})}
        found += [
            f"{key} {name}: {amount} out of nothing"
            for name, amount in day.counters.items()
            if amount and name not in known and ":" not in name and name not in _RECEIPT
        ]
    for name, amount in plain(events).items():
        total = sum(one.count(name) for one in days.values())
        if total != amount:
            found.append(f"{name} of the city: {total} instead of {amount}")
    return found


_RECEIPT = {"received", "late", "after", "apart", "replaced", "quarantined", "parked"}
"""What the arrival adds; the ledger's own proof recomputes it."""
