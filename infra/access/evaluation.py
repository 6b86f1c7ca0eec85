"""A small evaluator of IAM statements: enough to try our own policies, and strict where it knows less.

It knows the operators that our policies use and raises on any other. Where IAM's documentation
leaves room (is a star inside a tag's value a wildcard?) it takes the reading that lets more through
an Allow, so that a test passes only if the policy holds even then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One authorisation question: may this be done to that, under these circumstances?

    ``context`` holds condition keys; a key that AWS would not send is absent, not empty.
    """

    action: str
    resource: str
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)


def allowed(statements: Iterable[Json], request: Request) -> bool:
    """Whether the request is allowed: something allows it and nothing denies it."""
    verdicts = [one["Effect"] for one in statements if _applies(one, request)]
    return "Allow" in verdicts and "Deny" not in verdicts


def concrete(value: Any, *, names: Mapping[str, str]) -> Any:
    """A part of a template with its references filled in.

    ``names`` gives each by its words: ``AppTable.Arn``, ``Bus``, ``AWS::Region``. An unknown one
    raises ``KeyError``: a policy that could not be read is not one that was tried.
    """
    match value:
        case list():
            return [concrete(item, names=names) for item in value]
        case {"Ref": str(name)}:
            return names[name]
        case {"Fn::GetAtt": [logical, attribute]}:
            return names[f"{logical}.{attribute}"]
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([^!}]+)\}", lambda found: names[found[1]], text).replace("${!", "${")
        case dict():
            return {key: concrete(item, names=names) for key, item in value.items()}
    return value


def _applies(statement: Json, request: Request) -> bool:
    known = {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}
    if unknown := set(statement) - known:
        raise NotImplementedError(f"statements with {sorted(unknown)} are not understood here")
    actions = _texts(statement["Action"])
    if not any(_like(action.lower(), request.action.lower()) for action in actions):
        return False
    # A trust policy has no resource: it is about the role it stands in.
    places = (_filled(text, request) for text in _texts(statement.get("Resource", "*")))
    if not any(_like(place, request.resource) for place in places if place is not None):
        return False
    conditions = statement.get("Condition", {})
    return all(
        _holds(operator, key, _texts(expected), request)
        for operator, tests in conditions.items()
        for key, expected in tests.items()
    )


def _holds(operator: str, key: str, expected: list[str], request: Request) -> bool:
    given = request.context.get(key)
    values = [] if given is None else _texts(given)
    if operator == "Null":
        return (not values) == (expected == ["true"])
    quantifier, _, plain = operator.rpartition(":")
    wanted = [filled for text in expected if (filled := _filled(text, request)) is not None]
    test = _OPERATORS.get(plain)
    if test is None or quantifier not in {"", "ForAllValues", "ForAnyValue"}:
        raise NotImplementedError(f"the operator {operator} is not understood here")
    if plain.startswith("StringNot"):  # against a list: none of them
        return all(test(text, value) for value in values for text in wanted)
    matches = [any(test(text, value) for text in wanted) for value in values]
    if quantifier == "ForAllValues":
        return all(matches)
    if quantifier == "ForAnyValue":
        return any(matches)
    return bool(matches) and all(matches)


def _filled(text: str, request: Request) -> str | None:
    """The text with its policy variables; nothing where one has no value: then nothing can match."""
    missing = False

    def value(found: re.Match[str]) -> str:
        nonlocal missing
        if found[1] in "*?$":
            return f"\\{found[1]}"  # ``${*}``: the character itself
        given = request.context.get(found[1])
        missing = missing or not isinstance(given, str)
        return str(given)

    filled = re.sub(r"\$\{([^}]+)\}", value, text)
    return None if missing else filled


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\\[*?$]|\*|\?)", pattern)
    special = {"*": ".*", "?": "."}
    written = "".join(
        re.escape(part[1:]) if part.startswith("\\") else special.get(part, re.escape(part)) for part in parts
    )
    return re.compile(written, re.DOTALL)


def _like(pattern: str, value: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None


_OPERATORS = {
    "StringEquals": lambda expected, value: expected == value,
    "StringLike": _like,
    "StringNotLike": lambda expected, value: not _like(expected, value),
    "ArnEquals": _like,
}


def _texts(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
