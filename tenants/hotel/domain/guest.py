"""Guests of a stay: who they are (sealed), how far their registration is, and when it is due.

``draft`` (something is missing) → ``ready`` → ``submitted`` to the police lane → ``accepted | rejected``; a
rejected one is corrected and is ready again. Minors: their guardians' contact, and how everybody in the stay
is related to them, are asked and recorded before a key is given (Law on the Protection of Minors, art. 57).
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from chalicelib.kernel.documents import Document, DocumentKind, age_on, document
from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.lodging_law import CLOCKS, FIELDS, MINORS, OUTSIDE, in_force

RELATIONS = ("parent", "grandparent", "sibling", "relative", "teacher", "friend", "other", "none")
"""How somebody in the stay is related to a minor, as told. The last three are worth a second look."""
MOST_GUESTS = 20


class Registered(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class GuestsNeeded(Refusal):
    code = "hotel.guest.needed"
    detail = N_("还没有登记入住客人。")
    remedy = N_("请先逐人登记姓名与证件。")


class GuestIncomplete(Refusal):
    code = "hotel.guest.incomplete"
    detail = N_("第 %(number)s 位客人的登记还不完整。")
    remedy = N_("请补齐标出的项目后再办理。")


class DocumentUnseen(Refusal):
    code = "hotel.guest.document-unseen"
    detail = N_("第 %(number)s 位客人在到店前自己填写了登记,还没有核对证件。")
    remedy = N_("请核对证件原件,勾选“已核对证件”后再办理。")


class GuardianNeeded(Refusal):
    code = "hotel.guest.guardian-needed"
    detail = N_("第 %(number)s 位客人未成年:须先记录监护人联系方式,以及同住每个人与其的关系。")
    remedy = N_("请询问并登记后再发房卡;如有可疑,请立即报告公安机关。")


class GuestFixed(Refusal):
    code = "hotel.guest.fixed"
    detail = N_("此客人的登记已送公安,现在不能修改。")
    remedy = N_("如被退回,可更正后重新报送。")


class NobodyWritten(Invalid):
    code = "hotel.guest.nobody"
    detail = N_("还没有填写任何一位住客。")
    remedy = N_("请填写姓名和证件号码后再提交。")


class TooManyGuests(Invalid):
    code = "hotel.guest.too-many"
    detail = N_("一次住宿最多登记 %(most)s 位客人。")


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is sealed of a guest. Dates are local; ``country`` two letters (ISO 3166); ``sex`` m or f.

    guardian: a minor's (name, phone). note: what seemed suspicious, and what was done about it.
    """

    name: str = ""
    document: Document | None = None
    sex: str = ""
    born: date | None = None
    country: str = ""
    ethnic: str = ""
    address: str = ""
    phone: str = ""
    valid_until: date | None = None
    visa: str = ""
    visa_until: date | None = None
    entered: date | None = None
    port: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A guest as kept: what may be read without opening the vault, and the sealed rest.

    number counts within the stay from 1. arrived: when the guest came, from which the clock runs. due: until
    when the form must be with the police. relations: of a minor, by number of everybody else in the stay.
    doubt: somebody wrote a note. told: the guest wrote it before coming; nobody has seen the document yet.
    """

    stay: str
    number: int
    sealed: bytes
    state: Registered
    outside: bool = False
    minor: bool = False
    guardian: bool = False
    doubt: bool = False
    told: bool = False
    missing: tuple[str, ...] = ()
    relations: Mapping[int, str] = field(default_factory=dict)
    arrived: datetime | None = None
    due: datetime | None = None
    batch: str = ""
    submitted: datetime | None = None
    receipt: str = ""
    reason: str = ""
    version: int = 0

    def overdue(self, *, now: datetime) -> bool:
        """Whether the police should have had the form by now."""
        sent = self.state in {Registered.SUBMITTED, Registered.ACCEPTED}
        return not sent and self.due is not None and self.due < now

    @property
    def ref(self) -> str:
        """What names the guest in files that go out and come back; it tells nothing."""
        return f"{self.stay}-{self.number:02d}"


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Registrations handed to the police terminal at once, as a file."""

    id: str
    site: str
    made: datetime
    refs: tuple[str, ...]


def person(values: Mapping[str, Any]) -> Person:
    """Who a guest is, checked: the document's shape and check digit; what a resident ID tells is taken from
    it. Raises ``DocumentInvalid``."""
    kind, number = values.get("document"), values.get("number")
    known = document(DocumentKind(kind), number) if kind and number else None
    fields = {name: values[name] for name in Person.__annotations__ if values.get(name)}
    fields.pop("document", None)
    made = Person(**fields, document=known)
    if known is not None and known.born is not None:
        made = replace(made, born=known.born, sex="m" if int(known.number[16]) % 2 else "f")
    if known is not None and not made.country:
        made = replace(made, country=origin(made)[0])
    return made


def absent(person: Person, *, day: date) -> tuple[str, ...]:
    """The fields that the law wants of this person and that are empty."""
    kind = person.document.kind if person.document is not None else None
    rows = [row for row in in_force(FIELDS, day) if row.must]
    wanted = [row.name for row in rows if kind is None or kind in row.documents]
    has = {name: bool(getattr(person, name)) for name in Person.__annotations__}
    has["number"] = has["document"]
    return tuple(name for name in wanted if not has[name] and (kind is not None or name != "country"))


def entered(
    before: Guest | None,
    person: Person,
    *,
    stay: str,
    number: int,
    sealed: bytes,
    relations: Mapping[int, str],
    day: date,
    told: bool = False,
) -> Guest:
    """The guest with what is now known. ``day``: of arrival; age is counted on it. ``told``: by the guest,
    before coming. Raises ``GuestFixed``."""
    if before is not None and before.state in {Registered.SUBMITTED, Registered.ACCEPTED}:
        raise GuestFixed
    missing = absent(person, day=day)
    base = before or Guest(stay=stay, number=number, sealed=sealed, state=Registered.DRAFT, version=-1)
    return replace(
        base,
        sealed=sealed,
        state=Registered.DRAFT if missing else Registered.READY,
        outside=person.document is not None and person.document.kind in OUTSIDE,
        minor=is_minor(person, day=day),
        guardian=bool(person.guardian_phone),
        doubt=bool(person.note),
        told=told,
        missing=missing,
        relations=dict(relations),
        due=due(person, base.arrived),
        batch="",
        submitted=None,
        reason="",
        version=base.version + 1,
    )


def came(guest: Guest, person: Person, *, now: datetime) -> Guest:
    """The guest is in the house: the clock runs."""
    return replace(guest, arrived=now, due=due(person, now), version=guest.version + 1)


def due(person: Person, arrived: datetime | None) -> datetime | None:
    """Until when the police must have the form, where the law sets a time."""
    if arrived is None or person.document is None:
        return None
    kind = person.document.kind
    found = [row.within for row in in_force(CLOCKS, arrived.date()) if kind in row.documents]
    return arrived + min(found) if found else None


def is_minor(person: Person, *, day: date) -> bool:
    """Whether the law on minors protects this guest on a day."""
    below = max((row.below for row in in_force(MINORS, day)), default=0)
    return person.born is not None and age_on(person.born, day) < below


def require_registered(guests: Sequence[Guest]) -> None:
    """Everybody is registered as far as the desk can, and every document was seen. Raises ``GuestsNeeded``,
    ``GuestIncomplete``, ``DocumentUnseen``."""
    if not guests:
        raise GuestsNeeded
    for guest in guests:
        if guest.missing:
            raise GuestIncomplete(number=guest.number, fields=list(guest.missing))
        if guest.told:
            raise DocumentUnseen(number=guest.number)


def require_guardians(guests: Sequence[Guest]) -> None:
    """No key for a stay with a minor whose guardian, or relation to anybody in it, is not recorded."""
    for guest in guests:
        others = {other.number for other in guests} - {guest.number}
        if guest.minor and not (guest.guardian and others <= set(guest.relations)):
            raise GuardianNeeded(number=guest.number)


def checked(people: Sequence[tuple[Mapping[str, Any], Mapping[int, str]]], *, day: date) -> None:
    """Whether these (values, relations) could be registered and given a key; nothing is kept. Raises as
    ``person``, ``require_registered`` and ``require_guardians``."""
    made = [
        entered(
            None,
            person(values),
            stay="",
            number=number,
            sealed=b"",
            relations=relations,
            day=day,
        )
        for number, (values, relations) in enumerate(people, start=1)
    ]
    require_registered(made)
    require_guardians(made)


def origin(person: Person) -> tuple[str, str]:
    """(country, province) that the document tells: ``CN``, ``410000``; nothing is asked that is known."""
    known = person.document
    if known is None:
        return person.country or "CN", ""
    match known.kind:
        case DocumentKind.RESIDENT:
            return "CN", f"{known.number[:2]}0000"
        case DocumentKind.RESIDENCE_PERMIT:
            return {"81": "HK", "82": "MO", "83": "TW"}[known.number[:2]], ""
        case DocumentKind.HK_MACAU:
            return {"H": "HK", "M": "MO"}[known.number[0]], ""
        case DocumentKind.TAIWAN:
            return "TW", ""
        case _:
            return person.country, ""
