"""The final template as rules read it: its policies' statements, its references as words."""

import json
import re
from collections.abc import Iterator
from typing import Any


def referenced(value: Any) -> set[str]:
    text = json.dumps(value)
    found = re.findall(r'"Ref": "(\w+)"|"Fn::GetAtt": \["(\w+)"|\$\{(\w+)[.}]', text)
    return {name for groups in found for name in groups if name}


def statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    def walk(name: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(value, dict):
            if "Effect" in value and "Action" in value:
                yield name, value
            for part in value.values():
                yield from walk(name, part)
        elif isinstance(value, list):
            for part in value:
                yield from walk(name, part)

    for name, resource in template["Resources"].items():
        yield from walk(name, resource)


def words(value: Any) -> str:
    match value:
        case {"Fn::GetAtt": [logical, attribute]}:
            return f"{logical}.{attribute}"
        case {"Fn::Sub": str(text)} | {"Ref": str(text)}:
            return text
        case _:
            return str(value)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def texts(value: Any) -> list[str]:
    return [words(one) for one in listed(value)]
