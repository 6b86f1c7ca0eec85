"""The police lane: registrations go out as a file and come back answered. The bus learns a receipt only.

The terminal is a local product without a public interface: a clerk carries the file there, the answer back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.events import registration_reported
from tenants.hotel.domain.guest import Batch, Guest, Person, Registered
from tenants.hotel.usecases.sealing import shown
from tenants.hotel.usecases.search import chosen

if TYPE_CHECKING:
    from tenants.hotel.domain.stay import Stay
    from tenants.hotel.usecases.ports import Hotel, Unit

MOST = 80
_AT_ONCE = 25


class NothingReady(Refusal):
    code = "hotel.registration.nothing-ready"
    detail = N_("没有待报送的登记。")


class UnknownGuest(Invalid):
    code = "hotel.registration.unknown"
    detail = N_("编号 %(ref)s 不是已报送的登记。")


class AnsweredTwice(Invalid):
    code = "hotel.registration.twice"
    detail = N_("编号 %(ref)s 在文件中出现了两次。")


class AnsweredOtherwise(Refusal):
    code = "hotel.registration.answered"
    detail = N_("编号 %(ref)s 已经受理,回执 %(receipt)s。")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the terminal said about one registration."""

    ref: str
    accepted: bool
    receipt: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """An answer that could not be taken: its place in the file, from 1."""

    row: int
    refusal: Refusal


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the file: the registration, the person, the stay."""

    guest: Guest
    person: Person
    stay: Stay


def hand_over(site: str, *, refs: Sequence[str] = (), hotel: Hotel) -> Batch:
    """Everything that is ready (or these of it) becomes one batch, at most 80. Raises ``NothingReady``."""
    ready = [guest for guest in hotel.guests.open(site) if guest.state is Registered.READY]
    chosen = [guest for guest in ready if not refs or guest.ref in refs]
    chosen.sort(key=lambda guest: (guest.due or datetime.max.replace(tzinfo=hotel.now.tzinfo), guest.ref))
    if not chosen:
        raise NothingReady
    chosen = chosen[:MOST]
    batch = Batch(
        id=new_id("rb", now=hotel.now), site=site, made=hotel.now, refs=tuple(one.ref for one in chosen)
    )
    for guest in chosen:
        after = replace(
            guest,
            state=Registered.SUBMITTED,
            batch=batch.id,
            submitted=hotel.now,
            reason="",
            version=guest.version + 1,
        )
        hotel.guests.keep(after, before=guest, site=site)
    hotel.guests.keep_batch(batch)
    return batch


def desk(*, property: str | None, accepted_on: date | None, hotel: Hotel) -> Sequence[Row]:
    """Who has come and is not through with the police, urgent ones first; or whom they accepted on a day."""
    where = chosen(hotel.setup.house(), property)
    if accepted_on is None:
        guests = hotel.guests.open(where.id)
    else:
        guests = hotel.guests.reported(where.id, accepted_on)
    return sorted(_rows(guests, hotel=hotel), key=_urgency)


def contents(batch: Batch, *, hotel: Hotel) -> Sequence[Row]:
    """The batch as the file has it, in its order. Whoever sends it out witnesses that it was opened."""
    found = {guest.ref: guest for guest in hotel.guests.several(batch.refs)}
    return _rows([found[ref] for ref in batch.refs if ref in found], hotel=hotel)


def acknowledge(site: str, answers: Sequence[Answer], *, unit: Unit) -> tuple[int, Sequence[Fault]]:
    """Take the terminal's answers in, 25 a transaction; the same file again changes nothing.

    How many were taken, and which could not be.
    """
    taken, faults = 0, []
    for start in range(0, len(answers), _AT_ONCE):
        part = answers[start : start + _AT_ONCE]
        with unit("hotel.acknowledge-registrations") as hotel:
            known = {guest.ref: guest for guest in hotel.guests.several([answer.ref for answer in part])}
            seen: set[str] = set()
            for row, answer in enumerate(part, start=start + 1):
                try:
                    if answer.ref in seen:
                        raise AnsweredTwice(ref=answer.ref)
                    _take(known.get(answer.ref), answer, site=site, hotel=hotel)
                    seen.add(answer.ref)
                    taken += 1
                except Refusal as refusal:
                    faults.append(Fault(row=row, refusal=refusal))
    return taken, faults


def _rows(guests: Sequence[Guest], *, hotel: Hotel) -> list[Row]:
    stays = {stay.id: stay for stay in hotel.stays.several(sorted({guest.stay for guest in guests}))}
    return [
        Row(guest=guest, person=shown(guest, hotel=hotel), stay=stays[guest.stay])
        for guest in guests
        if guest.stay in stays
    ]


def _urgency(row: Row) -> tuple[bool, datetime, str]:
    """Deadlines that run first, then in order of arrival."""
    guest = row.guest
    moment = guest.due or guest.arrived
    assert moment is not None
    return (guest.due is None or guest.state is Registered.SUBMITTED, moment, guest.ref)


def _take(guest: Guest | None, answer: Answer, *, site: str, hotel: Hotel) -> None:
    if guest is None or guest.submitted is None or guest.arrived is None:
        raise UnknownGuest(ref=answer.ref)
    if guest.state is Registered.ACCEPTED:
        if answer.accepted and answer.receipt == guest.receipt:
            return
        raise AnsweredOtherwise(ref=answer.ref, receipt=guest.receipt)
    if guest.state is not Registered.SUBMITTED:
        raise UnknownGuest(ref=answer.ref)
    after = replace(
        guest,
        state=Registered.ACCEPTED if answer.accepted else Registered.REJECTED,
        receipt=answer.receipt,
        reason="" if answer.accepted else answer.reason,
        version=guest.version + 1,
    )
    hotel.guests.keep(after, before=guest, site=site)
    hotel.publish(
        registration_reported(
            subject=guest.stay,
            receipt=answer.receipt or guest.batch.partition("_")[2],
            foreign=guest.outside,
            accepted=answer.accepted,
            delay=guest.submitted - guest.arrived,
            now=hotel.now,
        )
    )
