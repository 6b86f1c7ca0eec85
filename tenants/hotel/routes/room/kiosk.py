"""The kiosk 自助机: one full-screen course of pages on a device that is logged in with the role ``kiosk``.

Find the booking, register everybody, sign, get the key; ``kiosk_out`` takes the room back. Whoever stands
before it has no login: each step carries the link of the stay that was found, and a code reader types into
its fields.
"""

import hmac
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.kernel.documents import DocumentKind
from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.personal import masked_name
from chalicelib.persistence import vault
from chalicelib.web.formats import sentences
from chalicelib.web.http import Asked, Call, Filled, Html, Member, Page, Redirect, page
from chalicelib.web.orders.links import absolute, find
from chalicelib.web.problem import problem
from tenants.hotel.domain.guest import Guest
from tenants.hotel.domain.property import text
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.routes.forms.guests import choices_of
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import place, property_of
from tenants.hotel.routes.models.guests import Relation
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shown.room_link import room_path
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import keys, kiosk, registration
from tenants.hotel.usecases.sealing import opened

KIOSK = Member("kiosk", "desk", kind="hotel")
_Name = Annotated[str, Field(max_length=60)]
LIMITS = {"find": 300, "guests": 300, "out": 300, "leave": 300, "key": 90}
"""Seconds after which a step that shows somebody's data gives way to the start, unless somebody is there."""
WARN = 30
"""For so many seconds before that the machine asks; whoever answers has the whole time again."""


class FindForm(Asked):
    number: Annotated[str, Field(min_length=4, max_length=40)]
    phone: Annotated[str, Field(pattern=r"^[0-9]{4}$")]


class StepQuery(Asked):
    k: Annotated[str, Field(max_length=64)] = ""


class GuestForm(Asked):
    """Somebody who stays. ``relation``: of a minor, to everybody else in the room."""

    number: Annotated[int, Field(ge=0, le=20)] = 0
    name: Annotated[str, Field(min_length=1, max_length=60)]
    document: DocumentKind
    document_number: Annotated[str, Field(min_length=5, max_length=20)]
    sex: Literal["", "m", "f"] = ""
    born: date | None = None
    country: Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$")] = ""
    phone: Annotated[str, Field(pattern=r"^[0-9+ -]{0,20}$")] = ""
    guardian_name: _Name = ""
    guardian_phone: Annotated[str, Field(pattern=r"^[0-9+ -]{0,20}$")] = ""
    relation: Relation | Literal[""] = ""


class DocumentForm(Asked):
    shown: Annotated[str, Field(min_length=5, max_length=24)]


class SignForm(Asked):
    agree: Literal["yes"]
    signed: Annotated[str, Field(min_length=1, max_length=60)]


def guests_page(call: Call, *, refused: str = "", kept: bool = False) -> Html:
    """Who stays and what is still to do. ``kept``: nothing was sent, what was typed stays."""
    hotel = HotelStore(call.work)
    stay = _stay(call, hotel=hotel)
    found = hotel.guests.of_stay(stay.id)
    people = [_person(guest, call=call, hotel=hotel) for guest in found]
    incomplete = [one for one in people if one["todo"] or one["told"]]
    return kiosk_page(
        call,
        "guests",
        refused=refused,
        kept=kept,
        arrive=stay.arrive,
        depart=stay.depart,
        party=stay.adults + stay.children,
        people=people,
        more=len(found) < stay.adults + stay.children or ("name" in call.form and not _card(call)),
        card=_card(call),
        blank=Filled(),
        ready=bool(found) and not incomplete,
        unseen=any(one["told"] for one in people),
        confirm=_path(call, stay.id, "/documents"),
        register=_path(call, stay.id, "/guests"),
        sign=_path(call, stay.id, "/check-in"),
        still_at=_path(call, stay.id, "/still"),
        **choices_of(call),
    )


@page(BLUEPRINT, "GET", "/kiosk", use_case="hotel.show-kiosk", door=KIOSK)
def start(call: Call) -> Page:
    """In or out."""
    return kiosk_page(call, "start")


@page(BLUEPRINT, "GET", "/kiosk/in", use_case="hotel.show-kiosk-find", door=KIOSK)
def ask_booking(call: Call) -> Page:
    """Which booking."""
    return kiosk_page(call, "find")


@page(
    BLUEPRINT,
    "POST",
    "/kiosk/in",
    use_case="hotel.find-at-kiosk",
    door=KIOSK,
    body=FindForm,
    invalid=lambda call: kiosk_page(call, "find"),
)
def find_booking(call: Call, form: FindForm) -> Page:
    """By its number or code, and the last four digits of the phone."""
    hotel = HotelStore(call.work)
    order = find(form.number, now=call.now, orders=hotel.orders)
    try:
        stays = kiosk.arriving(order, phone=form.phone, property=property_of(hotel.setup).id, hotel=hotel)
    except (kiosk.NotFound, kiosk.OtherHouse) as refusal:
        return kiosk_page(call, "find", refused=in_words(call, refusal))
    call.work.witness(stays[0].id)
    return Redirect(_path(call, stays[0].id))


@page(BLUEPRINT, "GET", "/kiosk/stays/{stay}", use_case="hotel.show-kiosk-stay", door=KIOSK, query=StepQuery)
def show_guests(call: Call) -> Page:
    """Who stays; then sign."""
    return guests_page(call)


@page(
    BLUEPRINT,
    "POST",
    "/kiosk/stays/{stay}/guests",
    use_case="hotel.register-at-kiosk",
    door=KIOSK,
    query=StepQuery,
    body=GuestForm,
    invalid=guests_page,
)
def register(call: Call, form: GuestForm) -> Page:
    """Somebody of the party, from the card that the reader read or by hand."""
    hotel = HotelStore(call.work)
    stay = _stay(call, hotel=hotel)
    others = [guest.number for guest in hotel.guests.of_stay(stay.id) if guest.number != form.number]
    values = {
        "name": form.name,
        "document": form.document,
        "number": form.document_number.strip().upper(),
        "sex": form.sex,
        "born": form.born,
        "country": form.country.upper(),
        "phone": form.phone,
        "guardian_name": form.guardian_name,
        "guardian_phone": form.guardian_phone,
    }
    relations = dict.fromkeys(others, form.relation) if form.relation else {}
    entry = registration.Entry(values=values, number=form.number, relations=relations)
    try:
        registration.save(stay.id, entry, hotel=hotel)
    except Refusal as refusal:
        return guests_page(call, refused=in_words(call, refusal))
    return Redirect(_path(call, stay.id))


@page(
    BLUEPRINT,
    "POST",
    "/kiosk/stays/{stay}/documents",
    use_case="hotel.confirm-at-kiosk",
    door=KIOSK,
    query=StepQuery,
    body=DocumentForm,
    invalid=guests_page,
)
def confirm(call: Call, form: DocumentForm) -> Page:
    """Somebody who registered before coming shows the document, to the reader or by hand."""
    hotel = HotelStore(call.work)
    stay = _stay(call, hotel=hotel)
    try:
        kiosk.confirm(stay, form.shown, hotel=hotel)
    except Refusal as refusal:
        return guests_page(call, refused=in_words(call, refusal))
    return Redirect(_path(call, stay.id))


@page(
    BLUEPRINT,
    "POST",
    "/kiosk/stays/{stay}/check-in",
    use_case="hotel.check-in-at-kiosk",
    door=KIOSK,
    query=StepQuery,
    body=SignForm,
    invalid=guests_page,
)
def check_in(call: Call, form: SignForm) -> Page:
    """Signed: the room and its key."""
    hotel = HotelStore(call.work)
    stay = _stay(call, hotel=hotel)
    if stay.state is StayState.EXPECTED:
        try:
            kiosk.require_signed(stay, form.signed, hotel=hotel)
            kiosk.check_in(stay.id, hotel=hotel, unit=new_unit(call.now))
        except Refusal as refusal:
            return guests_page(call, refused=in_words(call, refusal))
        call.work.witness(f"{stay.id}/signed")
    return Redirect(_path(call, stay.id, "/key"))


@page(
    BLUEPRINT, "GET", "/kiosk/stays/{stay}/key", use_case="hotel.show-kiosk-key", door=KIOSK, query=StepQuery
)
def show_key(call: Call) -> Page:
    """The room, the code, and the room's page to take along."""
    hotel = HotelStore(call.work)
    stay = _stay(call, hotel=hotel)
    stay.require(StayState.IN_HOUSE)
    zone = ZoneInfo(hotel.setup.house().properties[stay.site].zone)
    shown = [
        {"code": f"{code[:4]} {code[4:7]} {code[7:]}", "until": grant.window.until.astimezone(zone)}
        for grant, code in keys.shown(stay, hotel=hotel).values()
    ]
    return kiosk_page(
        call,
        "key",
        room=stay.room,
        codes=shown,
        link=absolute(room_path(call, stay.id)),
        here=_path(call, stay.id, "/key"),
    )


def _card(call: Call) -> int:
    """Whose own form on the page was sent, by number; 0: that of somebody new."""
    number = call.form.get("number", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0


def _person(guest: Guest, *, call: Call, hotel: HotelStore) -> dict[str, Any]:
    """Somebody as the others at the kiosk may see them."""
    who = opened(guest, hotel=hotel)
    todo = ""
    if guest.missing:
        todo = call.translate(N_("登记还不完整"))
    elif guest.minor and not guest.guardian:
        todo = call.translate(N_("未成年人:请填写监护人电话和与同住人的关系"))
    return {
        "number": guest.number,
        "name": masked_name(who.name),
        "document": who.document.tail if who.document is not None else "",
        "minor": guest.minor,
        "told": guest.told and not todo,
        "todo": todo,
    }


def kiosk_page(call: Call, step: str, *, kept: bool = False, **more: Any) -> Html:
    """A step of the machine, in the name of the house where it stands; what was refused, or is ``kept``
    though nobody sent it yet, as it was typed."""
    where = place(HotelStore(call.work).setup.house())
    name = text(where.names, call.locale) if where is not None else ""
    call.set_header("Cache-Control", "no-store")
    errors = errors_of(call)
    given: dict[str, Any] = {"refused": "", "limit": LIMITS.get(step, 0), "warn": WARN, **more}
    if errors or kept or given["refused"]:
        given["form"] = Filled(call.form, errors)
    shown = Html("hotel/room/kiosk.html", step=step, hotel=name, kept=kept, **given)
    shown.status = 409 if more.get("refused") else None
    return shown


def in_words(call: Call, refusal: Refusal) -> str:
    """What a refusal says, and what to do next."""
    said = problem(refusal, locale=call.locale, request="").document
    return sentences(said["detail"], said.get("remedy", ""), locale=call.locale)


def _path(call: Call, stay: str, step: str = "") -> str:
    return f"/kiosk/stays/{stay}{step}?{urlencode({'k': _token(stay, now=call.now)})}"


def _token(stay: str, *, now: datetime) -> str:
    return vault.blind(f"kiosk|{stay}", now=now)


def _stay(call: Call, *, hotel: HotelStore) -> Stay:
    id = call.path["stay"]
    if not is_id(id, "st") or not hmac.compare_digest(
        _token(id, now=call.now).encode(), call.query.k.encode()
    ):
        raise Missing
    return hotel.stays.get(id)
