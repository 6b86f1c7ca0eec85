"""The night audit on one screen: what it will do tonight, what it did, and what to look at this morning."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.period import business_day
from chalicelib.web.http import (
    Asked,
    Call,
    Html,
    Page,
    Pressed,
    Redirect,
    WallTime,
    page,
)
from tenants.hotel.domain.night_audit import URGENT, AuditRules, Finding, Look, NoShow, Report, day_due
from tenants.hotel.routes.bills.decisions import decisions
from tenants.hotel.routes.bills.folios import folio_name
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SETUP
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import front, night_audit, no_shows

LOOKS: dict[Look, tuple[str, str]] = {
    Look.UNDECIDED: (
        N_("预订客人未到,待处理"),
        N_("请按条款收费,或等客人到店;免收由负责人选明原因。"),
    ),
    Look.UNSETTLED: (N_("客人已走或未到,账单未结"), N_("请收款、退款或转挂账,然后结清。")),
    Look.OVERDUE: (N_("应离未离"), N_("请联系客人:续住、延时退房或办理退房。")),
    Look.ROOM_DIFFERS: (N_("房态与住客不一致"), N_("前台和客房部说法不同,请到房间核实。")),
    Look.OVER_LEDGER: (N_("单位挂账会超额度"), N_("退房前请收回欠款或调整额度。")),
    Look.DRAWER_OPEN: (N_("有班次没有交班"), N_("请清点钱箱并交班。")),
    Look.LATE_NIGHT: (N_("补记的间夜"), N_("夜审后才入住的房晚,已记到这一天。")),
    Look.NO_SHOW: (N_("未到店,已按条款处理"), N_("房晚已放回;收的费用在账单上。")),
}
DONE = {
    "closed": N_("夜审完成。"),
    "charged": N_("已记未到店,费用按条款入账。"),
    "rules": N_("夜审设置已保存。"),
}
_COUNTED = {Look.LATE_NIGHT, Look.DRAWER_OPEN}
POLICIES = {
    NoShow.TERMS: N_("按退订条款收费"),
    NoShow.PREPAID: N_("收费不超过已预付的钱"),
    NoShow.ASK: N_("只列出来,由人决定"),
}


class DoneQuery(Asked):
    done: Annotated[str, Field(max_length=16)] = ""


class NoShowForm(Asked):
    """Charged by the terms; who may let the fee go does it on the stay's own page, with a reason."""

    stay: Annotated[str, Field(pattern=r"^st_[0-9a-z]{26}$")]
    policy: Literal["terms"]


class RulesForm(Asked):
    at: WallTime
    no_show: Literal["terms", "prepaid", "ask"]
    house: Annotated[str, Field(max_length=200, pattern=r"^[a-z0-9, -]*$")] = ""


@page(BLUEPRINT, "GET", "/hotel/audit", use_case="hotel.show-audit", door=DESK, query=DoneQuery)
def show_audit(call: Call) -> Page:
    """Tonight's audit before it runs, and the last ones."""
    return _audit_page(call, flash=flash_of(call, call.query.done, DONE))


def _audit_page(call: Call, *, flash: list[dict[str, str]]) -> Html:
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    rules, position = hotel.accounts.audits.rules(where.id), hotel.accounts.audits.position(where.id)
    ahead = night_audit.preview(where.id, hotel=hotel)
    today = business_day(call.now)
    months = {f"{day.year}{day.month:02d}" for day in (today, today.replace(day=1), ahead.day)}
    reports = [
        one
        for month in sorted(months, reverse=True)
        for one in hotel.accounts.audits.reports(where.id, month)
    ]
    return desk_page(
        call,
        "hotel/bills/audit.html",
        place="audit",
        flash=flash,
        day=ahead.day.isoformat(),
        rooms=ahead.rooms,
        amount=ahead.amount,
        awaited=ahead.awaited,
        at=f"{rules.at:%H:%M}",
        due=day_due(call.now, property=where, rules=rules, position=position) is not None,
        closing=position.closing.isoformat() if position is not None and position.closing else "",
        looks=_looks(ahead.findings, call, hotel),
        reports=[_listed(one, call) for one in reports],
        rules={
            "at": f"{rules.at:%H:%M}",
            "no_show": str(rules.no_show),
            "house": ", ".join(sorted(rules.house_plans)),
        },
        policies=[(str(policy), call.translate(words)) for policy, words in POLICIES.items()],
        writes="owner" in call.context.roles,
        decisions=decisions(call, today),
        today=today.isoformat(),
    )


@page(BLUEPRINT, "POST", "/hotel/audit", use_case="hotel.run-audit", door=DESK, body=Pressed)
def run(call: Call, _: Pressed) -> Page:
    """Close what is over now, not at the next quarter of an hour: the same steps, as often as wanted."""
    where = property_of(HotelStore(call.work).setup)
    call.work.witness(where.id)
    now = call.now
    call.then(lambda: night_audit.run_due(where.id, unit=new_unit(now)))
    return Redirect("/hotel/audit?done=closed")


@page(BLUEPRINT, "GET", "/hotel/audit/{day}", use_case="hotel.show-closed-day", door=DESK)
def show_day(call: Call) -> Page:
    """A closed day, explained."""
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    day = day_of(call.path["day"])
    report = hotel.accounts.audits.report(where.id, day)
    if report is None:
        raise Missing(day=day)
    zone = ZoneInfo(where.zone)
    return desk_page(
        call,
        "hotel/bills/audit_day.html",
        place="audit",
        **_listed(report, call),
        began=report.began.astimezone(zone),
        ended=report.ended.astimezone(zone),
        looks=_looks(report.findings, call, hotel),
        figures=f"/hotel/figures/{day.isoformat()}",
        decisions=decisions(call, day),
    )


@page(BLUEPRINT, "POST", "/hotel/audit/no-shows", use_case="hotel.decide-no-show", door=DESK, body=NoShowForm)
def decide(call: Call, asked: NoShowForm) -> Page:
    """Somebody who was not seen: charged by the terms."""
    try:
        no_shows.decide(asked.stay, hotel=HotelStore(call.work))
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _audit_page(call, flash=[told]))
    return Redirect("/hotel/audit?done=charged")


@page(BLUEPRINT, "POST", "/hotel/audit/rules", use_case="hotel.set-audit-rules", door=SETUP, body=RulesForm)
def set_rules(call: Call, asked: RulesForm) -> Page:
    """When the day closes by itself, and what is done about no-shows."""
    accounts = HotelStore(call.work).accounts
    rules = AuditRules(
        at=min(asked.at.replace(second=0), time(5, 45)),
        no_show=NoShow(asked.no_show),
        house_plans=frozenset(asked.house.replace(",", " ").split()),
    )
    accounts.audits.keep_rules(property_of(accounts.setup).id, rules)
    return Redirect("/hotel/audit?done=rules")


def day_of(text: str) -> date:
    """A day in a path, or ``Missing``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Missing(day=text) from None


def _listed(report: Report, call: Call) -> dict[str, Any]:
    urgent = sum(1 for one in report.findings if one.look in URGENT)
    return {
        "day": report.day.isoformat(),
        "href": f"/hotel/audit/{report.day.isoformat()}",
        "rooms": report.rooms,
        "amount": report.amount,
        "findings": urgent,
        "state": {
            "text": call.translate(N_("%(count)s 件要看"), count=urgent)
            if urgent
            else call.translate(N_("没有要看的")),
            "tone": "warn" if urgent else "good",
        },
    }


def _looks(findings: Iterable[Finding], call: Call, hotel: HotelStore) -> list[dict[str, Any]]:
    """Findings by kind, the most pressing first: at most three kinds are pressing on any day."""
    kinds: dict[Look, list[Finding]] = {}
    for one in findings:
        kinds.setdefault(one.look, []).append(one)
    some = [one for look in kinds if look not in _COUNTED for one in kinds[look][:20]]
    bills = hotel.accounts.folios.several({one.folio for one in some if one.folio})
    wanted = {one.stay for one in some if one.stay} | {bill.stay for bill in bills.values() if bill.stay}
    stays = hotel.stays.several(sorted(wanted))
    names = {one.stay.id: one.name for one in front.shown(stays, hotel=hotel)}
    names |= {id: names.get(bill.stay) or folio_name(bill, call) for id, bill in bills.items()}
    order = [*URGENT, *(look for look in LOOKS if look not in URGENT)]
    return [
        {
            "code": str(look),
            "title": call.translate(LOOKS[look][0]),
            "todo": call.translate(LOOKS[look][1]),
            "urgent": look in URGENT,
            "count": kinds[look][0].amount if look in _COUNTED else len(kinds[look]),
            "things": [] if look in _COUNTED else [_thing(one, names) for one in kinds[look][:20]],
            "href": "/hotel/cashier" if look is Look.DRAWER_OPEN else None,
        }
        for look in order
        if look in kinds
    ]


def _thing(one: Finding, names: Mapping[str, str]) -> dict[str, Any]:
    """Who or what it is about, and where that is looked into."""
    folio = one.folio or (f"{one.stay}.1" if one.look is Look.NO_SHOW else "")
    return {
        "room": one.room or "—",
        "name": names.get(one.folio) or names.get(one.stay, ""),
        "stay": one.stay,
        "href": f"/hotel/folios/{folio}" if folio else f"/hotel/stays/{one.stay}" if one.stay else None,
        "amount": one.amount if one.look in {Look.UNSETTLED, Look.OVER_LEDGER} else None,
    }
