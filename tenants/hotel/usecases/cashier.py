"""The cashier's shift: open with a float, drop to the safe, count and close. And companies that pay later."""

import re
from dataclasses import replace

from chalicelib.commerce.orders import events as order_events
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.money import Money
from tenants.hotel.domain.folio import BY_HAND, Entry, Means, Sort
from tenants.hotel.domain.folio_refusals import AmountWrong, ShiftMissing, ShiftThere
from tenants.hotel.domain.receivable import Company, Line
from tenants.hotel.domain.shift import Shift
from tenants.hotel.usecases.accounts import Accounts
from tenants.hotel.usecases.folios import MOST

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def open_shift(float_: int, *, property: str, name: str = "", accounts: Accounts) -> Shift:
    """Begin with so much change in the drawer of a house (fen). Raises ``ShiftThere``."""
    if not 0 <= float_ <= MOST:
        raise AmountWrong(least=Money(0), most=Money(MOST))
    if accounts.shifts.mine(accounts.by, site=property) is not None:
        raise ShiftThere
    made = Shift(
        id=new_id("sh", now=accounts.now),
        cashier=accounts.by,
        site=property,
        name=name,
        opened=accounts.now,
        float_=float_,
    )
    accounts.shifts.keep(made, before=None)
    return made


def drop(amount: int, *, property: str, accounts: Accounts) -> Shift:
    """Cash goes from the drawer to the safe. Raises ``DrawerShort``."""
    if not 0 < amount <= MOST:
        raise AmountWrong(least=Money(1), most=Money(MOST))
    before = mine(property, accounts=accounts)
    after = before.dropped(amount, at=accounts.now)
    accounts.shifts.keep(after, before=before)
    return after


def close_shift(counted: int, *, property: str, reason: str = "", accounts: Accounts) -> Shift:
    """The drawer is counted; a difference is given a reason, is shown and stays. Raises ``CountDiffers``."""
    before = mine(property, accounts=accounts)
    after = before.ended(counted, reason=reason, at=accounts.now)
    accounts.shifts.keep(after, before=before)
    return after


def mine(property: str, *, accounts: Accounts) -> Shift:
    """The caller's open shift in a house, or ``ShiftMissing``."""
    found = accounts.shifts.mine(accounts.by, site=property)
    if found is None:
        raise ShiftMissing
    return found


def set_company(company: Company, *, accounts: Accounts) -> Company:
    """Make a company account, or change its name, limit and terms; what it owes stays as it is."""
    if _ID.fullmatch(company.id) is None:
        raise Missing(company=company.id)
    before = accounts.companies.find(company.id)
    after = (
        company
        if before is None
        else replace(
            before,
            name=company.name,
            number=company.number,
            limit=company.limit,
            days=company.days,
            on=company.on,
            version=before.version + 1,
        )
    )
    accounts.companies.keep(after, before=before)
    return after


def company_pays(
    id: str, *, amount: int, means: Means, text: str, property: str, accounts: Accounts
) -> tuple[Company, Line]:
    """A company settles (part of) what it owes: the oldest first. U18 goes out; cash goes through the
    drawer of the house that takes it."""
    if means not in BY_HAND:
        raise Missing(means=str(means))
    before = accounts.companies.get(id)
    shift = accounts.shifts.mine(accounts.by, site=property)
    if means is Means.CASH and shift is None:
        raise ShiftMissing
    after, line = before.paid(
        amount,
        text=text,
        day=accounts.book.today(property),
        by=accounts.by,
        at=accounts.now,
        open=accounts.companies.lines(before, first=before.first),
    )
    accounts.companies.keep(after, before=before, line=line)
    if shift is not None:
        money = Entry(sort=Sort.PAYMENT, code=str(means), amount=-amount)
        accounts.shifts.keep(shift.with_entries([money]), before=shift)
    accounts.publish(
        order_events.money_moved(
            f"{id}#{line.number}",
            method="desk",
            provider="desk",
            amount=Money(amount),
            refund=False,
            now=accounts.now,
        )
    )
    return after, line
