"""Figures as they were known: what late events and corrections have changed since a moment."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.period import SHANGHAI, business_day, local, rfc3339
from chalicelib.web.http import Answered, Blank, Call, Html, WallTime, endpoint, page
from tenants.bureau.domain.deadlines import books_close
from tenants.bureau.domain.figures import behind
from tenants.bureau.routes.answers import WallAnswer
from tenants.bureau.routes.api import wall_answer
from tenants.bureau.routes.asked import LEDGER, READER, SENDER, OfDay, OfMoment, blueprint, senders
from tenants.bureau.routes.figure_words import FIGURES
from tenants.bureau.routes.frame import dated, frame
from tenants.bureau.routes.ways import API, PAGE, events_href
from tenants.bureau.usecases import restating
from tenants.bureau.usecases.restating import Restated

_HERE = "/bureau/restated"


class OfFigures(OfMoment):
    sender: str = Field(pattern=SENDER)


class OfClock(OfDay):
    """For a form: a day, and a time of it or of the morning after."""

    on: Annotated[date | None, Blank] = Field(
        default=None, description="the day of the moment, the one after the day by default"
    )
    at: Annotated[WallTime | None, Blank] = Field(
        default=None, description="its time on Zhengzhou's clock, 06:00 by default"
    )


class Figure(Answered):
    """``then``: as it was known at the moment. ``now``: as it is known today."""

    name: str
    then: int
    now: int
    events: str = Field(description="the query that lists the events behind it")


class SenderRestated(Answered):
    sender: str
    name: str
    figures: list[Figure]


class RestatedAnswer(Answered):
    day: date
    known: datetime
    senders: list[SenderRestated]


class FiguresAsOf(Answered):
    """All counters of a sender's day as they were known, by name."""

    day: date
    known: datetime
    sender: str
    counters: dict[str, int]
    changed: list[Figure]


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/wall/known",
    use_case="bureau.see-wall-as-of",
    door=READER,
    query=OfMoment,
    answers=WallAnswer,
    summary="The city's day as it was known at a moment",
)
def wall_as_of(call: Call) -> WallAnswer:
    """Worked out again from the ledger."""
    day, known = _asked(call)
    return wall_answer(restating.see_wall_as_of(day=day, known=known, ledger=LEDGER, senders=senders))


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/figures/known",
    use_case="bureau.see-figures-as-of",
    door=READER,
    query=OfFigures,
    answers=FiguresAsOf,
    summary="One sender's figures as they were known at a moment",
)
def figures_as_of(call: Call) -> FiguresAsOf:
    """Worked out again from the ledger."""
    day, known = _asked(call)
    found = restating.see_as_of(
        sender=call.query.sender, day=day, known=known, ledger=LEDGER, senders=senders
    )
    return FiguresAsOf(
        day=day,
        known=known,
        sender=found.known.id,
        counters={name: n for name, n in sorted(found.then.counters.items()) if ":" not in name},
        changed=_figures(found, day, base=API),
    )


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/restated",
    use_case="bureau.see-restated",
    door=READER,
    query=OfMoment,
    answers=RestatedAnswer,
    summary="Whose figures of a day have changed since a moment, and how",
)
def restated(call: Call) -> RestatedAnswer:
    """Nothing is overwritten: both numbers are there."""
    day, known = _asked(call)
    found = restating.see_restated(day=day, known=known, ledger=LEDGER, senders=senders)
    return RestatedAnswer(
        day=day,
        known=known,
        senders=[
            SenderRestated(sender=one.known.id, name=one.known.name, figures=_figures(one, day, base=API))
            for one in found
        ],
    )


@page(blueprint, "GET", _HERE, use_case="bureau.show-restated", door=READER, query=OfClock)
def show_restated(call: Call) -> Html:
    """The same at the desk: what has changed since the books of a day were closed."""
    asked = call.query
    day = asked.day or business_day(call.now) - timedelta(days=1)
    books = books_close(day).astimezone(SHANGHAI)
    known = local(asked.on or books.date(), asked.at or books.time())
    found = restating.see_restated(day=day, known=known, ledger=LEDGER, senders=senders)
    return Html(
        "bureau/restated.html",
        known=rfc3339(known),
        on=known.astimezone(SHANGHAI).date(),
        at=f"{known.astimezone(SHANGHAI):%H:%M}",
        senders=[
            {
                "name": one.known.name,
                "href": f"/bureau/figures/{one.known.id}?day={day}",
                "changes": [_view(each) for each in _figures(one, day, base=PAGE)],
            }
            for one in found
        ],
        **dated(call, day),
        **frame(call, "/bureau/reporting"),
    )


def _asked(call: Call) -> tuple[date, datetime]:
    day: date = call.query.day or business_day(call.now) - timedelta(days=1)
    return day, call.query.known or books_close(day)


def _figures(found: Restated, day: date, *, base: str) -> list[Figure]:
    return [
        Figure(
            name=change.name,
            then=change.then,
            now=change.now,
            events=events_href(sender=found.known.id, day=day, type=behind(change.name), base=base),
        )
        for change in found.changes
    ]


def _view(figure: Figure) -> dict[str, Any]:
    """A counter by its stem's words, and what it is divided by: ``sold@09`` is 售票 09:00."""
    stem = figure.name
    for mark in ".@/":
        stem = stem.partition(mark)[0]
    rest = figure.name[len(stem) + 1 :]
    return {
        "text": FIGURES.get(stem, stem),
        "part": f"{rest}:00" if figure.name[len(stem) :].startswith("@") else rest,
        "money": stem.endswith("_fen"),
        "then": figure.then,
        "now": figure.now,
        "href": figure.events,
    }
