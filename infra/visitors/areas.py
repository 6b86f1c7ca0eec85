"""A scenic area's day: sessions sold, gates counting, people inside, the capacity ladder."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.period import rfc3339
from infra.visitors.cast import Operator
from infra.visitors.curves import MORNING_AND_AFTERNOON, at, expected, moments, poisson
from infra.visitors.said import Voice

AREA = "main"
GATES = ("south", "east")
STEPS = (80, 90, 100)
_STAY = (90, 240)  # minutes inside
_TURNS = 2.5  # visitors of a day per person inside at the peak
_OPEN, _SHUT = 7 * 60 + 30, 21 * 60
_CHANNELS = ("online", "online", "online", "ota", "desk")
_METHODS = {"online": ("alipay", "wechat_pay", "card"), "ota": ("card",), "desk": ("desk",)}


def visits(
    operator: Operator, day: date, *, dice: random.Random, voice: Voice, step: int, detail: float
) -> None:
    """Say a day. ``step``: minutes between two counts. ``detail``: the share of orders that are said."""
    total = operator.size * operator.busy * _TURNS
    _sales(operator, day, total=total, dice=dice, voice=voice, detail=detail)
    voice.say("scenic.status.changed.v1", _status("open"), at=at(day, _OPEN * 60), subject=AREA)
    _gates(operator, day, total=total, dice=dice, voice=voice, step=step)
    voice.say("scenic.status.changed.v1", _status("closed"), at=at(day, _SHUT * 60), subject=AREA)


def _sales(
    operator: Operator, day: date, *, total: float, dice: random.Random, voice: Voice, detail: float
) -> None:
    price = 4000 + 500 * (operator.size % 9)
    for number, moment in enumerate(moments(total / 2.6 * detail, MORNING_AND_AFTERNOON, day=day, dice=dice)):
        people, channel = (
            dice.choices((1, 2, 3, 4, 6), weights=(18, 40, 22, 14, 6))[0],
            dice.choice(_CHANNELS),
        )
        order = f"{voice.stem}-{operator.slug}-{number}"
        sold = _ticket(people, people * price, channel, moment, dice)
        method = dice.choice(_METHODS[channel])
        voice.say("scenic.ticket.issued.v1", sold, at=moment, subject=order)
        if number % 2 == 0:
            voice.say("commerce.order.placed.v1", _order(people * price, channel), at=moment, subject=order)
            voice.say(
                "commerce.payment.settled.v1", _paid(order, people * price, method), at=moment, subject=order
            )
        if dice.random() < 0.02:
            back = {**sold, "quantity": -people, "price": -people * price, "concession": {"adult": -people}}
            back["resident"] = {name: -n for name, n in sold["resident"].items()}
            voice.say("scenic.ticket.issued.v1", back, at=moment, subject=order)
            voice.say(
                "commerce.payment.settled.v1",
                _paid(order, people * price, method, refund=True),
                at=moment,
                subject=order,
            )


def _gates(
    operator: Operator, day: date, *, total: float, dice: random.Random, voice: Voice, step: int
) -> None:
    inside, entered_today, rung = 0, 0, 0
    leaving: dict[int, int] = {}
    for minute in range(_OPEN, _SHUT, step):
        moment = at(day, minute * 60)
        left = sum(leaving.pop(m) for m in list(leaving) if m <= minute)
        inside -= left
        come = poisson(expected(total, MORNING_AND_AFTERNOON, minute=minute, step=step), dice)
        admitted = min(come, operator.size - inside)
        for _ in range(admitted):
            out = minute + dice.randint(*_STAY)
            leaving[out] = leaving.get(out, 0) + 1
        inside += admitted
        entered_today += admitted
        _count(voice, moment, admitted=admitted, refused=come - admitted, dice=dice)
        if (minute - _OPEN) // step % 2 == 0:
            flow = _flow(operator, moment, entered=admitted, exited=left, inside=inside, today=entered_today)
            voice.say("scenic.flow.observed.v1", flow, at=moment, subject=AREA)
        rung = _ladder(operator, voice, moment, inside=inside, rung=rung)


def _count(voice: Voice, moment: datetime, *, admitted: int, refused: int, dice: random.Random) -> None:
    south = sum(dice.random() < 0.7 for _ in range(min(admitted, 60)))
    south = south * admitted // min(admitted, 60) if admitted else 0
    for gate, n in ((GATES[0], south), (GATES[1], admitted - south)):
        reasons = {"full": refused} if refused and gate == GATES[0] else {}
        if dice.random() < 0.05:
            reasons["used"] = 1
        if n or reasons:
            data = {"area": AREA, "gate": gate, "minute": rfc3339(moment), "admitted": n, "refused": reasons}
            voice.say("scenic.entry.counted.v1", data, at=moment, subject=f"{AREA}/{gate}")


def _ladder(operator: Operator, voice: Voice, moment: datetime, *, inside: int, rung: int) -> int:
    now = max((step for step in STEPS if inside * 100 >= step * operator.size), default=0)
    for level in STEPS if now > rung else reversed(STEPS):  # as one passes them
        if rung < level <= now or now < level <= rung:
            data = {
                "area": AREA,
                "level": level,
                "direction": "up" if now > rung else "down",
                "cap": "instant",
                "count": inside,
                "limit": operator.size,
            }
            voice.say("scenic.capacity.crossed.v1", data, at=moment, subject=AREA)
    if now == STEPS[-1] != rung:
        voice.say("scenic.status.changed.v1", _status("limited", "capacity"), at=moment, subject=AREA)
    elif rung == STEPS[-1] != now:
        voice.say("scenic.status.changed.v1", _status("open"), at=moment, subject=AREA)
    return now


def _ticket(people: int, price: int, channel: str, moment: datetime, dice: random.Random) -> dict[str, Any]:
    origin = dice.choices(("local", "other", "inbound"), weights=(34, 64, 2))[0]
    return {
        "product": "entry",
        "area": AREA,
        "slotStart": rfc3339(moment),
        "quantity": people,
        "price": price,
        "channel": channel,
        "concession": {"adult": people},
        "resident": {origin: people},
    }


def _flow(
    operator: Operator, moment: datetime, *, entered: int, exited: int, inside: int, today: int
) -> dict[str, Any]:
    return {
        "windowStart": rfc3339(moment),
        "windowSeconds": 300,
        "entered": entered,
        "exited": exited,
        "inside": inside,
        "instantCapacity": operator.size,
        "dayCapacity": operator.size * 3,
        "enteredToday": today,
        "zone": AREA,
        "quality": "gate",
    }


def _status(status: str, reason: str = "") -> dict[str, str]:
    return {"area": AREA, "status": status, "reason": reason}


def _order(amount: int, channel: str) -> dict[str, Any]:
    return order("游", "ticket", amount, channel)


def order(element: str, kind: str, amount: int, channel: str) -> dict[str, Any]:
    """U17 of anything that is sold."""
    return {
        "element": element,
        "productKind": kind,
        "channel": channel,
        "amount": amount,
        "currency": "CNY",
        "buyer": "",
        "lines": 1,
    }


def _paid(order: str, amount: int, method: str, *, refund: bool = False) -> dict[str, Any]:
    return payment(order, amount, method, refund=refund)


def payment(order: str, amount: int, method: str, *, refund: bool = False) -> dict[str, Any]:
    """U18 of anything that is paid."""
    return {
        "order": order[-40:],
        "method": method,
        "provider": "demo",
        "amount": amount,
        "currency": "CNY",
        "refund": refund,
    }
