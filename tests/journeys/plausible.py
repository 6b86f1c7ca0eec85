"""A body that a model takes, made from its schema: then it is the door, not the form, that refuses."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel


def plausible(model: type[BaseModel] | None, known: Mapping[str, Any]) -> dict[str, Any]:
    """Required fields and those in ``known``, by a field's name; else the simplest value for each."""
    if model is None:
        return {}
    schema = model.model_json_schema()
    made: dict[str, Any] = _value(schema, schema, known)
    return made


def as_form(value: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """The same as the fields of a form: ``visitors.0.name``."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from as_form(inner, f"{before}.{name}" if before else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from as_form(inner, f"{before}.{number}")
    elif value is not None:
        yield before, str(value).lower() if isinstance(value, bool) else str(value)


def _value(part: Mapping[str, Any], schema: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    if "$ref" in part:
        return _value(schema["$defs"][part["$ref"].rpartition("/")[2]], schema, known)
    for name in ("anyOf", "oneOf", "allOf"):
        if name in part:
            return _value(part[name][0], schema, known)
    if "const" in part or "enum" in part:
        return part["const"] if "const" in part else part["enum"][0]
    match part.get("type"):
        case "object":
            fields = part.get("properties", {})
            wanted = [name for name in fields if name in part.get("required", ()) or name in known]
            return {
                name: known[name] if name in known else _value(fields[name], schema, known) for name in wanted
            }
        case "array":
            inner = part.get("items", {"type": "string"})
            return [_value(inner, schema, known) for _ in range(part.get("minItems", 0))]
        case "integer" | "number":
            return part.get("minimum", part.get("exclusiveMinimum", -1) + 1)
        case "boolean":
            return True
        case "string":
            return _text(part)
    return None


def _text(part: Mapping[str, Any]) -> str:
    if part.get("format") == "date":
        return "2035-10-10"
    if part.get("format") == "date-time":
        return "2035-10-10T04:00:00Z"
    if "pattern" in part:
        return _matching(part["pattern"])
    return "x" * max(1, part.get("minLength", 1))


def _matching(pattern: str) -> str:
    """Something that a field with such a pattern takes; else the form refuses it, which is an answer too."""
    return next((one for one in _USUAL if re.search(pattern, one)), "x")


_USUAL = (
    *(
        "a",
        "1",
        "10",
        "201",
        "0000",
        "000000",
        "CN",
        "2035-10",
        "203510",
        "2035-10-10",
        "09:30",
        "13800000000",
    ),
    *("+8613800000000", "desk@example.com", "00000000000000", "/a", "https://example.com/a.ics"),
    *(f"{start}_{'0' * 26}" for start in ("st", "or", "wl", "lp", "nt", "dv", "rb", "rq", "ch", "fp", "cm")),
    *(f"{start}-{'0' * 12}" for start in ("grp", "ooo", "chn")),
    *("0" * 32, "0" * 64, "91410100MA00000000"),
)
