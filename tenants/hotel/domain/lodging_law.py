"""What the law asks of a lodging, as dated rows with their source. ``verified`` is false where only secondary
texts were seen: such a row informs, an administrator confirms it.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from chalicelib.kernel.documents import DocumentKind
from chalicelib.kernel.late import dataclass

ALL = frozenset(DocumentKind)
OUTSIDE = ALL - {DocumentKind.RESIDENT}
FOREIGN = frozenset({DocumentKind.PASSPORT, DocumentKind.FOREIGN_PERMANENT})
_HOTELS = "旅馆业治安管理办法 第六条"
_BORDER = "出境入境管理法 第三十九条"
_FORMS = "住宿登记表常用栏目"


@dataclass(frozen=True, kw_only=True)
class Law:
    """A dated row. ``valid_to`` is the last day."""

    source: str
    valid_from: date
    valid_to: date | None = None
    verified: bool = True

    def on(self, day: date) -> bool:
        """Whether it is in force that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, kw_only=True)
class Field(Law):
    """A field of the registration for holders of these documents. ``must``: without it nobody is registered;
    otherwise it is asked and may stay empty."""

    name: str
    documents: frozenset[DocumentKind]
    must: bool


@dataclass(frozen=True, kw_only=True)
class Clock(Law):
    """Within which time after arrival the form must be with the police, for holders of these documents."""

    documents: frozenset[DocumentKind]
    within: timedelta


@dataclass(frozen=True, kw_only=True)
class Minors(Law):
    """Whom the lodging asks for guardians and relations: everybody below this age."""

    below: int


@dataclass(frozen=True, kw_only=True)
class Finds(Law):
    """How long what guests left behind is kept for them before it goes to the police."""

    kept: timedelta


_SINCE = date(2013, 7, 1)


def _fields(
    documents: frozenset[DocumentKind], names: str, *, must: bool, source: str, verified: bool
) -> tuple[Field, ...]:
    return tuple(
        Field(name=name, documents=documents, must=must, source=source, valid_from=_SINCE, verified=verified)
        for name in names.split()
    )


FIELDS: tuple[Field, ...] = (
    *_fields(ALL, "name document number", must=True, source=_HOTELS, verified=True),
    *_fields(ALL, "sex born", must=True, source=_FORMS, verified=False),
    *_fields(FOREIGN, "country", must=True, source=_BORDER, verified=False),
    *_fields(ALL, "address phone", must=False, source=_FORMS, verified=False),
    *_fields(ALL - OUTSIDE, "ethnic", must=False, source=_FORMS, verified=False),
    *_fields(OUTSIDE, "valid_until", must=False, source=_FORMS, verified=False),
    *_fields(FOREIGN, "visa visa_until entered port", must=False, source=_FORMS, verified=False),
)

CLOCKS = (
    Clock(documents=OUTSIDE, within=timedelta(hours=24), source=f"{_HOTELS};{_BORDER}", valid_from=_SINCE),
)

MINORS = (Minors(below=18, source="未成年人保护法 第五十七条", valid_from=date(2021, 6, 1)),)

FINDS = (Finds(kept=timedelta(days=90), source="旅馆业治安管理办法 第八条", valid_from=date(1987, 11, 10)),)

L = TypeVar("L", bound=Law)


def in_force(rows: Iterable[L], day: date) -> tuple[L, ...]:
    """The rows that hold on a day."""
    return tuple(row for row in rows if row.on(day))
