"""A full house to measure with: 150 rooms with guests, put there by the stores in as few writes as may be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.commerce.orders.domain import Line, Order, State
from chalicelib.kernel.ids import new_id
from tenants.hotel.domain.folio import Folio, Payer
from tenants.hotel.domain.stay import Segment, Stay, StayState, expected
from tenants.hotel.usecases.accounts import Posting
from tests.hotel_world import DAY, INN, World, kind, rooms

ONE = timedelta(days=1)


def full_house(world: World, *, count: int = 150, nights: int = 3) -> list[Stay]:
    """So many twins, each with two guests in it since DAY for some nights, and its open bill."""
    world.do(lambda hotel: hotel.setup.keep_property(INN))
    world.type_(kind("twin"), rooms("twin", count, floor=2))
    numbers = [room.number for room in rooms("twin", count, floor=2)]
    arrival = INN.arrival(DAY)
    party = world.hotel(world.work()).vault.seal({"name": "示例甲", "phone": "13800000000"})
    made: list[Stay] = []
    for start in range(0, count, 20):
        some = numbers[start : start + 20]
        line = Line(
            kind="night", product="twin", title="twin", option="bar", resource="type:twin",
            slot=f"{DAY}/{DAY + nights * ONE}", starts=arrival, ends=INN.departure(DAY + nights * ONE),
            count=len(some), price=30_000 * nights,
            facts={"nightly": [30_000 + night for night in range(nights)], "people": [2, 0], "due": 0,
                   "secured": "guarantee", "steps": [], "after": 30_000},
        )  # fmt: skip
        order = Order(
            id=new_id("or", now=arrival), lines=(line,), placed=arrival, until=arrival, channel="desk",
            locale="zh", policy=(), holds=(), locks=(), people=party, digest="", state=State.CONFIRMED,
        )  # fmt: skip
        world.hotel(world.work()).orders.create(order)
        booked = expected(order, property=INN.id, party=party)
        made += world.do(lambda hotel, booked=booked, some=some: _move_in(hotel, booked, some))
    return made


def _move_in(hotel: Any, booked: Any, numbers: list[str]) -> list[Stay]:

    here, postings = [], []
    for stay, room in zip(booked, numbers, strict=True):
        segment = Segment(room=room, first=stay.arrive, last=stay.depart)
        hotel.stays.create([stay])
        here.append(
            replace(stay, state=StayState.IN_HOUSE, segments=(segment,), has=(room,), arrived=hotel.now)
        )
        bill = Folio(
            id=f"{stay.id}.1", site=INN.id, payer=Payer.GUEST, title=room, opened=DAY, room=room,
            stay=stay.id, order=stay.order, countries={"CN": 2},
        )  # fmt: skip
        postings.append(Posting(before=None, after=bill))
    hotel.accounts.folios.post(postings, day=None)
    return here


def arrive(world: World, stays: list[Stay]) -> None:
    """They are in the house."""

    for start in range(0, len(stays), 20):

        def act(hotel: Any, some: list[Stay]) -> None:
            for stay in some:
                before = replace(stay, state=StayState.EXPECTED, version=0)
                hotel.stays.keep(replace(stay, version=1), before=before)
                hotel.board.enter(stay.site, stay.has[0], stay.id)

        world.do(lambda hotel, some=stays[start : start + 20]: act(hotel, some))
