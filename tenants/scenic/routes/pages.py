"""Visitors' first pages: the shop front, then day, session and how many people."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Annotated, Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import business_day
from chalicelib.web.counts import counted
from chalicelib.web.http import Asked, Blank, Call, Filled, Fragment, Html, Page, Public, WallTime, page
from chalicelib.web.orders.links import absolute, own_orders
from tenants.scenic.domain.area import ON_SALE_DAYS, Area, on_sale
from tenants.scenic.domain.product import MOST_PEOPLE, Product, text
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.routes.state import state_of
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale
from tenants.scenic.words import policy_sentence, sessions_shown

_SHOP = Public(kind="scenic")


class ChooseQuery(Asked):
    """A day, and what had been chosen when one comes back."""

    day: Annotated[date | None, Blank] = None
    start: Annotated[WallTime | None, Blank] = None


@page(BLUEPRINT, "GET", "/s/{slug}", use_case="scenic.show-shop", door=_SHOP)
def show_shop(call: Call) -> Page:
    """The shop front: what there is, whether it is open, how full it is, what it costs."""
    shop = ScenicShop(call.work)
    areas = [_area(area, call=call, shop=shop) for area in shop.catalogue.areas()]
    on = [product for product in shop.catalogue.products() if product.on]
    return Html(
        "scenic/shop.html",
        areas=areas,
        products=[product_shown(product, call) for product in on],
        policies=list(
            dict.fromkeys(policy_sentence(each.policy, call.translate, call.locale) for each in on)
        ),
        orders=own_orders(call),
        linked=[_linked(area, on, call) for area in shop.catalogue.areas()],
    )


@page(BLUEPRINT, "GET", "/s/{slug}/now/{area}", use_case="scenic.show-inside", door=_SHOP)
def show_inside(call: Call) -> Page:
    """The meter alone, for the page that keeps it fresh."""
    shop = ScenicShop(call.work)
    area = shop.catalogue.area(call.path["area"])
    return Fragment("scenic/shop_now.html", area=_area(area, call=call, shop=shop))


@page(
    BLUEPRINT, "GET", "/s/{slug}/p/{product}", use_case="scenic.choose-session", door=_SHOP, query=ChooseQuery
)
def choose(call: Call) -> Page:
    """Choose day, session and how many people."""
    shop = ScenicShop(call.work)
    product = shop.catalogue.product(call.path["product"])
    area = shop.catalogue.area(product.area)
    day = call.query.day or _first_day(area, call)
    return choose_page(call, shop, product=product, day=day, start=call.query.start)


def choose_page(
    call: Call,
    shop: ScenicShop,
    *,
    product: Product,
    day: date,
    start: time | None,
    errors: dict[str, str] | None = None,
) -> Html:
    area = shop.catalogue.area(product.area)
    offered = sale.look(area=area, day=day, shop=shop)
    classes = [row for row in product.classes if row.valid(day)]
    counts = counted(call.url, [row.code for row in classes])
    if not any(counts.values()) and classes and errors is None:
        counts[classes[0].code] = 1  # most parties begin with a grown-up
    options = sessions_shown(offered, call.translate)
    open_ = [option["value"] for option in options if not option["off"]]
    only = open_[0] if len(open_) == 1 else ""
    here = f"/s/{call.tenant.slug}/p/{product.id}"
    today = business_day(call.now)
    gauge = shop.flow.gauge(area.id, today)
    return Html(
        "scenic/choose.html",
        product=product_shown(product, call),
        area_name=text(area.names, call.locale),
        state=state_of(area, gauge, call, shop) if day == today else None,
        days=[
            {
                "date": each.isoformat(),
                "href": f"{here}?day={each.isoformat()}",
                "note": {0: call.translate(N_("今天")), 1: call.translate(N_("明天"))}.get(
                    (each - today).days
                ),
                "current": each == day,
            }
            for each in (today + timedelta(days=ahead) for ahead in range(ON_SALE_DAYS + 1))
        ],
        day=day.isoformat(),
        outside=not 0 <= (day - today).days <= ON_SALE_DAYS,
        sessions=options,
        open=bool(open_),
        start=f"{start:%H:%M}" if start else only,
        classes=[
            {
                "code": row.code,
                "title": text(row.titles, call.locale),
                "price": row.price,
                "note": text(row.proof, call.locale),
                "count": min(counts[row.code], MOST_PEOPLE),
            }
            for row in classes
        ],
        most=MOST_PEOPLE,
        form=Filled({}, errors),
        next=f"{here}/visitors",
        policy=policy_sentence(product.policy, call.translate, call.locale),
    )


def _area(area: Area, *, call: Call, shop: ScenicShop) -> dict[str, Any]:
    today = business_day(call.now)
    gauge = shop.flow.gauge(area.id, today)
    return {
        "id": area.id,
        "name": text(area.names, call.locale),
        "notice": text(area.notice, call.locale),
        "inside": gauge.inside,
        "most": area.capacity.instant,
        "approval": area.capacity.approval,
        "state": state_of(area, gauge, call, shop),
        "sessions": sessions_shown(sale.look(area=area, day=today, shop=shop), call.translate),
        "place": f"{area.place[0]:.4f}, {area.place[1]:.4f}" if area.place else "",
        "gates": [area.gate(id, call.locale) for id in area.gates],
        "now_href": f"/s/{call.tenant.slug}/now/{area.id}",
    }


def product_shown(product: Product, call: Call) -> dict[str, Any]:
    today = business_day(call.now)
    prices = [row.price for row in product.classes if row.valid(today)]
    return {
        "title": text(product.titles, call.locale),
        "about": text(product.about, call.locale),
        "href": f"/s/{call.tenant.slug}/p/{product.id}",
        # "From ¥0" would be true of every ticket that is free for the old, and tell nobody anything.
        "price_from": min((price for price in prices if price), default=min(prices, default=0)),
        "free": any(price == 0 for price in prices),
    }


def _first_day(area: Area, call: Call) -> date:
    """Today while any of its sessions can be had, else tomorrow."""
    today = business_day(call.now)
    left = any(on_sale(session, today, now=call.now) for session in area.sessions(today))
    return today if left else today + timedelta(days=1)


def _linked(area: Area, products: Sequence[Product], call: Call) -> dict[str, Any]:
    """The area as schema.org knows it, for search engines."""
    url = absolute(f"/s/{call.tenant.slug}")
    prices = [row.price for each in products if each.area == area.id for row in each.classes]
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "TouristAttraction",
        "name": text(area.names, call.locale),
        "url": url,
        "publicAccess": True,
        "isAccessibleForFree": bool(prices) and not any(prices),
        "maximumAttendeeCapacity": area.capacity.instant,
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "opens": f"{session.start:%H:%M}",
                "closes": f"{session.end:%H:%M}",
            }
            for session in area.sessions(business_day(call.now))
        ],
    }
    if area.place:
        found["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": area.place[0],
            "longitude": area.place[1],
        }
    return found
