"""Groups and allotments 团队: rooms held for a name, picked up with a list of names, let go on their date."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Pressed, Redirect, page
from chalicelib.web.orders.links import mark
from tenants.hotel.domain.group import GroupState
from tenants.hotel.routes.desk.group_rows import group_page, group_row, named_group, rooming
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.forms.typed import FenOrNone, errors_of
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused
from tenants.hotel.routes.models.stay import ContactAsked
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.routes.shown.stay import plan_options, type_name
from tenants.hotel.routes.words import Name
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import groups, placing
from tenants.hotel.usecases.groups import Asked as GroupWish
from tenants.hotel.usecases.groups import Pick
from tenants.hotel.usecases.placing import Wish

HOME = "/hotel/groups"
DAY = timedelta(days=1)
DONE = {
    "held": N_("已留房。到释放日 18:00 还没分的房会自动放回。"),
    "picked": N_("已分房。"),
    "roomed": N_("排房完成。"),
    "some": N_("排了一部分;余下的没有合适的空房,请到房态图手动安排。"),
    "released": N_("已释放,没分的房已放回。"),
    "cancelled": N_("已取消,没分的房已放回。"),
}
Month = Annotated[str, Field(pattern=r"^(20[0-9][0-9]-(0[1-9]|1[0-2]))?$")]
_Short = Annotated[str, Field(min_length=1, max_length=60)]


class GroupsQuery(Asked):
    """text: part of a name or a company. month: those over, of an arrival then."""

    text: Annotated[str, Field(max_length=60)] = ""
    month: Month = ""
    done: Annotated[str, Field(max_length=10)] = ""


class GroupForm(Asked):
    """rooms: how many of each type; rates: yuan a room and night where so agreed."""

    name: _Short
    company: Annotated[str, Field(max_length=80)] = ""
    contact: ContactAsked
    arrive: date
    depart: date
    release: date
    plan: Name
    rooms: Annotated[dict[Name, Annotated[int, Field(ge=0, le=80)]], Field(min_length=1, max_length=20)]
    rates: Annotated[dict[Name, FenOrNone], Field(max_length=20, default_factory=dict)]

    def wish(self, property: str) -> GroupWish:
        """As the use case takes it; types of which none are wanted are left out."""
        rooms = {type: count for type, count in self.rooms.items() if count}
        return GroupWish(
            name=self.name,
            company=self.company,
            contact=self.contact.model_dump(),
            arrive=self.arrive,
            depart=self.depart,
            rooms=rooms,
            plan=self.plan,
            release=self.release,
            rates={type: fen for type, fen in self.rates.items() if fen is not None and type in rooms},
            property=property,
        )


class PickForm(Asked):
    """names: whom to ask for, a line a room; the contact where a line is missing."""

    type: Name
    arrive: date
    depart: date
    contact: ContactAsked
    rooms: Annotated[int, Field(ge=1, le=30)] = 1
    adults: Annotated[int, Field(ge=1, le=20)] = 1
    names: Annotated[str, Field(max_length=2000)] = ""

    def pick(self) -> Pick:
        """As the use case takes it."""
        names = [line.strip()[:60] for line in self.names.splitlines() if line.strip()]
        return Pick(
            type=self.type,
            arrive=self.arrive,
            depart=self.depart,
            contact=self.contact.model_dump(),
            count=self.rooms,
            adults=self.adults,
            names=tuple(names),
        )


class EndForm(Asked):
    state: Literal["released", "cancelled"]
    confirm: Annotated[str, Field(max_length=3)] = ""


@page(BLUEPRINT, "GET", HOME, use_case="hotel.show-groups", door=DESK, query=GroupsQuery)
def show_groups(call: Call) -> Page:
    """Those that hold rooms; with a month those that are over."""
    query = call.query
    return desk_page(
        call,
        "hotel/desk/groups.html",
        place="groups",
        flash=flash_of(call, query.done, DONE),
        rows=_rows(call, query),
        text=query.text,
        month=query.month,
        this_month=business_day(call.now).isoformat()[:7],
        file=f"/hotel/groups.csv?month={query.month}" if query.month else "/hotel/groups.csv",
    )


@page(BLUEPRINT, "GET", "/hotel/groups.csv", use_case="hotel.export-groups", door=DESK, query=GroupsQuery)
def export_groups(call: Call) -> Page:
    """The list as a file."""
    say = call.translate
    heads = (N_("团队"), N_("单位"), N_("入住"), N_("离店"), N_("释放日"), N_("间数"), N_("已分"), N_("状态"))
    keys = ("name", "company", "arrive", "depart", "release", "agreed", "picked")
    rows = [[*(row[key] for key in keys), row["state"]["text"]] for row in _rows(call, call.query)]
    return csv_file(say(N_("团队")), [say(head) for head in heads], rows, day=business_day(call.now))


def _form(call: Call, *, told: dict[str, str] | None = None, missing: bool = False) -> Html:
    hotel = HotelStore(call.work)
    where, house = property_of(hotel.setup), hotel.setup.house()
    tonight = where.night_of(call.now)
    kinds = [kind for kind in house.types.values() if kind.site == where.id and not kind.house]
    errors = errors_of(call, money=("rates",))
    if missing or "rooms" in errors:
        errors["rooms"] = call.translate(N_("至少要一间房。"))
    made = desk_page(
        call,
        "hotel/desk/group_new.html",
        place="groups",
        flash=[told] if told is not None else [],
        types=[
            {"id": kind.id, "name": type_name(house, kind.id, call.locale), "most": min(80, kind.capacity)}
            for kind in kinds
        ],
        plans=plan_options(house, call.locale),
        form=Filled(
            {
                "arrive": (tonight + DAY).isoformat(),
                "depart": (tonight + 2 * DAY).isoformat(),
                "release": tonight.isoformat(),
                **call.form,
            },
            errors,
        ),
        least=tonight.isoformat(),
    )
    if missing:
        made.status = 422
    return made


@page(BLUEPRINT, "GET", "/hotel/groups/new", use_case="hotel.show-new-group", door=DESK)
def show_new(call: Call) -> Page:
    """The form."""
    return _form(call)


@page(
    BLUEPRINT,
    "POST",
    HOME,
    use_case="hotel.hold-group-page",
    door=DESK,
    body=GroupForm,
    entitlement=SELLS,
    invalid=_form,
)
def hold(call: Call, asked: GroupForm) -> Page:
    """All nights of all rooms, or nothing."""
    hotel = HotelStore(call.work)
    wish = asked.wish(property_of(hotel.setup).id)
    if not wish.rooms:
        return _form(call, missing=True)
    try:
        group = groups.hold_group(wish, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _form(call, told=told))
    return Redirect(f"{HOME}/{group.id}?done=held")


@page(BLUEPRINT, "GET", "/hotel/groups/{group}", use_case="hotel.show-group", door=DESK, query=GroupsQuery)
def show_group(call: Call) -> Page:
    """What is held and left, who has which room, and the form that picks up."""
    return group_page(call, flash=flash_of(call, call.query.done, DONE))


@page(
    BLUEPRINT,
    "GET",
    "/hotel/groups/{group}/rooming.csv",
    use_case="hotel.export-rooming-list",
    door=DESK,
    query=GroupsQuery,
)
def export_rooming(call: Call) -> Page:
    """Who has which room; that it went out is kept."""
    say, hotel = call.translate, HotelStore(call.work)
    group = named_group(call, hotel)
    call.work.witness(f"rooming/{group.id}")
    heads = (N_("姓名"), N_("房间"), N_("房型"), N_("入住"), N_("离店"), N_("人数"), N_("状态"))
    rows = [
        [*(row[key] for key in ("name", "room", "type", "arrive", "depart", "people")), row["state"]["text"]]
        for row in rooming(group, call, hotel)
    ]
    return csv_file(say(N_("分房表")), [say(head) for head in heads], rows, day=business_day(call.now))


@page(
    BLUEPRINT,
    "POST",
    "/hotel/groups/{group}/bookings",
    use_case="hotel.pick-up-rooms-page",
    door=DESK,
    body=PickForm,
    entitlement=SELLS,
    invalid=lambda call: group_page(call, errors=errors_of(call)),
)
def pick_up(call: Call, asked: PickForm) -> Page:
    """Some of the group's rooms become a booking; the same form sent again is the same booking."""
    call.idempotent_by_itself()
    id, site = call.path["group"], property_of(HotelStore(call.work).setup).id
    try:
        groups.pick_up(id, asked.pick(), mark=mark(call.command), property=site, unit=new_unit(call.now))
    except Refusal as refusal:
        return refused(call, refusal, lambda told: group_page(call, flash=[told]))
    return Redirect(f"{HOME}/{id}?done=picked#rooming")


@page(
    BLUEPRINT,
    "POST",
    "/hotel/groups/{group}/rooms",
    use_case="hotel.room-group",
    door=DESK,
    query=GroupsQuery,
    body=Pressed,
)
def give_rooms(call: Call, _: Pressed) -> Page:
    """The best free room for everybody of the group who has none; each stay is a work of its own."""
    id, hotel, unit = call.path["group"], HotelStore(call.work), new_unit(call.now)
    group = named_group(call, hotel)
    short = False
    for row in rooming(group, call, hotel):
        if row["assigned"] or not row["expected"]:
            continue
        try:
            with unit("hotel.room-group") as each:
                placing.assign(row["id"], Wish(room=None), hotel=each, best=True)
        except Refusal:  # no room of the type is free for all of the stay
            short = True
    month = f"month={call.query.month}&" if call.query.month else ""
    return Redirect(f"{HOME}/{id}?{month}done={'some' if short else 'roomed'}#rooming")


@page(BLUEPRINT, "GET", "/hotel/groups/{group}/end", use_case="hotel.ask-end-group", door=DESK)
def ask_end(call: Call) -> Page:
    """What letting a group go means."""
    hotel = HotelStore(call.work)
    group = named_group(call, hotel)
    group.require_open()
    return desk_page(
        call,
        "hotel/desk/group_end.html",
        place="groups",
        group=group_row(group, call, hotel),
        back=f"{HOME}/{group.id}",
    )


@page(
    BLUEPRINT, "POST", "/hotel/groups/{group}/end", use_case="hotel.end-group-page", door=DESK, body=EndForm
)
def end(call: Call, asked: EndForm) -> Page:
    """What was not picked up is free at once; its bookings stay."""
    hotel, id = HotelStore(call.work), call.path["group"]
    site = property_of(hotel.setup).id
    try:
        groups.let_go(id, GroupState(asked.state), property=site, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: group_page(call, flash=[told]))
    return Redirect(f"{HOME}/{id}?done={asked.state}")


def _rows(call: Call, query: GroupsQuery) -> list[dict[str, Any]]:
    hotel = HotelStore(call.work)
    site = property_of(hotel.setup).id
    month = query.month.replace("-", "")
    found = hotel.groups.closed(site, month) if month else hotel.groups.open(site)
    wanted = query.text.strip().casefold()
    some = [one for one in found if wanted in f"{one.name} {one.company}".casefold()]
    return [group_row(one, call, hotel) for one in sorted(some, key=lambda one: (one.arrive, one.name))]
