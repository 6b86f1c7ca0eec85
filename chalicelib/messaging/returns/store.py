"""Returns in the tenant's own rows: pk ``RETURN#<form>``, sk the period: a form's history is one read. What
was declared is kept beside it, version by version, and never written again.
"""

import json
from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.events import Event
from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.messaging.directives.store import RETURN, WaitingRow
from chalicelib.messaging.returns.domain import Return, Step
from chalicelib.messaging.returns.forms import FORMS, form_on, period_named
from chalicelib.messaging.returns.values import Given
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork


class ReturnRow(Row, discriminator="return"):
    """One form and period. ``turn`` counts changes: two people at once are a ``Clash``."""

    body = UnicodeAttribute()
    turn = NumberAttribute()


class DeclaredRow(Row, discriminator="return-declared"):
    """pk ``DECLARED#<form>#<period>``, sk the version in four digits: what was said then, to the letter."""

    body = UnicodeAttribute()
    at = UnicodeAttribute()


class ReturnStore:
    """The bound tenant's returns; writers join the unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._turns: dict[str, int] = {}

    def find(self, id: str) -> Return | None:
        """The return with this id."""
        code, _, period = id.partition("_")
        if code not in {one.code for one in FORMS} or period_named(period) is None:
            return None
        row = ReturnRow.find(tenant_key("RETURN", code), period)
        return self._return(row) if row is not None else None

    def all(self, *, kind: str) -> list[Return]:
        """Every return of a kind's forms, the newest period first."""
        codes = dict.fromkeys(one.code for one in FORMS if one.kind == kind)
        found = [self._return(row) for code in codes for row in _rows(code)]
        return sorted(found, key=lambda one: (one.period.last, one.form.code), reverse=True)

    def keep(self, one: Return) -> None:
        """It, as it is now."""
        turn = self._turns.get(one.id, 0)
        row = ReturnRow(tenant_key("RETURN", one.form.code), one.period.name, body=_body(one), turn=turn + 1)
        self._work.about(one.id)
        if turn:
            self._work.put(row, ReturnRow.turn == turn, otherwise=Clash())
        else:
            self._work.create(row, otherwise=Clash())
        waits = WaitingRow(tenant_key("DIRECTED", "WAITS"), f"{RETURN}{one.id}")
        if one.editable and not one.correcting:
            self._work.put(waits)
        else:
            self._work.delete(waits)

    def declare(self, event: Event) -> None:
        """Say it with the commit, and keep what was said."""
        said = event.data
        pk = tenant_key("DECLARED", said["form"], said["period"])
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        row = DeclaredRow(pk, f"{said['version']:04d}", body=body, at=rfc3339(event.at))
        self._work.create(row, otherwise=Clash())
        self._work.publish(event)

    def declared(self, one: Return) -> list[Mapping[str, Any]]:
        """What was declared, the newest version first; ``at``: when."""
        rows: Any = DeclaredRow.query(
            tenant_key("DECLARED", one.form.code, one.period.name), scan_index_forward=False, limit=20
        )
        return [{**json.loads(row.body), "at": row.at} for row in rows]

    def _return(self, row: ReturnRow) -> Return:
        kept = json.loads(row.body)
        period = period_named(row.sk)
        code = row.pk.rpartition("#")[2]
        assert period is not None
        form = form_on(code, period.last)
        assert form is not None
        found = Return(
            form=form,
            period=period,
            due=parse_instant(kept.pop("due")),
            given={key: Given(**value) for key, value in kept.pop("given").items()},
            history=tuple(Step(**one) for one in kept.pop("history")),
            **kept,
        )
        self._turns[found.id] = int(row.turn)
        return found


def _rows(code: str) -> Any:
    return ReturnRow.query(tenant_key("RETURN", code), scan_index_forward=False, consistent_read=True)


def _body(one: Return) -> str:
    kept = {
        **{name: value for name, value in vars(one).items() if name not in {"form", "period"}},
        "due": rfc3339(one.due),
        "given": {key: vars(value) for key, value in one.given.items()},
        "history": [vars(step) for step in one.history],
        "computed": dict(one.computed),
        "booked": dict(one.booked),
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
