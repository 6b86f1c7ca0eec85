"""The console's day: figures, the hourly chart, the orders; as a table, a file and a sheet of paper."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.commerce.orders import store as order_store
from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import SHANGHAI, business_day
from chalicelib.web.http import Asked, Blank, Call, Member, Page, Redirect, page
from chalicelib.web.orders.links import find
from chalicelib.web.orders.words import CHANNELS, METHODS, label_of
from chalicelib.web.sheets import csv_sheet
from tenants.scenic.domain.area import Area
from tenants.scenic.domain.product import text
from tenants.scenic.routes.desk import READ, console
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.routes.state import state_of
from tenants.scenic.store import ScenicShop
from tenants.scenic.store.flow import minutes
from tenants.scenic.usecases.duties import in_and_out

_MOST = 200
_FILTERS = {
    "held": N_("待付款"),
    "valid": N_("待使用"),
    "service": N_("售后中"),
    "done": N_("已完成"),
    "closed": N_("已关闭"),
}


class DayQuery(Asked):
    """The day of placing, one state of orders, or a number to find."""

    day: Annotated[date | None, Blank] = None
    state: Literal["", "held", "valid", "service", "done", "closed"] = ""
    find: Annotated[str, Field(max_length=80)] = ""


@page(BLUEPRINT, "GET", "/scenic", use_case="scenic.go-to-console", door=Member(kind="scenic"))
def go(call: Call) -> Page:
    """Where a log-in leads: the gate's people to the gate, the others to the day."""
    only_gate = call.context.roles <= {"gate"}
    return Redirect("/gate" if only_gate else "/console")


@page(BLUEPRINT, "GET", "/console", use_case="scenic.show-console", door=READ, query=DayQuery)
def show_day(call: Call) -> Page:
    """The day at a glance."""
    shop = ScenicShop(call.work)
    asked: DayQuery = call.query
    lost = ""
    if asked.find:
        found = find(asked.find, now=call.now, orders=shop.orders)
        if found is not None:
            return Redirect(f"/console/orders/{found.id}")
        lost = call.translate(N_("没有找到订单“%(typed)s”,请核对编号。"), typed=asked.find)
    today = business_day(call.now)
    day = asked.day or today
    areas = shop.catalogue.areas()
    orders = _newest(day)
    wanted = _FILTERS.get(asked.state)
    rows = [_row(order, call) for order in orders if not wanted or order.label(now=call.now) == wanted]
    return console(
        call,
        "scenic/console_home.html",
        place="home",
        flash=[{"text": lost, "tone": "warn"}] if lost else [],
        day=day.isoformat(),
        is_today=day == today,
        yesterday=(day - timedelta(days=1)).isoformat(),
        tomorrow=(day + timedelta(days=1)).isoformat() if day < today else "",
        figures=_figures(orders, areas, day=day, shop=shop),
        areas=[_meter(area, day=day, call=call, shop=shop) for area in areas] if day == today else [],
        hours=_hours(areas, day=day),
        states=[("", call.translate(N_("全部")))]
        + [(name, call.translate(words)) for name, words in _FILTERS.items()],
        state=asked.state,
        orders=rows[:_MOST],
        more=len(rows) > _MOST,
        file=f"/console/orders.csv?day={day.isoformat()}",
        sheet=f"/console/sheet?day={day.isoformat()}",
    )


@page(BLUEPRINT, "GET", "/console/orders.csv", use_case="scenic.export-orders", door=READ, query=DayQuery)
def export(call: Call) -> Page:
    """The day's orders as a file for a spreadsheet: amounts and states, nobody's name."""
    say = call.translate
    day = call.query.day or business_day(call.now)
    heads = (
        *(N_("订单"), N_("下单时间"), N_("游览日期"), N_("时段"), N_("门票"), N_("张数"), N_("金额")),
        *(N_("已退款"), N_("付款方式"), N_("渠道"), N_("状态")),
    )
    rows = []
    for order in _newest(day):
        row = _row(order, call)
        rows.append(
            [
                *(row["number"], f"{row['placed'].astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
                *(row["visit"], row["span"], row["title"], row["count"]),
                *(f"{row['total'] / 100:.2f}", f"{row['refunded'] / 100:.2f}"),
                *(row["method"], row["channel"], row["state"]["text"]),
            ]
        )
    return csv_sheet([say(head) for head in heads], rows, name=f"{say(N_('订单'))}-{day.isoformat()}.csv")


@page(BLUEPRINT, "GET", "/console/sheet", use_case="scenic.print-day", door=READ, query=DayQuery)
def print_day(call: Call) -> Page:
    """The day on paper, to sign and file."""
    shop = ScenicShop(call.work)
    day = call.query.day or business_day(call.now)
    areas = shop.catalogue.areas()
    orders = _newest(day)
    paid = [order for order in orders if order.receipt is not None]
    methods: dict[str, dict[str, Any]] = {}
    for order in paid:
        assert order.receipt is not None
        line = methods.setdefault(
            order.receipt.method,
            {
                "name": call.translate(METHODS[order.receipt.method]),
                "count": 0,
                "taken": 0,
                "refunded": 0,
            },
        )
        line["count"] += 1
        line["taken"] += order.receipt.amount.amount
        line["refunded"] += order.refunded
    return console(
        call,
        "scenic/console_sheet.html",
        place="home",
        day=day.isoformat(),
        figures=_figures(orders, areas, day=day, shop=shop),
        methods=list(methods.values()),
        areas=[_meter(area, day=day, call=call, shop=shop) for area in areas],
        orders=[_row(order, call) for order in sorted(paid, key=lambda order: order.id)],
        back=f"/console?day={day.isoformat()}",
    )


def _newest(day: date) -> list[Order]:
    return sorted(order_store.every(day=day), key=lambda order: order.id, reverse=True)


def _figures(
    orders: Sequence[Order], areas: Sequence[Area], *, day: date, shop: ScenicShop
) -> dict[str, int]:
    gauges = [shop.flow.gauge(area.id, day) for area in areas]
    paid = [order for order in orders if order.receipt is not None]
    return {
        "orders": len(orders),
        "held": sum(1 for order in orders if order.state is State.HELD and not order.over(now=shop.now)),
        # What was given back is no longer held: the rest is what was sold.
        "tickets": sum(
            hold.count for order in paid if order.state is State.CONFIRMED for hold in order.holds
        ),
        "taken": sum(order.receipt.amount.amount for order in paid if order.receipt is not None),
        "refunded": sum(order.refunded for order in orders),
        "admitted": sum(gauge.entered for gauge in gauges),
        "inside": sum(gauge.inside for gauge in gauges),
    }


def _meter(area: Area, *, day: date, call: Call, shop: ScenicShop) -> dict[str, Any]:
    gauge = shop.flow.gauge(area.id, day)
    return {
        "name": text(area.names, call.locale),
        "inside": gauge.inside,
        "most": area.capacity.instant,
        "entered": gauge.entered,
        "exited": gauge.exited,
        "day_most": area.capacity.day,
        "state": state_of(area, gauge, call, shop),
    }


def _hours(areas: Sequence[Area], *, day: date) -> dict[str, list[Any]]:
    """Entries by the hour, from the first session to the last (and any hour in which somebody came)."""
    entered: dict[int, int] = {}
    opens: set[int] = set()
    for area in areas:
        for session in area.sessions(day):
            opens |= set(range(session.start.hour, session.end.hour + (session.end.minute > 0)))
        for minute in minutes(area=area.id, day=day):
            hour = minute.minute.astimezone(SHANGHAI).hour
            entered[hour] = entered.get(hour, 0) + in_and_out(minute.seen)[0]
    hours = sorted(opens | set(entered))
    return {
        "labels": [f"{hour:02d}:00" for hour in hours],
        "values": [entered.get(hour, 0) for hour in hours],
    }


def _row(order: Order, call: Call) -> dict[str, Any]:
    first = order.lines[0]
    starts, ends = first.starts.astimezone(SHANGHAI), first.ends.astimezone(SHANGHAI)
    receipt = order.receipt
    return {
        "number": short_number(order.id),
        "href": f"/console/orders/{order.id}",
        "placed": order.placed,
        "visit": starts.date().isoformat(),
        "span": f"{starts:%H:%M}–{ends:%H:%M}",
        "title": first.title,
        "count": order.count,
        "total": order.total.amount,
        "refunded": order.refunded,
        "method": call.translate(METHODS[receipt.method]) if receipt is not None else "",
        "channel": call.translate(CHANNELS[order.channel]) if order.channel in CHANNELS else order.channel,
        "state": label_of(order, now=call.now, say=call.translate),
    }
