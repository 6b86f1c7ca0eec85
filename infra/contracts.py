"""Contracts that others build on: the API's document and the events. They grow; they do not shrink.

``python -m infra.contracts`` compares the API as it is with ``infra/openapi.json``, and every
``events.json`` with the one of the last commit. ``--update`` writes the API's document anew: a breaking
change is then at least seen by whoever reads the diff. An event has no such way out: its breaking change
is a new ``.v<n>`` beside the old one.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOT = ROOT / "infra" / "openapi.json"
_LOWER_BOUNDS = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_UPPER_BOUNDS = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


class Way(Enum):
    """Who writes the document: others (they must not be asked for more) or we (we must not say less)."""

    IN = "request"
    OUT = "answer"


class Comparison:
    """What of ``new`` breaks those who rely on ``old``; two documents with their own ``$ref`` targets."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, Way]] = set()

    def schemas(self, old: Any, new: Any, *, way: Way, at: str) -> Iterator[str]:
        """Differences between two schemas that break somebody."""
        names = _ref(old), _ref(new)
        if names[0] and names[1]:
            if (*names, way) in self._seen:
                return
            self._seen.add((*names, way))
        old, new = _resolved(self._old, old), _resolved(self._new, new)
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            if old != new:
                yield f"{at}: was {_short(old)}, is {_short(new)}"
            return
        for word in ("type", "format", "const", "pattern", "multipleOf"):
            if old.get(word) != new.get(word) and not _loosened(word, old, new, way):
                yield f"{at}: {word} was {_short(old.get(word))}, is {_short(new.get(word))}"
        yield from _enumerations(old, new, at=at)
        yield from _bounds(old, new, way=way, at=at)
        yield from self._properties(old, new, way=way, at=at)
        yield from self._members(old, new, way=way, at=at)

    def _properties(self, old: Any, new: Any, *, way: Way, at: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        must_before, must_after = set(old.get("required", ())), set(new.get("required", ()))
        for name, schema in before.items():
            if name not in after:
                yield f"{at}/{name}: is gone"
            else:
                yield from self.schemas(schema, after[name], way=way, at=f"{at}/{name}")
        if way is Way.IN:
            yield from (f"{at}/{name}: is now required" for name in sorted(must_after - must_before))
            if old.get("additionalProperties", True) and new.get("additionalProperties") is False:
                yield f"{at}: further properties are now refused"
        else:
            lost = sorted((must_before - must_after) & set(after))
            yield from (f"{at}/{name}: is no longer always there" for name in lost)

    def _members(self, old: Any, new: Any, *, way: Way, at: str) -> Iterator[str]:
        if "items" in old:
            yield from self.schemas(old["items"], new.get("items", {}), way=way, at=f"{at}[]")
        for word in ("anyOf", "oneOf", "allOf"):
            before, after = old.get(word, ()), new.get(word, ())
            if len(after) < len(before):
                yield f"{at}: a member of {word} is gone"
            elif len(after) > len(before) and way is Way.OUT and word != "allOf":
                yield f"{at}: answers may now be something else ({word})"
            for index, (one, other) in enumerate(zip(before, after, strict=False)):
                yield from self.schemas(one, other, way=way, at=f"{at}/{word}/{index}")


def api_breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What in the API's document ``new`` breaks a client that was written against ``old``."""
    comparison = Comparison(old, new)
    found: list[str] = []
    for path, methods in old.get("paths", {}).items():
        for method, before in methods.items():
            if method not in _METHODS:
                continue
            at = f"{method.upper()} {path}"
            after = new.get("paths", {}).get(path, {}).get(method)
            if after is None:
                found.append(f"{at}: is gone")
            else:
                found += _operation_breaks(comparison, before, after, at=at)
    return found


def event_breaks(old: Mapping[str, Any], new: Mapping[str, Any], *, owner: str = "") -> list[str]:
    """What in an ``events.json`` breaks those who consume its events, or those who say them.

    ``owner``: the kind whose file it is (empty: the core's, which every kind may say).
    """
    found: list[str] = []
    for type_, before in old.items():
        after = new.get(type_)
        if after is None:
            found.append(f"{type_}: is gone")
            continue
        for word in ("lane", "piiclass"):
            if before.get(word) != after.get(word):
                found.append(f"{type_}: {word} was {before.get(word)}, is {after.get(word)}")
        found += [f"{type_}: {kind} may no longer say it" for kind in _silenced(before, after, owner)]
        comparison = Comparison(before.get("schema", {}), after.get("schema", {}))
        found += comparison.schemas(before.get("schema", {}), after.get("schema", {}), way=Way.OUT, at=type_)
    return found


def _silenced(before: Mapping[str, Any], after: Mapping[str, Any], owner: str) -> list[str]:
    """The kinds that could say a type and now cannot: they would be refused from one day to the next.

    An entry with ``kinds`` alone joins them to a contract that stands elsewhere.
    """
    speakers = [entry.get("kinds", [owner] if owner else None) for entry in (before, after)]
    if speakers[1] is None:
        return []
    if speakers[0] is None:
        return ["every kind"]
    return sorted(set(speakers[0]) - set(speakers[1]))


def present() -> dict[str, Any]:
    """The API's document as the code has it now."""
    import app
    from chalicelib.web import openapi

    return openapi.document(app.app.guarded())


def check(*, update: bool) -> list[str]:
    """Compare everything; write the snapshot when told to. The broken promises."""
    now = present()
    broken: list[str] = []
    if update or not SNAPSHOT.exists():
        SNAPSHOT.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", "utf-8")
    else:
        then = json.loads(SNAPSHOT.read_text("utf-8"))
        broken += [f"API: {line}" for line in api_breaks(then, now)]
        if not broken and then != now:
            print("The API has grown; python -m infra.contracts --update keeps it.")
    for folder in ("tenants", "chalicelib"):
        for path in sorted((ROOT / folder).glob("*/events.json")):
            name = path.relative_to(ROOT).as_posix()
            before = _committed(name)
            if before is not None:
                after = json.loads(path.read_text("utf-8"))
                owner = path.parent.name if folder == "tenants" else ""
                broken += [f"{name}: {line}" for line in event_breaks(before, after, owner=owner)]
    return broken


def main(arguments: list[str]) -> int:
    """0 when every promise is kept."""
    broken = check(update="--update" in arguments)
    for line in broken:
        print(line)
    return 1 if broken else 0


def _operation_breaks(
    comparison: Comparison, old: Mapping[str, Any], new: Mapping[str, Any], *, at: str
) -> list[str]:
    found: list[str] = []
    before, after = _parameters(old), _parameters(new)
    for key, parameter in after.items():
        held = before.get(key)
        if held is None:
            if parameter.get("required"):
                found.append(f"{at}: the parameter {key[1]} is now required")
            continue
        if parameter.get("required") and not held.get("required"):
            found.append(f"{at}: the parameter {key[1]} is now required")
        found += comparison.schemas(
            held.get("schema", {}), parameter.get("schema", {}), way=Way.IN, at=f"{at} ?{key[1]}"
        )
    found += [f"{at}: the parameter {key[1]} is gone" for key in before if key not in after]
    found += comparison.schemas(_body(old), _body(new), way=Way.IN, at=f"{at} body")
    for status, response in old.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        if status not in new.get("responses", {}):
            found.append(f"{at}: no longer answers {status}")
            continue
        found += comparison.schemas(
            _json(response), _json(new["responses"][status]), way=Way.OUT, at=f"{at} {status}"
        )
    return found


def _parameters(operation: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    given = [one for one in operation.get("parameters", ()) if "$ref" not in one]
    return {(one["in"], one["name"]): one for one in given}


def _body(operation: Mapping[str, Any]) -> Any:
    return _json(operation.get("requestBody", {}))


def _json(holder: Mapping[str, Any]) -> Any:
    return holder.get("content", {}).get("application/json", {}).get("schema", {})


def _ref(schema: Any) -> str:
    return str(schema.get("$ref", "")) if isinstance(schema, Mapping) else ""


def _resolved(document: Mapping[str, Any], schema: Any) -> Any:
    for _ in range(10):
        name = _ref(schema)
        if not name:
            return schema
        target: Any = document
        for part in name.removeprefix("#/").split("/"):
            target = target.get(part, {})
        schema = target
    return schema


def _loosened(word: str, old: Mapping[str, Any], new: Mapping[str, Any], way: Way) -> bool:
    """Whether dropping this word only lets more in (a request without the old limit)."""
    return way is Way.IN and word not in new and word in old


def _enumerations(old: Mapping[str, Any], new: Mapping[str, Any], *, at: str) -> Iterator[str]:
    if "enum" in new:
        gone = [value for value in old.get("enum", ()) if value not in new["enum"]]
        if gone:
            yield f"{at}: no longer knows {_short(gone)}"
        if "enum" not in old and "const" not in old:
            yield f"{at}: is now one of {_short(new['enum'])}"


def _bounds(old: Mapping[str, Any], new: Mapping[str, Any], *, way: Way, at: str) -> Iterator[str]:
    """A request's limits may only widen, an answer's only narrow."""
    if way is Way.OUT:
        old, new = new, old
    for word in (*_LOWER_BOUNDS, *_UPPER_BOUNDS):
        before, after = old.get(word), new.get(word)
        if after is None or before == after:
            continue
        narrower = before is None or (after > before if word in _LOWER_BOUNDS else after < before)
        if narrower:
            yield f"{at}: {word} {_short(before)} against {_short(after)}"


def _committed(name: str) -> Any:
    """A file's content at the last commit, or ``None`` where there is no such file or no commit."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:{name}"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    return json.loads(shown.stdout) if shown.returncode == 0 else None


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 80 else text[:77] + "..."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
