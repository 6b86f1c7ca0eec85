"""Lost property 失物: what was found, where it lies, how it ended; a label to tie to it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.period import SHANGHAI, business_day
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Redirect, page
from tenants.hotel.domain.office import Find, FindState
from tenants.hotel.domain.sheet import month_of
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused
from tenants.hotel.routes.models.house import FindAsked, FindEndAsked
from tenants.hotel.routes.registered import BLUEPRINT, DESK, HOUSE
from tenants.hotel.routes.shown.house import FINDS
from tenants.hotel.routes.shown.stay import tag
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import office

HOME = "/hotel/finds"
DONE = {
    "kept": N_("失物已登记,请打印标签系好。"),
    "returned": N_("已归还失主。"),
    "police": N_("已记送交公安机关。"),
    "disposed": N_("已记处理。"),
}
Month = Annotated[str, Field(pattern=r"^(20[0-9][0-9]-(0[1-9]|1[0-2]))?$")]


class FindsQuery(Asked):
    """text: part of what, or where. list: what is kept, or what was found in ``month`` and is gone."""

    text: Annotated[str, Field(max_length=60)] = ""
    list: Literal["kept", "gone"] = "kept"
    month: Month = ""
    done: Annotated[str, Field(max_length=10)] = ""


@page(BLUEPRINT, "GET", HOME, use_case="hotel.show-finds", door=DESK, query=FindsQuery)
def show_finds(call: Call) -> Page:
    """What is being kept, the oldest first; or what is gone."""
    query, hotel = call.query, HotelStore(call.work)
    month = query.month or business_day(call.now).isoformat()[:7]
    return desk_page(
        call,
        "hotel/house/finds.html",
        place="finds",
        flash=flash_of(call, query.done, DONE),
        rows=_rows(call, query, hotel),
        text=query.text,
        list=query.list,
        month=month,
        file=f"/hotel/finds.csv?list={query.list}&month={month}",
    )


@page(BLUEPRINT, "GET", "/hotel/finds.csv", use_case="hotel.export-finds", door=DESK, query=FindsQuery)
def export_finds(call: Call) -> Page:
    """The list as a file; to whom things went is not in it."""
    say, hotel = call.translate, HotelStore(call.work)
    heads = (N_("物品"), N_("发现地点"), N_("存放处"), N_("拾到人"), N_("拾到时间"), N_("保管到"), N_("状态"))
    rows = [
        [
            *(row[key] for key in ("what", "place", "kept_at", "finder")),
            f"{row['found'].astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            row["until"],
            row["state"]["text"],
        ]
        for row in _rows(call, call.query, hotel)
    ]
    return csv_file(say(N_("失物")), [say(head) for head in heads], rows, day=business_day(call.now))


def _form(call: Call) -> Html:
    label = call.credential.label if call.credential is not None else ""
    desk = bool(call.context.roles & set(DESK.roles))
    return desk_page(
        call,
        "hotel/house/find_new.html",
        place="finds" if desk else "housekeeping",
        form=Filled({"finder": label, **call.form}, errors_of(call)),
        back=HOME if desk else "/hotel/housekeeping",
    )


@page(BLUEPRINT, "GET", "/hotel/finds/new", use_case="hotel.show-new-find", door=HOUSE)
def show_new(call: Call) -> Page:
    """The form; whoever cleans may use it too."""
    return _form(call)


@page(
    BLUEPRINT,
    "POST",
    HOME,
    use_case="hotel.keep-find-page",
    door=HOUSE,
    body=FindAsked,
    invalid=_form,
)
def keep(call: Call, asked: FindAsked) -> Page:
    """It is kept for its owner."""
    hotel = HotelStore(call.work)
    find = office.keep(asked.thing(), property=property_of(hotel.setup).id, hotel=hotel)
    if not call.context.roles & set(DESK.roles):
        return Redirect("/hotel/housekeeping?done=find")
    return Redirect(f"{HOME}/{find.id}?done=kept")


@page(BLUEPRINT, "GET", "/hotel/finds/{find}", use_case="hotel.show-find", door=DESK, query=FindsQuery)
def show_find(call: Call) -> Page:
    """One thing: its label, and how it may end."""
    return _page(call, flash=flash_of(call, call.query.done, DONE))


@page(
    BLUEPRINT,
    "POST",
    "/hotel/finds/{find}/end",
    use_case="hotel.end-find-page",
    door=DESK,
    body=FindEndAsked,
    invalid=lambda call: _page(call, errors=errors_of(call)),
)
def end(call: Call, asked: FindEndAsked) -> Page:
    """Returned at any time; otherwise when its time is over."""
    hotel, id = HotelStore(call.work), call.path["find"]
    try:
        office.close(
            id,
            asked.ending,
            owner=asked.owner,
            note=asked.note,
            property=property_of(hotel.setup).id,
            hotel=hotel,
        )
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _page(call, flash=[told]))
    return Redirect(f"{HOME}/{id}?done={asked.state}")


def _page(
    call: Call, *, errors: dict[str, str] | None = None, flash: list[dict[str, str]] | None = None
) -> Html:
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    find = hotel.office.find(where.id, call.path["find"])
    return desk_page(
        call,
        "hotel/house/find.html",
        place="finds",
        flash=flash or [],
        find=_row(find, call),
        kept=find.state is FindState.KEPT,
        over=where.today(call.now) >= find.until,
        form=Filled(call.form, errors),
    )


def _rows(call: Call, query: FindsQuery, hotel: HotelStore) -> list[dict[str, Any]]:
    where = property_of(hotel.setup)
    if query.list == "kept":
        found = office.finds(property=where.id, text=query.text, hotel=hotel)
        return [_row(one, call) for one in found]
    wanted = query.text.strip().casefold()
    month = query.month.replace("-", "") or month_of(business_day(call.now))
    gone = hotel.office.closed(where.id, month)
    return [_row(one, call) for one in gone if wanted in f"{one.what} {one.place} {one.kept_at}".casefold()]


def _row(find: Find, call: Call) -> dict[str, Any]:
    late = find.state is FindState.KEPT and business_day(call.now) >= find.until
    return {
        "id": find.id,
        "short": find.id[-6:].upper(),
        "what": find.what,
        "place": find.place,
        "kept_at": find.kept_at,
        "finder": find.finder,
        "found": find.found,
        "until": find.until.isoformat(),
        "closed": find.closed,
        "note": find.note,
        "state": tag((N_("期满待送公安"), "warn") if late else FINDS[find.state], call),
        "href": f"{HOME}/{find.id}",
    }
