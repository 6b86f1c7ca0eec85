"""A return as its page shows it: lines, fields, versions, steps, and what the unit's own books say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import Field

from chalicelib.kernel.module import Booked
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging.returns.domain import Return, working_days_left
from chalicelib.messaging.returns.values import Given, differs
from chalicelib.persistence import directory
from chalicelib.web import return_words as words
from chalicelib.web.http import Asked, Call
from chalicelib.web.registry import BOOKS

HERE = "/console/returns"


class Filling(Asked):
    """What was written: texts by field, as people write numbers."""

    values: dict[str, str] = Field(default={}, max_length=60)
    reasons: dict[str, str] = Field(default={}, max_length=60)
    notes: dict[str, str] = Field(default={}, max_length=60)


def books(one: Return, call: Call) -> dict[str, Booked]:
    """What the unit's own books say of each field that names a place in them: the sum of its names."""
    read = BOOKS.get(call.tenant.kind)
    if read is None:
        return {}
    kept = read(one.period.first, one.period.last, call.now)
    found = {}
    for field in one.form.fields:
        parts = [kept[name] for name in field.book.split("+") if name in kept]
        if field.book and len(parts) == field.book.count("+") + 1:
            value = sum(part.value for part in parts)
            if value < 0:  # corrections beyond a whole period: a form cannot say it, whoever signs must
                continue
            found[field.key] = Booked(value=value, days=parts[0].days, href=parts[0].href)
    return found


def booked(one: Return, call: Call) -> dict[str, int]:
    """The values alone."""
    return {key: kept.value for key, kept in books(one, call).items()}


def prefilled(one: Return, call: Call) -> Return:
    """It with what the books say now, as long as nothing is declared of it."""
    return replace(one, booked=booked(one, call)) if one.editable else one


def line(one: Return, call: Call) -> dict[str, Any]:
    """A return in a list."""
    text, tone = words.STATES[one.state]
    today, due = business_day(call.now), business_day(one.due)
    say, late = call.translate, one.late(call.now)
    return {
        "id": one.id,
        "href": f"{HERE}/{one.id}",
        "title": one.form.title,
        "period": words.period(one.period, say=say, locale=call.locale),
        "due": rfc3339(one.due),
        "left": words.left(working_days_left(due, today), due=due, today=today, say=say),
        "late": late,
        "waits": one.editable and not one.correcting,
        "state": {"text": say(text), "tone": "urgent" if late else tone},
    }


def open_days(one: Return, call: Call) -> int:
    """How many days of the period the unit's own books have not closed, where it keeps any here."""
    kept = books(one, call)
    length = (one.period.last - one.period.first).days + 1
    return length - max((each.days for each in kept.values()), default=length)


def fields(
    one: Return, call: Call, *, written: Filling | None, errors: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The fields as they are now, beside what is known of them."""
    kept = books(one, call)
    one = replace(one, booked={key: each.value for key, each in kept.items()}) if one.editable else one
    values, measured = one.values(), one.measured
    lines = []
    for field in one.form.fields:
        given = one.given.get(field.key, Given())
        own = kept.get(field.key)
        off = not field.derived and differs(field.key, values, measured)
        lines.append(
            {
                **_line(field.key, one, call),
                "value": words.shown(values[field.key], field.unit),
                "computed": _known(one.computed.get(field.key), field.unit),
                "own": _known(own.value if own is not None else None, field.unit),
                "own_href": own.href if own is not None else "",
                "apart": own is not None and one.computed.get(field.key) not in {None, own.value},
                "text": written.values.get(field.key, "")
                if written is not None
                else words.written(values[field.key], field.unit),
                "reason": written.reasons.get(field.key, "") if written is not None else given.reason,
                "words": _reason(given.reason, call),
                "extra": written.notes.get(field.key, "") if written is not None else given.note,
                "differs": field.key in errors or off,
                "measured": measured[field.key] is not None,
                "error": errors.get(field.key),
            }
        )
    return lines


def declared_fields(one: Return, said: Mapping[str, Any], call: Call) -> list[dict[str, Any]]:
    """The fields as they were declared in one version."""
    why = {each["field"]: each for each in said["differences"]}
    return [
        {
            **_line(field.key, one, call),
            "value": words.shown(said["values"].get(field.key), field.unit),
            "computed": _known(why.get(field.key, {}).get("computed"), field.unit),
            "own": "",
            "own_href": "",
            "words": _reason(why.get(field.key, {}).get("reason", ""), call),
            "extra": why.get(field.key, {}).get("note", ""),
            "differs": field.key in why,
        }
        for field in one.form.fields
    ]


def versions(one: Return, declared: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was declared, one line a version; none where there is only the one that stands."""
    if len(declared) < 2 and not one.editable:
        return []
    return [
        {
            "number": each["version"],
            "href": f"{HERE}/{one.id}?version={each['version']}",
            "at": each["at"],
            "why": each.get("why", ""),
            "stands": each["hash"] == one.hash,
            "hash": each["hash"],
        }
        for each in declared
    ]


def steps(one: Return, call: Call) -> list[dict[str, Any]]:
    """What happened to it, the latest first."""
    people = {member.actor: member.label for member in directory.members(call.tenant.id)}
    return [
        {
            "title": call.translate(words.STEPS[step.what]),
            "at": step.at,
            "text": " · ".join(filter(None, [people.get(step.by), step.words])) or None,
            "state": "urgent" if step.what.startswith("returned") else "done",
        }
        for step in reversed(one.history)
    ]


def _line(key: str, one: Return, call: Call) -> dict[str, Any]:
    field = one.form.field(key)
    assert field is not None
    unit = words.UNITS[field.unit] or field.of
    return {
        "key": key,
        "title": call.translate(field.title),
        "unit": call.translate(unit) if unit and unit != "%" else unit,
        "note": call.translate(field.note) if field.note else "",
        "derived": bool(field.derived),
        "must": field.must,
    }


def _known(value: int | None, unit: str) -> str:
    return "" if value is None else words.shown(value, unit)


def _reason(code: str, call: Call) -> str:
    return call.translate(words.REASONS[code]) if code in words.REASONS else ""
