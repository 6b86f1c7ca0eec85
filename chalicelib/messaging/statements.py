"""Statements 对账单: what the authority holds of a tenant's days, as it told the tenant; and disputes."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.events import Event
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant
from chalicelib.messaging.quarantine import refused_above
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork

STATED = "tourism.report.statement.issued.v1"
REFUSED = "tourism.report.record.refused.v1"
DISPUTED = "tourism.report.finding.disputed.v1"

Claim = Literal["sent", "not-operating", "outage", "other"]
DISPUTABLE = frozenset({"silent", "missing", "incomplete", "late"})


class NothingToDispute(Refusal):
    code = "feed.nothing-to-dispute"
    detail = N_("这一天没有可以提出异议的结果,或已经提出过。")
    remedy = N_("请刷新页面查看最新对账结果。")


class StatementRow(Row, discriminator="statement"):
    """pk ``STATEMENTS#<month>``, sk the day: the last statement of it."""

    body = UnicodeAttribute()
    at = UnicodeAttribute()
    claim = UnicodeAttribute(null=True)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A day as the authority has it: ``data`` of its event. ``claim``: what this tenant answered to it."""

    day: date
    at: datetime
    data: Mapping[str, Any]
    claim: str = ""

    @property
    def state(self) -> str:
        """The finding."""
        return str(self.data["state"])

    @property
    def dispute(self) -> str:
        """``none``, ``open``, ``accepted`` or ``rejected``; one that was just sent is open."""
        said = str(self.data["dispute"])
        return "open" if said == "none" and self.claim else said

    @property
    def disputable(self) -> bool:
        """Whether the tenant may still say otherwise."""
        return self.state in DISPUTABLE and self.dispute == "none"


def take(envelope: Mapping[str, Any], *, work: UnitOfWork) -> None:
    """Keep what the authority says about a day, or about one record; an older word changes nothing."""
    data = {name: value for name, value in envelope["data"].items() if name != "to"}
    if envelope["type"] == REFUSED:
        refused_above(data, work=work)
        return
    day, at = date.fromisoformat(data["day"]), envelope["time"]
    kept = StatementRow.find(*_key(day))
    if kept is not None and kept.at >= at:
        return
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    row = StatementRow(*_key(day), body=body, at=at, claim=kept.claim if kept is not None else None)
    work.put(row, StatementRow.at < at if kept is not None else StatementRow.pk.does_not_exist())
    work.about(day.isoformat())


def dispute(day: date, *, claim: Claim, work: UnitOfWork) -> None:
    """Say that a finding is wrong; the authority sees it disputed. ``Missing``, ``NothingToDispute``."""
    row = StatementRow.find(*_key(day))
    if row is None:
        raise Missing
    found = _statement(row)
    if not found.disputable:
        raise NothingToDispute
    work.update(row, [StatementRow.claim.set(claim)], StatementRow.body == row.body)
    work.publish(
        Event(
            type=DISPUTED,
            subject=day.isoformat(),
            at=work.now,
            data={"day": day.isoformat(), "finding": found.state, "claim": claim},
        )
    )


def month(of: date) -> list[Statement]:
    """A month's statements, newest day first."""
    rows = StatementRow.query(tenant_key("STATEMENTS", f"{of:%Y-%m}"), scan_index_forward=False)
    return [_statement(row) for row in rows]


def _key(day: date) -> tuple[str, str]:
    return tenant_key("STATEMENTS", f"{day:%Y-%m}"), day.isoformat()


def _statement(row: StatementRow) -> Statement:
    return Statement(
        day=date.fromisoformat(row.sk),
        at=parse_instant(row.at),
        data=json.loads(row.body),
        claim=row.claim or "",
    )
