"""The kiosk: guests check themselves in and out, by the desk's own use cases."""

import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.documents import DocumentInvalid, document
from chalicelib.kernel.errors import N_, Missing, Refusal
from tenants.hotel.domain.guest import Guest
from tenants.hotel.domain.housekeeping import Cleanliness, RoomStatus
from tenants.hotel.domain.rooms import Room
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.domain.units import RoomNotFree
from tenants.hotel.usecases import desk, keys, placing, registration
from tenants.hotel.usecases.length import property_of
from tenants.hotel.usecases.placing import Wish
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.sealing import opened

_READY = frozenset({Cleanliness.CLEAN, Cleanliness.INSPECTED})


class NotFound(Missing):
    code = "hotel.kiosk.not-found"
    detail = N_("没有找到今天入住的订单。")
    remedy = N_("请核对订单号和手机号后四位,或到前台办理。")


class NoRoomReady(Refusal):
    code = "hotel.kiosk.no-room"
    detail = N_("您的房间还在打扫。")
    remedy = N_("请稍后再来,或到前台寄存行李。")


class WrongKey(Refusal):
    code = "hotel.kiosk.key"
    status = 422
    detail = N_("房号与房门密码不符。")
    remedy = N_("请核对后重新输入,或到前台办理。")


class NotSigned(Refusal):
    code = "hotel.kiosk.signature"
    status = 422
    detail = N_("签名须与登记的一位住客姓名一致。")


class DocumentOther(Refusal):
    code = "hotel.kiosk.document-other"
    status = 422
    detail = N_("没有住客在到店前登记过这个证件。")
    remedy = N_("请核对证件号码,或到前台办理。")


class OtherHouse(Refusal):
    code = "hotel.kiosk.other-house"
    detail = N_("这个订单在%(hotel)s入住。")
    remedy = N_("请到那里办理,或向前台询问。")


def confirm(stay: Stay, number: str, *, hotel: Hotel) -> Guest:
    """Whoever wrote themselves down before coming has shown this document here: it is the one they wrote.

    The whole number is compared, so the machine tells nobody anything. Raises ``DocumentOther``.
    """
    for guest in hotel.guests.of_stay(stay.id):
        known = opened(guest, hotel=hotel).document if guest.told else None
        if known is None:
            continue
        with suppress(DocumentInvalid):
            shown = document(known.kind, number)
            if hmac.compare_digest(shown.number.encode(), known.number.encode()):
                return registration.see_document(stay.id, guest.number, hotel=hotel)
    raise DocumentOther


def require_signed(stay: Stay, name: str, *, hotel: Hotel) -> None:
    """The signature is the name of somebody who is registered. Raises ``NotSigned``."""
    names = {opened(guest, hotel=hotel).name for guest in hotel.guests.of_stay(stay.id)}
    if name.strip() not in names:
        raise NotSigned


def arriving(order: Order | None, *, phone: str, property: str, hotel: Hotel) -> Sequence[Stay]:
    """The stays of a booking that may check in here today, for who knows the last four digits of its phone.

    Raises ``NotFound`` for whatever does not fit: a stranger learns nothing; ``OtherHouse`` where all of it
    is in another house of the tenant.
    """
    if order is None:
        raise NotFound
    known = str(hotel.vault.unseal(order.people)["contact"].get("phone", ""))
    if not hmac.compare_digest(known[-4:].encode(), phone.encode()):
        raise NotFound
    found = [stay for stay in hotel.stays.of_order(order) if _may_come(stay, hotel=hotel)]
    if not found:
        raise NotFound
    here = [stay for stay in found if stay.site == property]
    if not here:
        raise OtherHouse(hotel=property_of(found[0], hotel=hotel).names["zh"])
    return here


def take_room(stay: Stay, *, hotel: Hotel, unit: Unit) -> Stay:
    """The stay with a room that is ready: its own, or the first of its type that is clean and free for all of
    its nights. Raises ``NoRoomReady``."""
    board = hotel.board.all(stay.site)
    own = stay.rooms_on(stay.arrive)
    if own:
        if all(_ready(room, board) for room in own):
            return stay
        raise NoRoomReady
    for room in _rooms(stay, hotel=hotel):
        if not _ready(room.number, board):
            continue
        try:
            with unit("hotel.kiosk-assign") as inner:
                return placing.assign(stay.id, Wish(room=room.number), hotel=inner)
        except RoomNotFree:
            continue
    raise NoRoomReady


def check_in(id: str, *, hotel: Hotel, unit: Unit) -> Stay:
    """A room first, where they have none; then join the work: the guests registered, the key. Raises what the
    desk raises, and ``NoRoomReady``."""
    take_room(hotel.stays.get(id), hotel=hotel, unit=unit)
    return desk.check_in(id, hotel=hotel)


def leaving(*, property: str, room: str, code: str, hotel: Hotel) -> Stay:
    """The stay of this room, for who knows its door code. Raises ``WrongKey``."""
    status = hotel.board.all(property).get(room)
    if status is None or not status.occupant:
        raise WrongKey
    stay = hotel.stays.get(status.occupant)
    codes = [known for _, known in keys.shown(stay, hotel=hotel).values()]
    if not any(hmac.compare_digest(known.encode(), code.encode()) for known in codes):
        raise WrongKey
    return stay


def _may_come(stay: Stay, *, hotel: Hotel) -> bool:
    """Whether its guests may move in now: from the day of arrival until the last night has begun."""
    today = property_of(stay, hotel=hotel).today(hotel.now)
    last = max(stay.depart, stay.arrive + timedelta(days=1))
    return stay.state is StayState.EXPECTED and stay.arrive <= today < last


def _ready(room: str, board: Mapping[str, RoomStatus]) -> bool:
    found = board.get(room)
    return found is None or (found.state in _READY and not found.occupant)


def _rooms(stay: Stay, *, hotel: Hotel) -> list[Room]:
    kind = hotel.setup.house().types[stay.type]
    rooms = hotel.setup.rooms(stay.site)
    return [room for room in rooms if (room.number in kind.members if kind.house else room.type == stay.type)]
