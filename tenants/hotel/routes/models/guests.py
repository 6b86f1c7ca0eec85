"""Guests over the wire: what is entered, what is masked, what goes to the police terminal and comes back."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.documents import DocumentKind
from chalicelib.kernel.personal import masked_document, masked_name
from chalicelib.web.http import Answered, Asked
from tenants.hotel.domain.guest import RELATIONS, Guest, Person
from tenants.hotel.routes.words import FaultView
from tenants.hotel.usecases.police import Answer
from tenants.hotel.usecases.registration import Entry

Relation = Literal["parent", "grandparent", "sibling", "relative", "teacher", "friend", "other", "none"]
assert set(Relation.__args__) == set(RELATIONS)  # type: ignore[attr-defined]  # a Literal has its words
_Text = Annotated[str, Field(max_length=60)]
_Long = Annotated[str, Field(max_length=120)]
_Phone = Annotated[str, Field(pattern=r"^(\+?[0-9][0-9 -]{4,19})?$")]
_Ref = Annotated[str, Field(pattern=r"^st_[0-9a-z]{26}-[0-9]{2}$")]
_Receipt = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,64}$")]


class GuestAsked(Asked):
    """A guest. Personal: sealed before it is written. What is missing makes a draft; a document number that
    cannot be is refused."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    document: DocumentKind | None = None
    number: Annotated[str, Field(max_length=30)] = ""
    sex: Literal["", "m", "f"] = ""
    born: date | None = None
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$", description="ISO 3166, of a passport")] = ""
    ethnic: _Text = ""
    address: _Long = ""
    phone: _Phone = ""
    valid_until: date | None = None
    visa: _Text = ""
    visa_until: date | None = None
    entered: Annotated[date | None, Field(description="into the country")] = None
    port: _Text = ""
    guardian_name: _Text = ""
    guardian_phone: _Phone = ""
    note: Annotated[str, Field(max_length=500, description="what seemed suspicious, and what was done")] = ""
    relations: Annotated[
        dict[Annotated[int, Field(ge=1, le=99)], Relation],
        Field(max_length=20, default_factory=dict, description="of a minor: how guest n is related to it"),
    ]

    def entry(self, number: int = 0) -> Entry:
        """As the use case takes it."""
        values = self.model_dump(exclude={"relations"})
        return Entry(values=values, number=number, relations=self.relations)


class GuestView(Answered):
    """A guest as lists show it: masked. ``missing`` names the fields that the law wants."""

    number: int
    ref: str
    state: str
    name: str
    document: str | None
    masked: str
    outside: Annotated[bool, Field(description="from outside the mainland: the 24 hours run")]
    minor: bool
    guardian: Annotated[bool, Field(description="of a minor: how to reach a guardian is recorded")]
    relations: dict[int, str]
    doubt: bool
    missing: list[str]
    arrived: datetime | None
    due: datetime | None
    overdue: bool
    submitted: datetime | None
    receipt: str
    reason: str


class PersonView(Answered):
    """A guest with nothing hidden: that it was opened is on record."""

    number: int
    name: str
    document: str | None
    document_number: str
    sex: str
    born: date | None
    country: str
    ethnic: str
    address: str
    phone: str
    valid_until: date | None
    visa: str
    visa_until: date | None
    entered: date | None
    port: str
    guardian_name: str
    guardian_phone: str
    note: str


class RegistrationView(GuestView):
    stay: str
    room: str
    arrive: date
    depart: date


class RegistrationsView(Answered):
    registrations: list[RegistrationView]


class HandOverAsked(Asked):
    """Which registrations; none: all that are ready, up to eighty."""

    guests: Annotated[list[_Ref], Field(max_length=80, default_factory=list)]


class BatchView(Answered):
    id: str
    made: datetime
    guests: list[str]


class BatchFileView(BatchView):
    forms: Annotated[list[dict[str, str]], Field(description="what the terminal wants, nothing hidden")]


class BatchesView(Answered):
    batches: list[BatchView]


class AnswerAsked(Asked):
    """What the terminal said about one registration."""

    guest: _Ref
    result: Literal["accepted", "rejected"]
    receipt: _Receipt = ""
    reason: Annotated[str, Field(max_length=200)] = ""

    def answer(self) -> Answer:
        """As the use case takes it."""
        return Answer(
            ref=self.guest, accepted=self.result == "accepted", receipt=self.receipt, reason=self.reason
        )


class AnswersAsked(Asked):
    answers: Annotated[list[AnswerAsked], Field(min_length=1, max_length=500)]


class AnswersFile(Asked):
    csv: Annotated[str, Field(min_length=1, max_length=60_000, description="guest,result,receipt,reason")]


class TakenView(Answered):
    taken: int
    faults: list[FaultView]


def guest_view(guest: Guest, person: Person, *, now: datetime) -> GuestView:
    """A guest, masked."""
    return GuestView(**_plain(guest, person, now=now))


def registration_view(
    guest: Guest, person: Person, *, now: datetime, room: str, arrive: date, depart: date
) -> RegistrationView:
    """A guest on the registration desk."""
    return RegistrationView(
        **_plain(guest, person, now=now), stay=guest.stay, room=room, arrive=arrive, depart=depart
    )


def person_view(guest: Guest, person: Person) -> PersonView:
    """A guest with nothing hidden."""
    known = person.document
    hidden = {"document"}
    values = {name: getattr(person, name) for name in Person.__annotations__ if name not in hidden}
    return PersonView(
        number=guest.number,
        document=str(known.kind) if known is not None else None,
        document_number=known.number if known is not None else "",
        **values,
    )


def _plain(guest: Guest, person: Person, *, now: datetime) -> dict[str, Any]:
    known = person.document
    return {
        "number": guest.number,
        "ref": guest.ref,
        "state": str(guest.state),
        "name": masked_name(person.name) if person.name else "",
        "document": str(known.kind) if known is not None else None,
        "masked": masked_document(known.number) if known is not None else "",
        "outside": guest.outside,
        "minor": guest.minor,
        "guardian": guest.guardian,
        "relations": dict(guest.relations),
        "doubt": guest.doubt,
        "missing": list(guest.missing),
        "arrived": guest.arrived,
        "due": guest.due,
        "overdue": guest.overdue(now=now),
        "submitted": guest.submitted,
        "receipt": guest.receipt,
        "reason": guest.reason,
    }
