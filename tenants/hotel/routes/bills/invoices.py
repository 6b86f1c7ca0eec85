"""The invoice desk: what waits, what was issued, reversals with their clock."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Pressed, Redirect, page
from tenants.hotel.domain.fapiao import Fapiao, FapiaoState, RedReason, Seller
from tenants.hotel.routes.bills.cashier import Month
from tenants.hotel.routes.bills.fapiao_forms import (
    DONE,
    KINDS,
    REASONS,
    STATES,
    BuyerForm,
    TaxNumber,
    line_row,
    listed,
    shown,
)
from tenants.hotel.routes.bills.fapiao_work import carry, desk
from tenants.hotel.routes.bills.folios import folio_name
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.forms.again import FIRST, Again, form_page, or_again
from tenants.hotel.routes.frame import desk_page, flash_of, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SETUP
from tenants.hotel.routes.shown.amounts import yuan
from tenants.hotel.routes.words import in_words
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import fapiao

_INVOICE = "/hotel/invoices/{invoice}"


class InvoiceQuery(Asked):
    month: Month = ""
    state: Literal["", "waiting", "issued", "failed", "reversed"] = ""
    done: Annotated[str, Field(max_length=16)] = ""


class ReasonForm(Asked):
    reason: Literal["1", "2", "3", "4"]


class SellerForm(Asked):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    number: TaxNumber
    address: Annotated[str, Field(max_length=100)] = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    bank: Annotated[str, Field(max_length=100)] = ""
    account: Annotated[str, Field(max_length=40)] = ""


@page(BLUEPRINT, "GET", "/hotel/invoices", use_case="hotel.show-invoices", door=DESK, query=InvoiceQuery)
def show_invoices(call: Call) -> Page:
    """A month's invoices; what waits for somebody stands first."""
    return _list(call)


def _list(call: Call, again: Again = FIRST) -> Html:
    query = call.query if isinstance(call.query, InvoiceQuery) else InvoiceQuery()
    accounts = AccountsStore(call.work)
    month, every = _month(call, query, accounts)
    platform = desk(call.now)
    seller = accounts.fapiaos.seller(property_of(accounts.setup).id)
    rows = [listed(one, call) for one in every if _wanted(one, query.state)]
    rows.sort(key=lambda row: not row["waits"])
    issued = [one for one in every if one.state is FapiaoState.ISSUED]
    operator = platform.operator()
    return desk_page(
        call,
        "hotel/bills/invoices.html",
        place="invoices",
        flash=again.flash(flash_of(call, query.done, DONE)),
        rows=rows,
        month=month,
        state=query.state,
        states=[
            ("", call.translate(N_("全部"))),
            ("waiting", call.translate(N_("未完成"))),
            *(
                (name, call.translate(STATES[FapiaoState(name)][0]))
                for name in ("issued", "failed", "reversed")
            ),
        ],
        issued=sum(one.amount for one in issued),
        tax=sum(one.tax for one in issued),
        waiting=sum(1 for one in every if one.waits),
        quota={"used": operator["used"], "all": operator["quota"]},
        logged_in=operator["until"] and operator["until"] > call.now.isoformat(),
        seller=seller,
        form=again.filled,
        writes="owner" in call.context.roles,
    )


@page(
    BLUEPRINT, "GET", "/hotel/invoices.csv", use_case="hotel.export-invoices", door=DESK, query=InvoiceQuery
)
def export_invoices(call: Call) -> Page:
    """A month's invoices as a file: numbers and amounts, no buyer."""
    month, every = _month(call, call.query, AccountsStore(call.work))
    say = call.translate
    heads = (
        *(N_("发票种类"), N_("发票号码"), N_("状态"), N_("金额(不含税)")),
        *(N_("税额"), N_("价税合计"), N_("红字发票号码")),
    )
    return csv_file(
        f"{say(N_('发票'))}-{month}",
        [say(head) for head in heads],
        [
            [
                say(KINDS[one.kind]),
                f"'{one.number}" if one.number else "",
                say(STATES[one.state][0]),
                yuan(one.amount - one.tax),
                yuan(one.tax),
                yuan(one.amount),
                f"'{one.red_number}" if one.red_number else "",
            ]
            for one in every
        ],
        day=business_day(call.now),
    )


@page(BLUEPRINT, "GET", _INVOICE, use_case="hotel.show-invoice", door=DESK, query=InvoiceQuery)
def show_invoice(call: Call) -> Page:
    """One invoice: lines, state, what can be done."""
    accounts = AccountsStore(call.work)
    found = accounts.fapiaos.get(call.path["invoice"])
    return desk_page(
        call,
        "hotel/bills/invoice.html",
        place="invoices",
        flash=flash_of(call, call.query.done, DONE),
        invoice=shown(found, call, accounts),
        reasons=[(str(reason), call.translate(words)) for reason, words in REASONS.items()],
    )


@page(BLUEPRINT, "GET", "/hotel/folios/{folio}/invoice", use_case="hotel.ask-invoice-form", door=DESK)
def new_invoice(call: Call) -> Page:
    """What of the bill can be invoiced, and to whom."""
    return _form(call)


def _form(call: Call, again: Again = FIRST) -> Html:
    accounts = AccountsStore(call.work)
    folio = accounts.folios.get(call.path["folio"])
    lines: list[dict[str, Any]] = []
    none = ""
    try:
        lines = [line_row(line, call) for line in fapiao.offered(folio, accounts=accounts)]
    except Refusal as refusal:
        none = in_words(refusal, locale=call.locale)
    company = accounts.companies.find(folio.company) if folio.company else None
    return desk_page(
        call,
        "hotel/bills/invoice_new.html",
        place="invoices",
        flash=again.flash([]),
        folio={"href": f"/hotel/folios/{folio.id}", "title": folio_name(folio, call)},
        lines=lines,
        amount=sum(line["amount"] for line in lines),
        none=none,
        invoices=[listed(one, call) for one in accounts.fapiaos.of_folio(folio)],
        form=Filled(
            call.form or ({"name": company.name, "number": company.number} if company is not None else {}),
            {one["at"].strip("/").split("/")[0]: one["detail"] for one in call.errors},
        ),
        action=f"/hotel/folios/{folio.id}/invoice",
    )


@page(
    BLUEPRINT,
    "POST",
    "/hotel/folios/{folio}/invoice",
    use_case="hotel.ask-invoice",
    door=DESK,
    body=BuyerForm,
    invalid=_form,
)
@or_again("invoice", _form)
def ask_invoice(call: Call, asked: BuyerForm) -> Page:
    """Asked for; the platform is asked at once and answers later."""
    made = fapiao.request(
        call.path["folio"],
        kind=int(asked.kind),
        buyer=asked.buyer,
        codes=frozenset(asked.codes),
        accounts=AccountsStore(call.work),
    )
    now = call.now
    call.then(lambda: carry(made.id, now=now))
    return Redirect(f"/hotel/invoices/{made.id}?done=asked")


@page(BLUEPRINT, "POST", _INVOICE + "/carry", use_case="hotel.carry-invoice", door=DESK, body=Pressed)
def carry_one(call: Call, _: Pressed) -> Page:
    """Ask the platform now."""
    id, now = call.path["invoice"], call.now
    call.work.witness(id)
    call.then(lambda: carry(id, now=now))
    return Redirect(f"/hotel/invoices/{id}?done=carried")


@page(BLUEPRINT, "POST", _INVOICE + "/again", use_case="hotel.ask-invoice-again", door=DESK, body=Pressed)
def again(call: Call, _: Pressed) -> Page:
    """Hand it in once more."""
    id, now = call.path["invoice"], call.now
    fapiao.again(id, accounts=AccountsStore(call.work))
    call.then(lambda: carry(id, now=now))
    return Redirect(f"/hotel/invoices/{id}?done=again")


@page(BLUEPRINT, "POST", _INVOICE + "/reverse", use_case="hotel.reverse-invoice", door=DESK, body=ReasonForm)
def reverse(call: Call, asked: ReasonForm) -> Page:
    """The first of two steps: the confirmation."""
    id, now = call.path["invoice"], call.now
    fapiao.reverse(id, reason=RedReason(asked.reason), issuer=desk, accounts=AccountsStore(call.work))
    call.then(lambda: carry(id, now=now))
    return Redirect(f"/hotel/invoices/{id}?done=reversing")


@page(BLUEPRINT, "POST", _INVOICE + "/take-back", use_case="hotel.take-back-red", door=DESK, body=Pressed)
def take_back(call: Call, _: Pressed) -> Page:
    """The invoice stays."""
    id = call.path["invoice"]
    fapiao.take_back(id, issuer=desk, accounts=AccountsStore(call.work))
    return Redirect(f"/hotel/invoices/{id}?done=taken-back")


@page(BLUEPRINT, "POST", _INVOICE + "/confirm", use_case="hotel.play-buyer", door=DESK, body=Pressed)
def confirm(call: Call, _: Pressed) -> Page:
    """The simulated platform's other side agrees: only to practise."""
    id, now = call.path["invoice"], call.now
    found = AccountsStore(call.work).fapiaos.get(id)
    call.work.witness(id)
    if found.red is not None:
        desk(now).confirm(found.red)
    call.then(lambda: carry(id, now=now))
    return Redirect(f"/hotel/invoices/{id}?done=confirmed")


@page(BLUEPRINT, "POST", "/hotel/invoices/login", use_case="hotel.play-login", door=DESK, body=Pressed)
def log_in(call: Call, _: Pressed) -> Page:
    """The simulated platform's operator logs in: what waits for it goes on."""
    now = call.now
    call.work.witness("tax-desk")
    desk(now).log_in()
    call.then(lambda: carry(None, now=now))
    return Redirect("/hotel/invoices?done=login")


@form_page(
    "/hotel/invoices/seller", "seller", _list, use_case="hotel.set-seller", door=SETUP, body=SellerForm
)
def set_seller(call: Call, asked: SellerForm) -> Page:
    """Who invoices."""
    accounts = AccountsStore(call.work)
    fapiao.set_seller(property_of(accounts.setup).id, Seller(**asked.model_dump()), accounts=accounts)
    return Redirect("/hotel/invoices?done=seller")


def _month(call: Call, query: InvoiceQuery, accounts: AccountsStore) -> tuple[str, list[Fapiao]]:
    month = query.month or business_day(call.now).isoformat()[:7]
    site = property_of(accounts.setup).id
    return month, [one for one in accounts.fapiaos.of_month(month.replace("-", "")) if one.site == site]


def _wanted(one: Fapiao, state: str) -> bool:
    return {
        "": True,
        "waiting": one.waits,
        "issued": one.state is FapiaoState.ISSUED,
        "failed": one.state is FapiaoState.FAILED,
        "reversed": one.state is FapiaoState.REVERSED,
    }[state]
