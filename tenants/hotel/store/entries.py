"""An entry as a compact JSON list: on its folio and in the day's book."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from tenants.hotel.domain.charges import Department, TaxPart
from tenants.hotel.domain.folio import Entry, Link, Sort


def entry_list(entry: Entry) -> list[Any]:
    """An entry as a compact JSON list; ``entry_of`` reads it."""
    return [
        entry.folio,
        entry.number,
        str(entry.sort),
        entry.code,
        entry.amount,
        [[part.code, part.permille, part.amount] for part in entry.taxes],
        str(entry.department),
        entry.text,
        entry.room,
        entry.stay,
        str(entry.link or ""),
        entry.of,
        entry.ref,
        entry.order,
        entry.day.isoformat(),
        int(entry.at.timestamp()),
        entry.by,
        entry.shift,
    ]


def entry_of(values: Sequence[Any]) -> Entry:
    """The entry in such a list."""
    folio, number, sort, code, amount, taxes, department, text, room, stay, link, of, ref, *rest = values
    order, day, at, by, shift = rest
    return Entry(
        folio=folio,
        number=number,
        sort=Sort(sort),
        code=code,
        amount=amount,
        taxes=tuple(TaxPart(code=name, permille=permille, amount=fen) for name, permille, fen in taxes),
        department=Department(department),
        text=text,
        room=room,
        stay=stay,
        link=Link(link) if link else None,
        of=of,
        ref=ref,
        order=order,
        day=date.fromisoformat(day),
        at=datetime.fromtimestamp(at, UTC),
        by=by,
        shift=shift,
    )
