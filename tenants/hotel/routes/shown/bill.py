"""What a basket or a booking costs, line by line, in the reader's words."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from chalicelib.commerce.orders.domain import Line
from chalicelib.kernel.errors import N_
from chalicelib.web import formats
from chalicelib.web.i18n import Translate, translator
from tenants.hotel.domain.amending import FEE
from tenants.hotel.domain.booking import people, terms_of
from tenants.hotel.domain.plan import Meal, RatePlan
from tenants.hotel.domain.property import Property, text
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.domain.stay import dates
from tenants.hotel.routes.shown.offers import MEALS, people_words, taxes_words, terms_shown
from tenants.hotel.usecases.quoting import GIVEN_UP
from tenants.hotel.usecases.setup_ports import House

HOURS = "hours"


def bill_of(lines: Sequence[Line], *, house: House, say: Translate, locale: str) -> list[dict[str, Any]]:
    """The lines for ``ui.bill``."""
    return [
        {
            "text": title_of(line, house=house, locale=locale),
            "note": note_of(line, house=house, say=say, locale=locale),
            "amount": line.total,
        }
        for line in lines
        if line.count
    ]


def title_of(line: Line, *, house: House, locale: str) -> str:
    """What a line is, by the name it has now; as it was sold where it is gone."""
    if line.kind == FEE:
        return translator(locale)(GIVEN_UP)
    named: RoomType | Any = house.types.get(line.product) if line.kind == "night" else None
    named = named or house.extras.get(line.product)
    return text(named.names, locale) if named is not None else line.title


def note_of(line: Line, *, house: House, say: Translate, locale: str) -> str:
    """How many, how long, under which plan."""
    each = formats.money(line.price, locale=locale)
    if line.kind == FEE:
        return say(N_("按退订条款保留"))
    if line.kind != "night":
        return f"{line.count} × {each}"
    if line.option == HOURS:
        span = f"{formats.clock(line.starts)}–{formats.clock(line.ends)}"
        return say(N_("钟点房 %(span)s"), span=span)
    parts = [plan_title(line.option, house=house, locale=locale), meal_of(line, say=say)]
    parts.append(say(N_("%(rooms)s 间 × %(each)s"), rooms=line.count, each=each))
    return " · ".join(part for part in parts if part)


def plan_title(id: str, *, house: House, locale: str) -> str:
    """A plan by its name; nothing where it is gone."""
    plan: RatePlan | None = house.plans.get(id)
    return text(plan.names, locale) if plan is not None else ""


def meal_of(line: Line, *, say: Translate) -> str:
    """Which meals a line includes."""
    meal = line.facts.get("meal")
    return say(MEALS[Meal(meal)]) if meal else ""


def nightly_of(line: Line) -> list[dict[str, Any]]:
    """Each night of a line with its price for one room."""
    if line.kind != "night" or line.option == HOURS:
        return []
    first: date = dates(line)[0]
    return [
        {"date": (first + timedelta(days=step)).isoformat(), "price": price}
        for step, price in enumerate(line.facts.get("nightly", []))
    ]


def rooms_shown(
    lines: Sequence[Line],
    *,
    property: Property,
    house: House,
    now: Any,
    say: Translate,
    locale: str,
    fewer: Callable[[int], str] | None = None,
) -> list[dict[str, Any]]:
    """The rooms of a booking: people, meals, nights, terms; ``fewer``: where one of a line is given up."""
    shown = []
    for index, line in enumerate(lines):
        if line.kind != "night" or not line.count:
            continue
        who: Sequence[int] = people(line)
        shown.append(
            {
                "title": title_of(line, house=house, locale=locale),
                "plan": plan_title(line.option, house=house, locale=locale),
                "rooms": line.count,
                "people": people_words(who[0], who[1], say=say) if who else "",
                "meal": meal_of(line, say=say),
                "nightly": nightly_of(line),
                "taxes": taxes_words(_taxes(line), property=property, say=say, locale=locale),
                "terms": terms_shown(terms_of(line).times(line.count), now=now, say=say, locale=locale),
                "starts": line.starts,
                "ends": line.ends,
                "hours": line.option == HOURS,
                "fewer": fewer(index) if fewer is not None else "",
            }
        )
    return shown


def _taxes(line: Line) -> list[tuple[str, int, bool]]:
    found: Sequence[Sequence[Any]] = line.facts.get("taxes", [])
    return [(code, amount * line.count, included) for code, amount, included in found]
