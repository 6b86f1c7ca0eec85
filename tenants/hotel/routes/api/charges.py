"""Charge codes through the API."""

from dataclasses import replace

from chalicelib.web.http import Call, endpoint
from tenants.hotel.routes.models.folio import ChargeBody, ChargesView, ChargeView, charge_view
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SETUP
from tenants.hotel.store.accounts import AccountsStore


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/charges",
    use_case="hotel.list-charges",
    door=DESK,
    answers=ChargesView,
    summary="What can be charged",
)
def list_charges(call: Call) -> ChargesView:
    """The usual codes, with what this house says about them."""
    return ChargesView(charges=[charge_view(one) for one in AccountsStore(call.work).charges.all()])


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/charges/{charge}",
    use_case="hotel.set-charge",
    door=SETUP,
    body=ChargeBody,
    answers=ChargeView,
    summary="Rate, classification code, name and price of a charge",
)
def set_charge(call: Call, asked: ChargeBody) -> ChargeView:
    """For what is posted from now on."""
    charges = AccountsStore(call.work).charges
    found = charges.get(call.path["charge"])
    charges.keep(
        found.code, permille=asked.permille, item=asked.item, article=asked.article, price=asked.price
    )
    return charge_view(replace(found, item=asked.item, article=asked.article, price=asked.price))
