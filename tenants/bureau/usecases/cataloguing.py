"""Cataloguing: what the lake holds, who answers for it, and whether it is fresh."""

from collections.abc import Sequence
from datetime import date, datetime

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant
from tenants.bureau.domain.lake import SETS, LakeSet
from tenants.bureau.usecases.landing import Held, Lake


@dataclass(frozen=True, kw_only=True)
class Theme:
    """The events of one type: how many, of which days."""

    type: str
    rows: int
    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """One set as it is held. ``stale``: nothing landed for longer than the set may be old."""

    of: LakeSet
    rows: int
    stale: bool


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything the lake holds. ``landed``: the last landing; ``through``: the last receipt that is in."""

    shelves: Sequence[Shelf]
    themes: Sequence[Theme]
    days: Sequence[Held]
    files: int
    bytes: int
    landed: str
    through: str


def see_lake(*, now: datetime, lake: Lake) -> Catalogue:
    """The catalogue: one read, however much there is."""
    held = lake.held()
    landed = max((one.landed for one in held), default="")
    themes: dict[str, Theme] = {}
    for one in held:  # the newest first
        for type, rows in one.types.items():
            known = themes.get(type)
            themes[type] = Theme(
                type=type,
                rows=rows + (known.rows if known else 0),
                first=one.day,
                last=known.last if known else one.day,
            )
    return Catalogue(
        shelves=[
            Shelf(
                of=of,
                rows=sum(one.rows[of.name] for one in held),
                stale=not landed or now - parse_instant(landed) > of.fresh,
            )
            for of in SETS
        ],
        themes=sorted(themes.values(), key=lambda theme: -theme.rows),
        days=held,
        files=sum(one.files for one in held),
        bytes=sum(one.bytes for one in held),
        landed=landed,
        through=max((one.through for one in held), default=""),
    )
