"""How much of a list one page of the desk holds, and where it goes on."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from chalicelib.web.http import Call, make_cursor
from tenants.bureau.routes.asked import position

T = TypeVar("T")
LAST: Final = 500  # no list of the city is longer: ten thousand rows

ON_PAGE = 20
"""Rows of a page that is read on a phone too; over the wire a list has what its caller asks for."""


def rows_asked(call: Call) -> int:
    """What the query names, else a page's worth: the default of a query is the API's."""
    return int(call.query.limit) if "limit" in call.query.model_fields_set else ON_PAGE


def going_on(at: str | None) -> str | None:
    """The cursor of the next page; none where the list has ended."""
    return make_cursor({"at": at}) if at else None


def paged(found: Sequence[T], call: Call, *, key: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """A page of a list that is read whole: what stands behind the row that the last page ended with, and
    the cursor of the next. A row that has gone meanwhile begins it anew.
    """
    after, size = position(call), rows_asked(call)
    start = next((place + 1 for place, one in enumerate(found) if after and key(one) == after), 0)
    shown = found[start : start + size]
    return shown, going_on(key(shown[-1]) if start + size < len(found) else None)


def leaf(found: Sequence[T], number: int, *, href: str, at: str = "") -> tuple[Sequence[T], dict[str, Any]]:
    """A numbered page of a list that is read whole and may be in another order the next time: its rows, and
    what ``ui.leaf`` shows of it. A number behind the end is the last page. ``at``: the place on the page.
    """
    last = max(1, -(-len(found) // ON_PAGE))
    here = min(number, last)
    start = (here - 1) * ON_PAGE
    shown = found[start : start + ON_PAGE]

    def to(page: int) -> str | None:
        return f"{href}{'&' if '?' in href else '?'}page={page}{at}" if 1 <= page <= last else None

    return shown, {
        "first": start + 1,
        "last": start + len(shown),
        "count": len(found),
        "previous": to(here - 1),
        "next": to(here + 1),
    }
