"""The party: who goes in, typed into a form by a visitor or a clerk, and checked field by field."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.documents import Document, DocumentInvalid, DocumentKind, document
from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from chalicelib.web.formats import money, sentences
from chalicelib.web.http import Asked
from chalicelib.web.i18n import Translate
from tenants.scenic.domain.product import (
    MOST_PEOPLE,
    ClassUnfit,
    Concession,
    Product,
    SamePerson,
    Visitor,
    text,
)
from tenants.scenic.routes.models import Name, Spoken
from tenants.scenic.words import DOCUMENTS


class PersonForm(Asked):
    """One person as typed. What is empty or wrong is told beside its box, so nothing is required here."""

    concession: Name
    name: Annotated[str, Field(max_length=40, repr=False), Spoken] = ""
    kind: DocumentKind = DocumentKind.RESIDENT
    number: Annotated[str, Field(max_length=30, repr=False)] = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not self.name and not self.number


class PartyForm(Asked):
    visitors: Annotated[list[PersonForm], Field(min_length=1, max_length=MOST_PEOPLE)]


@dataclass(frozen=True, kw_only=True)
class Party:
    """The checked people, or what is wrong by box (``visitors.0.number``)."""

    visitors: tuple[Visitor, ...]
    errors: Mapping[str, str]


def summary(errors: Mapping[str, str], say: Translate) -> dict[str, str]:
    """The errors for the top of the page, where each has to say whom it is about."""
    told = {}
    for at, words in errors.items():
        index = at.split(".")[1] if at.startswith("visitors.") else ""
        told[at] = (
            say(N_("游客 %(number)s：%(words)s"), number=int(index) + 1, words=words) if index else words
        )
    return told


def check(people: Sequence[PersonForm], *, product: Product, day: date, say: Translate, locale: str) -> Party:
    """Check every box of every person; all that is wrong is told at once."""
    errors: dict[str, str] = {}
    visitors: list[Visitor] = []
    seen: set[Document] = set()
    for index, person in enumerate(people):
        at = f"visitors.{index}"
        if not person.name:
            errors[f"{at}.name"] = say(N_("请填写姓名。"))
        found = _document(person, at, errors, say)
        if found is None:
            continue
        concession = product.concession(person.concession, day)
        try:
            concession.check(found, day)
        except ClassUnfit as refusal:
            facts = {**refusal.facts, "title": text(concession.titles, locale)}
            errors[f"{at}.number"] = sentences(
                say(ClassUnfit.detail, **facts), say(ClassUnfit.remedy), locale=locale
            )
        if found in seen:
            errors[f"{at}.number"] = say(SamePerson.detail)
        seen.add(found)
        visitors.append(Visitor(name=person.name, document=found, concession=person.concession))
    return Party(visitors=tuple(visitors), errors=errors)


def _document(person: PersonForm, at: str, errors: dict[str, str], say: Translate) -> Document | None:
    if not person.number:
        errors[f"{at}.number"] = say(N_("请填写证件号码。"))
        return None
    try:
        return document(person.kind, person.number)
    except DocumentInvalid:
        errors[f"{at}.number"] = say(DocumentInvalid.detail)
        return None


def document_options(say: Translate) -> list[tuple[str, str]]:
    """The kinds of document, for a select."""
    return [(str(kind), say(words)) for kind, words in DOCUMENTS.items()]


def usual_document(locale: str) -> str:
    """The kind that readers of a language mostly carry."""
    return str(DocumentKind.RESIDENT if locale == "zh" else DocumentKind.PASSPORT)


def rows_for(counts: Mapping[str, int], classes: Sequence[Concession], locale: str) -> list[dict[str, Any]]:
    """Empty rows, one a person, in the order of the classes."""
    codes = [row.code for row in classes for _ in range(counts[row.code])]
    return [_row(code, classes, locale) for code in codes]


def rows_again(
    people: Sequence[PersonForm], classes: Sequence[Concession], locale: str
) -> list[dict[str, Any]]:
    """The rows as they were typed."""
    return [
        {
            **_row(person.concession, classes, locale),
            "name": person.name,
            "kind": str(person.kind),
            "number": person.number,
        }
        for person in people
    ]


def _row(code: str, classes: Sequence[Concession], locale: str) -> dict[str, Any]:
    row = next((each for each in classes if each.code == code), None)
    return {
        "concession": code,
        "title": text(row.titles, locale) if row is not None else code,
        "price": row.price if row is not None else 0,
        "proof": text(row.proof, locale) if row is not None else "",
        "name": "",
        "kind": usual_document(locale),
        "number": "",
    }


def bill_of(rows: Sequence[Mapping[str, Any]], locale: str) -> list[dict[str, Any]]:
    """What the rows cost, for ``ui.bill``."""
    lines: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(
            row["concession"], {"text": row["title"], "price": row["price"], "count": 0, "amount": 0}
        )
        line["count"] += 1
        line["amount"] += row["price"]
        line["note"] = f"{line['count']} × {money(row['price'], locale=locale)}"
    return list(lines.values())
