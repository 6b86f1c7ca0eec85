"""Directives in the bureau's own rows of the app table: kept with the event that says them, or not at all."""

import json
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
        else:
            self._work.put(row, DirectiveRow.body == _body(before), otherwise=Clash())

    def find(self, id: str) -> Directive | None:
        """See the port."""
        row = DirectiveRow.find(*_key(id)) if is_id(id, "cm") else None
        return _directive(row) if row is not None else None

    def issued(self, *, month: date, before: str, most: int) -> list[Directive]:
        """See the port."""
        rows: Any = DirectiveRow.query(
            tenant_key("DIRECTIVE", f"{month:%Y-%m}"),
            DirectiveRow.sk < before if before else None,
            scan_index_forward=False,
            limit=most,
            consistent_read=True,
        )
        return [_directive(row) for row in rows]


def _key(id: str) -> tuple[str, str]:
    return tenant_key("DIRECTIVE", f"{business_day(moment_of(id)):%Y-%m}"), id


def _body(directive: Directive) -> str:
    plain = {name: getattr(directive, name) for name in _PLAIN}
    due = rfc3339(directive.due) if directive.due is not None else None
    times = {"issued": rfc3339(directive.issued), "due": due}
    return json.dumps({**plain, **times}, ensure_ascii=False, separators=(",", ":"))


def _directive(row: DirectiveRow) -> Directive:
    kept: dict[str, Any] = json.loads(row.body)
    kept |= {
        "to": tuple(kept["to"]),
        "issued": parse_instant(kept["issued"]),
        "due": parse_instant(kept["due"]) if kept["due"] else None,
    }
    return Directive(id=row.sk, **kept)
