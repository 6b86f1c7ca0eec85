"""The set-up at a glance: what a new inn does first, step by step; later everything that is sold."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Asked, Call, Page, page
from chalicelib.web.orders.links import absolute
from tenants.hotel.domain.plan import RatePlan
from tenants.hotel.domain.property import Property, text
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.routes.frame import desk_page, flash_of, place
from tenants.hotel.routes.registered import BLUEPRINT, SETUP
from tenants.hotel.routes.setup.extras import extra_row
from tenants.hotel.routes.shown.hire import NAMES
from tenants.hotel.routes.shown.offers import MEALS
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases.price_calendar import calendar
from tenants.hotel.usecases.setup_ports import House

DONE = {
    "property": N_("酒店信息已保存。"),
    "type": N_("房型已保存。"),
    "plan": N_("价格计划已保存。"),
    "extra": N_("服务已保存。"),
    "guide": N_("住店须知已保存,客人马上看得到。"),
}
_STEPS = (
    (N_("登记酒店"), N_("名称、地址、入住和退房时间。"), "/hotel/setup/property"),
    (N_("添加房型"), N_("卖什么:双床房、大床房、整院……"), "/hotel/setup/types/new"),
    (N_("登记客房"), N_("每个房型有哪些房号,一次可加一层。"), "/hotel/setup/rooms"),
    (N_("定价格计划"), N_("含不含早餐、怎样退订、先付还是到店付。"), "/hotel/setup/plans/new"),
    (N_("填房价"), N_("一次填好几个月,周末另价。"), "/hotel/prices/change?how=set"),
    (N_("发布"), N_("把预订链接或二维码发给客人。"), ""),
)
_LOOK_AHEAD = timedelta(days=60)


class DoneQuery(Asked):
    done: Annotated[str, Field(max_length=16)] = ""


@page(BLUEPRINT, "GET", "/hotel/setup", use_case="hotel.show-setup-page", door=SETUP, query=DoneQuery)
def show_setup(call: Call) -> Page:
    """Six steps until the first night can be sold; then what is set up, each a link to change it."""
    hotel = HotelStore(call.work)
    house = hotel.setup.house()
    where = place(house)
    kinds = [kind for kind in house.types.values() if where is not None and kind.site == where.id]
    shop = f"/s/{call.tenant.slug}"
    if where is not None and len(house.properties) > 1:
        shop = f"{shop}?property={where.id}"
    reached = _reached(where, kinds, house, hotel)
    return desk_page(
        call,
        "hotel/setup/overview.html",
        place="setup",
        flash=flash_of(call, call.query.done, DONE),
        steps=_steps(reached, call),
        next=_STEPS[reached][2] if reached < len(_STEPS) - 1 else "",
        ready=reached >= len(_STEPS) - 1,
        several=len(house.properties) > 1,
        shop=absolute(shop),
        shop_path=shop,
        where={**_where_shown(where, call), "photos": _photos(where, hotel)} if where is not None else None,
        types=[_type_row(kind, call) for kind in kinds],
        plans=[_plan_row(plan, house, call) for plan in house.plans.values()],
        extras=[
            {**extra_row(extra, call), "state": state_of(extra.on, call)}
            for extra in house.extras.values()
            if where is not None and extra.site == where.id
        ],
        kinds=[(kind, call.translate(words)) for kind, words in NAMES.items()],
        rooms=sum(kind.capacity for kind in kinds if not kind.house),
    )


def _reached(where: Property | None, kinds: list[RoomType], house: House, hotel: HotelStore) -> int:
    """How many of the steps are done: the first that is not is what to do next."""
    if where is None or not kinds:
        return 0 if where is None else 1
    if not any(kind.capacity for kind in kinds):
        return 2
    if not house.plans:
        return 3
    today = where.night_of(hotel.now)
    ahead = calendar([kind.id for kind in kinds], today, today + _LOOK_AHEAD, hotel=hotel)
    priced = any(price is not None for each in ahead for cell in each.cells for price in cell.prices.values())
    return 5 if priced else 4


def _steps(reached: int, call: Call) -> list[dict[str, Any]]:
    return [
        {
            "title": call.translate(title),
            "text": call.translate(words),
            "state": "done" if number < reached else "now" if number == reached else "ahead",
        }
        for number, (title, words, _) in enumerate(_STEPS)
    ]


def _where_shown(where: Property, call: Call) -> dict[str, Any]:
    return {
        "id": where.id,
        "name": text(where.names, call.locale),
        "address": text(where.address, call.locale),
        "phone": where.phone,
        "stars": where.stars,
        "check_in": f"{where.check_in:%H:%M}",
        "check_out": f"{where.check_out:%H:%M}",
    }


def _photos(where: Property, hotel: HotelStore) -> int:
    album = hotel.albums.all().get(f"property:{where.id}")
    return len(album.photos) if album is not None else 0


def _type_row(kind: RoomType, call: Call) -> dict[str, Any]:
    say = call.translate
    return {
        "name": text(kind.names, call.locale),
        "href": f"/hotel/setup/types/{kind.id}",
        "rooms": kind.capacity,
        "most": kind.most,
        "also": say(N_("整栋"))
        if kind.house
        else say(N_("钟点房"))
        if kind.hourly and kind.hourly.on
        else "—",
        "state": state_of(kind.on, call),
    }


def _plan_row(plan: RatePlan, house: House, call: Call) -> dict[str, Any]:
    base = house.plans.get(plan.derived.plan) if plan.derived is not None else None
    return {
        "name": text(plan.names, call.locale),
        "href": f"/hotel/setup/plans/{plan.id}",
        "meal": call.translate(MEALS[plan.meal]),
        "base": call.translate(N_("跟随 %(plan)s"), plan=text(base.names, call.locale))
        if base is not None
        else call.translate(N_("单独定价")),
        "state": state_of(plan.on, call),
    }


def state_of(on: bool, call: Call) -> dict[str, str]:
    """Whether something is on sale, as a tag."""
    if on:
        return {"text": call.translate(N_("在售")), "tone": "good"}
    return {"text": call.translate(N_("停用")), "tone": "off"}
