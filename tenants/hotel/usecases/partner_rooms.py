"""Room types and rooms as a system outside has them (AlpineBits Inventory), and what our guests read of them.

The set is always whole. What it does not carry (beds, area, amenities, the words of our own pages) stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.codes import Codes
from tenants.hotel.domain.property import LANGUAGES
from tenants.hotel.domain.rooms import Room, RoomType
from tenants.hotel.usecases import setting
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.setup_ports import House

MOST_TYPES = 100
_FLOOR = "-"


class TypesTooMany(Refusal):
    code = "hotel.partner.types"
    status = 422
    detail = N_("一次最多 %(most)s 个房型。")
    remedy = N_("请减少房型后重新发送。")


@dataclass(frozen=True, kw_only=True)
class Category:
    """A room type outside: its code, people (standard, most), names and texts by language, its rooms."""

    code: str
    included: int
    most: int
    names: Mapping[str, str]
    about: Mapping[str, str]
    rooms: tuple[str, ...]


Fault = tuple[str, Refusal]
"""What a refusal is about (their code), and the refusal."""


def take_categories(
    site: str, categories: Sequence[Category], *, hotel: Hotel, unit: Unit
) -> tuple[Fault, ...]:
    """The whole set of a property's room types. Types that came from outside before and are not in it are
    not sold any more. Said again it writes nothing. Answers what could not be taken.

    A new type is sold as soon as it has rooms and prices. Raises ``Missing``, ``TypesTooMany``.
    """
    if site not in hotel.setup.house(fresh=True).properties:
        raise Missing(property=site)
    if len(categories) > MOST_TYPES:
        raise TypesTooMany(most=MOST_TYPES)
    codes = _learn(site, [one.code for one in categories], hotel=hotel, unit=unit)
    faults: list[Fault] = []
    for category in categories:
        try:
            with unit("hotel.take-room-type") as inner:
                _take(codes.types[category.code], site, category, hotel=inner)
            with unit("hotel.take-rooms") as inner:
                _rooms(codes.types[category.code], site, category.rooms, hotel=inner)
        except Refusal as refusal:
            faults.append((category.code, refusal))
    there = {codes.types[one.code] for one in categories}
    for code, id in codes.types.items():
        if id not in there:
            with unit("hotel.take-room-type") as inner:
                kind = inner.setup.house(fresh=True).types.get(id)
                if kind is not None and kind.on:
                    _keep(replace(kind, on=False), hotel=inner)
                    faults.append((code, TypeGone(code=code)))
    return tuple(faults)


class TypeGone(Refusal):
    code = "hotel.partner.type-gone"
    detail = N_("房型 %(code)s 不在本次清单中,已停止销售。")


def _learn(site: str, said: Sequence[str], *, hotel: Hotel, unit: Unit) -> Codes:
    """The page of the code book with these types on it; written where one is new."""
    before = after = hotel.codes.read(site)
    for code in said:
        after = after.with_type(code)
    if after == before:
        return before
    after = replace(after, version=before.version + 1)
    with unit("hotel.learn-codes") as inner:
        inner.codes.keep(after)
    return after


def _take(id: str, site: str, told: Category, *, hotel: Hotel) -> None:
    house: House = hotel.setup.house(fresh=True)
    before = house.types.get(id)
    names = _texts(told.names) or {"zh": told.code}
    if before is None:
        made = RoomType(
            id=id,
            site=site,
            names=names,
            included=told.included,
            most=told.most,
            about=_texts(told.about),
        )
        setting.set_type(made, allowance=0, members=(), hotel=hotel)
        return
    wanted = replace(
        before,
        names={**before.names, **names} if told.names else before.names,
        about={**before.about, **_texts(told.about)},
        included=told.included,
        most=told.most,
        on=True,
    )
    if wanted != before:
        _keep(wanted, hotel=hotel)


def _keep(wanted: RoomType, *, hotel: Hotel) -> None:
    allowance = 0 if wanted.house else wanted.allowance
    setting.set_type(wanted, allowance=allowance, members=wanted.members, hotel=hotel)


def _rooms(id: str, site: str, numbers: Sequence[str], *, hotel: Hotel) -> None:
    known = {room.number: room for room in hotel.setup.rooms(site)}
    new = [number for number in numbers if number not in known or known[number].type != id]
    if new:
        rooms = [Room(number=number, site=site, type=id, floor=_floor(number)) for number in new]
        setting.set_rooms(id, rooms, hotel=hotel)


def _floor(number: str) -> str:
    """301 is on the third floor, 1204 on the twelfth; of others nobody said."""
    return number[:-2] if number.isascii() and number.isdigit() and len(number) in {3, 4} else _FLOOR


def _texts(said: Mapping[str, str]) -> dict[str, str]:
    """Texts in the languages that we speak; the first one stands for Chinese where that is missing."""
    found = {language: text for language, text in said.items() if language in LANGUAGES}
    if said and "zh" not in found:
        found["zh"] = said.get("en") or next(iter(said.values()))
    return found
