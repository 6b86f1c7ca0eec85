"""Returns in the app table: pk ``ASKED#<form>#<period>``, sk the tenant. A form's period is read at once."""

import json
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.events import Event
from chalicelib.messaging.returns.forms import form_on, period_named
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.returns import Asked, Decision
from tenants.bureau.store.upward import tell_above


class AskedRow(Row, discriminator="return-asked"):
    """One return that was asked of one tenant; ``turn`` counts its decisions."""

    body = UnicodeAttribute()
    turn = NumberAttribute()


class AskedStore:
    """The ``Returns`` port on one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def publish(self, *events: Event) -> None:
        """See the port."""
        self._work.publish(*events)

    def tell_above(self, event: Event, *, district: str) -> None:
        """See the port."""
        tell_above(self._work, event, district=district)

    def asked(self, *, form: str, period: str) -> list[Asked]:
        """See the port."""
        rows: Any = AskedRow.query(tenant_key("ASKED", form, period), consistent_read=True)
        return [_asked(row) for row in rows]

    def find(self, *, form: str, period: str, to: str) -> Asked | None:
        """See the port."""
        row = AskedRow.find(tenant_key("ASKED", form, period), to)
        return _asked(row) if row is not None else None

    def keep(self, asked: Asked, *, turn: int) -> None:
        """See the port."""
        row = _row(asked)
        self._work.about(asked.id)
        self._work.put(row, AskedRow.turn == turn, otherwise=Clash())

    def ask(self, asked: Asked) -> None:
        """A new request, or the same again with newer figures while nothing was decided."""
        self._work.about(asked.id)
        condition = AskedRow.pk.does_not_exist() | (AskedRow.turn == 0)
        self._work.put(_row(asked), condition, otherwise=Clash())


def _row(asked: Asked) -> AskedRow:
    kept = {
        "at": asked.at,
        "values": dict(asked.values),
        "decisions": [vars(one) for one in asked.decisions],
    }
    return AskedRow(
        tenant_key("ASKED", asked.form.code, asked.period.name),
        asked.to,
        body=json.dumps(kept, ensure_ascii=False, separators=(",", ":")),
        turn=len(asked.decisions),
    )


def _asked(row: AskedRow) -> Asked:
    kept = json.loads(row.body)
    code, name = row.pk.split("#")[3:5]
    period = period_named(name)
    assert period is not None
    form = form_on(code, period.last)
    assert form is not None
    return Asked(
        form=form,
        period=period,
        to=row.sk,
        at=kept["at"],
        values=kept["values"],
        decisions=tuple(Decision(**one) for one in kept["decisions"]),
    )
