"""Directives in the bureau's own rows of the app table: kept with the event that says them, or not at all."""

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import is_id, moment_of
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.directive import Directive

_PLAIN = ("kind", "to", "data", "status", "by", "second", "stage", "over", "replaces", "replaced")


class DirectiveRow(Row, discriminator="directive"):
    """pk ``DIRECTIVE#<month>``, sk its id, which carries the moment of its proposal and with it the month."""

    body = UnicodeAttribute()


class ConcernedRow(Row, discriminator="directive-concerned"):
    """pk ``DIRECTIVE#<month>#<district>``, sk the directive's id: so a district's list reads what is for it
    and nothing else.
    """


class DirectiveStore:
    """The ``Directives`` port on one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def publish(self, *events: Event) -> None:
        """See the port."""
        self._work.publish(*events)

    def keep(self, directive: Directive, *, before: Directive | None) -> None:
        """See the port."""
        row = DirectiveRow(*_key(directive.id), body=_body(directive))
        self._work.about(directive.id)
        if before is None:
            self._work.create(row)
            for place in directive.places:
                self._work.create(ConcernedRow(_of_place(directive.id, place), directive.id))
        else:
            self._work.put(row, DirectiveRow.body == _body(before), otherwise=Clash())

    def find(self, id: str) -> Directive | None:
        """See the port."""
        row = DirectiveRow.find(*_key(id)) if is_id(id, "cm") else None
        return _directive(row) if row is not None else None

    def issued(
        self, *, month: date, before: str, most: int, places: Collection[str] | None = None
    ) -> list[Directive]:
        """See the port. A query; for districts a query each, and a read of the rows that are shown."""
        if places is None:
            found = _newest(DirectiveRow, tenant_key("DIRECTIVE", f"{month:%Y-%m}"), before, most)
            return [_directive(row) for row in found]
        ids = {
            row.sk
            for place in sorted(places)
            for row in _newest(ConcernedRow, tenant_key("DIRECTIVE", f"{month:%Y-%m}", place), before, most)
        }
        wanted = sorted(ids, reverse=True)[:most]
        rows = DirectiveRow.several(map(_key, wanted))
        return [_directive(row) for row in sorted(rows, key=lambda row: str(row.sk), reverse=True)]


def _newest(kind: type[Row], pk: str, before: str, most: int) -> Iterable[Any]:
    return kind.query(
        pk,
        kind.sk < before if before else None,
        scan_index_forward=False,
        limit=most,
        consistent_read=True,
    )


def _key(id: str) -> tuple[str, str]:
    return tenant_key("DIRECTIVE", f"{business_day(moment_of(id)):%Y-%m}"), id


def _of_place(id: str, place: str) -> str:
    return tenant_key("DIRECTIVE", f"{business_day(moment_of(id)):%Y-%m}", place)


def _body(directive: Directive) -> str:
    plain = {name: getattr(directive, name) for name in _PLAIN}
    due = rfc3339(directive.due) if directive.due is not None else None
    more: dict[str, Any] = {"issued": rfc3339(directive.issued), "due": due}
    if directive.places:
        more["places"] = list(directive.places)
    return json.dumps({**plain, **more}, ensure_ascii=False, separators=(",", ":"))


def _directive(row: DirectiveRow) -> Directive:
    kept: dict[str, Any] = json.loads(row.body)
    kept |= {
        "to": tuple(kept["to"]),
        "places": tuple(kept.get("places", ())),
        "issued": parse_instant(kept["issued"]),
        "due": parse_instant(kept["due"]) if kept["due"] else None,
    }
    return Directive(id=row.sk, **kept)
