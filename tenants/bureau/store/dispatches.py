"""Dispatches in the app table: pk ``DISPATCH#<year>``, sk the id, which carries the moment."""

import json
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import is_id, moment_of
from chalicelib.kernel.period import business_day
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.report.dispatch import Dispatch
from tenants.bureau.store.upward import tell_above


class DispatchRow(Row, discriminator="report-dispatch"):
    """A report that was sent."""

    body = UnicodeAttribute()
    received = UnicodeAttribute()


class DispatchStore:
    """The ``Dispatches`` port on one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def keep(self, dispatch: Dispatch) -> None:
        """See the port."""
        self._work.about(dispatch.report)
        kept = {name: value for name, value in vars(dispatch).items() if name not in {"id", "received"}}
        body = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        self._work.put(DispatchRow(*_key(dispatch.id), body=body, received=dispatch.received or "-"))

    def find(self, id: str) -> Dispatch | None:
        """See the port."""
        row = DispatchRow.find(*_key(id)) if is_id(id, "dp") else None
        return _dispatch(row) if row is not None else None

    def sent(self, *, year: int, after: str = "", most: int = 200) -> list[Dispatch]:
        """See the port."""
        rows: Any = DispatchRow.query(
            tenant_key("DISPATCH", str(year)),
            DispatchRow.sk > after if after else None,
            limit=most,
            consistent_read=True,
        )
        return [_dispatch(row) for row in rows]

    def tell_above(self, event: Event, *, district: str) -> None:
        """See the port."""
        tell_above(self._work, event, district=district)


def _key(id: str) -> tuple[str, str]:
    return tenant_key("DISPATCH", str(business_day(moment_of(id)).year)), id


def _dispatch(row: DispatchRow) -> Dispatch:
    received = "" if row.received == "-" else row.received
    return Dispatch(id=row.sk, received=received, **json.loads(row.body))
