"""The hotel under measurement: twenty types of eight rooms, five plans, a month in which all nights sold."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.commerce.orders.usecases import Mark
from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.kernel.period import business_day
from chalicelib.tenancy.context import Tenant, bind, duty
from tenants.hotel.domain.plan import Derived, Fee, Meal, RatePlan, Secured
from tenants.hotel.domain.property import Property, Tax
from tenants.hotel.domain.rooms import Room, RoomType
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import basket, booking, rates, setting

INN = "bench-inn"
TYPES = tuple(f"t{number:02d}" for number in range(20))
PRICED = TYPES[:10]
"""The types whose cells one call sets: with five base plans and five hundred days, 25,000."""
BASES = ("b0", "b1", "b2", "b3", "b4")
LAST_ROOM = "attic"
"""A type of one room, which twenty want."""
NIGHTS = 31
_ROOMS, _SOLD = 8, 3
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Inn:
    """The tenant, a key of its owner, and the first day of the month that has sold."""

    tenant: Tenant
    key: str
    month: date


def opened() -> Inn:
    """Make the hotel and sell three rooms of each type for every night of the month."""
    now, registry = datetime.now(UTC), ControlStore()
    tenant = control.create_tenant(
        kind="hotel",
        slug=f"inn-{secrets.token_hex(3)}",
        name="嵩云居",
        district="410185",
        entitlements=("hotel.rooms",),
        now=now,
        registry=registry,
    )
    key, _ = control.issue_key(
        tenant=tenant.id, label="bench", roles=("owner",), actor="bench", now=now, registry=registry
    )
    month = business_day(now) + 100 * _DAY
    with bind(duty(tenant, "bench")):
        _furnish(now)
        _sell(month, now)
    return Inn(tenant=tenant, key=key, month=month)


def sell(type: str, arrive: date, *, nights: int, rooms: int, now: datetime) -> None:
    """Book rooms of a type and make them firm: the tenant is bound by who asks."""

    def firm(hotel: HotelStore) -> None:
        wanted = basket.Booking(
            arrive=arrive,
            depart=arrive + nights * _DAY,
            rooms=(basket.Rooms(type=type, plan="bar", count=rooms),),
            contact={"name": "示例甲", "phone": "13800000000"},
        )
        mark = Mark(command=secrets.token_hex(8), digest="bench")
        booking.guarantee(booking.hold(wanted, mark=mark, hotel=hotel), hotel=hotel)

    _do(now, firm)


def _furnish(now: datetime) -> None:
    vat = Tax(code="vat", names={"zh": "增值税"}, permille=60)
    place = Property(id=INN, names={"zh": "嵩云居"}, district="410185", stars=4, taxes=(vat,))
    _do(now, lambda hotel: setting.set_property(place, hotel=hotel))
    for floor, type in enumerate((*TYPES, LAST_ROOM), start=1):
        count = 1 if type == LAST_ROOM else _ROOMS
        kind = RoomType(id=type, site=INN, names={"zh": type, "en": type}, included=2, most=3)
        rooms = [
            Room(number=f"{floor}{number:02d}", site=INN, type=type, floor=str(floor))
            for number in range(1, count + 1)
        ]
        _do(now, lambda hotel, kind=kind: setting.set_type(kind, allowance=0, members=(), hotel=hotel))
        _do(now, lambda hotel, type=type, rooms=rooms: setting.set_rooms(type, rooms, hotel=hotel))
    for plan in _plans():
        _do(now, lambda hotel, plan=plan: setting.set_plan(plan, hotel=hotel))
    today = business_day(now)
    first, last = today, today + 300 * _DAY
    with new_unit(now)("bench.rates") as hotel:
        rows = [
            row
            for number, type in enumerate((*TYPES, LAST_ROOM))
            for row in (
                rates.Row(type=type, plan="bar", first=first, last=last, price=30_000 + 1_000 * number),
                rates.Row(type=type, first=first, last=last, rule={"max_through": 40}),
            )
        ]
        rates.update(rows, hotel=hotel, unit=new_unit(now))


def _plans() -> list[RatePlan]:
    fees = (Fee(hours=48), Fee(hours=18, nights=1))
    desk = Secured.GUARANTEE

    def from_bar(**how: Any) -> Derived:
        return Derived(plan="bar", **how)

    def plan(id: str, **more: Any) -> RatePlan:
        return RatePlan(id=id, names={"zh": id, "en": id}, types=frozenset({*TYPES, LAST_ROOM}), **more)

    return [
        plan("bar", fees=fees, secured=desk, extra_adult=8_000),
        plan("breakfast", derived=from_bar(add=3_000), meal=Meal.BREAKFAST, fees=fees, secured=desk),
        plan("half", derived=from_bar(add=9_000), meal=Meal.HALF, fees=fees, secured=desk),
        plan("fixed", derived=from_bar(permille=850)),
        plan("deposit", derived=from_bar(permille=950), fees=fees, secured=Secured.DEPOSIT, deposit=300),
    ]


def with_bases(now: datetime) -> None:
    """Five base plans more, whose cells are then set; they are sold for nothing else."""
    for id in BASES:
        plan = RatePlan(id=id, names={"zh": id}, types=frozenset(PRICED))
        _do(now, lambda hotel, plan=plan: setting.set_plan(plan, hotel=hotel))


def _sell(month: date, now: datetime) -> None:
    for type in TYPES:
        for _ in range(_SOLD):
            sell(type, month, nights=NIGHTS, rooms=1, now=now)


def _do(now: datetime, act: Callable[[HotelStore], object]) -> None:
    with new_unit(now)("bench.hotel") as hotel:
        act(hotel)
