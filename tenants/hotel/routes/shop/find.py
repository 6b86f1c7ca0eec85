"""Guests who lost the page of their booking."""

from chalicelib.kernel.errors import N_, Missing
from chalicelib.web.http import Call, Html, Page, Public, page
from chalicelib.web.orders.finding import FindForm, find_again, find_page
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases.proving import knows_the_phone

_ALWAYS = Public(kind="hotel", always=True)
_PATH = "/s/{slug}/find"


def _form(call: Call, *, refused: Missing | None = None) -> Html:
    hint = N_("预订时填写的联系电话;境外号码要带国家代码。")
    return find_page(call, label=N_("联系电话"), hint=hint, kind="phone", refused=refused)


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-find", door=_ALWAYS)
def show_find(call: Call) -> Page:
    """Ask for the booking's number and the telephone number it was made with."""
    return _form(call)


@page(
    BLUEPRINT,
    "POST",
    _PATH,
    use_case="hotel.find-booking",
    door=_ALWAYS,
    body=FindForm,
    invalid=_form,
    limit=4_000,
)
def find_booking(call: Call, asked: FindForm) -> Page:
    """On to the booking's page."""
    hotel = HotelStore(call.work)
    return find_again(
        call,
        asked,
        orders=hotel.orders,
        knows=lambda order: knows_the_phone(order, asked.proof, vault=hotel.vault),
        again=_form,
    )
