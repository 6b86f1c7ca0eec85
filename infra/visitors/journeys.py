"""A travel agency's day, and what everybody says of service and safety."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from infra.visitors.areas import order, payment
from infra.visitors.cast import Operator
from infra.visitors.curves import ALL_DAY, at, moments, poisson
from infra.visitors.said import Voice

_MARKETS = ("domestic",) * 8 + ("inbound", "outbound")
_PRICE = 42_000  # fen a person and day


@dataclass(frozen=True, kw_only=True)
class _Group:
    name: str
    market: str
    day: date
    days: int
    people: int
    start: datetime


def groups(operator: Operator, day: date, *, dice: random.Random, voice: Voice) -> None:
    """Contracts signed, groups filed, on their way and settled."""
    for number in range(max(1, poisson(operator.size * operator.busy, dice))):
        group = _Group(
            name=f"g-{day:%m%d}-{operator.slug}-{number}",
            market=dice.choice(_MARKETS),
            day=day,
            days=dice.randint(1, 4),
            people=dice.randint(8, 38),
            start=at(day, dice.randint(8 * 3600, 11 * 3600)),
        )
        _signed(group, dice=dice, voice=voice)
        voice.say("agency.group.filed.v1", _filed(group, dice), at=group.start, subject=group.name)
        for stop in range(1, 6):
            state = dice.choices(("reached", "skipped", "changed"), weights=(95, 3, 2))[0]
            data = {
                "group": group.name,
                "stop": stop,
                "state": state,
                "deviationMinutes": 0,
                "headcount": group.people,
            }
            moment = group.start + timedelta(hours=1.5 * stop)
            voice.say("agency.group.progressed.v1", data, at=moment, subject=group.name)
        if number % 2 == 0:
            moment = group.start + timedelta(hours=2)
            voice.say("agency.group.settled.v1", _settled(group), at=moment, subject=group.name)


def _signed(group: _Group, *, dice: random.Random, voice: Voice) -> None:
    left, number = group.people, 0
    while left > 0:
        party = min(left, dice.randint(2, 6))
        left, number = left - party, number + 1
        price = party * group.days * _PRICE
        data = {
            "contract": f"{group.name}-{number}",
            "template": "GF-2026-2601",
            "edition": "2026",
            "kind": group.market,
            "departs": group.day.isoformat(),
            "days": group.days,
            "pax": party,
            "price": price,
            "currency": "CNY",
            "shopping": int(dice.random() < 0.1),
            "optional": 0,
            "hash": f"{dice.getrandbits(256):064x}",
            "belowFloor": dice.random() < 0.01,
            "group": group.name,
        }
        moment = group.start - timedelta(minutes=dice.randint(5, 120))
        name = f"{group.name}-{number}"
        voice.say("agency.contract.signed.v1", data, at=moment, subject=group.name)
        if number == 1:
            voice.say("commerce.order.placed.v1", order("行", "tour", price, "desk"), at=moment, subject=name)
            voice.say("commerce.payment.settled.v1", payment(name, price, "card"), at=moment, subject=name)


def _filed(group: _Group, dice: random.Random) -> dict[str, Any]:
    districts = dice.sample(("410185", "410105", "410182", "410181", "410122"), k=2)
    return {
        "group": group.name,
        "market": group.market,
        "from": group.day.isoformat(),
        "to": (group.day + timedelta(days=group.days - 1)).isoformat(),
        "pax": group.people,
        "districts": districts,
        "stops": [{"day": 1, "district": districts[0], "kind": "scenic", "minutes": 180}],
    }


def _settled(group: _Group) -> dict[str, Any]:
    person_days = group.people * group.days
    return {
        "group": f"{group.name}-before",
        "market": group.market,
        "pax": group.people,
        "personDays": person_days,
        "income": person_days * _PRICE,
        "currency": "CNY",
        "cost": {"住": person_days * 14_000, "行": person_days * 8_000, "游": person_days * 9_000},
        "suppliers": 4,
    }


def service(operator: Operator, day: date, *, dice: random.Random, voice: Voice, load: float) -> None:
    """Complaints, surveys, inspections, now and then an incident. ``load``: how many of each about."""
    for number, moment in enumerate(moments(load, ALL_DAY, day=day, dice=dice)):
        _complaint(f"k-{day:%m%d}-{operator.slug}-{number}", operator, moment, dice=dice, voice=voice)
    for number, moment in enumerate(moments(load * 4, ALL_DAY, day=day, dice=dice)):
        data = {
            "instrument": "exit",
            "edition": 1,
            "respondent": f"{dice.getrandbits(128):032x}",
            "language": dice.choice(("zh", "zh", "zh", "en", "ja", "ko")),
            "scores": {"overall": dice.randint(5, 10), "service": dice.randint(4, 10)},
            "spend": {"食": dice.randint(2_000, 20_000), "购": dice.randint(0, 30_000)},
            "weightClass": "visitor",
        }
        voice.say("survey.response.submitted.v1", data, at=moment, subject=f"s-{number}")
    if dice.random() < 0.1:
        data = {
            "checklist": "fire",
            "edition": 1,
            "items": 30,
            "failed": dice.choice((0, 0, 1)),
            "inspector": "self",
        }
        voice.say("safety.inspection.completed.v1", data, at=at(day, 9 * 3600))
    if dice.random() < 0.02:
        _incident(f"in-{day:%m%d}-{operator.slug}", at(day, dice.randint(9 * 3600, 17 * 3600)), dice, voice)


def _complaint(case: str, operator: Operator, moment: datetime, *, dice: random.Random, voice: Voice) -> None:
    opened = {
        "case": case,
        "channel": dice.choice(("online", "phone", "desk")),
        "service": dice.choice(("ticketing", "queue", "room", "guide")),
        "respondent": operator.slug,
        "severity": dice.randint(1, 3),
        "complainant": f"{dice.getrandbits(128):032x}",
    }
    first, whole = dice.randint(60, 3600), dice.randint(3600, 20_000)
    voice.say("complaint.case.opened.v1", opened, at=moment, subject=case)
    step = {"case": case, "step": "answered", "role": "respondent", "firstResponseSeconds": first}
    voice.say("complaint.case.progressed.v1", step, at=moment + timedelta(seconds=first), subject=case)
    closed = {"case": case, "outcome": "settled", "seconds": whole, "refund": 0, "currency": "CNY"}
    if dice.random() < 0.6:
        closed["satisfaction"] = dice.randint(2, 5)
    voice.say("complaint.case.closed.v1", closed, at=moment + timedelta(seconds=whole), subject=case)


def _incident(name: str, moment: datetime, dice: random.Random, voice: Voice) -> None:
    numbers = {"deaths": 0, "injuries": dice.randint(1, 3), "missing": 0, "stranded": 0}
    data = {
        "incident": name,
        "stage": "first",
        "kind": "fall",
        "grade": "general",
        "learned": moment.isoformat(),
        **numbers,
    }
    voice.say("safety.incident.reported.v1", data, at=moment, subject=name)
    later = {**data, "stage": "final"}
    voice.say("safety.incident.reported.v1", later, at=moment + timedelta(hours=3), subject=name)
