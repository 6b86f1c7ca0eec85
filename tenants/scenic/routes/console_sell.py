"""Selling at the desk: session and people on one page; then the order's page takes the money."""

from datetime import date, time
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_, Malformed, Refusal
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Redirect, WallTime, page
from chalicelib.web.orders.links import mark
from chalicelib.web.orders.words import refused_in_words
from tenants.scenic.domain.product import MOST_PEOPLE, Product, text
from tenants.scenic.routes import party
from tenants.scenic.routes.desk import DESK, console
from tenants.scenic.routes.models import Name
from tenants.scenic.routes.party import PersonForm
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale
from tenants.scenic.words import sessions_shown

_USUAL = 2


class SellQuery(Asked):
    """What is sold, for which day, and how many rows the form has."""

    product: Annotated[Name | None, Blank] = None
    day: Annotated[date | None, Blank] = None
    people: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] = _USUAL


class SaleForm(Asked):
    """A row in which nothing was typed is nobody."""

    start: Annotated[WallTime | None, Blank] = None
    visitors: list[PersonForm] = Field(default=[], max_length=MOST_PEOPLE)


@page(BLUEPRINT, "GET", "/console/sell", use_case="scenic.show-sale", door=DESK, query=SellQuery)
def show_sale(call: Call) -> Page:
    """The form."""
    shop = ScenicShop(call.work)
    product = _product(call, shop)
    if product is None:
        return console(call, "scenic/console_sell.html", place="sell", product=None)
    classes = [row for row in product.classes if row.valid(_day(call))]
    rows = party.rows_for({row.code: 0 for row in classes}, classes, call.locale)
    if classes:
        first = {row.code: 0 for row in classes} | {classes[0].code: call.query.people}
        rows = party.rows_for(first, classes, call.locale)
    return _sale_page(call, shop, product, rows=rows)


@page(
    BLUEPRINT,
    "POST",
    "/console/sell",
    use_case="scenic.hold-at-desk",
    door=DESK,
    query=SellQuery,
    body=SaleForm,
    entitlement="scenic.tickets",
)
def sell(call: Call, asked: SaleForm) -> Page:
    """Hold the places; the order's page then takes the money."""
    call.idempotent_by_itself()
    if call.command is None:
        raise Malformed
    shop = ScenicShop(call.work)
    product = _product(call, shop)
    if product is None:
        raise Malformed
    say, day = call.translate, _day(call)
    people = [person for person in asked.visitors if not person.empty]
    classes = [row for row in product.classes if row.valid(day)]
    rows = party.rows_again(people or asked.visitors, classes, call.locale)
    found = party.check(people, product=product, day=day, say=say, locale=call.locale)
    errors = dict(found.errors)
    if asked.start is None:
        errors["start"] = say(N_("请选择入园时段。"))
    if not people:
        errors["visitors.0.name"] = say(N_("请至少填写一位游客。"))
    if errors or asked.start is None:
        return _sale_page(call, shop, product, rows=rows, start=asked.start, errors=errors).with_status(422)
    booking = sale.Booking(
        product=product.id,
        day=day,
        start=asked.start,
        visitors=found.visitors,
        channel="desk",
        locale=call.locale,
    )
    try:
        order = sale.hold(booking, mark=mark(call.command), shop=shop)
    except Refusal as refusal:
        told = refused_in_words(refusal, locale=call.locale)
        return _sale_page(call, shop, product, rows=rows, start=asked.start, refused=told).with_status(
            refusal.status
        )
    return Redirect(f"/console/orders/{order.id}?done=held")


def _product(call: Call, shop: ScenicShop) -> Product | None:
    if call.query.product is not None:
        return shop.catalogue.product(call.query.product)
    return next((product for product in shop.catalogue.products() if product.on), None)


def _day(call: Call) -> date:
    day: date = call.query.day or business_day(call.now)
    return day


def _sale_page(
    call: Call,
    shop: ScenicShop,
    product: Product,
    *,
    rows: list[dict[str, Any]],
    start: time | None = None,
    errors: dict[str, str] | None = None,
    refused: dict[str, str] | None = None,
) -> Html:
    call.set_header("Cache-Control", "no-store")
    day = _day(call)
    offered = sale.look(area=shop.catalogue.area(product.area), day=day, shop=shop)
    options = sessions_shown(offered, call.translate)
    running = next((option["value"] for option in options if not option["off"]), "")
    return console(
        call,
        "scenic/console_sell.html",
        place="sell",
        product=product.id,
        products=[(each.id, text(each.titles, call.locale)) for each in shop.catalogue.products() if each.on],
        title=text(product.titles, call.locale),
        day=day.isoformat(),
        sessions=options,
        start=f"{start:%H:%M}" if start else running,
        rows=rows,
        open=bool(running),
        people=len(rows),
        most=MOST_PEOPLE,
        classes=[
            (row.code, text(row.titles, call.locale), row.price) for row in product.classes if row.valid(day)
        ],
        documents=party.document_options(call.translate),
        action=call.url,
        form=Filled({}, errors),
        summary=party.summary(errors or {}, call.translate),
        refused=refused,
    )
