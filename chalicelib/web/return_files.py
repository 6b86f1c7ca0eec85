"""A return on paper and as a table. Chinese: these are the authority's forms."""

from datetime import datetime
from typing import Any

from chalicelib.kernel.period import parse_instant
from chalicelib.messaging.returns.domain import Return
from chalicelib.messaging.returns.values import Given, differs
from chalicelib.tenancy.context import Tenant
from chalicelib.web import formats
from chalicelib.web import return_words as words
from chalicelib.web.i18n import translator
from chalicelib.web.sheets import csv_bytes

_COLUMNS = ("form", "period", "unit", "field", "title", "value", "computed", "reason", "note")


def _say(text: str) -> str:
    said: str = translator("zh")(text)
    return said


def table(one: Return, *, tenant: Tenant) -> bytes:
    """A CSV that a spreadsheet opens; what begins like a formula is defused."""
    rows = []
    values, measured = one.values(), one.measured
    for field in one.form.fields:
        given = one.given.get(field.key, Given())
        rows.append(
            [
                *(one.form.code, one.period.name, tenant.name, field.key, field.title),
                *(values[field.key], measured[field.key], given.reason, given.note),
            ]
        )
    return csv_bytes(_COLUMNS, rows)


def document(one: Return, *, tenant: Tenant, now: datetime) -> bytes:
    """A PDF with room for the signatures that an office keeps."""
    from chalicelib.web.printing import pdf

    declared = [step.at for step in one.history if step.what == "declared"]
    values = one.values()
    printed = {
        "title": _say(one.form.title),
        "period": words.period(one.period, say=translator("zh"), locale="zh"),
        "unit": tenant.name,
        "state": _say(words.STATES[one.state][0]),
        "due": formats.instant(one.due, locale="zh", style="long"),
        "declared": formats.instant(declared[-1], locale="zh", style="long") if declared else "—",
        "edition": one.form.edition,
        "source": one.form.source,
        "rule": _say(one.form.rule) if one.form.rule else "",
        "hash": one.hash or "—",
        "rows": [_row(one, key.key, values) for key in one.form.fields],
    }
    return pdf("return", printed, made=parse_instant(declared[-1]) if declared else now)


def _row(one: Return, key: str, values: dict[str, int | None]) -> dict[str, Any]:
    field = one.form.field(key)
    assert field is not None
    given = one.given.get(key, Given())
    why = ""
    if not field.derived and differs(key, values, one.measured):
        reason = _say(words.REASONS[given.reason]) if given.reason in words.REASONS else ""
        why = "；".join(filter(None, [reason, given.note]))
    unit = words.UNITS[field.unit] or field.of
    return {
        "title": _say(field.title),
        "unit": _say(unit) if unit and unit != "%" else unit,
        "value": words.shown(values[key], field.unit),
        "computed": "" if one.measured[key] is None else words.shown(one.measured[key], field.unit),
        "why": why,
    }
