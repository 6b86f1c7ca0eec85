"""Guests through the API: registering them, the registration desk, the police terminal's files. A duty."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.period import business_day
from chalicelib.web.http import (
    Asked,
    Call,
    Empty,
    endpoint,
)
from tenants.hotel.domain.guest import Batch, Guest
from tenants.hotel.domain.sheet import month_of
from tenants.hotel.routes.models.guests import (
    AnswersAsked,
    AnswersFile,
    BatchesView,
    BatchFileView,
    BatchView,
    GuestAsked,
    GuestView,
    HandOverAsked,
    PersonView,
    RegistrationsView,
    TakenView,
    guest_view,
    person_view,
    registration_view,
)
from tenants.hotel.routes.partners.police_file import answers_of, form
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.words import (
    FaultView,
    Name,
    PropertyQuery,
    in_words,
)
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import police, registration
from tenants.hotel.usecases.police import Answer
from tenants.hotel.usecases.sealing import opened
from tenants.hotel.usecases.search import chosen


class RegistrationsQuery(Asked):
    """``open``: who has come and is not through with the police, the most urgent first; ``accepted``: of a
    day."""

    list: Literal["open", "overdue", "accepted"] = "open"
    day: date | None = None
    property: Name | None = None


class BatchesQuery(PropertyQuery):
    month: Annotated[str, Field(pattern=r"^([0-9]{6})?$", description="yyyymm; this one, if none")] = ""


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/guests",
    use_case="hotel.register-guest",
    door=DESK,
    body=GuestAsked,
    answers=GuestView,
    status=201,
    summary="Somebody new in a stay",
)
def add_guest(call: Call, asked: GuestAsked) -> GuestView:
    """Ready, or a draft that says what is missing."""
    hotel = HotelStore(call.work)
    return _view(call, registration.save(call.path["stay"], asked.entry(), hotel=hotel), hotel)


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/stays/{stay}/guests/{number}",
    use_case="hotel.correct-guest",
    door=DESK,
    body=GuestAsked,
    answers=GuestView,
    summary="Correct a registration",
)
def correct_guest(call: Call, asked: GuestAsked) -> GuestView:
    """All of it, unless the police have it."""
    hotel = HotelStore(call.work)
    entry = asked.entry(_number(call))
    return _view(call, registration.save(call.path["stay"], entry, hotel=hotel), hotel)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/stays/{stay}/guests/{number}",
    use_case="hotel.open-guest",
    door=DESK,
    answers=PersonView,
    summary="A guest with nothing hidden",
)
def open_guest(call: Call) -> PersonView:
    """Who opened it is kept."""
    hotel = HotelStore(call.work)
    guest = registration.of_number(call.path["stay"], _number(call), hotel=hotel)
    call.work.witness(guest.ref)
    return person_view(guest, opened(guest, hotel=hotel))


@endpoint(
    BLUEPRINT,
    "DELETE",
    "/api/v1/hotel/stays/{stay}/guests/{number}",
    use_case="hotel.remove-guest",
    door=DESK,
    answers=RegistrationsView,
    summary="Somebody who did not come",
)
def remove_guest(call: Call) -> RegistrationsView:
    """Who has come stays on record."""
    registration.remove(call.path["stay"], _number(call), hotel=HotelStore(call.work))
    return RegistrationsView(registrations=[])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/guests/{number}/arrival",
    use_case="hotel.guest-joins",
    door=DESK,
    body=Empty,
    answers=GuestView,
    summary="Somebody who came after the others",
)
def guest_joins(call: Call, _: Empty) -> GuestView:
    """Registered whole; then the clock runs."""
    hotel = HotelStore(call.work)
    return _view(call, registration.join(call.path["stay"], _number(call), hotel=hotel), hotel)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/registrations",
    use_case="hotel.list-registrations",
    door=DESK,
    query=RegistrationsQuery,
    answers=RegistrationsView,
    summary="The registration desk",
)
def list_registrations(call: Call) -> RegistrationsView:
    """Deadlines that run first."""
    query, hotel = call.query, HotelStore(call.work)
    rows = police.desk(
        property=query.property, accepted_on=_day(call) if query.list == "accepted" else None, hotel=hotel
    )
    if query.list == "overdue":
        rows = [row for row in rows if row.guest.overdue(now=call.now)]
    return RegistrationsView(
        registrations=[
            registration_view(
                row.guest,
                row.person,
                now=call.now,
                room=row.stay.room or "",
                arrive=row.stay.arrive,
                depart=row.stay.depart,
            )
            for row in rows
        ]
    )


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/registrations/batches",
    use_case="hotel.hand-over-registrations",
    door=DESK,
    query=PropertyQuery,
    body=HandOverAsked,
    answers=BatchView,
    status=201,
    summary="Hand registrations to the police lane",
)
def hand_over(call: Call, asked: HandOverAsked) -> BatchView:
    """They are submitted from here on; the batch's file goes to the terminal."""
    hotel = HotelStore(call.work)
    where = chosen(hotel.setup.house(), call.query.property)
    return _batch(police.hand_over(where.id, refs=asked.guests, hotel=hotel))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/registrations/batches",
    use_case="hotel.list-batches",
    door=DESK,
    query=BatchesQuery,
    answers=BatchesView,
    summary="What was handed over in a month",
)
def list_batches(call: Call) -> BatchesView:
    """Newest first."""
    hotel = HotelStore(call.work)
    where = chosen(hotel.setup.house(), call.query.property)
    month = call.query.month or month_of(business_day(call.now))
    return BatchesView(batches=[_batch(one) for one in hotel.guests.batches(where.id, month)])


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/registrations/batches/{batch}",
    use_case="hotel.open-batch",
    door=DESK,
    query=PropertyQuery,
    answers=BatchFileView,
    summary="A batch with its forms, nothing hidden",
)
def open_batch(call: Call) -> BatchFileView:
    """Who opened it is kept."""
    hotel = HotelStore(call.work)
    where = chosen(hotel.setup.house(), call.query.property)
    batch = hotel.guests.batch(where.id, call.path["batch"])
    call.work.witness(batch.id)
    rows = police.contents(batch, hotel=hotel)
    return BatchFileView(**_batch(batch).model_dump(), forms=[form(row) for row in rows])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/registrations/answers",
    use_case="hotel.acknowledge-registrations",
    door=DESK,
    query=PropertyQuery,
    body=AnswersAsked,
    answers=TakenView,
    summary="What the police terminal said",
)
def acknowledge(call: Call, asked: AnswersAsked) -> TakenView:
    """One by one; the same answer again changes nothing."""
    return taken(call, [one.answer() for one in asked.answers], property=call.query.property)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/registrations/answers/import",
    use_case="hotel.import-acknowledgements",
    door=DESK,
    query=PropertyQuery,
    body=AnswersFile,
    answers=TakenView,
    summary="What the police terminal said, as a CSV file",
)
def import_answers(call: Call, asked: AnswersFile) -> TakenView:
    """Columns: guest, result (accepted or rejected), receipt, reason."""
    return taken(call, answers_of(asked.csv), property=call.query.property)


def taken(call: Call, answers: Sequence[Answer], *, property: str | None) -> TakenView:
    """Take answers in, and say which could not be."""
    where = chosen(HotelStore(call.work).setup.house(), property)
    count, faults = police.acknowledge(where.id, answers, unit=new_unit(call.now))
    call.work.witness(f"registrations/{count}")
    return TakenView(
        taken=count,
        faults=[
            FaultView(
                row=fault.row, code=fault.refusal.code, detail=in_words(fault.refusal, locale=call.locale)
            )
            for fault in faults
        ],
    )


def _view(call: Call, guest: Guest, hotel: HotelStore) -> GuestView:
    return guest_view(guest, opened(guest, hotel=hotel), now=call.now)


def _batch(batch: Batch) -> BatchView:
    return BatchView(id=batch.id, made=batch.made, guests=list(batch.refs))


def _number(call: Call) -> int:
    text = call.path["number"]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1


def _day(call: Call) -> date:
    day: date = call.query.day or business_day(call.now)
    return day
