"""The frame of every page of the hotel's console: its menu, who is at work, and how a refusal is told."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.period import business_day
from chalicelib.persistence.directory import called
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current
from chalicelib.web.desk import above
from chalicelib.web.formats import sentences
from chalicelib.web.http import Call, Html, Member
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.property import Property, text
from tenants.hotel.routes.registered import DESK, HOUSE, SETUP, TARIFF
from tenants.hotel.store import HotelStore
from tenants.hotel.store.setup import SetupStore
from tenants.hotel.usecases.search import chosen
from tenants.hotel.usecases.setup_ports import House

HOME = "/hotel"

FRONT, ROOMS, SALES, LINKS, SETTINGS, MONEY = (
    N_("前台"),
    N_("客房"),
    N_("预订"),
    N_("渠道与设备"),
    N_("设置"),
    N_("账务"),
)


class SetupFirst(Refusal):
    code = "hotel.setup.first"
    detail = N_("这家酒店还没有登记。")
    remedy = N_("请店主先在“酒店设置”里登记酒店、房型和客房,大约十分钟。")


class Place(NamedTuple):
    """A row of the menu: under which title, its name for ``place=``, its address, its word, whose it is.

    ``door`` is that of its page (a test compares them): a place that somebody may not open is not shown.
    """

    group: str
    name: str
    href: str
    words: str
    door: Member = DESK


PLACES: tuple[Place, ...] = (
    Place(FRONT, "today", "/hotel/today", N_("今日")),
    Place(FRONT, "stays", "/hotel/stays", N_("住客名单")),
    Place(FRONT, "plan", "/hotel/plan", N_("房态图")),
    Place(FRONT, "walk-in", "/hotel/walk-in", N_("散客入住")),
    Place(FRONT, "registrations", "/hotel/registrations", N_("住宿登记")),
    Place(FRONT, "notes", "/hotel/notes", N_("交班记录")),
    Place(FRONT, "requests", "/hotel/requests", N_("客人需求"), HOUSE),
    # rooms and house-keeping
    Place(ROOMS, "housekeeping", "/hotel/housekeeping", N_("房务"), HOUSE),
    Place(ROOMS, "blocks", "/hotel/blocks", N_("维修房")),
    Place(ROOMS, "finds", "/hotel/finds", N_("失物")),
    # reservations beside the front desk
    Place(SALES, "reserve", "/hotel/reserve", N_("订房")),
    Place(SALES, "groups", "/hotel/groups", N_("团队留房")),
    Place(SALES, "waiting", "/hotel/waiting", N_("候补")),
    Place(SALES, "hires", "/hotel/hires", N_("会议室与用车")),
    # channels and devices
    Place(LINKS, "channels", "/hotel/channels", N_("渠道"), TARIFF),
    Place(LINKS, "devices", "/hotel/devices", N_("设备")),
    # set-up
    Place(SETTINGS, "prices", "/hotel/prices", N_("房价日历"), TARIFF),
    Place(SETTINGS, "setup", "/hotel/setup", N_("酒店设置"), SETUP),
    # money
    Place(MONEY, "cockpit", "/hotel/cockpit", N_("驾驶舱")),
    Place(MONEY, "folios", "/hotel/folios", N_("账单")),
    Place(MONEY, "cashier", "/hotel/cashier", N_("收银班次")),
    Place(MONEY, "ledger", "/hotel/ledger", N_("挂账单位")),
    Place(MONEY, "invoices", "/hotel/invoices", N_("发票")),
    Place(MONEY, "audit", "/hotel/audit", N_("夜审")),
    Place(MONEY, "figures", "/hotel/figures", N_("经营统计")),
)
"""The menu in its order. Titles stand where their first row stands."""

_ROLES = {"owner": N_("负责人"), "desk": N_("前台"), "house": N_("房务"), "rates": N_("房价")}


def desk_page(call: Call, template: str, /, *, place: str, **context: Any) -> Html:
    """A page of the console, with its menu."""
    return Html(template, **{**frame(call, place), **context})


def frame(call: Call, place: str) -> dict[str, Any]:
    """What a page has around it; pages of the core too."""
    say, house = call.translate, HotelStore(call.work).setup.house()
    branches = _branches(call, place, house)
    role = next((words for name, words in _ROLES.items() if name in call.context.roles), "")
    label = call.credential.label if call.credential is not None else ""
    return {
        "site": {"name": called(call.tenant, call.locale), "href": HOME},
        "branches": branches,
        "nav": [*_menu(call, place, house), above(call, place)],
        "who": {"name": label, "role": say(role) if role else ""},
        "today": business_day(call.now).isoformat(),
    }


def _menu(call: Call, place: str, house: House) -> list[dict[str, Any]]:
    """The places in their groups; before there is a house, only where one is set up."""
    say, groups = call.translate, dict[str, list[dict[str, Any]]]()
    for one in open_to(call):
        if house.properties or one.group == SETTINGS:
            item = {"label": say(one.words), "href": one.href, "current": one.name == place}
            groups.setdefault(one.group, []).append(item)
    return [{"title": say(title), "items": items} for title, items in groups.items()]


def _branches(call: Call, place: str, house: House) -> list[dict[str, Any]]:
    """Where one can work, for an owner of several houses; the page's forms will act where it says."""
    if len(house.properties) < 2:
        return []
    at = here(house) or ""
    call.work_at(at)
    href = next((one.href for one in PLACES if one.name == place), HOME)
    return [
        {"label": text(one.names, call.locale), "href": f"{href}?branch={one.id}", "current": one.id == at}
        for one in sorted(house.properties.values(), key=lambda each: each.id)
    ]


def open_to(call: Call) -> tuple[Place, ...]:
    """The places that the caller may open, in their order."""
    return tuple(one for one in PLACES if call.context.roles & set(one.door.roles))


def refused(call: Call, refusal: Refusal, again: Callable[[dict[str, str]], Html]) -> Html:
    """The page again, with what was refused at its top; nothing that was collected is written."""
    call.begin()
    told = refused_in_words(refusal, locale=call.locale)
    text = sentences(told["detail"], told["remedy"], locale=call.locale)
    return again({"text": text, "tone": "warn"}).with_status(refusal.status)


def flash_of(call: Call, done: str, words: Mapping[str, str]) -> list[dict[str, str]]:
    """What the last step did, said once."""
    return [{"text": call.translate(words[done])}] if done in words else []


def property_of(setup: SetupStore, wanted: str | None = None) -> Property:
    """The property that a page is about: the one that is named, else where the desk works.

    Raises ``SetupFirst`` where there is none yet.
    """
    house = setup.house()
    if not house.properties:
        raise SetupFirst
    return chosen(house, wanted or here(house))


def place(house: House) -> Property | None:
    """The property where the desk works; nothing before there is one."""
    return chosen(house, here(house)) if house.properties else None


def here(house: House) -> str | None:
    """The property that the browser was last switched to; the first where that is none of this house's."""
    branch = current().branch
    return branch if branch in house.properties else min(house.properties, default=None)


def witnessed(call: Call, subject: str) -> None:
    """Somebody looks at personal data: that is kept before it is shown, in a work of its own."""
    work = UnitOfWork(action=call.use_case, now=call.now)
    work.witness(subject)
    work.commit()
