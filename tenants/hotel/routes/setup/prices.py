"""The price calendar at the desk: a month of every type, and one night opened to be set."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Redirect, page
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.property import Property, text
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.routes.forms.typed import errors_of, typed_yuan
from tenants.hotel.routes.frame import desk_page, flash_of, place
from tenants.hotel.routes.registered import BLUEPRINT, RATES, SELLS, TARIFF
from tenants.hotel.routes.setup.price_words import RuleFields, boxes, day_or_none, legend, marks, rule_values
from tenants.hotel.routes.shown.amounts import fen_of
from tenants.hotel.routes.words import Name
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import rates
from tenants.hotel.usecases.price_calendar import Cell, TypeDays, calendar
from tenants.hotel.usecases.setup_ports import House

DONE = {
    "day": N_("已保存。"),
    "changed": N_("价格已更新,网上立即生效。"),
    "imported": N_("文件已导入,网上立即生效。"),
}
AT_ONCE = 8
"""Types on one page: eight months of cells are what a screen and a slow line can take."""
MONTHS_AHEAD = 25
Month = Annotated[str, Field(pattern=r"^(20[0-9][0-9]-(0[1-9]|1[0-2]))?$")]


class PricesQuery(Asked):
    month: Month = ""
    type: Annotated[Name | None, Blank] = None
    page: Annotated[int, Field(ge=1, le=99)] = 1
    done: Annotated[str, Field(max_length=16)] = ""


def _prices(value: Any) -> Any:
    return {plan: fen_of(typed) for plan, typed in value.items()} if isinstance(value, dict) else value


class NightForm(RuleFields):
    """One night: a price in yuan for each base plan, and all of its restrictions."""

    price: Annotated[
        dict[Name, Annotated[int, Field(ge=0, le=rates.HIGHEST)]],
        BeforeValidator(_prices),
        Field(max_length=60, default_factory=dict),
    ]


def nothing_to_price(call: Call, *, plans: bool) -> Html:
    """Before there is a type, or else (``plans`` is false) before there is a plan."""
    return desk_page(call, "hotel/setup/prices_empty.html", place="prices", plans=plans)


@page(BLUEPRINT, "GET", "/hotel/prices", use_case="hotel.show-prices", door=TARIFF, query=PricesQuery)
def show_prices(call: Call) -> Page:
    """A month: a grid on a wide screen, one type's list on a phone."""
    hotel = HotelStore(call.work)
    house = hotel.setup.house()
    where = place(house)
    kinds = [kind for kind in house.types.values() if where is not None and kind.site == where.id and kind.on]
    if where is None or not kinds or not house.plans:
        return nothing_to_price(call, plans=bool(where is None or not kinds))
    first, last = month_of(call.query.month, where, call)
    wanted = [kind for kind in kinds if kind.id == call.query.type] or kinds
    pages = -(-len(wanted) // AT_ONCE)
    at = min(call.query.page, pages)
    found = calendar(
        [kind.id for kind in wanted[(at - 1) * AT_ONCE : at * AT_ONCE]], first, last, hotel=hotel
    )
    today = where.night_of(call.now)
    return desk_page(
        call,
        "hotel/setup/prices.html",
        place="prices",
        flash=flash_of(call, call.query.done, DONE),
        month=f"{first:%Y-%m}",
        first=first.isoformat(),
        type=call.query.type or "",
        types=[(kind.id, text(kind.names, call.locale)) for kind in kinds],
        days=[_head(first + timedelta(days=step), today) for step in range((last - first).days + 1)],
        rows=[_type_shown(each, today=today, call=call) for each in found],
        legend=legend(say=call.translate),
        earlier=_href(first - timedelta(days=1), call) if f"{first:%Y-%m}" > f"{today:%Y-%m}" else None,
        later=_href(last + timedelta(days=1), call),
        more=f"{_href(first, call)}&page={at + 1}" if at < pages else None,
        fewer=f"{_href(first, call)}&page={at - 1}" if at > 1 else None,
        unset=sum(
            1
            for each in found
            for cell in each.cells
            if cell.day >= today and all(cell.prices[plan.id] is None for plan in each.base)
        ),
        writes=_writes(call),
    )


@page(BLUEPRINT, "GET", "/hotel/prices/{type}/{day}", use_case="hotel.show-night-price", door=TARIFF)
def show_night(call: Call) -> Page:
    """One night of one type: prices, what follows from them, restrictions, what is left."""
    hotel = HotelStore(call.work)
    kind, where, day = _night_of(call, hotel.setup.house())
    return _night_page(call, kind, where, day, hotel=hotel)


def _again(call: Call) -> Page:
    """What was typed once more, each box with what is wrong with it."""
    hotel = HotelStore(call.work)
    kind, where, day = _night_of(call, hotel.setup.house())
    errors = errors_of(call, money=("price",))
    return _night_page(call, kind, where, day, hotel=hotel, errors=errors, typed=call.form)


@page(
    BLUEPRINT,
    "POST",
    "/hotel/prices/{type}/{day}",
    use_case="hotel.set-night-price",
    door=RATES,
    body=NightForm,
    entitlement=SELLS,
    invalid=_again,
)
def set_night(call: Call, asked: NightForm) -> Page:
    """What the boxes say is what holds; who has booked keeps their price."""
    hotel = HotelStore(call.work)
    kind, where, day = _night_of(call, hotel.setup.house())
    rows = [
        rates.Row(type=kind.id, plan=plan, first=day, last=day, price=price)
        for plan, price in asked.price.items()
    ]
    rows.append(rates.Row(type=kind.id, first=day, last=day, rule=asked.rule))
    try:
        outcome = rates.preview(rows, hotel=hotel)
        for _, refusal in outcome.refused:
            raise refusal
    except Refusal as refusal:
        told = refused_in_words(refusal, locale=call.locale)
        return _night_page(
            call, kind, where, day, hotel=hotel, errors={"": told["detail"]}, typed=call.form
        ).with_status(refusal.status)
    rates.update(rows, hotel=hotel, unit=new_unit(call.now))
    call.work.witness("ari")
    return Redirect(f"/hotel/prices?month={day:%Y-%m}&done=day#d{day.day}")


def month_of(typed: str, where: Property, call: Call) -> tuple[date, date]:
    """The first and last day of a month; this one where none is named, or it is too far away."""
    today = where.night_of(call.now)
    first = day_or_none(f"{typed}-01") or today.replace(day=1)
    if not -MONTHS_AHEAD <= (first.year - today.year) * 12 + first.month - today.month <= MONTHS_AHEAD:
        first = today.replace(day=1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _night_of(call: Call, house: House) -> tuple[RoomType, Property, date]:
    kind, day = house.types.get(call.path["type"]), day_or_none(call.path["day"])
    if kind is None or day is None:
        raise Missing(type=call.path["type"])
    return kind, house.properties[kind.site], day


def _night_page(
    call: Call,
    kind: RoomType,
    where: Property,
    day: date,
    *,
    hotel: HotelStore,
    errors: dict[str, str] | None = None,
    typed: dict[str, Any] | None = None,
) -> Html:
    found = calendar([kind.id], day, day, hotel=hotel)[0]
    cell, locale = found.cells[0], call.locale
    values = typed if typed is not None else rule_values(cell.rule)
    past = day < where.night_of(call.now)
    return desk_page(
        call,
        "hotel/setup/price_night.html",
        place="prices",
        title=text(kind.names, locale),
        day=day.isoformat(),
        back=f"/hotel/prices?month={day:%Y-%m}",
        action=f"/hotel/prices/{kind.id}/{day.isoformat()}",
        before=f"/hotel/prices/{kind.id}/{(day - timedelta(days=1)).isoformat()}",
        after=f"/hotel/prices/{kind.id}/{(day + timedelta(days=1)).isoformat()}",
        left=cell.left,
        rooms=kind.capacity,
        over=kind.allowance,
        base=[
            {
                "id": plan.id,
                "name": text(plan.names, locale),
                "value": _typed(cell.prices[plan.id]),
            }
            for plan in found.base
        ],
        derived=[{"plan": text(plan.names, locale), "price": cell.prices[plan.id]} for plan in found.derived],
        boxes=boxes(values, say=call.translate),
        form=Filled(typed, errors),
        past=past,
        writes=_writes(call) and not past,
    )


def _type_shown(each: TypeDays, *, today: date, call: Call) -> dict[str, Any]:
    return {
        "id": each.kind.id,
        "title": text(each.kind.names, call.locale),
        "rooms": each.kind.capacity,
        "cells": [_cell_shown(cell, today=today, call=call) for cell in each.cells],
        "plans": [
            {
                "name": text(plan.names, call.locale),
                "prices": [_typed(cell.prices[plan.id]) for cell in each.cells],
            }
            for plan in each.base
        ],
    }


def _cell_shown(cell: Cell, *, today: date, call: Call) -> dict[str, Any]:
    looks = {
        "rate--weekend": cell.day.isoweekday() in {5, 6},
        "rate--past": cell.day < today,
        "rate--stop": cell.rule.stop_sell,
        "rate--none": not cell.left and cell.day >= today,
    }
    return {
        "day": cell.day.isoformat(),
        "past": cell.day < today,
        "left": cell.left,
        "marks": marks(cell.rule, say=call.translate),
        "looks": " ".join(name for name, so in looks.items() if so),
    }


def _head(day: date, today: date) -> dict[str, Any]:
    return {
        "day": day.isoformat(),
        "number": day.day,
        "weekend": day.isoweekday() in {5, 6},
        "today": day == today,
        "past": day < today,
    }


def _href(day: date, call: Call) -> str:
    type = f"&type={call.query.type}" if call.query.type else ""
    return f"/hotel/prices?month={day:%Y-%m}{type}"


def _typed(price: int | None) -> str:
    return "" if price is None else typed_yuan(price)


def _writes(call: Call) -> bool:
    return bool({"rates", "owner"} & call.context.roles)
