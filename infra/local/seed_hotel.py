"""The demo hotel: a small place at the foot of the mountain, with invented rooms, prices and guests.

Called once under the tenant's context; called again it changes nothing that was sold.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.kernel.errors import Refusal
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import business_day
from chalicelib.payments.desk import taken
from chalicelib.persistence.unit_of_work import UnitOfWork
from infra.local.seed_hotel_day import DAY, play_days, play_today
from infra.local.seed_inn import INN, extras, guide, inn, plans, prices, types
from tenants.hotel.domain.booking import due
from tenants.hotel.domain.device import Device, DeviceKind
from tenants.hotel.domain.extra import Extra
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.store.requests import RequestStore
from tenants.hotel.usecases import basket, booking, devices, keys, rates, repairs, setting

_Do = Callable[[str, Callable[[HotelStore], object]], None]


def seed_hotel(*, now: datetime) -> None:
    """A property of 24 rooms and a courtyard sold as a whole, four plans, half a year of prices; two days
    that are over, and the one that runs."""
    unit = new_unit(now)

    def do(action: str, act: Callable[[HotelStore], object]) -> None:
        with unit(f"seed.{action}") as hotel:
            act(hotel)

    place = inn()
    today = place.night_of(now)
    opening = today - 2 * DAY
    past = new_unit(place.instant(opening, time(9)))
    _set_up(do)
    work = UnitOfWork(action="seed.guide", now=now)
    RequestStore(work).keep_guide(INN, guide())
    work.commit()
    with past("seed.rates") as hotel:
        rates.update(prices(opening), hotel=hotel, unit=past)
    play_days(place, now=now)
    _stays(do, today)
    play_today(place, now=now)


def seed_doors(*, now: datetime) -> list[dict[str, str]]:
    """A lock on every door that opens without a network, and a lift; what their simulators need to know."""
    unit, made = new_unit(now), []
    with unit("seed.look") as hotel:
        rooms = [room.number for room in hotel.setup.rooms(INN)]
    wanted = [
        Device(id=new_id("dv", now=now), site=INN, kind=DeviceKind.LOCK, name=f"{room} 门锁", place=room)
        for room in rooms
    ]
    lift = Device(
        id=new_id("dv", now=now),
        site=INN,
        kind=DeviceKind.LIFT,
        name="客梯",
        place="A",
        floors=("1", "2", "3", "4", "5", "6"),
        inspect=business_day(now) + timedelta(days=20),
    )
    for device in (*wanted, lift):
        with unit("seed.device") as hotel:
            house = hotel.setup.house().properties[INN]
            kept, seed = devices.register(device, property=house, offline=True, hotel=hotel)
        made.append({"id": kept.id, "kind": str(kept.kind), "place": kept.place, "seed": seed})
    _keys(now)
    return made


def _keys(now: datetime) -> None:
    """Whoever is in the house came before the locks did: the desk gives them their keys now."""
    unit = new_unit(now)
    with unit("seed.look") as hotel:
        house, here = hotel.setup.house(), hotel.stays.in_house(INN)
    for stay in here:
        with unit("seed.key") as hotel:
            keys.reissued(stay, property=house.properties[INN], hotel=hotel)


def _set_up(do: _Do) -> None:
    do("property", lambda hotel: setting.set_property(inn(), hotel=hotel))
    for kind, rooms, allowance in types():
        do("type", lambda hotel, kind=kind, more=allowance: _type(kind, hotel, allowance=more))  # type: ignore[misc]
        do("rooms", lambda hotel, id=kind.id, rooms=rooms: setting.set_rooms(id, rooms, hotel=hotel))  # type: ignore[misc]
    courtyard = RoomType(
        id="courtyard",
        site=INN,
        names={"zh": "整院", "en": "The whole courtyard", "ja": "一棟貸し", "ko": "독채 전체"},
        included=8,
        most=10,
        area=220,
    )
    do("house", lambda hotel: _type(courtyard, hotel, members=("601", "602", "603")))
    for extra, count in extras():
        do("extra", partial(_extra, extra, count))
    for plan in plans():
        do("plan", lambda hotel, plan=plan: setting.set_plan(plan, hotel=hotel))  # type: ignore[misc]


def _type(kind: RoomType, hotel: HotelStore, *, allowance: int = 0, members: tuple[str, ...] = ()) -> None:
    setting.set_type(kind, allowance=allowance, members=members, hotel=hotel)


def _extra(extra: Extra, count: int, hotel: HotelStore) -> None:
    setting.set_extra(extra, count=count, hotel=hotel)


def _stays(do: _Do, today: date) -> None:
    """Some bookings around today, one room out of order; what no longer fits is left out."""
    wanted = [
        ("twin", "standard", 0, 2, 3),
        ("king", "breakfast", 0, 1, 4),
        ("family", "saver", 1, 2, 1),
        ("suite", "deposit", 2, 3, 1),
        ("courtyard", "standard", 9, 2, 1),
    ]
    for number, (type, plan, ahead, nights, count) in enumerate(wanted):
        arrive = today + timedelta(days=ahead)
        asked = basket.Booking(
            arrive=arrive,
            depart=arrive + timedelta(days=nights),
            rooms=(basket.Rooms(type=type, plan=plan, count=count, adults=2),),
            contact={"name": f"示例{'甲乙丙丁戊'[number]}", "phone": f"1390000000{number}"},
            channel="desk",
        )
        try:
            do("stay", lambda hotel, asked=asked, number=number: _firm(asked, number, hotel))  # type: ignore[misc]
        except Refusal:
            continue

    def repair(hotel: HotelStore) -> None:
        if not repairs.out_of_order(property=INN, hotel=hotel):
            repairs.take_out(
                "208",
                property=INN,
                first=today,
                last=today + timedelta(days=5),
                reason="空调检修",
                hotel=hotel,
            )

    do("repair", repair)


def _firm(asked: basket.Booking, number: int, hotel: HotelStore) -> Order:
    order = booking.hold(asked, mark=Mark(command=f"seed-hotel-{number}", digest="seed"), hotel=hotel)
    if order.state is not State.HELD:
        return order
    amount = due(order)
    if not amount:
        return booking.guarantee(order, hotel=hotel)
    receipt = taken(order=order.id, amount=amount, now=hotel.now)
    return booking.pay_at_desk(order, receipt=receipt, hotel=hotel)
