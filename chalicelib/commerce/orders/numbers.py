"""Short numbers: what people say of an order at a counter, instead of its id."""

import re
from datetime import date

from chalicelib.kernel.ids import moment_of
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day

_SHORT = re.compile(r"^([0-9]{4})-?([0-9A-Z]{6})(?:-([0-9]{1,2}))?$")
_ALIKE = str.maketrans("OIL", "011")  # letters the alphabet leaves out, for figures they look like


def short_number(id: str) -> str:
    """``1122-K7QW3M``: the day an order was placed and its last six characters; short enough to say."""
    return f"{business_day(moment_of(id)):%m%d}-{id[-6:].upper()}"


@dataclass(frozen=True, kw_only=True)
class Short:
    """A short number as somebody typed it: the day of placing, the id's end, and perhaps a piece of it."""

    day: date
    tail: str
    piece: int | None


def read_short(typed: str, *, today: date) -> Short | None:
    """The short number in ``typed``, or nothing. Its year is this one, or the last if it were ahead."""
    head, dash, rest = re.sub(r"\s", "", typed).upper().partition("-")
    found = _SHORT.match(head + dash + rest.translate(_ALIKE))
    if found is None:
        return None
    month, day = int(found[1][:2]), int(found[1][2:])
    for year in (today.year, today.year - 1):
        try:
            placed = date(year, month, day)
        except ValueError:
            continue
        if placed <= today:
            return Short(day=placed, tail=found[2].lower(), piece=int(found[3]) if found[3] else None)
    return None
