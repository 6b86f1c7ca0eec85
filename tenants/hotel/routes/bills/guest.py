"""The bill on paper (A4, or the 80 mm of a till), and on the guest's phone, where an invoice is asked for."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import Refusal
from chalicelib.kernel.money import Money
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Public, Redirect, page
from chalicelib.web.orders.words import methods
from tenants.hotel.domain.fapiao import NothingToInvoice
from tenants.hotel.domain.folio import Folio, Sort, State, living
from tenants.hotel.domain.property import text
from tenants.hotel.routes.bills.fapiao_forms import DONE, BuyerForm, line_row, listed
from tenants.hotel.routes.bills.fapiao_work import carry
from tenants.hotel.routes.forms.again import FIRST, Again, or_again
from tenants.hotel.routes.frame import desk_page, flash_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.amounts import entry_row
from tenants.hotel.routes.shown.bill_link import bill_path, bill_url, opened
from tenants.hotel.routes.words import in_words
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import fapiao

_GUEST = Public(kind="hotel", always=True)
_MOST = 5


class PaperQuery(Asked):
    """80: the roll of a till; all: with what was corrected."""

    paper: Literal["a4", "80"] = "a4"
    all: Literal["", "1"] = ""


class LinkQuery(Asked):
    t: Annotated[str, Field(max_length=64)] = ""
    done: Annotated[str, Field(max_length=16)] = ""


@page(
    BLUEPRINT,
    "GET",
    "/hotel/folios/{folio}/bill",
    use_case="hotel.print-bill",
    door=DESK,
    query=PaperQuery,
)
def print_bill(call: Call) -> Page:
    """For the guest to sign and take: what stands, or with every correction."""
    accounts = AccountsStore(call.work)
    folio = accounts.folios.get(call.path["folio"])
    return desk_page(
        call,
        "hotel/bills/bill.html",
        place="folios",
        narrow=call.query.paper == "80",
        link=bill_url(call.tenant.slug, folio.id, now=call.now),
        **_bill(folio, call, accounts, every=bool(call.query.all)),
        every=bool(call.query.all),
        back=f"/hotel/folios/{folio.id}",
        here=f"/hotel/folios/{folio.id}/bill",
    )


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/bills/{folio}",
    use_case="hotel.show-own-bill",
    door=_GUEST,
    query=LinkQuery,
)
def show_bill(call: Call) -> Page:
    """The guest's own bill, the invoices asked for, and the form for another."""
    accounts = AccountsStore(call.work)
    folio = opened(call, call.query.t, accounts=accounts)
    return _public(call, folio, accounts)


def _again(call: Call, again: Again = FIRST) -> Html:
    accounts = AccountsStore(call.work)
    return _public(call, opened(call, call.query.t, accounts=accounts), accounts, again=again)


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/bills/{folio}/invoices",
    use_case="hotel.ask-own-invoice",
    door=_GUEST,
    query=LinkQuery,
    body=BuyerForm,
    invalid=_again,
)
@or_again("invoice", _again)
def ask_invoice(call: Call, asked: BuyerForm) -> Page:
    """The guest asks for an invoice over what is not invoiced yet; a few a bill."""
    accounts = AccountsStore(call.work)
    folio = opened(call, call.query.t, accounts=accounts)
    if len(accounts.fapiaos.of_folio(folio)) >= _MOST:
        raise NothingToInvoice(invoiced="")
    made = fapiao.request(folio.id, kind=int(asked.kind), buyer=asked.buyer, accounts=accounts)
    now = call.now
    call.then(lambda: carry(made.id, now=now))
    return Redirect(bill_path(call.tenant.slug, folio.id, now=call.now, done="asked"))


def _public(call: Call, folio: Folio, accounts: AccountsStore, *, again: Again = FIRST) -> Html:
    lines: list[dict[str, Any]] = []
    none = ""
    try:
        lines = [line_row(line, call) for line in fapiao.offered(folio, accounts=accounts)]
    except Refusal as refusal:
        none = in_words(refusal, locale=call.locale)
    known = accounts.fapiaos.of_folio(folio)
    return Html(
        "hotel/bills/bill_public.html",
        **_bill(folio, call, accounts, every=False),
        flash=again.flash(flash_of(call, call.query.done, {"asked": DONE["asked"]})),
        # The link says so after the provider's page; the money itself may take a moment.
        awaited=call.query.done == "paid" and folio.balance > 0,
        thanks=call.query.done == "paid" and folio.balance <= 0,
        again=call.url,
        pay=f"/s/{call.tenant.slug}/bills/{folio.id}/payments?t={call.query.t}",
        methods=methods(Money(max(0, folio.balance)), say=call.translate, locale=call.locale)
        if folio.state is State.OPEN
        else [],
        lines=lines,
        amount=sum(line["amount"] for line in lines),
        none=none,
        invoices=[listed(one, call) for one in known],
        action=f"/s/{call.tenant.slug}/bills/{folio.id}/invoices?t={call.query.t}",
        form=Filled(
            call.form,
            {one["at"].strip("/").split("/")[0]: one["detail"] for one in call.errors},
        ),
    )


def _bill(folio: Folio, call: Call, accounts: AccountsStore, *, every: bool) -> dict[str, Any]:
    property = accounts.setup.house().properties[folio.site]
    entries = accounts.folios.entries(folio)
    standing = {entry.key for entry in living(entries)}
    kept = entries if every else [entry for entry in entries if entry.key in standing]
    say = call.translate
    rows = [entry_row(entry, say=say, corrected=entry.key not in standing, linked=every) for entry in kept]
    taxes: dict[int, list[int]] = {}
    for entry in living(entries):
        for part in entry.taxes:
            sums = taxes.setdefault(part.permille, [0, 0])
            sums[0] += entry.net
            sums[1] += part.amount
    return {
        "house": text(property.names, call.locale),
        "seller": accounts.fapiaos.seller(folio.site).name,
        "folio": {
            "id": folio.id,
            "title": folio.title,
            "room": folio.room,
            "opened": folio.opened.isoformat(),
            "ended": folio.ended.isoformat() if folio.ended is not None else "",
            "charged": folio.charged,
            "paid": folio.paid,
            "deposits": folio.deposits,
            "balance": folio.balance,
        },
        "charges": [row for row, entry in zip(rows, kept, strict=True) if entry.sort is Sort.CHARGE],
        "money": [row for row, entry in zip(rows, kept, strict=True) if entry.sort is not Sort.CHARGE],
        "taxes": [
            {"rate": f"{permille / 10:g}%", "net": net, "tax": tax}
            for permille, (net, tax) in sorted(taxes.items())
        ],
    }
