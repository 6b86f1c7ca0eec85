"""The one table shown when the local stack is up."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from infra.local.settings import Settings

_Row = tuple[str, ...]


def board(*, settings: Settings, demo: dict[str, Any], stripe: bool) -> str:
    """Addresses, demo logins and what to try first.

    ``demo`` is what seeding returned: ``addresses`` (name → address), ``logins`` (each with
    ``who``, ``login``, ``password`` and, where it helps, ``note``) and ``try`` (sentences).
    """
    addresses: dict[str, str] = {
        "Site": f"{settings.base_url}/",
        "Console login": f"{settings.base_url}/login",
        **demo.get("addresses", {}),
    }
    if stripe:
        addresses["Local Stripe"] = f"{settings.stripe_url}/"
    addresses["Data folder"] = str(settings.data_dir)
    blocks = [_aligned(addresses.items())]
    logins = [
        tuple(str(entry.get(part, "")) for part in ("who", "login", "password", "note"))
        for entry in demo.get("logins", ())
    ]
    if logins:
        blocks.append(_aligned([("Demo login", "name", "password", ""), *logins]))
    first = [f"{number}. {text}" for number, text in enumerate(demo.get("try", ()), start=1)]
    if first:
        blocks.append(["Try first", *first])
    lines = [line for block in blocks for line in ("", *block)]
    rule = "─" * max(_width(line) for line in lines)
    return "\n".join(["", rule, "Songyun 嵩云 is running. Ctrl-C stops it.", *lines, rule, ""])


def _aligned(rows: Iterable[_Row]) -> list[str]:
    table = list(rows)
    widths = [max(_width(row[column]) for row in table) for column in range(len(table[0]))]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in table
    ]


def _width(text: str) -> int:
    """Columns ``text`` takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
