"""A hotel's or homestay's day: people leave, people come, rooms fill, the night is audited."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from infra.visitors.areas import order, payment
from infra.visitors.cast import Operator
from infra.visitors.curves import BEFORE_NOON, EVENING, at, moments
from infra.visitors.said import Voice

_PROVINCES = ("410000",) * 10 + (
    "130000",
    "140000",
    "320000",
    "370000",
    "420000",
    "610000",
    "110000",
    "440000",
)
_COUNTRIES = ("JP", "KR", "US", "FR", "SG", "MY")
_FOREIGN = 0.03
_TURNOVER = 0.6  # of the rooms let, how many change guests on a day
_BANDS: Sequence[tuple[int, str]] = (
    *((20_000, "1-199"), (40_000, "200-399"), (80_000, "400-799"), (160_000, "800-1599")),
    (320_000, "1600-3199"),
)


def stays(operator: Operator, day: date, *, dice: random.Random, voice: Voice, detail: float) -> None:
    """Say a day. ``detail``: the share of bookings whose money is said."""
    price = 12_000 + 400 * (operator.size % 50)
    if operator.kind == "hotel":
        _audit(operator, day, price=price, dice=dice, voice=voice)
    turned = operator.size * operator.busy * _TURNOVER
    for moment in moments(turned, BEFORE_NOON, day=day, dice=dice):
        nights = dice.choice((1, 1, 2, 3))
        left = {"guest": _guest(dice), "nights": nights, "revenueBand": _band(nights * price)}
        voice.say("lodging.stay.checkedout.v1", left, at=moment)
    free = operator.size - round(operator.size * operator.busy * (1 - _TURNOVER))
    last = -1
    for number, moment in enumerate(moments(turned, EVENING, day=day, dice=dice)):
        free = max(free - 1, 0)
        _arrival(operator, moment, number, dice=dice, voice=voice, price=price, detail=detail)
        if moment.hour != last:
            last = moment.hour
            data = {"roomType": "standard", "date": day.isoformat(), "free": free, "outOfOrder": 0}
            voice.say("lodging.availability.changed.v1", data, at=moment, subject="standard")


def _arrival(
    operator: Operator,
    moment: datetime,
    number: int,
    *,
    dice: random.Random,
    voice: Voice,
    price: int,
    detail: float,
) -> None:
    foreign = dice.random() < _FOREIGN
    data = {
        "guest": _guest(dice),
        "partySize": dice.choice((1, 2, 2, 3)),
        "originCountry": dice.choice(_COUNTRIES) if foreign else "CN",
        "originProvince": "" if foreign else dice.choice(_PROVINCES),
        "purpose": dice.choice(("leisure", "leisure", "family", "business")),
        "channel": dice.choice(("online", "ota", "desk")),
    }
    voice.say("lodging.stay.checkedin.v1", data, at=moment)
    delay = dice.randint(60, 5400) if dice.random() < 0.98 else dice.randint(86_401, 130_000)
    reported = {
        "receipt": f"{operator.slug}-{moment:%m%d}-{number}",
        "foreign": foreign,
        "result": "accepted" if dice.random() < 0.99 else "rejected",
        "delaySeconds": delay,
    }
    voice.say("lodging.registration.reported.v1", reported, at=moment + timedelta(seconds=min(delay, 5400)))
    if dice.random() < detail * 0.5:
        name = f"{voice.stem}-{operator.slug}-b{number}"
        voice.say(
            "commerce.order.placed.v1",
            order("住", "room", price, str(data["channel"])),
            at=moment,
            subject=name,
        )
        voice.say("commerce.payment.settled.v1", payment(name, price, "wechat_pay"), at=moment, subject=name)


def _audit(operator: Operator, day: date, *, price: int, dice: random.Random, voice: Voice) -> None:
    """The night before, closed at twenty to two."""
    broken = operator.size // 40
    available = operator.size - broken
    sold = min(available, max(0, round(available * operator.busy + dice.gauss(0, 2))))
    guests = round(sold * 1.7)
    abroad = round(guests * _FOREIGN)
    data = {
        "date": (day - timedelta(days=1)).isoformat(),
        "rooms": operator.size,
        "outOfOrder": broken,
        "roomsAvailable": available,
        "roomsSold": sold,
        "complimentary": 0,
        "dayUse": 0,
        "guests": guests,
        "roomRevenue": sold * price,
        "otherRevenue": sold * price // 5,
        "averagePrice": price if sold else 0,
        "nightsByCountry": {"CN": guests - abroad, **({"JP": abroad} if abroad else {})},
    }
    voice.say("lodging.nightaudit.closed.v1", data, at=at(day, 100 * 60), subject=data["date"])  # type: ignore[arg-type]


def _band(amount: int) -> str:
    return next((name for most, name in _BANDS if amount < most), "3200+")


def _guest(dice: random.Random) -> str:
    return hashlib.sha256(f"{dice.random()}".encode()).hexdigest()[:32]
