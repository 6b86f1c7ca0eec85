"""Somebody is still there: a step of the kiosk again, with what was typed and not yet sent.

For browsers without scripts; with them, the page itself asks and waits (``assets/kiosk.js``). Nothing is
checked, kept or looked up by what was typed.
"""

from typing import Annotated

from pydantic import Field

from chalicelib.web.http import Asked, Call, Page, page
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.room.kiosk import KIOSK, StepQuery, guests_page, kiosk_page

_Typed = Annotated[str, Field(max_length=200)]


class FindTyped(Asked):
    """The form that finds a booking, however far it is filled in."""

    number: _Typed = ""
    phone: _Typed = ""


class OutTyped(Asked):
    """The form that gives a room back."""

    room: _Typed = ""
    code: _Typed = ""


class GuestTyped(Asked):
    """Any form of the step in which guests register, show a document or sign."""

    number: _Typed = ""
    name: _Typed = ""
    document: _Typed = ""
    document_number: _Typed = ""
    sex: _Typed = ""
    born: _Typed = ""
    country: _Typed = ""
    phone: _Typed = ""
    guardian_name: _Typed = ""
    guardian_phone: _Typed = ""
    relation: _Typed = ""
    shown: _Typed = ""
    signed: _Typed = ""
    agree: _Typed = ""


@page(BLUEPRINT, "POST", "/kiosk/in/still", use_case="hotel.still-at-kiosk-in", door=KIOSK, body=FindTyped)
def finding(call: Call, _: FindTyped) -> Page:
    """Still looking for the booking."""
    return kiosk_page(call, "find", kept=True)


@page(BLUEPRINT, "POST", "/kiosk/out/still", use_case="hotel.still-at-kiosk-out", door=KIOSK, body=OutTyped)
def leaving(call: Call, _: OutTyped) -> Page:
    """Still looking for the door code."""
    return kiosk_page(call, "out", kept=True)


@page(
    BLUEPRINT,
    "POST",
    "/kiosk/stays/{stay}/still",
    use_case="hotel.still-at-kiosk-stay",
    door=KIOSK,
    query=StepQuery,
    body=GuestTyped,
)
def registering(call: Call, _: GuestTyped) -> Page:
    """Still registering, or reading before signing."""
    return guests_page(call, kept=True)
