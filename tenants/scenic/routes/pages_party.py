"""Visitors' second step: who goes in; submitting it holds the places."""

from datetime import date, time
from typing import Annotated, Any

from chalicelib.commerce.orders.domain import AlreadyHas
from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import N_, KeyReused, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import local
from chalicelib.web.counts import counted
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Public, Redirect, WallTime, page
from chalicelib.web.orders.links import mark, order_path, own_orders, remember
from chalicelib.web.orders.words import refused_in_words
from tenants.scenic.domain.area import Area, Session, SlotOver, on_sale
from tenants.scenic.domain.product import MOST_PEOPLE, Concession, Product, TooMany, text
from tenants.scenic.routes import party
from tenants.scenic.routes.pages import choose_page, product_shown
from tenants.scenic.routes.party import PartyForm
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale
from tenants.scenic.words import policy_dates

_SHOP = Public(kind="scenic")


class VisitQuery(Asked):
    """The session; how many people of which class stands beside it under the classes' own names."""

    day: date
    start: Annotated[WallTime | None, Blank] = None


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/p/{product}/visitors",
    use_case="scenic.show-party",
    door=_SHOP,
    query=VisitQuery,
)
def show_party(call: Call) -> Page:
    """One set of boxes per person, beside what it will cost."""
    shop = ScenicShop(call.work)
    visit = _visit(call, shop)
    problem = _incomplete(call, visit)
    if problem:
        return choose_page(
            call, shop, product=visit.product, day=call.query.day, start=call.query.start, errors=problem
        ).with_status(422)
    rows = party.rows_for(visit.counts, visit.classes, call.locale)
    return _party_page(call, visit, rows=rows)


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/p/{product}/visitors",
    use_case="scenic.hold-online",
    door=_SHOP,
    query=VisitQuery,
    body=PartyForm,
    entitlement="scenic.tickets",
)
def hold(call: Call, asked: PartyForm) -> Page:
    """Hold the places; what was typed comes back beside what was wrong with it, to this browser only."""
    call.idempotent_by_itself()
    which = mark(call.command)
    shop = ScenicShop(call.work)
    visit = _visit(call, shop)
    rows = party.rows_again(asked.visitors, visit.classes, call.locale)
    found = party.check(
        asked.visitors, product=visit.product, day=visit.day, say=call.translate, locale=call.locale
    )
    if found.errors:
        return _party_page(call, visit, rows=rows, errors=found.errors).with_status(422)
    booking = sale.Booking(
        product=visit.product.id,
        day=visit.day,
        start=visit.start or time(0),
        visitors=found.visitors,
        channel="online",
        locale=call.locale,
    )
    try:
        order = sale.hold(booking, mark=which, shop=shop)
    except Refusal as refusal:
        return _party_page(call, visit, rows=rows, refusal=refusal).with_status(refusal.status)
    remember(call, order.id)
    return Redirect(order_path(call, order.id))


@dataclass(frozen=True, kw_only=True)
class _Visit:
    """What a link to the second step says."""

    product: Product
    area: Area
    day: date
    start: time | None
    classes: tuple[Concession, ...]
    counts: dict[str, int]

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    @property
    def session(self) -> Session | None:
        return next((each for each in self.area.sessions(self.day) if each.start == self.start), None)


def _visit(call: Call, shop: ScenicShop) -> _Visit:
    product = shop.catalogue.product(call.path["product"])
    classes = tuple(row for row in product.classes if row.valid(call.query.day))
    return _Visit(
        product=product,
        area=shop.catalogue.area(product.area),
        day=call.query.day,
        start=call.query.start,
        classes=classes,
        counts=counted(call.url, [row.code for row in classes]),
    )


def _incomplete(call: Call, visit: _Visit) -> dict[str, str]:
    """What is still missing before people can be named."""
    errors: dict[str, str] = {}
    if visit.session is None:
        errors["start"] = call.translate(N_("请选择入园时段。"))
    elif not on_sale(visit.session, visit.day, now=call.now):
        errors["start"] = call.translate(SlotOver.detail)
    if not visit.people and visit.classes:
        errors[visit.classes[0].code] = call.translate(N_("请选择人数。"))
    if visit.people > MOST_PEOPLE:
        errors[visit.classes[0].code] = call.translate(TooMany.detail, most=MOST_PEOPLE)
    return errors


def _party_page(
    call: Call,
    visit: _Visit,
    *,
    rows: list[dict[str, Any]],
    errors: Any = None,
    refusal: Refusal | None = None,
) -> Html:
    # Names and document numbers: not even the browser keeps this page.
    call.set_header("Cache-Control", "no-store")
    back = call.url.replace("/visitors?", "?", 1)
    lines = party.bill_of(rows, call.locale)
    return Html(
        "scenic/visitors.html",
        product=product_shown(visit.product, call),
        area_name=text(visit.area.names, call.locale),
        day=visit.day.isoformat(),
        span=f"{visit.session.start:%H:%M}–{visit.session.end:%H:%M}" if visit.session else "",
        rows=rows,
        documents=party.document_options(call.translate),
        bill=lines,
        total=sum(line["amount"] for line in lines),
        rules=policy_dates(
            visit.product.policy,
            starts=local(visit.day, visit.start or time(0)),
            now=call.now,
            say=call.translate,
            locale=call.locale,
        ),
        action=call.url,
        back=back,
        form=Filled({}, errors),
        summary=party.summary(errors or {}, call.translate),
        refused=_way_on(call, refusal, back) if refusal is not None else None,
    )


def _way_on(call: Call, refusal: Refusal, back: str) -> dict[str, Any]:
    """A refusal in words, and where to go from it."""
    say = call.translate
    links = [{"label": say(N_("选择其他时段或日期")), "href": back}]
    if isinstance(refusal, KeyReused):
        # The same form sent twice with other names: the first one made an order.
        told = {
            "detail": say(N_("您刚才已经提交过这张表,名额正为您保留。")),
            "remedy": "",
            "code": refusal.code,
        }
    else:
        told = refused_in_words(refusal, locale=call.locale)
    if isinstance(refusal, AlreadyHas | KeyReused):
        links = [
            {"label": say(N_("查看订单 %(number)s"), number=order["number"]), "href": order["href"]}
            for order in own_orders(call)[:1]
        ] + links
    if isinstance(refusal, SoldOut) and not refusal.facts.get("left"):
        told["detail"] = say(N_("这个时段刚刚售罄。"))
    return {**told, "links": links}
