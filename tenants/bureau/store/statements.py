"""What senders were told, in the bureau's own rows of the app table."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.events import Event
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.statement import Stated


class StatedRow(Row, discriminator="bureau-stated"):
    """pk ``STATED#<day>``, sk the sender."""

    body = UnicodeAttribute()


class StatementStore:
    """The ``Statements`` port on one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def of(self, day: date) -> Mapping[str, Stated]:
        """See the port."""
        rows: Any = StatedRow.query(tenant_key("STATED", day.isoformat()), consistent_read=True)
        return {row.sk: _stated(row) for row in rows}

    def keep(self, day: date, stated: Stated, *, before: Stated | None) -> None:
        """See the port."""
        row = StatedRow(tenant_key("STATED", day.isoformat()), stated.sender, body=_body(stated))
        self._work.about(f"{stated.sender}/{day.isoformat()}")
        if before is None:
            self._work.create(row, otherwise=Clash())
        else:
            self._work.put(row, StatedRow.body == _body(before), otherwise=Clash())

    def publish(self, *events: Event) -> None:
        """See the port."""
        self._work.publish(*events)


def statement_desk(now: datetime) -> Any:
    """The ``Desk`` port: committed when its block ends well."""

    @contextmanager
    def desk(action: str) -> Iterator[StatementStore]:
        work = UnitOfWork(action=action, now=now)
        yield StatementStore(work)
        if not work.empty:
            work.commit()

    return desk


def _body(stated: Stated) -> str:
    kept = {name: getattr(stated, name) for name in ("digest", "asked", "dispute", "decision")}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _stated(row: StatedRow) -> Stated:
    kept = json.loads(row.body)
    return Stated(sender=row.sk, **{**kept, "asked": tuple(kept["asked"])})
