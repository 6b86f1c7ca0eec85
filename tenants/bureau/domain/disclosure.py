"""Disclosure: what may be published of small numbers. A cell below ten could point at a person."""

from collections.abc import Mapping

LEAST = 10
"""The smallest count that is published."""


def publishable(cells: Mapping[str, int], *, total: bool = True) -> dict[str, int | None]:
    """The cells with what is too small left out (None). Zero says nothing of anybody and stays.

    ``total``: their sum is published too. Then a single hidden cell could be worked out from it, so the
    smallest of the others goes with it, unless the hidden ones together are large enough to hide in.
    """
    hidden = {key for key, n in cells.items() if 0 < n < LEAST}
    if total and hidden:
        hidden |= _companions(cells, hidden)
    return {key: None if key in hidden else n for key, n in cells.items()}


def _companions(cells: Mapping[str, int], hidden: set[str]) -> set[str]:
    """One more cell where one alone was hidden, or where all that is hidden makes less than ten together."""
    if len(hidden) > 1 and sum(cells[key] for key in hidden) >= LEAST:
        return set()
    others = sorted((n, key) for key, n in cells.items() if key not in hidden and n)
    return {others[0][1]} if others else set()
