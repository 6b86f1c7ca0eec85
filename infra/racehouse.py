"""The races of a hotel: the last room-night, stays that overlap, one room, a whole house (``races.py``)."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import zip_longest
from typing import Any

from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.commerce.stock.domain import count_of
from chalicelib.commerce.stock.shelves import shelf_between
from infra.racecourse import NOW, Hands, done, refusals
from tenants.hotel.domain.channel import Busy
from tenants.hotel.domain.plan import RatePlan, Secured
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.rooms import Room, RoomType
from tenants.hotel.domain.stay import Stay
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.store.memory import forget_hotel
from tenants.hotel.usecases import (
    basket,
    booking,
    channels,
    groups,
    length,
    placing,
    rates,
    repairs,
    setting,
    waiting,
)
from tenants.hotel.usecases.channels import Feed

INN, DAY = "race-inn", date(2035, 10, 10)
ONE = timedelta(days=1)
_SOMEBODY = {"name": "示例", "phone": "13800000000"}


class Calendar:
    """What another platform's calendar says: one night is taken there."""

    def read(self, address: str, *, tag: str) -> Feed:  # noqa: ARG002 - it has none
        return Feed(busy=(Busy(f"{address}-1", DAY, DAY + ONE),), tag="")


class House(Hands):
    """Twins, and where wanted a villa that is made of all of them."""

    def __init__(self, *, twins: int, villa: bool = False) -> None:
        super().__init__(kind="hotel")
        forget_hotel()
        with self.bound():
            self._set_up(twins, villa=villa)

    def do(self, act: Callable[[HotelStore], Any]) -> Any:
        """A command of its own."""
        with new_unit(self.now)("race") as hotel:
            return act(hotel)

    def book(self, type: str, number: int, *, first: date = DAY, nights: int = 1) -> Order:
        """Hold and make firm."""
        wanted = basket.Booking(
            arrive=first,
            depart=first + nights * ONE,
            rooms=(basket.Rooms(type=type, plan="bar"),),
            contact=_SOMEBODY,
        )
        mark = Mark(command=f"k{number}", digest=f"{wanted}")
        held = self.do(lambda hotel: booking.hold(wanted, mark=mark, hotel=hotel))
        firm: Order = self.do(lambda hotel: booking.guarantee(hotel.orders.get(held.id), hotel=hotel))
        return firm

    def stay(self, order: Order) -> Stay:
        """The one stay of a booking."""
        found: Stay = self.do(lambda hotel: hotel.stays.of_order(hotel.orders.get(order.id))[0])
        return found

    def taken(self) -> dict[str, int]:
        """Places that are held, by ``type@day``; a search counts as many, without looking at the holds."""
        found: Counter[str] = Counter()
        for (slot, resource, _), bucket in shelf_between(f"{INN}#203510", "2035-10-01", "2035-10-31").items():
            found[f"{resource.split(':')[1]}@{slot}"] += sum(map(count_of, bucket.holds.values()))
        held = {name: count for name, count in found.items() if count}
        self.expect("places as a search counts them", self._counted(), held)
        return held

    def _counted(self) -> dict[str, int]:
        forget_hotel()
        found: Counter[str] = Counter()
        counts = self.do(lambda hotel: hotel.calendar.taken(INN, date(2035, 10, 1), date(2035, 10, 31)))
        for (resource, slot), one in counts.items():
            found[f"{resource.split(':')[1]}@{slot}"] += one.taken
        return {name: count for name, count in found.items() if count}

    def _set_up(self, twins: int, *, villa: bool) -> None:
        place = Property(id=INN, names={"zh": "赛"}, district="410185")
        self.do(lambda hotel: setting.set_property(place, hotel=hotel))
        names = [f"2{number:02d}" for number in range(1, twins + 1)]
        rooms = [Room(number=name, site=INN, type="twin", floor="2") for name in names]
        self._type("twin")
        self.do(lambda hotel: setting.set_rooms("twin", rooms, hotel=hotel))
        if villa:
            self._type("villa", *names)
        plan = RatePlan(id="bar", names={"zh": "标准价"}, secured=Secured.GUARANTEE)
        self.do(lambda hotel: setting.set_plan(plan, hotel=hotel))
        last = DAY + 10 * ONE
        kinds = ("twin", "villa") if villa else ("twin",)
        rows = [rates.Row(type=type, plan="bar", first=NOW.date(), last=last, price=30_000) for type in kinds]
        self.do(lambda hotel: rates.update(rows, hotel=hotel, unit=new_unit(self.now)))

    def _type(self, id: str, *members: str) -> None:
        kind = RoomType(id=id, site=INN, names={"zh": id}, included=2, most=8)
        self.do(lambda hotel: setting.set_type(kind, allowance=0, members=members, hotel=hotel))


def desks_and_channels_at_the_last_room_night() -> list[str]:
    """Fifteen desks book and five channels say they have sold it: one has the night."""
    house = House(twins=1)
    with house.bound():
        known = [
            house.do(partial(_connected, number))[0] for number in range(5)
        ]  # their calendars are read at the same moment as the desks book

    acts: list[Callable[[], Any]] = [partial(house.book, "twin", number) for number in range(15)]
    acts[2:2] = [partial(_read, house, channel) for channel in known]
    answers = house.together(acts)
    with house.bound():
        house.expect("places taken", house.taken(), {f"twin@{DAY}": 1})
        firm = [one for one in done(answers) if isinstance(one, Order)]
        closed = [one for channel in known for one in _closures(house, channel.id) if one.holds]
        house.expect("who has the night", len(firm) + len(closed), 1)
        house.expect("refused", set(refusals(answers)) <= {"SoldOut"}, True)
    return house.wrong


def twenty_stays_of_three_nights_that_share_one() -> list[str]:
    """Half of them begin two nights later: of four rooms each is sold on the night they share."""
    house = House(twins=4)
    acts = [
        partial(house.book, "twin", number, first=DAY + number % 2 * 2 * ONE, nights=3)
        for number in range(20)
    ]
    answers = house.together(acts)
    with house.bound():
        firm, taken = done(answers), house.taken()
        early = sum(1 for one in firm if one.lines[0].slot.startswith(DAY.isoformat()))
        house.expect("stays", len(firm), 4)
        wanted = [early, early, 4, 4 - early, 4 - early]
        found = [taken.get(f"twin@{DAY + ahead * ONE}", 0) for ahead in range(5)]
        house.expect("nights", found, wanted)
    return house.wrong


def one_room_for_eight_stays() -> list[str]:
    """Eight desks give the same room to eight guests at once: one has it, none of the others lost a thing."""
    house = House(twins=8)
    with house.bound():
        stays = [house.stay(house.book("twin", number, nights=2)) for number in range(8)]

    def give(stay: Stay) -> Any:
        return house.do(lambda hotel: placing.assign(stay.id, placing.Wish(room="201"), hotel=hotel))

    answers = house.together([partial(give, stay) for stay in stays])
    with house.bound():
        house.expect("given", len(done(answers)), 1)
        house.expect("refused", dict(refusals(answers)), {"RoomNotFree": 7})
        marks = house.do(lambda hotel: hotel.units.taken(INN, DAY, DAY + ONE))
        holders = {marks.get(("201", f"{DAY + ahead * ONE}")) for ahead in range(2)}
        house.expect("holder", holders, {one.id for one in done(answers)})
        house.expect("places", house.taken(), {f"twin@{DAY + ahead * ONE}": 8 for ahead in range(2)})
    return house.wrong


def a_whole_house_against_its_rooms() -> list[str]:
    """Ten want the house and ten one of its two rooms: the house, or both rooms."""
    house = House(twins=2, villa=True)
    acts = [partial(house.book, ("twin", "villa")[number % 2], number, nights=2) for number in range(20)]
    answers = house.together(acts)
    with house.bound():
        sold = Counter(one.lines[0].product for one in done(answers))
        house.expect("sold", dict(sold) in ({"villa": 1}, {"twin": 2}), True)
        taken = house.taken()
        house.expect("rooms", [taken.get(f"twin@{DAY + ahead * ONE}") for ahead in range(2)], [2, 2])
    return house.wrong


def every_door_at_the_last_room_night() -> list[str]:
    """One of three rooms is free, two are a group's. Shop, channels, a guest who stays on, the waitlist and
    a repair want the one, four of the group the two: nobody gets what is another's, nothing stays unsold."""
    house = House(twins=3)
    with house.bound():
        group = house.do(_group)
        before = house.stay(house.book("twin", 90, first=DAY - ONE))
        house.do(_waits)
        known = [house.do(partial(_connected, number))[0] for number in range(3)]

    def stays_on() -> Any:
        return house.do(lambda hotel: length.extend(before.id, depart=DAY + ONE, agreed=None, hotel=hotel))

    def repair() -> Any:
        return house.do(
            lambda hotel: repairs.take_out(
                "203", property=None, first=DAY, last=DAY + ONE, reason="漏水", hotel=hotel
            )
        )

    def picked(number: int) -> Any:
        pick = groups.Pick(type="twin", arrive=DAY, depart=DAY + ONE, contact=_SOMEBODY)
        mark = Mark(command=f"p{number}", digest="d")
        return groups.pick_up(group.id, pick, mark=mark, property=None, unit=new_unit(house.now))

    others: list[Callable[[], Any]] = [partial(house.book, "twin", number) for number in range(8)]
    others += [partial(_read, house, channel) for channel in known]
    others += [stays_on, repair, lambda: waiting.look_through(INN, unit=new_unit(house.now))]
    picks = [partial(picked, number) for number in range(4)]
    acts = [act for pair in zip_longest(others, picks) for act in pair if act is not None]
    answers = house.together(acts)
    with house.bound():
        taken = house.taken()
        house.expect("places", taken, {f"twin@{DAY - ONE}": 1, f"twin@{DAY}": 3})
        firm = [one for one in done(answers) if isinstance(one, Order)]
        of_group = [one for one in firm if one.channel == "desk"]
        closed = [one for channel in known for one in _closures(house, channel.id) if one.holds]
        offered = [one for one in house.do(lambda hotel: hotel.waits.open(INN)) if one.order]
        longer = int(house.do(lambda hotel: hotel.stays.get(before.id)).depart > DAY)
        blocks = house.do(lambda hotel: list(hotel.blocks.all(INN)))
        house.expect("of the group", len(of_group), 2)
        alone = len(firm) - len(of_group) + len(closed) + len(offered) + longer + len(blocks)
        house.expect("who has the free one", alone, 1)
    return house.wrong


RACES: tuple[Callable[[], list[str]], ...] = (
    desks_and_channels_at_the_last_room_night,
    twenty_stays_of_three_nights_that_share_one,
    one_room_for_eight_stays,
    a_whole_house_against_its_rooms,
    every_door_at_the_last_room_night,
)


def _group(hotel: HotelStore) -> Any:
    wanted = groups.Asked(
        name="示例团",
        contact=_SOMEBODY,
        arrive=DAY,
        depart=DAY + ONE,
        rooms={"twin": 2},
        plan="bar",
        release=DAY - ONE,
        rates={"twin": 25_000},
    )
    return groups.hold_group(wanted, hotel=hotel)


def _waits(hotel: HotelStore) -> Any:
    wish = waiting.Wanted(type="twin", plan="bar", arrive=DAY, depart=DAY + ONE, contact=_SOMEBODY)
    return waiting.wait_for(wish, hotel=hotel)


def _read(house: House, channel: Any) -> Any:
    return house.do(
        lambda hotel: channels.sync(channel, feeds=Calendar(), hotel=hotel, unit=new_unit(house.now))
    )


def _connected(number: int, hotel: HotelStore) -> Any:
    return channels.connect(
        name=f"平台{number}", type="twin", address=f"https://example.com/{number}.ics", hotel=hotel
    )


def _closures(house: House, channel: str) -> list[Any]:
    return list(house.do(lambda hotel: hotel.channels.closures(channel)).values())
