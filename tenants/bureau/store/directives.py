"""Directives in the bureau's own rows of the app table: kept with the event that says them, or not at all."""

import json
from datetime import date
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import is_id, moment_of
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.directive import Directive, Over


class DirectiveRow(Row, discriminator="directive"):
    """pk ``DIRECTIVE#<month>``, sk its id, which carries the moment and with it the month."""

    body = UnicodeAttribute()
    over = UnicodeAttribute()


class DirectiveStore:
    """The ``Directives`` port on one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def publish(self, *events: Event) -> None:
        """See the port."""
        self._work.publish(*events)

    def keep(self, directive: Directive) -> None:
        """See the port."""
        row = DirectiveRow(*_key(directive.id), body=_body(directive), over=directive.over or "-")
        if directive.over:
            self._work.put(row, DirectiveRow.over == "-", otherwise=Over())
        else:
            self._work.create(row)

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
    return json.dumps(
        {
            "kind": directive.kind,
            "to": directive.to,
            "data": directive.data,
            "issued": rfc3339(directive.issued),
            "due": rfc3339(directive.due) if directive.due is not None else None,
            "status": directive.status,
            "by": directive.by,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _directive(row: DirectiveRow) -> Directive:
    kept = json.loads(row.body)
    return Directive(
        id=row.sk,
        kind=kept["kind"],
        to=tuple(kept["to"]),
        data=kept["data"],
        issued=parse_instant(kept["issued"]),
        due=parse_instant(kept["due"]) if kept["due"] else None,
        status=kept["status"],
        by=kept["by"],
        over="" if row.over == "-" else row.over,
    )
