"""Visitors who lost the page with their tickets."""

from chalicelib.kernel.errors import N_, Missing
from chalicelib.web.http import Call, Html, Page, Public, page
from chalicelib.web.orders.finding import FindForm, find_again, find_page
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases.proving import knows_a_document

_ALWAYS = Public(kind="scenic", always=True)
_PATH = "/s/{slug}/find"


def _form(call: Call, *, refused: Missing | None = None) -> Html:
    hint = N_("订单里任意一位游客购票时填的证件,完整号码。")
    return find_page(call, label=N_("证件号码"), hint=hint, kind="code", refused=refused)


@page(BLUEPRINT, "GET", _PATH, use_case="scenic.show-find", door=_ALWAYS)
def show_find(call: Call) -> Page:
    """Ask for the order's number and a document of somebody on it."""
    return _form(call)


@page(
    BLUEPRINT,
    "POST",
    _PATH,
    use_case="scenic.find-order",
    door=_ALWAYS,
    body=FindForm,
    invalid=_form,
    limit=4_000,
)
def find_order(call: Call, asked: FindForm) -> Page:
    """On to the order's page."""
    shop = ScenicShop(call.work)
    return find_again(
        call,
        asked,
        orders=shop.orders,
        knows=lambda order: knows_a_document(order, asked.proof, vault=shop.vault),
        again=_form,
    )
