"""Registering guests: who is in a stay, all of them before a key is given. A duty: never gated."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.events import checked_in, checked_out
from tenants.hotel.domain.guest import (
    MOST_GUESTS,
    Guest,
    GuestFixed,
    NobodyWritten,
    Person,
    Registered,
    TooManyGuests,
    came,
    entered,
    origin,
    person,
    require_guardians,
    require_registered,
)
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases.ports import Hotel
from tenants.hotel.usecases.sealing import opened, sealed
from tenants.hotel.usecases.stay_book import listed_under


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is written about a guest. ``number`` 0: somebody new. ``relations``: of a minor, by number."""

    values: Mapping[str, Any]
    number: int = 0
    relations: Mapping[int, str] = field(default_factory=dict)


def save(id: str, entry: Entry, *, hotel: Hotel) -> Guest:
    """Somebody new in the stay, or a correction. What is missing makes it a draft, never a refusal.

    Raises ``DocumentInvalid``, ``GuestFixed``, ``TooManyGuests``, ``StayIs``.
    """
    stay = hotel.stays.get(id)
    return _written(stay, entry, hotel.guests.of_stay(id), hotel=hotel)


def save_all(stay: Stay, entries: Sequence[Entry], *, hotel: Hotel) -> Sequence[Guest]:
    """Everybody of a stay that has nobody yet, in one work. Raises as ``save``."""
    made: list[Guest] = []
    for entry in entries:
        made.append(_written(stay, entry, made, hotel=hotel))
    return made


def save_numbered(id: str, entries: Sequence[Entry], *, hotel: Hotel) -> Sequence[Guest]:
    """Several of a stay in one work, each under the number that its entry names: new ones or corrections, so
    that sending them again changes nothing. Raises as ``save``."""
    stay = hotel.stays.get(id)
    known = hotel.guests.of_stay(id)
    there = {guest.number for guest in known}
    return [_written(stay, entry, known, hotel=hotel, new=entry.number not in there) for entry in entries]


def tell_before(id: str, entries: Sequence[Entry], *, hotel: Hotel) -> Sequence[Guest]:
    """What guests write of themselves and their companions before they come, each under the number that the
    entry names: the desk has only the documents to look at then. Whom the desk wrote down stays as the desk
    has it. Raises as ``save``; ``NobodyWritten`` where nobody is; after the check-in ``StayIs``.
    """
    if not entries:
        raise NobodyWritten
    stay = hotel.stays.get(id)
    stay.require(StayState.EXPECTED)
    known = hotel.guests.of_stay(id)
    there = {guest.number: guest for guest in known}
    if any(entry.number in there and not there[entry.number].told for entry in entries):
        raise GuestFixed
    return [
        _written(stay, entry, known, hotel=hotel, new=entry.number not in there, told=True)
        for entry in entries
    ]


def see_document(id: str, number: int, *, hotel: Hotel) -> Guest:
    """The desk has compared the document with what the guest had written. Said again it changes nothing."""
    stay, guest = hotel.stays.get(id), of_number(id, number, hotel=hotel)
    if not guest.told:
        return guest
    after = replace(guest, told=False, version=guest.version + 1)
    hotel.guests.keep(after, before=guest, site=stay.site)
    return after


def tell_guardian(
    id: str, number: int, *, name: str, phone: str, relations: Mapping[int, str], hotel: Hotel
) -> Guest:
    """How to reach a minor's guardian, and how the others in the stay are related to it (art. 57).

    Raises ``GuestFixed``, ``Missing``, ``StayIs``.
    """
    stay, guest = hotel.stays.get(id), of_number(id, number, hotel=hotel)
    stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
    who = replace(opened(guest, hotel=hotel), guardian_name=name, guardian_phone=phone)
    after = entered(
        guest,
        who,
        stay=id,
        number=number,
        sealed=sealed(who, hotel=hotel),
        relations=relations,
        day=stay.arrive,
        told=guest.told,
    )
    hotel.guests.keep(after, before=guest, site=stay.site)
    return after


def of_number(id: str, number: int, *, hotel: Hotel) -> Guest:
    """A guest of a stay, or ``Missing``."""
    guest = next((one for one in hotel.guests.of_stay(id) if one.number == number), None)
    if guest is None:
        raise Missing(guest=number)
    return guest


def remove(id: str, number: int, *, hotel: Hotel) -> None:
    """Somebody who was written down and did not come. Who has come stays on record (``GuestFixed``)."""
    guest = of_number(id, number, hotel=hotel)
    if guest.arrived is not None:
        raise GuestFixed
    hotel.guests.drop(guest)


def join(id: str, number: int, *, hotel: Hotel) -> Guest:
    """Somebody who came after the others: registered whole, guardians told, then the clock runs."""
    stay = hotel.stays.get(id)
    stay.require(StayState.IN_HOUSE)
    guests = hotel.guests.of_stay(id)
    guest = next((one for one in guests if one.number == number), None)
    if guest is None:
        raise Missing(guest=number)
    if guest.arrived is not None:
        return guest
    there = [one for one in guests if one.arrived is not None or one.number == number]
    require_registered([guest])
    require_guardians(there)
    after = came(guest, opened(guest, hotel=hotel), now=hotel.now)
    hotel.guests.keep(after, before=guest, site=stay.site)
    return after


def arrive(stay: Stay, *, purpose: str, present: Collection[int] | None, hotel: Hotel) -> Mapping[str, int]:
    """Join the work of a check-in: who is ``present`` (none: all) is registered and counted, U03 is said.
    How many come from which country.

    Raises ``GuestsNeeded``, ``GuestIncomplete``, ``GuardianNeeded``.
    """
    known = hotel.guests.of_stay(stay.id)
    guests = [guest for guest in known if present is None or guest.number in present]
    require_registered(guests)
    require_guardians(guests)
    first: Person | None = None
    countries: dict[str, int] = {}
    for guest in guests:
        who = opened(guest, hotel=hotel)
        first = first or who
        country = origin(who)[0]
        countries[country] = countries.get(country, 0) + 1
        hotel.guests.keep(came(guest, who, now=hotel.now), before=guest, site=stay.site)
    assert first is not None
    said = checked_in(
        stay,
        guest=pseudonym(first, year=stay.arrive.year, hotel=hotel),
        party=len(guests),
        origin=origin(first),
        purpose=purpose,
        now=hotel.now,
    )
    hotel.publish(said)
    return countries


def leave(stay: Stay, *, hotel: Hotel) -> None:
    """Join the work of a check-out: U04."""
    first = lead(stay, hotel=hotel)
    if first is not None:
        token = pseudonym(first, year=stay.arrive.year, hotel=hotel)
        hotel.publish(checked_out(stay, guest=token, now=hotel.now))


def require_keys(stay: Stay, *, hotel: Hotel) -> None:
    """A key of this stay may be given: who has come is registered, minors' guardians are recorded."""
    guests = [guest for guest in hotel.guests.of_stay(stay.id) if guest.arrived is not None]
    require_registered(guests)
    require_guardians(guests)


def pseudonym(who: Person, *, year: int, hotel: Hotel) -> str:
    """The guest's token of the year: a keyed hash of the document, or of the name where there is none."""
    known = who.document
    told = f"{known.kind}|{known.number}" if known is not None else f"name|{who.name}"
    return hotel.vault.blind(f"{year}|{told}")


def lead(stay: Stay, *, hotel: Hotel) -> Person | None:
    """The first guest of a stay, opened."""
    guests: Sequence[Guest] = hotel.guests.of_stay(stay.id)
    return opened(guests[0], hotel=hotel) if guests else None


def _written(
    stay: Stay,
    entry: Entry,
    guests: Sequence[Guest],
    *,
    hotel: Hotel,
    new: bool = False,
    told: bool = False,
) -> Guest:
    before = next((guest for guest in guests if guest.number == entry.number), None)
    if before is None or before.state is not Registered.REJECTED:
        stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
    if entry.number and before is None and not new:
        raise Missing(guest=entry.number)
    if before is None and max(len(guests), entry.number - 1) >= MOST_GUESTS:
        raise TooManyGuests(most=MOST_GUESTS)
    who = person(entry.values)
    after = entered(
        before,
        who,
        stay=stay.id,
        number=entry.number or max((guest.number for guest in guests), default=0) + 1,
        sealed=sealed(who, hotel=hotel),
        relations=entry.relations,
        day=stay.arrive,
        told=told,
    )
    hotel.guests.keep(after, before=before, site=stay.site)
    hotel.guests.list_under(after, keys=listed_under(who, hotel=hotel))
    return after
