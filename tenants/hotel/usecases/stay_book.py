"""The book of stays: a span of arrivals searched page by page, and a guest looked up by name or document.

Names are sealed. Within a span they are opened and compared, a bounded number at a time; over all time only
who is named in full is found, by the keyed hash under which a registration is listed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.guest import Person
from tenants.hotel.domain.stay import StayState
from tenants.hotel.usecases import sealing
from tenants.hotel.usecases.front import Shown, shown

if TYPE_CHECKING:
    from tenants.hotel.usecases.ports import Hotel

MOST_READ = 2000
"""Stays that one page reads at most; then it says where to go on."""

MOST_DAYS = timedelta(days=366)
_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Stays booked to arrive in ``[first, last]``. ``text``: part of a name, phone, room or booking number;
    ``states``: none is every state."""

    property: str
    first: date
    last: date
    text: str = ""
    states: Collection[StayState] = ()


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A page of the book. ``after``: the stay after which it goes on; nothing where that was all."""

    found: tuple[Shown, ...]
    after: str = ""


def leaf(wanted: Wanted, *, most: int, after: str = "", hotel: Hotel) -> Leaf:
    """Up to ``most`` stays that fit, from behind ``after`` on, by day of arrival; it reads ``MOST_READ`` at
    most."""
    found: list[Shown] = []
    read = 0
    last = min(wanted.last, wanted.first + MOST_DAYS)
    for stay in hotel.stays.book(wanted.property, wanted.first, last, after=after):
        if len(found) == most or read == MOST_READ:
            return Leaf(found=tuple(found), after=after)
        read, after = read + 1, stay.id
        if wanted.states and stay.state not in wanted.states:
            continue
        one = shown([stay], hotel=hotel)[0]
        if not wanted.text or one.fits(wanted.text):
            found.append(one)
    return Leaf(found=tuple(found))


def known(text: str, *, hotel: Hotel) -> tuple[Shown, ...]:
    """The latest hundred stays in which somebody of this full name or document number is registered."""
    key = _key(text)
    if not key:
        return ()
    guests = hotel.guests.known(hotel.vault.blind(key), most=_AT_ONCE)
    ids = {guest.stay for guest in guests if key in keys_of(sealing.shown(guest, hotel=hotel))}
    return tuple(shown([stay], hotel=hotel)[0] for stay in hotel.stays.several(sorted(ids)))


def listed_under(who: Person, *, hotel: Hotel) -> Sequence[str]:
    """The keyed hashes under which a registration is found again."""
    return [hotel.vault.blind(key) for key in sorted(keys_of(who))]


def keys_of(who: Person) -> set[str]:
    """What somebody may be asked for by: name and document number, as ``_key`` writes them."""
    number = who.document.number if who.document is not None else ""
    return {key for key in (_key(who.name), _key(number)) if key}


def _key(text: str) -> str:
    """A name or a number without spaces and in one case; apart from the guests' pseudonyms."""
    plain = "".join(text.split()).casefold()
    return f"known|{plain}" if len(plain) > 1 else ""
