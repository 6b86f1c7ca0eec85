"""The wall for a room and the day at a desk: the same figures, with the map and the year before."""

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.period import business_day, parse_instant
from chalicelib.web.formats import listed
from chalicelib.web.http import Blank, Call, Fragment, Html, page
from tenants.bureau.domain.directive import Directive
from tenants.bureau.domain.wall import Wall
from tenants.bureau.routes import board, trades, words
from tenants.bureau.routes.asked import LEDGER, READER, OfDay, blueprint, day_asked, senders
from tenants.bureau.routes.boards import reached
from tenants.bureau.routes.frame import dated, frame, places
from tenants.bureau.routes.paging import LAST
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.store.remembered import past_days
from tenants.bureau.store.scope import reach
from tenants.bureau.usecases.comparing import Board, see_board

_ARRIVING = timedelta(minutes=10)
_WEEK, _MOST = 7, 100


class OfDistrict(OfDay):
    """A business day of the city or of one district."""

    district: Annotated[str | None, Blank] = Field(
        default=None, pattern=r"^4101[0-9]{2}$", description="GB/T 2260"
    )
    every: str = Field(default="", pattern="^[a-z]{0,20}$", description="the kind listed page by page")
    page: int = Field(default=1, ge=1, le=LAST)


@page(blueprint, "GET", "/bureau", use_case="bureau.see-day", door=READER, query=OfDistrict)
def see_day(call: Call) -> Html:
    """The day at a desk."""
    district = call.query.district or ""
    found = _found(call, district=district)
    asked = call.query
    parts = trades.sections(
        found,
        day=day_asked(call),
        district=district,
        every=asked.every,
        page=asked.page,
        say=call.translate,
    )
    scope = reach()
    mine = [district] if district else [] if scope.everywhere else sorted(scope.districts)
    return Html(
        "bureau/day.html",
        parts=parts,
        kinds=[one["kind"] for one in parts if one["reporting"]],
        place=listed((call.translate(words.DISTRICTS.get(one, one)) for one in mine), locale=call.locale),
        chosen=district,
        places=places(call),
        **_shown(call, found),
        **frame(call, "/bureau"),
    )


@page(blueprint, "GET", "/bureau/wall", use_case="bureau.show-wall", door=READER, query=OfDay)
def show_wall(call: Call) -> Html:
    """The screen."""
    return Html("bureau/wall.html", **_screen(call))


@page(blueprint, "GET", "/bureau/wall/live", use_case="bureau.refresh-wall", door=READER, query=OfDay)
def refresh_wall(call: Call) -> Fragment:
    """The part of the screen that keeps itself fresh."""
    return Fragment("bureau/live.html", **_screen(call))


def _screen(call: Call) -> dict[str, Any]:
    found = _found(call)
    return {
        **_shown(call, found),
        "alerts": board.alerts(_directives(call), now=call.now, locale=call.locale),
        "arriving": _arriving(call, found.wall),
    }


def _directives(call: Call) -> list[Directive]:
    """This month's, and in its first week the last month's too: what holds over its end is still shown."""
    store, today = DirectiveStore(call.work), business_day(call.now)
    months = [today, today.replace(day=1) - timedelta(days=1)] if today.day <= _WEEK else [today]
    return [
        one
        for month in months
        for one in store.issued(month=month, before="", most=_MOST, places=reached(reach()))
    ]


def _found(call: Call, *, district: str = "") -> Board:
    return see_board(
        day=day_asked(call),
        now=call.now,
        ledger=LEDGER,
        senders=senders,
        past=past_days,
        district=district,
    )


def _shown(call: Call, found: Board) -> dict[str, Any]:
    day: date = day_asked(call)
    return {"wall": board.wall(found.wall, now=call.now, year=found.year), **dated(call, day)}


def _arriving(call: Call, wall: Wall) -> bool:
    """Whether the screen should keep itself fresh: of today, and of a day that is still being told."""
    last = max((line.heard for line in wall.lines), default="")
    return wall.day == business_day(call.now) or (bool(last) and call.now - parse_instant(last) < _ARRIVING)
