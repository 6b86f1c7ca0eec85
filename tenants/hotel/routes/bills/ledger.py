"""The city ledger 挂账单位 at the desk: companies that pay later, what they owe and how old it is."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, page
from tenants.hotel.domain.folio import Means
from tenants.hotel.domain.receivable import Company, Move, ageing
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.forms.again import FIRST, Again, form_page
from tenants.hotel.routes.frame import desk_page, flash_of, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SETUP
from tenants.hotel.routes.shown.amounts import BY_HAND, MEANS, Yuan, YuanOrNothing, yuan
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import cashier

DONE = {
    "company": N_("挂账单位已保存。"),
    "paid": N_("已登记单位还款。"),
}
MOVES = {Move.TRANSFER: N_("挂账"), Move.SETTLEMENT: N_("还款"), Move.RETURN: N_("退回账单")}


class DoneQuery(Asked):
    done: Annotated[str, Field(max_length=16)] = ""


class CompanyForm(Asked):
    """No short name: one is made. Whoever connects a system chooses it."""

    id: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$")] = ""
    name: Annotated[str, Field(min_length=1, max_length=60)]
    number: Annotated[str, Field(pattern=r"^([0-9A-HJ-NPQRTUWXY]{18})?$")] = ""
    limit: YuanOrNothing
    days: Annotated[int, Field(ge=0, le=365)] = 30
    on: Literal["", "yes"] = ""


class PaysForm(Asked):
    amount: Yuan
    means: Literal["cash", "terminal", "scan", "transfer"]
    text: Annotated[str, Field(max_length=60)] = ""


@page(BLUEPRINT, "GET", "/hotel/ledger", use_case="hotel.show-ledger", door=DESK, query=DoneQuery)
def show_ledger(call: Call) -> Page:
    """Companies that pay later: what they owe, how old it is."""
    return _ledger_page(call, FIRST, done=call.query.done)


def _ledger_page(call: Call, again: Again, *, done: str = "") -> Html:
    accounts = AccountsStore(call.work)
    rows = [_aged(one, call, accounts) for one in accounts.companies.all()]
    return desk_page(
        call,
        "hotel/bills/ledger.html",
        place="ledger",
        flash=again.flash(flash_of(call, done, DONE)),
        again=again,
        rows=rows,
        bands=_bands(call),
        sums=[sum(row["bands"][place] for row in rows) for place in range(5)],
        owed=sum(row["balance"] for row in rows),
        writes="owner" in call.context.roles,
    )


@page(BLUEPRINT, "GET", "/hotel/ledger.csv", use_case="hotel.export-ledger", door=DESK)
def export_ledger(call: Call) -> Page:
    """The ageing as a file."""
    accounts = AccountsStore(call.work)
    rows = [_aged(one, call, accounts) for one in accounts.companies.all()]
    heads = [call.translate(N_("单位")), call.translate(N_("欠款")), call.translate(N_("授信额度"))]
    return csv_file(
        call.translate(N_("挂账账龄")),
        [*heads, *_bands(call)],
        [
            [row["name"], yuan(row["balance"]), yuan(row["limit"]), *(yuan(part) for part in row["bands"])]
            for row in rows
        ],
        day=business_day(call.now),
    )


@form_page(
    "/hotel/ledger", "company", _ledger_page, use_case="hotel.set-company-page", door=SETUP, body=CompanyForm
)
def set_company(call: Call, asked: CompanyForm) -> Page:
    """A new company, or new terms of one."""
    id = asked.id or f"c-{new_id('co', now=call.now)[-8:]}"
    wanted = Company(
        id=id,
        name=asked.name,
        number=asked.number,
        limit=asked.limit,
        days=asked.days,
        on=asked.on == "yes",
    )
    cashier.set_company(wanted, accounts=AccountsStore(call.work))
    return Redirect(f"/hotel/ledger/{id}?done=company")


@page(BLUEPRINT, "GET", "/hotel/ledger/{company}", use_case="hotel.show-account", door=DESK, query=DoneQuery)
def show_company(call: Call) -> Page:
    """Every line of one company's account."""
    return _company_page(call, FIRST, done=call.query.done)


def _company_page(call: Call, again: Again, *, done: str = "") -> Html:
    accounts = AccountsStore(call.work)
    company = accounts.companies.get(call.path["company"])
    lines = accounts.companies.lines(company)
    say = call.translate
    return desk_page(
        call,
        "hotel/bills/company.html",
        place="ledger",
        flash=again.flash(flash_of(call, done, DONE)),
        again=again,
        company=_aged(company, call, accounts),
        bands=_bands(call),
        limit=yuan(company.limit),
        days=company.days,
        number=company.number,
        on=company.on,
        owed=yuan(company.balance),
        lines=[
            {
                "number": line.number,
                "what": say(MOVES[line.move]),
                "day": line.day.isoformat(),
                "due": line.due.isoformat() if line.amount > 0 else None,
                "folio": line.folio,
                "href": f"/hotel/folios/{line.folio}" if line.folio else None,
                "text": line.text,
                "amount": line.amount,
            }
            for line in reversed(lines)
        ],
        means=[(str(one), say(MEANS[one])) for one in BY_HAND],
        writes="owner" in call.context.roles,
    )


@form_page(
    "/hotel/ledger/{company}/payments",
    "payments",
    _company_page,
    use_case="hotel.company-pays-page",
    door=DESK,
    body=PaysForm,
)
def company_pays(call: Call, asked: PaysForm) -> Page:
    """The oldest debts are settled first."""
    accounts, id = AccountsStore(call.work), call.path["company"]
    cashier.company_pays(
        id,
        amount=asked.amount,
        means=Means(asked.means),
        text=asked.text,
        property=property_of(accounts.setup).id,
        accounts=accounts,
    )
    return Redirect(f"/hotel/ledger/{id}?done=paid")


def _aged(company: Company, call: Call, accounts: AccountsStore) -> dict[str, Any]:
    today: date = business_day(call.now)
    open_ = accounts.companies.lines(company, first=company.first) if company.balance else []
    bands = ageing(company, open_, today=today)
    return {
        "id": company.id,
        "name": company.name,
        "href": f"/hotel/ledger/{company.id}",
        "balance": company.balance,
        "limit": company.limit,
        "left": max(0, company.limit - company.balance),
        "bands": list(bands),
        "overdue": sum(bands[1:]),
        "state": {"text": call.translate(N_("可挂账")), "tone": "good"}
        if company.on
        else {"text": call.translate(N_("已停止")), "tone": "off"},
    }


def _bands(call: Call) -> list[str]:
    words = (N_("未到期"), N_("逾期 1–30 天"), N_("逾期 31–60 天"), N_("逾期 61–90 天"), N_("逾期 90 天以上"))
    return [call.translate(word) for word in words]
