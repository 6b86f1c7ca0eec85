"""Views: plain values for the templates, and the file of events."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from chalicelib.kernel.period import SHANGHAI, parse_instant
from chalicelib.web.sheets import csv_bytes
from tenants.bureau.domain.casework import covered, covered_text
from tenants.bureau.domain.day import Day
from tenants.bureau.domain.entry import Aside, Filed
from tenants.bureau.domain.line import Line
from tenants.bureau.domain.punctuality import tallies
from tenants.bureau.domain.trades import figures_of, hourly_of
from tenants.bureau.routes import field_words, trades, words
from tenants.bureau.routes.board import line
from tenants.bureau.routes.ways import events_href, figure_hrefs
from tenants.bureau.usecases.watching import Reconciled


def figures(of: Line, told: Day, *, day: date, say: trades.Say) -> dict[str, Any]:
    """One sender's day in full: every part with the way to its events."""

    def parts(name: str, known: Any, figure: str) -> list[dict[str, Any]]:
        href = figure_hrefs(sender=of.sender, day=day)[figure]
        found = sorted(told.split(name).items(), key=lambda pair: -pair[1])
        return [{"text": known.get(code, code), "amount": n, "href": href} for code, n in found if n]

    hours = [
        {
            "hour": f"{hour:02d}:00",
            "href": events_href(sender=of.sender, day=day, hour=hour),
            **{name: told.hours(name)[hour] for name in hourly_of(of.kind)},
            "events": told.count(f"h:{hour:02d}"),
        }
        for hour in range(24)
        if told.count(f"h:{hour:02d}")
    ]
    types = [
        {
            "text": say(words.TYPES.get(one.type, one.type)),
            "received": one.received,
            "on_time": one.on_time,
            "late": one.late,
            "after_close": one.after,
            "href": events_href(sender=of.sender, day=day, type=one.type),
        }
        for one in sorted(tallies(told.counters), key=lambda one: -one.received)
    ]
    return {
        "line": line(of, day),
        "columns": trades.columns(figures_of(of.kind), say),
        "hour_columns": trades.hours(of.kind, say),
        "replaced": told.count("replaced"),
        "apart": told.count("apart"),
        "hours": hours,
        "types": types,
        "refusals": parts("refused", words.REASONS, "refused"),
        "methods": parts("paid_fen", words.METHODS, "paid_fen"),
    }


def event(filed: Filed, *, open_: bool) -> dict[str, Any]:
    """One event, readable: what, when, its content, and where it stands. What stands for people is covered
    unless ``open_``.
    """
    entry = filed.entry
    envelope, hidden = (entry.envelope, []) if open_ else covered(entry.envelope)
    return {
        "id": entry.id,
        "text": words.TYPES.get(envelope["type"], envelope["type"]),
        "type": envelope["type"],
        "time": envelope["time"],
        "received": entry.received,
        "subject": envelope["subject"],
        "status": envelope["status"],
        "late": entry.late,
        "replay": entry.replay,
        "by": filed.by,
        "corrects": envelope.get("corrects"),
        "sha": entry.sha,
        "covered": bool(hidden),
        "content": [_field(name, value) for name, value in envelope["data"].items()],
    }


def type_choices(told: Day) -> list[tuple[str, str]]:
    """The types that arrived on a day, for a list to choose from."""
    return [(type, words.TYPES.get(type, type)) for type in sorted(told.types())]


def aside(one: Aside, *, name: str) -> dict[str, Any]:
    """Something set aside, with its reason in words."""
    return {
        "id": one.id,
        "name": name,
        "type": words.TYPES.get(one.type, one.type),
        "code": one.code,
        "at": one.at,
        "words": one.words,
        "received": one.received,
        "parked": one.parked,
        "released": bool(one.released),
        "body": covered_text(one.body),
    }


def reconciled(one: Reconciled, *, day: date) -> dict[str, Any]:
    """One sender's close, type by type."""
    verdict = one.verdict
    return {
        "sender": one.line.sender,
        "name": one.line.name,
        "href": f"/bureau/figures/{one.line.sender}?day={day}",
        "reporting": one.line.reporting,
        "closed": verdict.closed or None,
        "state": dict(zip(("text", "tone"), words.CLOSES[verdict.state], strict=True)),
        "chain": dict(zip(("text", "tone"), words.CHAINS[one.chain], strict=True)),
        "agrees": verdict.state == "equal",
        "lacking": bool(verdict.lacking),
        "types": [
            {
                "text": words.TYPES.get(part.type, part.type),
                "said": part.said,
                "arrived": part.arrived,
                "state": dict(zip(("text", "tone"), words.CLOSES[part.state], strict=True)),
                "href": events_href(sender=one.line.sender, day=day, type=part.type),
            }
            for part in verdict.types
        ],
    }


def csv_of(found: Iterable[Filed], *, open_: bool = False) -> bytes:
    """Events as a file that a spreadsheet opens; what stands for people is covered unless ``open_``."""
    return csv_bytes(_COLUMNS, (_row(filed, open_=open_) for filed in found))


_COLUMNS = (
    *("time", "type", "id", "subject", "status", "late", "corrects", "replaced_by"),
    *("received", "sha256", "data"),
)


def _row(filed: Filed, *, open_: bool) -> tuple[str, ...]:
    entry = filed.entry
    envelope = entry.envelope if open_ else covered(entry.envelope)[0]
    return (
        parse_instant(envelope["time"]).astimezone(SHANGHAI).isoformat(timespec="seconds"),
        envelope["type"],
        entry.id,
        envelope["subject"],
        envelope["status"],
        "late" if entry.late else "",
        envelope.get("corrects", ""),
        filed.by or "",
        entry.received,
        entry.sha,
        json.dumps(envelope["data"], ensure_ascii=False),
    )


def _field(name: str, value: Any) -> dict[str, Any]:
    """A field of an event's content: its name in words, its value as money, a time or text."""
    kind = "text"
    if name in field_words.MONEY and isinstance(value, int):
        kind = "money"
    elif name in field_words.TIMES and isinstance(value, str) and "T" in value:  # some of them are days
        kind = "time"
    return {
        "text": field_words.FIELDS.get(name, name),
        "kind": kind,
        "value": value if kind != "text" else _text(value),
    }


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(part)}" for name, part in value.items()) or "—"
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value) or "—"
    return str(value)
