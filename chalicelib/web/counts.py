"""Counts in a link whose names are the shop's own (``…?adult=2&student=1``), so no model can declare them."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit


def counted(url: str, names: Iterable[str], *, prefix: str = "") -> dict[str, int]:
    """How many of each name a link asks for; what is missing or no number is none."""
    given = dict(parse_qsl(urlsplit(url).query, max_num_fields=100))
    found = {name: given.get(prefix + name, "") for name in names}
    return {
        name: int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        for name, number in found.items()
    }
