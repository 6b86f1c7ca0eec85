"""AlpineBits HotelData 2022-10, as a server: one address for every action.

A hotel's own system (PMS) or channel manager posts ``multipart/form-data`` with ``action`` and ``request``,
and shows an API key of the hotel as the password of HTTP Basic. Roles of the key say what it may push. By the
documentation at docs.alpinebits.org/hoteldata/2022-10; what is taken of each message: the module's README.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.errors import N_, Clash, Forbidden, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant
from chalicelib.tenancy.context import current
from chalicelib.web.body import unpacked
from chalicelib.web.http import Attachment, Call, Member, endpoint
from chalicelib.web.multipart import KIND, texts
from tenants.hotel.domain.property import Property
from tenants.hotel.routes.partners import ota, ota_guests, ota_push
from tenants.hotel.routes.registered import BLUEPRINT, SELLS
from tenants.hotel.routes.words import in_words
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import capping, partner_rates, partner_rooms, pulling
from tenants.hotel.usecases.partner_rates import PlanGone, PlanNew
from tenants.hotel.usecases.partner_rooms import TypeGone

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

VERSION = "2022-10"
ROLES = ("rates", "orders.read", "orders.write", "desk", "owner")
DOOR = Member(*ROLES, kind="hotel", basic=True)
PACKED, OPEN = 4_000_000, 12_000_000
MOST_BOOKINGS = 200
_XML, _PLAIN = "text/xml; charset=utf-8", "text/plain; charset=utf-8"
_ADVICE = (PlanNew, PlanGone, TypeGone)

SUPPORTED: Mapping[str, tuple[str, ...]] = {
    "action_OTA_Ping": (),
    "action_OTA_HotelInvCountNotif": (
        "OTA_HotelInvCountNotif_accept_categories",
        "OTA_HotelInvCountNotif_accept_deltas",
        "OTA_HotelInvCountNotif_accept_complete_set",
    ),
    "action_OTA_HotelDescriptiveContentNotif_Inventory": (
        "OTA_HotelDescriptiveContentNotif_Inventory_use_rooms",
    ),
    "action_OTA_HotelRatePlanNotif_RatePlans": (
        "OTA_HotelRatePlanNotif_accept_ArrivalDOW",
        "OTA_HotelRatePlanNotif_accept_DepartureDOW",
        "OTA_HotelRatePlanNotif_accept_RatePlan_BookingRule",
        "OTA_HotelRatePlanNotif_accept_RatePlan_RoomType_BookingRule",
        "OTA_HotelRatePlanNotif_accept_overlay",
    ),
    "action_OTA_Read": (),
}
"""What we do, by action; each with the capabilities that the standard names for it."""


class HotelUnknown(Refusal):
    code = "hotel.alpinebits.hotel"
    status = 422
    detail = N_("没有编号为 %(code)s 的酒店。")
    remedy = N_("HotelCode 即本系统中的酒店编号。")


class TypeUnheard(Refusal):
    code = "hotel.alpinebits.type"
    status = 422
    detail = N_("没有房型 %(type)s。")
    remedy = N_("请先发送房型清单(Inventory)。")


class MoreSaid(Refusal):
    code = "hotel.alpinebits.more"
    detail = N_("%(type)s 在 %(day)s 报送的可售数比本系统的客房多 %(more)s 间,多出的部分不能出售。")


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action: the root elements of its request and answer, the roles it wants, who does it."""

    asks: str
    says: str
    version: str
    roles: frozenset[str]
    do: Callable[[Call, Element], Element]


@endpoint(
    BLUEPRINT,
    "POST",
    "/partners/alpinebits",
    use_case="hotel.alpinebits",
    door=DOOR,
    entitlement=SELLS,
    keyless=True,
    limit=PACKED,
    summary="AlpineBits HotelData 2022-10",
)
def alpinebits(call: Call) -> Attachment:
    """Every action. What was understood and not taken is a ``Warning`` of an answer that says ``Success``;
    a message of which nothing was taken is answered with ``Errors``."""
    call.set_header("X-AlpineBits-Server-Accept-Encoding", "gzip")
    call.set_header("Cache-Control", "no-store")
    if not call.header("content-type").lower().startswith(KIND):
        return _error("multipart/form-data expected")
    encoding = call.header("content-encoding").strip().lower()
    parts = texts(unpacked(call.raw, encoding=encoding, limit=OPEN), call.header("content-type"))
    said = call.header("x-alpinebits-clientprotocolversion").strip()
    action = ACTIONS.get(parts.get("action", "").strip())
    if action is None:
        return _error("unknown or missing action")
    if said != VERSION and action.asks != "OTA_PingRQ":
        return _error(f"unsupported protocol version, this server speaks {VERSION}")
    if "request" not in parts:
        return _error("missing request")
    return Attachment(ota.written(_done(call, action, parts["request"])), content_type=_XML)


def _done(call: Call, action: Action, request: str) -> Element:
    try:
        context = current()
        if action.roles and "owner" not in context.roles and context.roles.isdisjoint(action.roles):
            raise Forbidden
        return action.do(call, ota.parsed(request, action.asks))
    except Clash:
        raise
    except Refusal as refusal:
        call.begin()  # what an action that was refused had collected is not kept
        call.set_header("X-AlpineBits-Server-Accept-Encoding", "gzip")
        return ota.failed(action.says, action.version, in_words(refusal, locale=call.locale))


def _error(text: str) -> Attachment:
    """What is wrong with the request itself is plain text, as the standard wants it."""
    return Attachment(f"ERROR:{text}", content_type=_PLAIN, status=400)


def _ping(_: Call, document: Element) -> Element:
    echo = ota.need(document, "EchoData").text or ""
    try:
        offered: Any = json.loads(echo[:100_000])
        common = _common(offered)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ota.XmlWrong(wanted="EchoData") from None
    answer = ota.answered("OTA_PingRS", "8.000")
    warning = ota.put(
        ota.put(answer, "Warnings"), "Warning", Type=ota.ADVISORY, Status="ALPINEBITS_HANDSHAKE"
    )
    warning.text = json.dumps(common, separators=(",", ":"))
    ota.put(answer, "EchoData", echo)
    return answer


def _common(offered: Mapping[str, Any]) -> dict[str, Any]:
    """What both sides can do: the versions, actions and capabilities that are in both lists."""
    for one in offered["versions"]:
        if one["version"] == VERSION:
            actions = []
            for action in one.get("actions", ()):
                name = action["action"]
                if name in SUPPORTED:
                    supports = [word for word in action.get("supports", ()) if word in SUPPORTED[name]]
                    actions.append({"action": name} | ({"supports": supports} if supports else {}))
            return {"versions": [{"version": VERSION, "actions": actions}]}
    return {"versions": []}


def _free_rooms(call: Call, document: Element) -> Element:
    hotel = HotelStore(call.work)
    site, _ = _site(ota.need(document, "Inventories"), hotel=hotel)
    codes, types = hotel.codes.read(site.id), hotel.setup.house().types
    wanted: dict[tuple[str, Any], int | None] = {}
    for (type, night), left in ota_push.free_rooms(document).items():
        ours = codes.type(type, types)
        if ours is None:
            raise TypeUnheard(type=type)
        wanted[(ours, night)] = left
    done = capping.cap(
        site.id, wanted, complete=ota_push.is_complete(document), hotel=hotel, unit=new_unit(call.now)
    )
    if done.changed:
        call.work.witness(f"{site.id}/caps")
    notes = [
        ota.note(
            MoreSaid(type=codes.type_code(type) or type, day=night, more=more),
            locale=call.locale,
            type=ota.ADVISORY,
        )
        for type, night, more in done.short[:100]
    ]
    return ota.answered("OTA_HotelInvCountNotifRS", "1.001", notes)


def _inventory(call: Call, document: Element) -> Element:
    hotel = HotelStore(call.work)
    site, _ = _site(ota.need(document, "HotelDescriptiveContents", "HotelDescriptiveContent"), hotel=hotel)
    faults = partner_rooms.take_categories(
        site.id, ota_push.categories(document), hotel=hotel, unit=new_unit(call.now)
    )
    call.work.witness(f"{site.id}/types")
    return ota.answered("OTA_HotelDescriptiveContentNotifRS", "3.000", _notes(call, faults))


def _rate_plans(call: Call, document: Element) -> Element:
    hotel = HotelStore(call.work)
    site, _ = _site(ota.need(document, "RatePlans"), hotel=hotel)
    offered, passed = ota_push.rate_plans(document)
    faults = partner_rates.take_plans(
        site.id, offered, complete=ota_push.is_complete(document), hotel=hotel, unit=new_unit(call.now)
    )
    call.work.witness(f"{site.id}/plans")
    return ota.answered("OTA_HotelRatePlanNotifRS", "3.000", _notes(call, (*passed, *faults)))


def _read(call: Call, document: Element) -> Element:
    hotel = HotelStore(call.work)
    asked = ota.need(document, "ReadRequests", "HotelReadRequest")
    site, code = _site(asked, hotel=hotel)
    since = ota.one(asked, "SelectionCriteria")
    orders = pulling.ask(
        puller=_puller(site),
        most=MOST_BOOKINGS,
        since=_instant(since) if since is not None else None,
        only=_only(site, hotel),
        hotel=hotel,
    )
    if orders:
        call.work.witness(f"reservations/{len(orders)}")  # names go out: who asked is kept
    return ota_guests.reservations(orders, site=site, code=code, codes=hotel.codes.read(site.id), hotel=hotel)


def _acknowledge(call: Call, document: Element) -> Element:
    hotel = HotelStore(call.work)
    path = ("NotifDetails", "HotelNotifReport", "HotelReservations", "HotelReservation", "UniqueID")
    taken = [ota.code(unique, "ID") for unique in ota.each(document, *path)]
    refused = [ota.code(one, "RecordID") for one in ota.each(document, "Warnings", "Warning")]
    ids = [*taken, *refused][: 2 * MOST_BOOKINGS]
    for site in hotel.setup.house().properties.values():
        pulling.take(puller=_puller(site), ids=ids, only=_only(site, hotel), hotel=hotel)
    if refused:
        call.work.witness(f"reservations-refused/{len(refused)}")
    return ota.answered("OTA_NotifReportRS", "1.000")


def _notes(call: Call, faults: Any) -> list[ota.Note]:
    """Refusals as warnings, each once: advice, or a record that was not taken."""
    found: dict[tuple[str, str], ota.Note] = {}
    for record, refusal in faults:
        type = ota.ADVISORY if isinstance(refusal, _ADVICE) else ota.NOT_TAKEN
        made = ota.note(refusal, locale=call.locale, type=type, record=record)
        found[(record, made.text)] = made
    return list(found.values())[:200]


def _site(element: Element, *, hotel: HotelStore) -> tuple[Property, str]:
    """The property that the element names by its code or, where there is none, by its name; and that code."""
    code, name = ota_push.hotel_of(element)
    properties = hotel.setup.house().properties
    if code in properties:
        return properties[code], code
    if not code and name:
        found = [one for one in properties.values() if name in one.names.values()]
        if len(found) == 1:
            return found[0], found[0].id[:16]
    raise HotelUnknown(code=(code or name)[:16])


def _only(site: Property, hotel: HotelStore) -> Callable[[Any], bool]:
    types = hotel.setup.house().types
    return lambda order: any(
        line.kind == "night"
        and line.option != "hours"
        and getattr(types.get(line.product), "site", "") == site.id
        for line in order.lines
    )


def _puller(site: Property) -> str:
    return f"{current().actor}/{site.id}"


def _instant(criteria: Element) -> datetime:
    try:
        return parse_instant(criteria.get("Start", "")).astimezone(UTC)
    except ValueError:
        raise ota.ValueWrong(element="SelectionCriteria", attribute="Start") from None


_RATES = frozenset({"rates"})
_BOOKINGS = frozenset({"orders.read", "orders.write", "desk"})
ACTIONS: Mapping[str, Action] = {
    "OTA_Ping:Handshaking": Action(
        asks="OTA_PingRQ", says="OTA_PingRS", version="8.000", roles=frozenset(), do=_ping
    ),
    "OTA_HotelInvCountNotif:FreeRooms": Action(
        asks="OTA_HotelInvCountNotifRQ",
        says="OTA_HotelInvCountNotifRS",
        version="1.001",
        roles=_RATES,
        do=_free_rooms,
    ),
    "OTA_HotelDescriptiveContentNotif:Inventory": Action(
        asks="OTA_HotelDescriptiveContentNotifRQ",
        says="OTA_HotelDescriptiveContentNotifRS",
        version="3.000",
        roles=_RATES,
        do=_inventory,
    ),
    "OTA_HotelRatePlanNotif:RatePlans": Action(
        asks="OTA_HotelRatePlanNotifRQ",
        says="OTA_HotelRatePlanNotifRS",
        version="3.000",
        roles=_RATES,
        do=_rate_plans,
    ),
    "OTA_Read:GuestRequests": Action(
        asks="OTA_ReadRQ", says="OTA_ResRetrieveRS", version="7.000", roles=_BOOKINGS, do=_read
    ),
    "OTA_NotifReport:GuestRequests": Action(
        asks="OTA_NotifReportRQ", says="OTA_NotifReportRS", version="1.000", roles=_BOOKINGS, do=_acknowledge
    ),
}
