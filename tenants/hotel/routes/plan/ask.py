"""What a change on the room plan means, before it is done: a page that a dialog shows as well."""

from datetime import date, timedelta
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.web import formats
from chalicelib.web.http import Call, Html
from tenants.hotel.domain.housekeeping import Cleanliness
from tenants.hotel.domain.rooms import Room
from tenants.hotel.domain.stay import Stay, StayState, shortened
from tenants.hotel.routes.frame import desk_page
from tenants.hotel.routes.plan.grid import href
from tenants.hotel.routes.plan.models import AskQuery, MoveForm, View
from tenants.hotel.routes.shown.hires_left import left_behind_stay
from tenants.hotel.routes.shown.stay import type_name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import front, length, placing

DAY = timedelta(days=1)


def move_page(
    call: Call,
    stay: Stay,
    asked: AskQuery | MoveForm,
    hotel: HotelStore,
    *,
    told: dict[str, str] | None = None,
) -> Html:
    """What a room, another one, or none means for a stay. Raises ``RoomNotFree``: that is not asked first."""
    stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
    placing.require_room(stay, asked.room, since=asked.since, hotel=hotel)
    say, house = call.translate, hotel.setup.house()
    name = front.shown([stay], hotel=hotel)[0].name
    room = hotel.setup.room(stay.site, asked.room) if asked.room is not None else None
    other = room is not None and room.type != stay.type and not house.types[stay.type].house
    dirty = room is not None and hotel.board.one(stay.site, room.number).state is Cleanliness.DIRTY
    here = stay.state is StayState.IN_HOUSE
    points = _points(call, stay, room, asked.since, other=other, dirty=dirty, hotel=hotel)
    if room is None:
        title, yes = say(N_("撤回 %(name)s 的排房?"), name=name), say(N_("撤回排房"))
    elif stay.segments:
        title = say(N_("把 %(name)s 换到 %(room)s 房?"), name=name, room=room.number)
        yes = say(N_("现在换房")) if here else say(N_("换到这间"))
    else:
        title = say(N_("把 %(name)s 排到 %(room)s 房?"), name=name, room=room.number)
        yes = say(N_("排到这间"))
    given = {
        "room": asked.room or "",
        "since": asked.since.isoformat() if asked.since is not None else "",
        "other": "yes" if other else "",
        "dirty": "yes" if dirty and here else "",
    }
    return _ask_page(
        call, stay, asked, title=title, points=points, yes=yes, to="room", given=given, told=told
    )


def _points(
    call: Call,
    stay: Stay,
    room: Room | None,
    since: date | None,
    *,
    other: bool,
    dirty: bool,
    hotel: HotelStore,
) -> list[str]:
    """What changes, in sentences."""
    say, house = call.translate, hotel.setup.house()
    here = stay.state is StayState.IN_HOUSE
    first = since or stay.arrive
    if here:
        first = max(first, min(length.property_of(stay, hotel=hotel).night_of(call.now), stay.depart - DAY))

    def short(day: date) -> str:
        return formats.day(day, style="short", locale=call.locale)

    points = []
    if stay.segments:
        points.append(say(N_("现在是 %(room)s 房"), room=stay.room or "—"))
    if stay.hours is None and room is not None:
        points.append(say(N_("%(first)s 起,住到 %(last)s"), first=short(first), last=short(stay.depart)))
    if other and room is not None:
        sold = type_name(house, stay.type, call.locale)
        given = type_name(house, room.type, call.locale)
        points.append(say(N_("订的是 %(sold)s,这间是 %(given)s;房价不变。"), sold=sold, given=given))
    if here and room is not None and first <= length.property_of(stay, hotel=hotel).night_of(call.now):
        points.append(say(N_("钥匙马上换成新房间的,原房间转为待打扫。")))
    if dirty and room is not None:
        points.append(say(N_("%(room)s 房还没有打扫。"), room=room.number))
    return points


def dates_page(call: Call, stay: Stay, depart: date, asked: AskQuery, hotel: HotelStore) -> Html:
    """What further nights cost, or what giving nights up means."""
    say = call.translate
    name = front.shown([stay], hotel=hotel)[0].name
    until = formats.day(depart, style="short", locale=call.locale)
    given = {"depart": depart.isoformat()}
    if depart < stay.depart:
        stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
        lost = stay.nights[len(shortened(stay, depart).nights) :]
        total = formats.money(sum(stay.price_of(night) for night in lost), locale=call.locale)
        points = [
            say(N_("少住 %(nights)s 晚,这些房晚马上可以再卖。"), nights=len(lost)),
            say(N_("还没入账的房费不再收:%(amount)s。已收的钱请在账单上退。"), amount=total),
        ]
        points += _left(call, stay, depart, hotel)
        title, yes = say(N_("%(name)s 提前到 %(day)s 离店?"), name=name, day=until), say(N_("提前离店"))
        return _ask_page(call, stay, asked, title=title, points=points, yes=yes, to="dates", given=given)
    offer = length.extension(stay, depart, hotel=hotel)
    nights = [stay.depart + DAY * step for step in range(len(offer.nightly))]
    bill = [
        {"text": formats.day(night, style="short", locale=call.locale), "amount": fen}
        for night, fen in zip(nights, offer.nightly, strict=True)
    ]
    title, yes = say(N_("%(name)s 延住到 %(day)s?"), name=name, day=until), say(N_("按此价延住"))
    given["price"] = str(offer.total.amount)
    points = [say(N_("现在是 %(room)s 房"), room=stay.room)] if stay.room else []
    points += _left(call, stay, depart, hotel)
    return _ask_page(
        call,
        stay,
        asked,
        title=title,
        points=points,
        yes=yes,
        to="dates",
        given=given,
        bill=bill,
        total=offer.total.amount,
    )


def _left(call: Call, stay: Stay, depart: date, hotel: HotelStore) -> list[str]:
    """What was hired beside the rooms and stays at its old time."""
    words = N_("租用不随离店日期改动:%(hire)s。可在住宿页面改时间或放掉。")
    found = left_behind_stay(call, stay, depart, hotel=hotel)
    return [call.translate(words, hire=one) for one in found]


def _ask_page(
    call: Call,
    stay: Stay,
    view: View,
    *,
    title: str,
    points: list[str],
    yes: str,
    to: str,
    given: dict[str, str],
    bill: list[dict[str, Any]] | None = None,
    total: int | None = None,
    told: dict[str, str] | None = None,
) -> Html:
    fields = {**view.fields(), **{name: value for name, value in given.items() if value}}
    return desk_page(
        call,
        "hotel/plan/ask.html",
        place="plan",
        told=told,
        title=title,
        points=points,
        yes=yes,
        action=f"/hotel/plan/stays/{stay.id}/{to}",
        fields=fields,
        bill=bill or [],
        total=total,
        back=href(view),
    )
