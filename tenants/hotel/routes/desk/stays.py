"""The lists of stays of a day: searched, filtered, exported."""

from datetime import date, timedelta
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.kernel.personal import masked_document
from chalicelib.web.http import Asked, Blank, Call, Page, page
from tenants.hotel.routes.files import csv_file, told
from tenants.hotel.routes.frame import desk_page, property_of, witnessed
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.stay import stay_row
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import front
from tenants.hotel.usecases.front import Shown, Today

LISTS = {
    "all": N_("全部"),
    "arriving": N_("待入住"),
    "came": N_("今日已到"),
    "in-house": N_("在住"),
    "leaving": N_("待离店"),
    "left": N_("今日已离"),
    "overdue": N_("逾期"),
}


class StaysQuery(Asked):
    """Which list of which day, and what to look for."""

    list: Literal["all", "arriving", "came", "in-house", "leaving", "left", "overdue"] = "all"
    day: Annotated[date | None, Blank] = None
    text: Annotated[str, Field(max_length=60)] = ""


@page(BLUEPRINT, "GET", "/hotel/stays", use_case="hotel.show-stays", door=DESK, query=StaysQuery)
def show_stays(call: Call) -> Page:
    """A list of a day, searched."""
    hotel, query = HotelStore(call.work), call.query
    found = front.today(property=property_of(hotel.setup).id, day=query.day, hotel=hotel)
    house, day = hotel.setup.house(), found.day.isoformat()
    every = lists(found)
    return desk_page(
        call,
        "hotel/desk/stays.html",
        place="stays",
        day=day,
        list=query.list,
        text=query.text,
        lists=[
            {
                "key": key,
                "label": call.translate(words),
                "count": len(every[key]),
                "href": f"/hotel/stays?list={key}&day={day}",
            }
            for key, words in LISTS.items()
        ],
        title=call.translate(LISTS[query.list]),
        rows=[
            stay_row(one, house=house, found=found, call=call)
            for one in every[query.list]
            if one.fits(query.text)
        ],
        everywhere=f"/hotel/stay-book?text={quote(query.text)}",
        yesterday=(found.day - timedelta(days=1)).isoformat(),
        tomorrow=(found.day + timedelta(days=1)).isoformat(),
        file=f"/hotel/stays.csv?list={query.list}&day={day}&text={quote(query.text)}",
    )


@page(BLUEPRINT, "GET", "/hotel/stays.csv", use_case="hotel.export-stays", door=DESK, query=StaysQuery)
def export_stays(call: Call) -> Page:
    """The list as a file for a spreadsheet; numbers of telephones masked. That it went out is kept."""
    hotel, query, say = HotelStore(call.work), call.query, call.translate
    found = front.today(property=property_of(hotel.setup).id, day=query.day, hotel=hotel)
    witnessed(call, f"stays/{query.list}/{found.day}")
    heads = (N_("姓名"), N_("电话"), N_("房间"), N_("房型"), N_("入住"), N_("离店"), N_("人数"), N_("状态"))
    house = hotel.setup.house()
    cells = []
    for one in lists(found)[query.list]:
        if one.fits(query.text):
            row = stay_row(one, house=house, found=found, call=call)
            line = (
                one.name,
                masked_document(one.phone),
                *(row[key] for key in ("room", "type", "arrive", "depart", "people")),
                row["state"]["text"],
            )
            cells.append(told(line, say))
    return csv_file(say(LISTS[query.list]), [say(head) for head in heads], cells, day=found.day)


def lists(found: Today) -> dict[str, tuple[Shown, ...]]:
    """The lists of a day by name."""
    return {
        "all": (*found.arriving, *found.in_house, *found.left),
        "arriving": found.arriving,
        "came": found.came,
        "in-house": found.in_house,
        "leaving": found.leaving,
        "left": found.left,
        "overdue": front.overdue(found),
    }
