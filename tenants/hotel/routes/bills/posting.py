"""What a clerk does to a bill: charge, take money, send charges on, settle; one form each."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.money import Money
from chalicelib.web.http import (
    Asked,
    Call,
    Page,
    Pressed,
    Redirect,
)
from tenants.hotel.domain.folio import Folio, Means, Payer
from tenants.hotel.domain.folio_refusals import AmountWrong, BeyondOwed
from tenants.hotel.routes.bills.folios import folio_name, folio_page
from tenants.hotel.routes.forms.again import form_page
from tenants.hotel.routes.frame import desk_page
from tenants.hotel.routes.registered import DESK
from tenants.hotel.routes.shown.amounts import MEANS, PAYERS, Yuan, YuanOrNothing, yuan
from tenants.hotel.routes.words import Name
from tenants.hotel.store import HotelStore
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import folios, overpaying, takings

_FOLIO = "/hotel/folios/{folio}"
Remark = Annotated[str, Field(max_length=60)]
FolioId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}\.[1-9]$")]


class ChargeForm(Asked):
    """An amount of nothing takes the usual price of the code."""

    code: Name
    amount: YuanOrNothing = 0
    count: Annotated[int, Field(ge=1, le=100)] = 1
    text: Remark = ""


class PaymentForm(Asked):
    """``back``: paid on the way out, the course goes on with checking out.

    over: what becomes of money beyond what is owed, once the clerk was asked; owed: what the question said
    (fen). Where it is no longer so, the question comes again.
    """

    means: Literal["cash", "terminal", "scan", "transfer"]
    amount: Yuan
    kind: Literal["payment", "deposit"] = "payment"
    text: Remark = ""
    back: Literal["folio", "check-out"] = "folio"
    over: Literal["", "change", "deposit", "ahead"] = ""
    owed: Annotated[int, Field(ge=0, le=10**9)] = 0


class WindowForm(Asked):
    payer: Literal["guest", "group", "company"]
    title: Annotated[str, Field(max_length=40)] = ""
    company: Annotated[str, Field(max_length=40)] = ""


class RouteForm(Asked):
    """Which charges go where; nothing: they stay."""

    what: Literal["room", "food", "other", "*"]
    to: Annotated[str, Field(max_length=44)] = ""


class LedgerForm(Asked):
    company: Name
    text: Remark = ""


@form_page(
    _FOLIO + "/charges", "charges", folio_page, use_case="hotel.post-charge-page", door=DESK, body=ChargeForm
)
def post_charge(call: Call, asked: ChargeForm) -> Page:
    """To this bill, or to the one its rules name."""
    accounts, id = AccountsStore(call.work), call.path["folio"]
    amount = asked.amount or accounts.charges.get(asked.code).price
    if not amount:
        raise AmountWrong(least=Money(1), most=Money(folios.MOST))
    after, _ = folios.charge(
        id, code=asked.code, amount=amount, count=asked.count, text=asked.text, accounts=accounts
    )
    return Redirect(f"/hotel/folios/{id}?done={'charged' if after.id == id else 'routed'}")


@form_page(
    _FOLIO + "/payments",
    "payments",
    folio_page,
    use_case="hotel.take-money-page",
    door=DESK,
    body=PaymentForm,
)
def take_payment(call: Call, asked: PaymentForm) -> Page:
    """Cash needs the cashier's open shift. More than the bill asks for is taken once it was asked why."""
    id, hotel = call.path["folio"], HotelStore(call.work)
    taking = takings.Taking(
        means=Means(asked.means),
        amount=asked.amount,
        deposit=asked.kind == "deposit",
        text=asked.text,
    )
    over = overpaying.Over(asked.over) if asked.over else None
    decided = overpaying.Decided(over=over, owed=asked.owed) if over is not None else None
    try:
        folio = overpaying.take(id, taking, decided=decided, hotel=hotel).folio
    except BeyondOwed as beyond:
        return _over_page(call, asked, hotel.accounts.folios.get(id), beyond)
    if asked.back == "check-out" and folio.stay:
        return Redirect(f"/hotel/stays/{folio.stay}/check-out")
    return Redirect(f"/hotel/folios/{id}?done={'change' if asked.over == 'change' else 'taken'}")


def _over_page(call: Call, asked: PaymentForm, folio: Folio, beyond: BeyondOwed) -> Page:
    """What is owed, what was given, and what the rest is."""
    owed, coming = beyond.facts["owed"].amount, beyond.facts["coming"].amount
    back = f"/hotel/folios/{folio.id}#pay"
    if asked.back == "check-out" and folio.stay:
        back = f"/hotel/stays/{folio.stay}/check-out"
    return desk_page(
        call,
        "hotel/bills/folio_over.html",
        place="folios",
        folio={"title": folio_name(folio, call), "href": f"/hotel/folios/{folio.id}"},
        given=asked.amount,
        coming=coming,
        owed=owed,
        cash=asked.means == str(Means.CASH),
        means=call.translate(MEANS[Means(asked.means)]),
        fields={
            "means": asked.means,
            "amount": yuan(asked.amount),
            "text": asked.text,
            "back": asked.back,
            "owed": owed,
        },
        back=back,
    )


@form_page(
    _FOLIO + "/windows", "windows", folio_page, use_case="hotel.add-window-page", door=DESK, body=WindowForm
)
def add_window(call: Call, asked: WindowForm) -> Page:
    """A further bill of the same account, for another payer."""
    made = folios.add_window(
        call.path["folio"].rpartition(".")[0],
        title=asked.title or PAYERS[Payer(asked.payer)],
        payer=Payer.COMPANY if asked.company else Payer(asked.payer),
        company=asked.company,
        accounts=AccountsStore(call.work),
    )
    return Redirect(f"/hotel/folios/{made.id}?done=window")


@form_page(_FOLIO + "/routes", "routes", folio_page, use_case="hotel.route-page", door=DESK, body=RouteForm)
def route(call: Call, asked: RouteForm) -> Page:
    """One rule: such charges go to that bill, or stay."""
    accounts, id = AccountsStore(call.work), call.path["folio"]
    rules = dict(accounts.folios.get(id).routes)
    rules.pop(asked.what, None)
    if asked.to:
        rules[asked.what] = asked.to
    folios.route(id, rules, accounts=accounts)
    return Redirect(f"/hotel/folios/{id}?done=rules")


@form_page(
    _FOLIO + "/ledger", "ledger", folio_page, use_case="hotel.to-ledger-page", door=DESK, body=LedgerForm
)
def to_ledger(call: Call, asked: LedgerForm) -> Page:
    """All that the bill owes is the company's from now on."""
    id = call.path["folio"]
    takings.to_ledger(id, asked.company, text=asked.text, accounts=AccountsStore(call.work))
    return Redirect(f"/hotel/folios/{id}?done=ledger")


@form_page(_FOLIO + "/settle", "settle", folio_page, use_case="hotel.settle-page", door=DESK, body=Pressed)
def settle(call: Call, _: Pressed) -> Page:
    """The bill is final."""
    id = call.path["folio"]
    folios.settle(id, accounts=AccountsStore(call.work))
    return Redirect(f"/hotel/folios/{id}?done=settled")


@form_page(_FOLIO + "/reopen", "reopen", folio_page, use_case="hotel.reopen-page", door=DESK, body=Pressed)
def reopen(call: Call, _: Pressed) -> Page:
    """It takes entries again."""
    id = call.path["folio"]
    folios.reopen(id, accounts=AccountsStore(call.work))
    return Redirect(f"/hotel/folios/{id}?done=reopened")
