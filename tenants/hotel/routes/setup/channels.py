"""Channels in the console: how their calendars are, what they oversold, what systems outside let us sell."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from chalicelib.config import settings
from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.web.http import (
    Asked,
    Call,
    Html,
    Page,
    Pressed,
    Redirect,
    page,
)
from tenants.hotel.domain.channel import STALE_AFTER, Channel, Closure, Health
from tenants.hotel.domain.property import text
from tenants.hotel.routes.api.channels import calendar_address
from tenants.hotel.routes.desk.channel_guests import dropped_rows, entry_rows
from tenants.hotel.routes.forms.again import FIRST, Again, form_page
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused
from tenants.hotel.routes.partners.calendars import CalendarFeeds
from tenants.hotel.routes.registered import BLUEPRINT, DESK, RATES, SELLS, TARIFF
from tenants.hotel.routes.words import Name, WebAddress
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import capping, channels, double_booking

HOME = "/hotel/channels"
_ONE = HOME + "/{channel}"
HEALTH = {
    Health.NEW: (N_("尚未读取"), "calm"),
    Health.FRESH: (N_("正常"), "good"),
    Health.STALE: (N_("读取中断"), "urgent"),
    Health.OUT: (N_("只导出"), "off"),
}
_ERRORS = {
    "core.outward.unreachable": N_("对方地址打不开"),
    "core.outward.no-answer": N_("对方地址打不开"),
    "core.outward.host": N_("找不到对方网址"),
    "core.outward.address": N_("地址不被允许:须为公网 https 地址"),
    "hotel.channel.feed": N_("对方返回的不是日历(iCal)"),
}
_DONE = {
    "connected": N_("渠道已接入。请生成导出地址,填到对方平台。"),
    "changed": N_("已保存。"),
    "read": N_("已读取日历,房态已更新。"),
    "gone": N_("渠道已移除,它占用的房晚已放回可售。"),
    "placed": N_("已为这位客人安排其他房型。请告知客人并在对方平台备注。"),
    "decided": N_("已处理,不再提醒。"),
    "lifted": N_("外部限量已取消,房晚恢复为本系统可售。"),
}
_MOST = 50
_Label = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]


class DoneQuery(Asked):
    done: Annotated[str, Field(max_length=20)] = ""


class ConnectForm(Asked):
    name: _Label
    type: Name
    address: WebAddress = ""


class ChangeForm(Asked):
    """``stop``: read nothing any more; an address that is left empty stays as it is."""

    name: _Label
    address: WebAddress = ""
    stop: Annotated[str, Field(max_length=3)] = ""


class PlaceForm(Asked):
    type: Name


@page(BLUEPRINT, "GET", HOME, use_case="hotel.show-channels", door=TARIFF, query=DoneQuery)
def show_channels(call: Call) -> Page:
    """Every channel, what is oversold, and the form for a new one."""
    return _all(call)


def _all(call: Call, again: Again = FIRST) -> Html:
    hotel = HotelStore(call.work)
    house, site = hotel.setup.house(), property_of(hotel.setup)
    here = [one for one in hotel.channels.all() if one.site == site.id]
    found = sorted(here, key=lambda one: one.health(now=call.now) is not Health.STALE)
    conflicts = [one for one in double_booking.conflicts(hotel=hotel) if one.site == site.id]
    names = {one.id: one.name for one in found}
    return desk_page(
        call,
        "hotel/setup/channels.html",
        place="channels",
        flashes=again.flash(_done(call)),
        form=again.filled,
        rows=[_row(one, call, hotel) for one in found],
        stale=[one.name for one in found if one.health(now=call.now) is Health.STALE],
        hours=STALE_AFTER // timedelta(hours=1),
        conflicts=[_conflict(one, names, call, hotel) for one in conflicts[:_MOST]],
        more=max(0, len(conflicts) - _MOST),
        dropped=dropped_rows(hotel, site=site.id),
        types=[
            (one.id, text(one.names, call.locale))
            for one in house.types.values()
            if one.on and one.site == site.id
        ],
        capped=capping.capped(site.id, hotel=hotel),
        endpoint=f"{settings().base_url}/partners/alpinebits",
        code=site.id,
        writes=_may(call),
    )


def _one(call: Call, again: Again = FIRST) -> Html:
    hotel = HotelStore(call.work)
    channel = _found(call.path["channel"], hotel)
    closures = sorted(hotel.channels.closures(channel.id).values(), key=lambda one: (one.first, one.id))
    desk = bool({"desk", "owner"} & call.context.roles)
    return desk_page(
        call,
        "hotel/setup/channel.html",
        place="channels",
        flashes=again.flash(_done(call)),
        form=again.filled,
        channel=_row(channel, call, hotel),
        closures=entry_rows(closures[:200], call, hotel, linked=desk),
        conflicts=sum(1 for one in closures if one.conflict),
        writes=_may(call),
        reads=desk,
    )


@form_page(
    HOME,
    "connect",
    _all,
    use_case="hotel.connect-channel-page",
    door=RATES,
    body=ConnectForm,
    entitlement=SELLS,
)
def connect(call: Call, asked: ConnectForm) -> Page:
    """A wrong address is refused at once."""
    made, _ = channels.connect(
        name=asked.name,
        type=asked.type,
        address=asked.address,
        feeds=CalendarFeeds(),
        hotel=HotelStore(call.work),
    )
    return Redirect(f"{HOME}/{made.id}?done=connected")


@page(BLUEPRINT, "GET", _ONE, use_case="hotel.show-channel", door=TARIFF, query=DoneQuery)
def show_channel(call: Call) -> Page:
    """One channel, and what can be done about it."""
    return _one(call)


@form_page(
    _ONE,
    "change",
    _one,
    use_case="hotel.change-channel-page",
    door=RATES,
    body=ChangeForm,
    entitlement=SELLS,
)
def change(call: Call, asked: ChangeForm) -> Page:
    """Its name, and the address that we read."""
    id = call.path["channel"]
    channels.change(
        id,
        name=asked.name,
        address="" if asked.stop else asked.address or None,
        renew=False,
        feeds=CalendarFeeds(),
        hotel=HotelStore(call.work),
    )
    return Redirect(f"{HOME}/{id}?done=changed")


@page(
    BLUEPRINT,
    "POST",
    _ONE + "/address",
    use_case="hotel.renew-channel-address",
    door=RATES,
    body=Pressed,
    entitlement=SELLS,
)
def renew(call: Call, _: Pressed) -> Page:
    """A new address of the calendar that we show, said this once; the old one ends. Its form has no key: the
    answer, which holds a secret, is kept nowhere."""
    hotel, id = HotelStore(call.work), call.path["channel"]
    before = _found(id, hotel)
    after, secret = channels.change(id, name=before.name, address=None, renew=True, hotel=hotel)
    address = calendar_address(call, after, secret)
    return desk_page(
        call,
        "hotel/setup/channel_address.html",
        place="channels",
        channel=_row(after, call, hotel),
        address=address,
    )


@page(BLUEPRINT, "POST", _ONE + "/reading", use_case="hotel.read-channel-page", door=DESK, body=Pressed)
def read(call: Call, _: Pressed) -> Page:
    """Read its calendar now."""
    id = call.path["channel"]
    try:
        channels.sync(
            channels.reading(id, hotel=HotelStore(call.work)),
            feeds=CalendarFeeds(),
            hotel=HotelStore(call.work),
            unit=new_unit(call.now),
        )
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _one(call, Again(told=told)))
    call.work.witness(id)
    return Redirect(f"{HOME}/{id}?done=read")


@page(BLUEPRINT, "GET", _ONE + "/removal", use_case="hotel.ask-channel-removal", door=RATES)
def ask_removal(call: Call) -> Page:
    """What removing it means, before it is done."""
    hotel = HotelStore(call.work)
    channel = _found(call.path["channel"], hotel)
    taken = [one for one in hotel.channels.closures(channel.id).values() if not one.conflict]
    return desk_page(
        call,
        "hotel/setup/channel_removal.html",
        place="channels",
        channel=_row(channel, call, hotel),
        nights=sum(len(one.nights) for one in taken),
    )


@page(BLUEPRINT, "POST", _ONE + "/removal", use_case="hotel.disconnect-page", door=RATES, body=Pressed)
def remove(call: Call, _: Pressed) -> Page:
    """Every place that it held is free again."""
    channels.disconnect(call.path["channel"], hotel=HotelStore(call.work), unit=new_unit(call.now))
    return Redirect(f"{HOME}?done=gone")


@page(
    BLUEPRINT,
    "POST",
    _ONE + "/conflicts/{closure}",
    use_case="hotel.place-conflict-page",
    door=DESK,
    body=PlaceForm,
)
def place(call: Call, asked: PlaceForm) -> Page:
    """Give the guest of a conflict a room of another type."""
    try:
        double_booking.place(
            call.path["channel"], call.path["closure"], type=asked.type, hotel=HotelStore(call.work)
        )
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _all(call, Again(told=told)))
    return Redirect(f"{HOME}?done=placed")


@page(BLUEPRINT, "GET", HOME + "/caps/lifting", use_case="hotel.ask-cap-lifting", door=RATES)
def ask_lifting(call: Call) -> Page:
    """What lifting the caps means, before it is done."""
    hotel = HotelStore(call.work)
    count = capping.capped(property_of(hotel.setup).id, hotel=hotel)
    return desk_page(call, "hotel/setup/caps_lifting.html", place="channels", count=count)


@page(BLUEPRINT, "POST", HOME + "/caps/lifting", use_case="hotel.lift-caps", door=RATES, body=Pressed)
def lift(call: Call, _: Pressed) -> Page:
    """What a system outside said is left holds no longer."""
    hotel = HotelStore(call.work)
    capping.lift(property_of(hotel.setup).id, hotel=hotel, unit=new_unit(call.now))
    call.work.witness("caps")
    return Redirect(f"{HOME}?done=lifted")


def _done(call: Call) -> list[dict[str, str]]:
    return flash_of(call, call.query.done, _DONE) if isinstance(call.query, DoneQuery) else []


def _row(channel: Channel, call: Call, hotel: HotelStore) -> dict[str, Any]:
    kind = hotel.setup.house().types.get(channel.type)
    health = channel.health(now=call.now)
    words, tone = HEALTH[health]
    say = call.translate
    return {
        "id": channel.id,
        "name": channel.name,
        "href": f"{HOME}/{channel.id}",
        "type": text(kind.names, call.locale) if kind is not None else channel.type,
        "state": {"text": say(words), "tone": tone},
        "stale": health is Health.STALE,
        "reads": bool(channel.address),
        "read": channel.read,
        "tried": channel.tried,
        "busy": channel.busy if channel.address else None,
        "error": say(_ERRORS.get(channel.error, N_("读取失败"))) if channel.error else "",
    }


def _conflict(closure: Closure, names: dict[str, str], call: Call, hotel: HotelStore) -> dict[str, Any]:
    types = hotel.setup.house().types
    asked = types.get(closure.asked)
    return {
        "channel": names.get(closure.channel, ""),
        "type": text(asked.names, call.locale) if asked is not None else closure.asked,
        "first": closure.first.isoformat(),
        "last": closure.last.isoformat(),
        "nights": len(closure.nights),
        "since": closure.since,
        "action": f"{HOME}/{closure.channel}/conflicts/{closure.id}",
        "proposals": [
            {"type": one.type, "name": text(types[one.type].names, call.locale), "left": one.left}
            for one in double_booking.proposals(closure, hotel=hotel)
        ],
    }


def _found(id: str, hotel: HotelStore) -> Channel:
    found = hotel.channels.find(id)
    if found is None:
        raise Missing(channel=id)
    return found


def _may(call: Call) -> bool:
    return bool({"rates", "owner"} & call.context.roles)
