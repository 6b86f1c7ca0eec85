"""Cashiers' shifts and the city ledger through the API."""

from typing import Annotated

from pydantic import Field

from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Call, endpoint
from tenants.hotel.domain.folio import Means
from tenants.hotel.domain.receivable import Company, ageing
from tenants.hotel.domain.sheet import month_of
from tenants.hotel.routes.models.cashier import (
    CompaniesView,
    CompanyBody,
    CompanyPays,
    CompanyView,
    CountAsked,
    FloatAsked,
    ShiftsView,
    ShiftView,
    company_view,
    shift_view,
)
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SETUP
from tenants.hotel.routes.words import Name
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import cashier
from tenants.hotel.usecases.search import chosen

_SHIFT = "/api/v1/hotel/shift"
_COMPANY = "/api/v1/hotel/companies/{company}"


class MonthQuery(Asked):
    """A month ``yyyymm``; none: this one."""

    month: Annotated[str, Field(pattern=r"^20[0-9][0-9](0[1-9]|1[0-2])$")] | None = None
    property: Annotated[Name | None, Field(description="none: of every house")] = None


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/shifts",
    use_case="hotel.list-shifts",
    door=DESK,
    query=MonthQuery,
    answers=ShiftsView,
    summary="Open shifts, and those closed in a month",
)
def list_shifts(call: Call) -> ShiftsView:
    """Newest first."""
    shifts, site = AccountsStore(call.work).shifts, call.query.property
    month = call.query.month or month_of(business_day(call.now))
    found = (*shifts.all_open(site=site), *shifts.closed(month, site=site))
    return ShiftsView(shifts=[shift_view(one) for one in found])


@endpoint(
    BLUEPRINT,
    "POST",
    _SHIFT,
    use_case="hotel.open-shift",
    door=DESK,
    body=FloatAsked,
    answers=ShiftView,
    status=201,
    summary="Open the caller's shift with a float",
)
def open_shift(call: Call, asked: FloatAsked) -> ShiftView:
    """One at a time in each house."""
    accounts = AccountsStore(call.work)
    return shift_view(cashier.open_shift(asked.amount, property=_site(asked, accounts), accounts=accounts))


@endpoint(
    BLUEPRINT,
    "POST",
    _SHIFT + "/drops",
    use_case="hotel.drop-cash",
    door=DESK,
    body=FloatAsked,
    answers=ShiftView,
    status=201,
    summary="Cash goes to the safe",
)
def drop(call: Call, asked: FloatAsked) -> ShiftView:
    """At most what is in the drawer."""
    accounts = AccountsStore(call.work)
    return shift_view(cashier.drop(asked.amount, property=_site(asked, accounts), accounts=accounts))


@endpoint(
    BLUEPRINT,
    "POST",
    _SHIFT + "/close",
    use_case="hotel.close-shift",
    door=DESK,
    body=CountAsked,
    answers=ShiftView,
    summary="Count the drawer and close",
)
def close_shift(call: Call, asked: CountAsked) -> ShiftView:
    """``amount`` is what was counted; a difference needs a reason, and both stay with the shift."""
    accounts = AccountsStore(call.work)
    site = _site(asked, accounts)
    after = cashier.close_shift(asked.amount, property=site, reason=asked.reason, accounts=accounts)
    return shift_view(after)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/companies",
    use_case="hotel.list-companies",
    door=DESK,
    answers=CompaniesView,
    summary="Companies that pay later, and how old their debts are",
)
def list_companies(call: Call) -> CompaniesView:
    """Ageing by days overdue."""
    accounts = AccountsStore(call.work)
    return CompaniesView(companies=[_aged(one, call, accounts) for one in accounts.companies.all()])


@endpoint(
    BLUEPRINT,
    "GET",
    _COMPANY,
    use_case="hotel.show-company",
    door=DESK,
    answers=CompanyView,
    summary="A company with every line of its account",
)
def show_company(call: Call) -> CompanyView:
    """Transfers, settlements and returns, in order."""
    accounts = AccountsStore(call.work)
    company = accounts.companies.get(call.path["company"])
    lines = list(accounts.companies.lines(company))
    return company_view(company, ageing(company, lines, today=business_day(call.now)), lines)


@endpoint(
    BLUEPRINT,
    "PUT",
    _COMPANY,
    use_case="hotel.set-company",
    door=SETUP,
    body=CompanyBody,
    answers=CompanyView,
    summary="Make or change a company account",
)
def set_company(call: Call, asked: CompanyBody) -> CompanyView:
    """What it owes stays as it is."""
    accounts = AccountsStore(call.work)
    wanted = Company(id=call.path["company"], **asked.model_dump())
    return _aged(cashier.set_company(wanted, accounts=accounts), call, accounts)


@endpoint(
    BLUEPRINT,
    "POST",
    _COMPANY + "/payments",
    use_case="hotel.company-pays",
    door=DESK,
    body=CompanyPays,
    answers=CompanyView,
    status=201,
    summary="A company settles what it owes, the oldest first",
)
def company_pays(call: Call, asked: CompanyPays) -> CompanyView:
    """At most what is owed."""
    accounts = AccountsStore(call.work)
    property = chosen(accounts.setup.house(), asked.property)
    after, _ = cashier.company_pays(
        call.path["company"],
        amount=asked.amount,
        means=Means(asked.means),
        text=asked.text,
        property=property.id,
        accounts=accounts,
    )
    return _aged(after, call, accounts)


def _site(asked: FloatAsked, accounts: AccountsStore) -> str:
    return chosen(accounts.setup.house(), asked.property).id


def _aged(company: Company, call: Call, accounts: AccountsStore) -> CompanyView:
    open_ = accounts.companies.lines(company, first=company.first) if company.balance else []
    return company_view(company, ageing(company, open_, today=business_day(call.now)))
