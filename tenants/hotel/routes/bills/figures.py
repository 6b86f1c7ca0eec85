"""Statistics of a star hotel: a month day by day, a day down to its room-nights, the return to print."""

from calendar import monthrange
from datetime import date
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Attachment, Call, Page, page
from tenants.hotel.domain.figures import COUNTING, adjustments, rates, totals
from tenants.hotel.domain.folio import Sort
from tenants.hotel.domain.night_audit import DayFigures, Let, RoomNight
from tenants.hotel.domain.property import Property, text
from tenants.hotel.routes.bills.audit import day_of
from tenants.hotel.routes.bills.cashier import Month
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.frame import desk_page, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.amounts import entry_row, yuan
from tenants.hotel.routes.shown.bill import plan_title
from tenants.hotel.routes.shown.stay import channel_name, type_name
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases.setup_ports import House

LETS = {
    Let.PAID: N_("付费"),
    Let.COMPLIMENTARY: N_("免费"),
    Let.HOUSE: N_("自用"),
    Let.DAY_USE: N_("钟点"),
}


class FiguresQuery(Asked):
    month: Month = ""


@page(BLUEPRINT, "GET", "/hotel/figures", use_case="hotel.show-figures", door=DESK, query=FiguresQuery)
def show_figures(call: Call) -> Page:
    """A month: its sums, its curve, its days."""
    month, days, where = _days(call)
    rows = [figures_row(day) for day in days]
    return desk_page(
        call,
        "hotel/bills/figures.html",
        place="figures",
        month=month,
        rows=rows,
        sums=figures_row(totals(days)) if days else None,
        labels=[day.day.strftime("%d") for day in days],
        occupancy=[row["occupancy_pct"] for row in rows],
        adr=[row["adr"] for row in rows],
        revpar=[row["revpar"] for row in rows],
        stars=where.stars,
    )


@page(BLUEPRINT, "GET", "/hotel/figures.csv", use_case="hotel.export-figures", door=DESK, query=FiguresQuery)
def export_figures(call: Call) -> Page:
    """A month's days as a file."""
    month, days, _ = _days(call)
    return _file(call, f"{call.translate(N_('经营统计'))}-{month}", days)


@page(BLUEPRINT, "GET", "/hotel/figures/{day}", use_case="hotel.show-day-figures", door=DESK)
def show_day(call: Call) -> Page:
    """A day down to the room-nights and corrections that make its figures."""
    accounts = AccountsStore(call.work)
    where, day = property_of(accounts.setup), day_of(call.path["day"])
    kept = accounts.audits.figures(where.id, day, day)
    facts = accounts.audits.facts(where.id, day)
    book = accounts.book.entries(where.id, day)
    others = adjustments(book, facts)
    nights = [fact for fact in facts if fact.let is not Let.DAY_USE]
    house = accounts.setup.house()
    return desk_page(
        call,
        "hotel/bills/figures_day.html",
        place="figures",
        day=day.isoformat(),
        closed=bool(kept),
        figures=figures_row(kept[0]) if kept else None,
        nights=[_night_row(fact, house, call) for fact in sorted(facts, key=lambda one: one.rooms)],
        posted=sum(fact.amount for fact in nights),
        others=[entry_row(entry, say=call.translate, corrected=False) for entry in others],
        adjusted=sum(entry.amount for entry in others),
        rest=[
            entry_row(entry, say=call.translate, corrected=False)
            for entry in book
            if entry.sort is Sort.CHARGE and entry.department != "room"
        ],
        month=day.isoformat()[:7],
    )


@page(BLUEPRINT, "GET", "/hotel/figures/{day}/nights.csv", use_case="hotel.export-nights", door=DESK)
def export_nights(call: Call) -> Page:
    """The room-nights of a day as a file: rooms and amounts, nobody's name."""
    accounts = AccountsStore(call.work)
    where, day = property_of(accounts.setup), day_of(call.path["day"])
    say, house = call.translate, accounts.setup.house()
    heads = (
        *(N_("房号"), N_("晚"), N_("房型"), N_("价格计划"), N_("渠道"), N_("出租方式")),
        *(N_("客房收入"), N_("其中税额"), N_("另收税费"), N_("人数")),
    )
    return csv_file(
        say(N_("间夜")),
        [say(head) for head in heads],
        [
            [
                *(_rooms(fact), fact.night.isoformat(), type_name(house, fact.type, call.locale)),
                plan_title(fact.plan, house=house, locale=call.locale),
                *(channel_name(fact.channel, call), say(LETS[fact.let])),
                *(yuan(fact.amount), yuan(fact.tax), yuan(fact.levies), fact.guests),
            ]
            for fact in accounts.audits.facts(where.id, day)
        ],
        day=day,
    )


@page(BLUEPRINT, "GET", "/hotel/return", use_case="hotel.print-return", door=DESK, query=FiguresQuery)
def print_return(call: Call) -> Page:
    """The month as the statistics want it, with the rule by which it was counted, to sign."""
    month, days, where = _days(call)
    first = date.fromisoformat(f"{month}-01")
    due = monthrange(first.year, first.month)[1]
    return desk_page(
        call,
        "hotel/bills/return.html",
        place="figures",
        month=month,
        house=text(where.names, call.locale),
        stars=where.stars,
        sums=figures_row(totals(days)) if days else None,
        closed=len(days),
        due=due,
        rule=[call.translate(words) for words in COUNTING.words],
        source=call.translate(COUNTING.source),
    )


def figures_row(day: DayFigures) -> dict[str, Any]:
    """Figures as pages and files show them: money in fen, rates as numbers."""
    gross, net = rates(day), rates(day, net=True)
    return {
        "day": day.day.isoformat(),
        "href": f"/hotel/figures/{day.day.isoformat()}",
        "rooms": day.rooms,
        "out_of_order": day.out_of_order,
        "available": day.available,
        "let": day.let,
        "paid": day.paid,
        "complimentary": day.complimentary,
        "house": day.house,
        "day_use": day.day_use,
        "guests": day.guests,
        "late": day.late,
        "occupancy": float(gross.occupancy),
        "occupancy_pct": float(gross.occupancy * 100),
        "adr": float(gross.average_price),
        "adr_fen": int(gross.average_price * 100),
        "adr_net_fen": int(net.average_price * 100),
        "revpar": float(gross.revpar),
        "revpar_fen": int(gross.revpar * 100),
        "revpar_net_fen": int(net.revpar * 100),
        "room": day.room[0],
        "room_net": day.room[0] - day.room[1],
        "food": day.food[0],
        "food_net": day.food[0] - day.food[1],
        "other": day.other[0],
        "other_net": day.other[0] - day.other[1],
        "total": day.total,
        "total_net": day.total - day.room[1] - day.food[1] - day.other[1],
    }


def _file(call: Call, title: str, days: list[DayFigures]) -> Attachment:
    say = call.translate
    heads = (
        *(N_("营业日"), N_("客房总数"), N_("维修房"), N_("可供出租"), N_("实际出租"), N_("付费"), N_("免费")),
        *(N_("自用"), N_("钟点"), N_("出租率"), N_("平均房价"), N_("每间可供出租客房收入"), N_("客房收入")),
        *(N_("客房收入(不含税)"), N_("餐饮收入"), N_("其他收入"), N_("收入合计"), N_("住客人数")),
    )
    rows = [figures_row(day) for day in days]
    return csv_file(
        title,
        [say(head) for head in heads],
        [
            [
                *(row["day"], row["rooms"], row["out_of_order"], row["available"], row["let"], row["paid"]),
                *(row["complimentary"], row["house"], row["day_use"], f"{row['occupancy_pct']:.2f}%"),
                *(f"{row['adr']:.2f}", f"{row['revpar']:.2f}", yuan(row["room"]), yuan(row["room_net"])),
                *(yuan(row["food"]), yuan(row["other"]), yuan(row["total"]), row["guests"]),
            ]
            for row in rows
        ],
        day=days[-1].day if days else business_day(call.now),
    )


def _days(call: Call) -> tuple[str, list[DayFigures], Property]:
    accounts = AccountsStore(call.work)
    where = property_of(accounts.setup)
    month = call.query.month or business_day(call.now).isoformat()[:7]
    first = date.fromisoformat(f"{month}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return month, list(accounts.audits.figures(where.id, first, last)), where


def _rooms(fact: RoomNight) -> str:
    """The rooms that were let; a night without one (nobody came) stands under its type."""
    return "·".join(room for room in fact.rooms if room != fact.type)


def _night_row(fact: RoomNight, house: House, call: Call) -> dict[str, Any]:
    return {
        "room": _rooms(fact) or "—",
        "href": f"/hotel/folios/{fact.folio}" if fact.folio else None,
        "night": fact.night.isoformat(),
        "type": type_name(house, fact.type, call.locale),
        "plan": plan_title(fact.plan, house=house, locale=call.locale) or fact.plan,
        "channel": channel_name(fact.channel, call),
        "let": call.translate(LETS[fact.let]),
        "amount": fact.amount,
        "tax": fact.tax,
        "guests": fact.guests,
    }
