"""Meeting rooms and cars of a day at the desk: handed over, taken back, billed by what was really used."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.personal import masked_document
from chalicelib.web.formats import instant
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Redirect, page
from tenants.hotel.domain.hire import Hire, HireState, KilometresWrong
from tenants.hotel.domain.metering import DAY
from tenants.hotel.domain.property import Property, text
from tenants.hotel.routes.desk.hire_grid import hire_grid
from tenants.hotel.routes.files import csv_file, told
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import desk_page, flash_of, place, property_of, refused, witnessed
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.hire import GEAR, NAMES, STATES, kind_name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import hiring

_ONE = "/hotel/hires/{hire}"
DONE = {
    "begun": N_("已开始,系统在计时。"),
    "ended": N_("已结束,费用按实际用时记在账单上。"),
    "unused": N_("已记未使用,费用按预订入账。"),
    "booked": N_("已订好。"),
    "let-go": N_("已放弃,没有占用。"),
    "moved": N_("已改时间,价格不变。"),
}
_Kilometres = Annotated[int | None, Blank, Field(ge=0, le=2_000_000)]


class DayQuery(Asked):
    day: Annotated[date | None, Blank] = None
    done: Annotated[str, Field(max_length=16)] = ""


class HireForm(Asked):
    """``at``: the wall clock at the property; empty: now. ``licence``: it was seen and is valid."""

    at: Annotated[datetime | None, Blank] = None
    kilometres: _Kilometres = None
    licence: bool = False


@page(BLUEPRINT, "GET", "/hotel/hires", use_case="hotel.show-hires", door=DESK, query=DayQuery)
def show_day(call: Call) -> Page:
    """What runs, what is to come, what is over."""
    hotel = HotelStore(call.work)
    where = place(hotel.setup.house())
    if where is None:
        return Redirect("/hotel/setup")
    day = call.query.day or where.today(call.now)
    found = hiring.of_day(where, day, hotel=hotel)
    rows = [row(one, where, hotel=hotel, call=call) for one in found]
    return desk_page(
        call,
        "hotel/desk/hires.html",
        place="hires",
        flash=flash_of(call, call.query.done, DONE),
        day=day.isoformat(),
        grid=hire_grid(hires=found, rows=rows, day=day, where=where, house=hotel.setup.house(), call=call),
        file=f"/hotel/hires.csv?day={day.isoformat()}",
        before=f"/hotel/hires?day={(day - timedelta(days=1)).isoformat()}",
        after=f"/hotel/hires?day={(day + timedelta(days=1)).isoformat()}",
        running=[one for one in rows if one["running"]],
        coming=[one for one in rows if one["coming"]],
        over=[one for one in rows if not one["running"] and not one["coming"]],
    )


@page(BLUEPRINT, "GET", "/hotel/hires.csv", use_case="hotel.export-hires", door=DESK, query=DayQuery)
def export_day(call: Call) -> Page:
    """The day as a file; telephones masked. That it went out is kept."""
    hotel, say = HotelStore(call.work), call.translate
    where = property_of(hotel.setup)
    day = call.query.day or where.today(call.now)
    witnessed(call, f"hires/{day}")
    heads = (N_("项目"), N_("种类"), N_("时间"), N_("客人"), N_("电话"), N_("费用"), N_("状态"))
    lines = [row(one, where, hotel=hotel, call=call) for one in hiring.of_day(where, day, hotel=hotel)]
    cells = [
        (
            *told((line[key] for key in ("title", "kind", "when", "name")), call.translate),
            *told((masked_document(line["phone"]),), call.translate),
            f"{(line['price'] if line['billed'] is None else line['billed']) / 100:.2f}",
            line["state"]["text"],
        )
        for line in lines
    ]
    return csv_file(say(N_("会议室与用车")), [say(head) for head in heads], cells, day=day)


@page(BLUEPRINT, "GET", _ONE, use_case="hotel.show-hire", door=DESK, query=DayQuery)
def show_hire(call: Call) -> Page:
    """One of them: its terms, and the next step."""
    hotel = HotelStore(call.work)
    return one_page(call, hotel.hires.get(call.path["hire"]), hotel=hotel)


def again(call: Call) -> Page:
    hotel = HotelStore(call.work)
    return one_page(call, hotel.hires.get(call.path["hire"]), hotel=hotel, errors=errors_of(call))


@page(
    BLUEPRINT,
    "POST",
    _ONE + "/begin",
    use_case="hotel.begin-hire-page",
    door=DESK,
    body=HireForm,
    invalid=again,
)
def begin(call: Call, asked: HireForm) -> Page:
    """The guests are in the room, or have the car."""
    hotel = HotelStore(call.work)
    hire = hotel.hires.get(call.path["hire"])
    try:
        hiring.begin(
            hire.id,
            at=_at(asked.at, hire, hotel, call),
            kilometres=asked.kilometres,
            licence=asked.licence,
            hotel=hotel,
        )
    except Refusal as refusal:
        return refused(
            call, refusal, lambda told: one_page(call, hire, hotel=HotelStore(call.work), flash=told)
        )
    return Redirect(f"/hotel/hires/{hire.id}?done=begun")


@page(
    BLUEPRINT,
    "POST",
    _ONE + "/finish",
    use_case="hotel.finish-hire-page",
    door=DESK,
    body=HireForm,
    invalid=again,
)
def finish(call: Call, asked: HireForm) -> Page:
    """It is back: the bill has what it really cost."""
    hotel = HotelStore(call.work)
    hire = hotel.hires.get(call.path["hire"])
    try:
        at = _at(asked.at, hire, hotel, call)
        _, folio = hiring.finish(hire.id, at=at, kilometres=asked.kilometres, hotel=hotel)
    except Refusal as refusal:
        return refused(
            call, refusal, lambda told: one_page(call, hire, hotel=HotelStore(call.work), flash=told)
        )
    return Redirect(f"/hotel/hires/{hire.id}?done=ended&folio={folio.id}")


@page(BLUEPRINT, "POST", _ONE + "/unused", use_case="hotel.unused-hire-page", door=DESK, body=HireForm)
def unused(call: Call, _: HireForm) -> Page:
    """Nobody came for it."""
    hotel = HotelStore(call.work)
    hire = hotel.hires.get(call.path["hire"])
    try:
        hiring.unused(hire.id, hotel=hotel)
    except Refusal as refusal:
        return refused(
            call, refusal, lambda told: one_page(call, hire, hotel=HotelStore(call.work), flash=told)
        )
    return Redirect(f"/hotel/hires/{hire.id}?done=unused")


def row(hire: Hire, where: Property, *, hotel: HotelStore, call: Call) -> dict[str, Any]:
    """A hire as a line of the day."""
    zone, say = ZoneInfo(where.zone), call.translate
    words, tone = STATES[hire.state]
    contact = hotel.vault.shown(hire.party) if hire.party else {}
    starts, ends = hire.starts.astimezone(zone), hire.ends.astimezone(zone)
    extra = hotel.setup.house().extras.get(hire.extra)
    title = text(extra.names, call.locale) if extra is not None else hire.title
    same = starts.date() == ends.date()
    return {
        "href": f"/hotel/hires/{hire.id}",
        "title": f"{title} × {hire.count}" if hire.count > 1 else title,
        "kind": say(NAMES[kind_name(hire.kind)]),
        "when": f"{starts:%H:%M}–{ends:%H:%M}"
        if same
        else " – ".join(instant(one, locale=call.locale, style="day") for one in (starts, ends)),
        "name": contact.get("name", ""),
        "phone": contact.get("phone", ""),
        "since": f"{hire.started.astimezone(zone):%H:%M}" if hire.started else "",
        "late": hire.state is HireState.RUNNING and hire.ends < call.now,
        "running": hire.state is HireState.RUNNING,
        "coming": hire.state is HireState.BOOKED,
        "billed": hire.billed if hire.state in {HireState.ENDED, HireState.UNUSED} else None,
        "price": hire.price,
        "state": {"text": say(words), "tone": tone},
    }


def one_page(
    call: Call,
    hire: Hire,
    *,
    hotel: HotelStore,
    errors: dict[str, str] | None = None,
    flash: dict[str, str] | None = None,
) -> Html:
    house = hotel.setup.house()
    where = house.properties[hire.site]
    extra, say = house.extras.get(hire.extra), call.translate
    zone = ZoneInfo(where.zone)
    rental = hire.rental
    query = call.query
    return desk_page(
        call,
        "hotel/desk/hire.html",
        place="hires",
        flash=[flash] if flash else flash_of(call, query.done, DONE) if query is not None else [],
        **row(hire, where, hotel=hotel, call=call),
        id=hire.id,
        day=hire.starts.astimezone(zone).date().isoformat(),
        start=hire.starts.astimezone(zone).hour,
        gear=[say(GEAR[one]) for one in extra.equipment if one in GEAR] if extra is not None else [],
        now=call.now.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        rule=_rule(hire, call),
        self_drive=rental is not None and not rental.driver,
        licence=rental.licence if rental else "",
        deposit=rental.deposit if rental else 0,
        odometer=rental is not None,
        gone=hire.gone,
        back_km=hire.back,
        started=hire.started,
        ended=hire.ended,
        estimate=_estimate(hire, call),
        folio=f"/hotel/folios/{(hire.stay or hire.order)}.1"
        if hire.stay or hire.started or hire.billed
        else "",
        order=hire.order,
        form=Filled(call.form, errors),
    )


def _rule(hire: Hire, call: Call) -> str:
    by, say = hire.metering, call.translate
    if by.step == DAY:
        return say(N_("按天计,每天宽限 %(grace)s 分钟"), grace=by.grace)
    words = say(
        N_("按 %(step)s 分钟一段计,宽限 %(grace)s 分钟,最少 %(least)s 分钟"),
        step=by.step,
        grace=by.grace,
        least=by.least,
    )
    return f"{words} · {say(N_('不少于预订的时长'))}" if by.booked else words


def _estimate(hire: Hire, call: Call) -> int | None:
    """What it costs if it ends now, kilometres aside."""
    if hire.state is not HireState.RUNNING:
        return None
    try:
        return hire.bill(call.now, kilometres=hire.gone).time
    except KilometresWrong:
        return None


def _at(typed: datetime | None, hire: Hire, hotel: HotelStore, call: Call) -> datetime:
    """A wall clock's time at the property as an instant; now where none is typed."""
    if typed is None:
        return call.now
    where = hotel.setup.house().properties[hire.site]
    at = typed if typed.tzinfo is not None else typed.replace(tzinfo=ZoneInfo(where.zone))
    return min(at, call.now) if at - call.now < timedelta(minutes=1) else at
