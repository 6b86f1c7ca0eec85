"""The guest pays what is owed on a bill, online, from the bill's own page."""

from typing import Annotated

from pydantic import Field

from chalicelib.config import settings
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.payments.providers import provider_for
from chalicelib.web.http import Asked, Call, Page, Public, Redirect, page
from chalicelib.web.orders.paying import PayForm
from tenants.hotel.domain.property import text
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shown.bill_link import bill_path, opened
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import takings


class TokenQuery(Asked):
    t: Annotated[str, Field(max_length=64)] = ""


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/bills/{folio}/payments",
    use_case="hotel.pay-own-bill",
    door=Public(kind="hotel", always=True),
    query=TokenQuery,
    body=PayForm,
)
def pay_bill(call: Call, asked: PayForm) -> Page:
    """Off to the payment provider's page for all that is owed, and back to the bill. What was paid in the
    meantime is owed no more: the page says so."""
    accounts = AccountsStore(call.work)
    folio = opened(call, call.query.t, accounts=accounts)
    back = bill_path(call.tenant.slug, folio.id, now=call.now)
    try:
        started = takings.start_online(
            folio.id,
            amount=folio.balance,
            method=asked.method,
            urls=(
                settings().base_url + bill_path(call.tenant.slug, folio.id, now=call.now, done="paid"),
                settings().base_url + back,
            ),
            title=_title(call, accounts, folio.site),
            locale=call.locale,
            payments=provider_for(asked.method),
            accounts=accounts,
        )
    except Refusal:
        if folio.balance > 0 and folio.state == "open":
            raise
        return Redirect(back)
    return Redirect(started.url)


def _title(call: Call, accounts: AccountsStore, site: str) -> str:
    house = accounts.setup.house().properties[site]
    return call.translate(N_("%(house)s账单"), house=text(house.names, call.locale))
