"""Forms in which guests are written down: one at a time, or everybody of a stay on one page."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.documents import DocumentInvalid
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.web.http import Asked, Call
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.guest import GuestIncomplete, is_minor, person
from tenants.hotel.routes.countries import country_choices
from tenants.hotel.routes.models.guests import GuestAsked, Relation
from tenants.hotel.routes.shown.stay import DOCUMENTS, FIELDS, PURPOSES, RELATIONS
from tenants.hotel.usecases.registration import Entry

Slot = Annotated[str, Field(pattern=r"^g[1-9][0-9]?$")]
"""A guest's place in a form: ``g`` and the number in the stay."""


class GuestSlot(GuestAsked):
    """A place of a form with several guests; without a name and a number nobody is meant.

    relation: of a minor, to everybody else. country in any case.
    """

    name: Annotated[str, Field(max_length=60)] = ""
    country: Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$")] = ""
    relations: Annotated[dict[Slot, Relation], Field(max_length=20, default_factory=dict)]  # type: ignore[assignment]  # a form's keys
    relation: Relation | None = None

    @property
    def given(self) -> bool:
        """Whether anybody is written down here."""
        return bool(self.name or self.number)

    def written(self, number: int, *, others: Collection[int]) -> Entry:
        """As the use case takes it; ``others``: the numbers of everybody else in the stay."""
        values = self.model_dump(exclude={"relations", "relation"})
        values["country"] = self.country.upper()
        told = {number_of(name): relation for name, relation in self.relations.items()}
        if self.relation is not None:
            told = {other: self.relation for other in others if other != number} | told
        return Entry(values=values, number=number, relations=told)


class GuardianSlot(Asked):
    """What is recorded of a minor before a key is given."""

    guardian_name: Annotated[str, Field(max_length=60)] = ""
    guardian_phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{4,19}$")]
    relations: Annotated[dict[Slot, Relation], Field(max_length=20, default_factory=dict)]


def number_of(slot: str) -> int:
    """The number of a place."""
    return int(slot[1:])


def written(slots: Mapping[str, GuestSlot], *, known: Iterable[int] = ()) -> list[Entry]:
    """Everybody who is written down, in order."""
    given = {number_of(name): slot for name, slot in slots.items() if slot.given}
    others = {*given, *known}
    return [slot.written(number, others=others) for number, slot in sorted(given.items())]


def wrong_numbers(entries: Iterable[Entry], *, call: Call) -> dict[str, str]:
    """What is wrong with their documents, by field of the form; nothing is kept."""
    found = {}
    for entry in entries:
        try:
            person(entry.values)
        except DocumentInvalid as refusal:
            told = refused_in_words(refusal, locale=call.locale)
            found[f"guests.g{entry.number}.number"] = told["detail"]
    return found


def unfilled(refusal: Refusal, slots: Mapping[str, GuestSlot], *, call: Call) -> dict[str, str]:
    """The boxes that a registration still wants, by field of the form, where that is why it was refused."""
    if not isinstance(refusal, GuestIncomplete):
        return {}
    given = sorted((number_of(name), name) for name, slot in slots.items() if slot.given)
    name = given[refusal.facts["number"] - 1][1]
    say = call.translate
    return {
        f"guests.{name}.{field}": say(N_("请填写%(field)s。"), field=say(FIELDS[field]))
        for field in refusal.facts["fields"]
        if field in FIELDS
    }


def choices_of(call: Call) -> dict[str, list[tuple[str, str]]]:
    """What the selects of a guest's form offer."""
    say: Callable[..., str] = call.translate
    return {
        "documents": [(str(kind), say(words)) for kind, words in DOCUMENTS.items()],
        "relations": [(key, say(words)) for key, words in RELATIONS.items()],
        "purposes": [(key, say(words)) for key, words in PURPOSES.items()],
        "countries": country_choices(call.locale),
    }


def typed(form: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What was typed under ``guests.<name>``, to be shown again; plain texts only."""
    guests = form.get("guests")
    slot = guests.get(name) if isinstance(guests, Mapping) else None
    kept = slot if isinstance(slot, Mapping) else {}
    return {key: value for key, value in kept.items() if isinstance(value, str)}


def minor_typed(values: Mapping[str, Any], *, day: date) -> bool:
    """Whether what was typed tells of somebody under age."""
    try:
        return is_minor(person(GuestSlot(**values).written(0, others=()).values), day=day)
    except (DocumentInvalid, ValueError):
        return False


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """A person's values as fields of a form show them."""
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in values.items() if value
    }
