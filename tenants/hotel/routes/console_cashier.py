"""The cashier's shift at the desk, its printed report, and the city ledger."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Call, Page, Redirect, page
from tenants.hotel.domain.folio import Means
from tenants.hotel.domain.receivable import Company, Move, ageing
from tenants.hotel.domain.sheet import month_of
from tenants.hotel.domain.shift import Shift
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.frame import desk_page, flash_of, property_of
from tenants.hotel.routes.office import BY_HAND, MEANS, Say, Yuan, YuanOrNothing, yuan
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SETUP
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import cashier

DONE = {
    "opened": N_("已开班。"),
    "dropped": N_("已登记投款。"),
    "company": N_("挂账单位已保存。"),
    "paid": N_("已登记单位还款。"),
}
MOVES = {Move.TRANSFER: N_("挂账"), Move.SETTLEMENT: N_("还款"), Move.RETURN: N_("退回账单")}
Month = Annotated[str, Field(pattern=r"^(20[0-9][0-9]-(0[1-9]|1[0-2]))?$")]


class MonthQuery(Asked):
    month: Month = ""
    done: Annotated[str, Field(max_length=16)] = ""


class FloatForm(Asked):
    amount: YuanOrNothing


class CompanyForm(Asked):
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    number: Annotated[str, Field(pattern=r"^([0-9A-HJ-NPQRTUWXY]{18})?$")] = ""
    limit: YuanOrNothing
    days: Annotated[int, Field(ge=0, le=365)] = 30
    on: Literal["", "yes"] = ""


class PaysForm(Asked):
    amount: Yuan
    means: Literal["cash", "terminal", "scan", "transfer"]
    text: Annotated[str, Field(max_length=60)] = ""


@page(BLUEPRINT, "GET", "/hotel/cashier", use_case="hotel.show-cashier", door=DESK, query=MonthQuery)
def show_cashier(call: Call) -> Page:
    """My shift, everybody's open drawers, and the shifts of a month."""
    shifts = AccountsStore(call.work).shifts
    month = call.query.month or business_day(call.now).isoformat()[:7]
    mine = shifts.mine(call.context.actor)
    others = [one for one in shifts.all_open() if one.cashier != call.context.actor]
    return desk_page(
        call,
        "hotel/cashier.html",
        place="cashier",
        flash=flash_of(call, call.query.done, DONE),
        mine=shift_shown(mine, call) if mine is not None else None,
        others=[shift_shown(one, call) for one in others],
        closed=[shift_shown(one, call) for one in shifts.closed(month.replace("-", ""))],
        month=month,
    )


@page(BLUEPRINT, "POST", "/hotel/cashier", use_case="hotel.open-shift-page", door=DESK, body=FloatForm)
def open_shift(call: Call, asked: FloatForm) -> Page:
    """The drawer begins with a float."""
    label = call.credential.label if call.credential is not None else ""
    cashier.open_shift(asked.amount, name=label, accounts=AccountsStore(call.work))
    return Redirect("/hotel/cashier?done=opened")


@page(BLUEPRINT, "POST", "/hotel/cashier/drop", use_case="hotel.drop-page", door=DESK, body=FloatForm)
def drop(call: Call, asked: FloatForm) -> Page:
    """Cash goes to the safe."""
    cashier.drop(asked.amount, accounts=AccountsStore(call.work))
    return Redirect("/hotel/cashier?done=dropped")


@page(BLUEPRINT, "POST", "/hotel/cashier/close", use_case="hotel.close-shift-page", door=DESK, body=FloatForm)
def close(call: Call, asked: FloatForm) -> Page:
    """Counted; the report is shown to be printed."""
    shift = cashier.close_shift(asked.amount, accounts=AccountsStore(call.work))
    month = month_of(business_day(call.now))
    return Redirect(f"/hotel/cashier/{month[:4]}-{month[4:]}/{shift.id}")


@page(BLUEPRINT, "GET", "/hotel/cashier/{month}/{shift}", use_case="hotel.print-shift", door=DESK)
def print_shift(call: Call) -> Page:
    """A shift on paper: in between (X) while it is open, final (Z) once it is closed."""
    shifts, id = AccountsStore(call.work).shifts, call.path["shift"]
    month = call.path["month"].replace("-", "")
    known = [
        *shifts.all_open(),
        *(shifts.closed(month) if month.isdecimal() and month.isascii() and len(month) == 6 else []),
    ]
    found = next((one for one in known if one.id == id), None)
    if found is None:
        raise Missing(shift=id)
    return desk_page(call, "hotel/shift.html", place="cashier", shift=shift_shown(found, call))


@page(BLUEPRINT, "GET", "/hotel/ledger", use_case="hotel.show-ledger", door=DESK, query=MonthQuery)
def show_ledger(call: Call) -> Page:
    """Companies that pay later: what they owe, how old it is."""
    accounts = AccountsStore(call.work)
    rows = [_aged(one, call, accounts) for one in accounts.companies.all()]
    return desk_page(
        call,
        "hotel/ledger.html",
        place="ledger",
        flash=flash_of(call, call.query.done, DONE),
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


@page(BLUEPRINT, "POST", "/hotel/ledger", use_case="hotel.set-company-page", door=SETUP, body=CompanyForm)
def set_company(call: Call, asked: CompanyForm) -> Page:
    """A new company, or new terms of one."""
    wanted = Company(
        id=asked.id,
        name=asked.name,
        number=asked.number,
        limit=asked.limit,
        days=asked.days,
        on=asked.on == "yes",
    )
    cashier.set_company(wanted, accounts=AccountsStore(call.work))
    return Redirect(f"/hotel/ledger/{asked.id}?done=company")


@page(BLUEPRINT, "GET", "/hotel/ledger/{company}", use_case="hotel.show-account", door=DESK, query=MonthQuery)
def show_company(call: Call) -> Page:
    """Every line of one company's account."""
    accounts = AccountsStore(call.work)
    company = accounts.companies.get(call.path["company"])
    lines = accounts.companies.lines(company)
    say = call.translate
    return desk_page(
        call,
        "hotel/company.html",
        place="ledger",
        flash=flash_of(call, call.query.done, DONE),
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
                "due": line.due.isoformat() if line.amount > 0 else "",
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


@page(
    BLUEPRINT,
    "POST",
    "/hotel/ledger/{company}/payments",
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


def shift_shown(shift: Shift, call: Call) -> dict[str, Any]:
    """A shift as pages show it."""
    say, day = call.translate, business_day(shift.closed or call.now)
    means = [one for one in Means if shift.taken.get(one) or shift.given.get(one)]
    return {
        "id": shift.id,
        "href": f"/hotel/cashier/{day.isoformat()[:7]}/{shift.id}",
        "name": shift.name or say(N_("前台")),
        "opened": shift.opened,
        "closed": shift.closed,
        "float": shift.float_,
        "count": shift.count,
        "means": [
            {
                "name": say(MEANS[one]),
                "taken": shift.taken.get(one, 0),
                "given": shift.given.get(one, 0),
                "net": shift.taken.get(one, 0) - shift.given.get(one, 0),
            }
            for one in means
        ],
        "drops": [{"at": at, "amount": amount} for at, amount in shift.drops],
        "dropped": sum(amount for _, amount in shift.drops),
        "expected": shift.expected,
        "counted": shift.counted,
        "difference": shift.difference,
        "result": _result(shift, say=say),
    }


def _result(shift: Shift, *, say: Say) -> dict[str, str]:
    off = shift.difference or 0
    if not off:
        return {"text": say(N_("相符")), "tone": "good"}
    return (
        {"text": say(N_("短款")), "tone": "urgent"} if off < 0 else {"text": say(N_("长款")), "tone": "warn"}
    )


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
