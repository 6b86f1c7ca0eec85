"""Money on folios: taken by hand or online, deposits, what goes back, what a company owes from now on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.commerce.orders import events as order_events
from chalicelib.commerce.orders.domain import Order, Payment
from chalicelib.commerce.orders.ports import PendingRefund
from chalicelib.kernel.errors import Clash
from chalicelib.kernel.ids import is_id, new_id
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Charge, Method, Payments, Receipt, Started
from tenants.hotel.domain import corrections
from tenants.hotel.domain import folio as rules
from tenants.hotel.domain.folio import BY_HAND, Entry, Folio, Link, Means, Sort
from tenants.hotel.domain.folio_refusals import AmountWrong, NotCorrectable
from tenants.hotel.domain.receivable import Move
from tenants.hotel.domain.waiving import CORRECTED, FEES, WAIVED, FeeNotYours, reason
from tenants.hotel.usecases.folios import MOST, post, require_uninvoiced

if TYPE_CHECKING:
    from tenants.hotel.usecases.accounts import Accounts, AccountsUnit

PAY_WITHIN = timedelta(minutes=31)
FOLIO_REFUND = "folio"


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Money that a person took: how, how much (fen), for what; ``deposit``: it is kept until check-out."""

    means: Means
    amount: int
    deposit: bool = False
    text: str = ""


def take(id: str, taking: Taking, *, accounts: Accounts) -> tuple[Folio, Entry]:
    """Take money at the desk. U18 goes out; cash needs an open shift."""
    after, made = take_parts(id, [taking], accounts=accounts)
    return after, made[0]


def take_parts(id: str, parts: Sequence[Taking], *, accounts: Accounts) -> tuple[Folio, Sequence[Entry]]:
    """Take money that came at once and counts as several things: so much of it paid, so much a deposit."""
    if any(part.means not in BY_HAND for part in parts):
        raise NotCorrectable(number=0)
    whole = sum(part.amount for part in parts)
    if min((part.amount for part in parts), default=0) <= 0 or whole > MOST:
        raise AmountWrong(least=Money(1), most=Money(MOST))
    folio = accounts.folios.get(id)
    entries = [
        Entry(
            sort=Sort.DEPOSIT if part.deposit else Sort.PAYMENT,
            code=str(part.means),
            amount=-part.amount,
            text=part.text,
            ref="desk|" + new_id("pt", now=accounts.now),
        )
        for part in parts
    ]
    after, made = post([(folio, entries)], accounts=accounts)
    _say(folio.id, "desk", "desk", whole, refund=False, accounts=accounts)
    return after[0], made


def undo(id: str, number: int, *, text: str, waives: bool = False, accounts: Accounts) -> tuple[Folio, Entry]:
    """An entry was written down wrongly: a contra; of money, U18 says that it went back.

    ``waives``: whoever asks may let a fee of the terms go, and that they did stands in the audit. Raises
    ``FeeNotYours`` for others, and what a contra raises.
    """
    folio = accounts.folios.get(id)
    entry = corrections.contra(accounts.folios.entries(folio), number, text=text)
    if entry.code in FEES:
        if not waives:
            raise FeeNotYours
        accounts.because(reason(WAIVED, CORRECTED, -entry.amount, folio.id))
    require_uninvoiced(folio, less=-entry.amount if entry.sort is Sort.CHARGE else 0, accounts=accounts)
    after, made = post([(folio, [entry])], accounts=accounts)
    if entry.means is not None:
        _say(folio.id, "desk", "desk", abs(entry.amount), refund=entry.amount > 0, accounts=accounts)
    return after[0], made[0]


def apply_deposit(
    id: str, number: int, amount: int, *, text: str = "", accounts: Accounts
) -> tuple[Folio, Entry]:
    """So much of a deposit pays for the stay. No money moves."""
    folio = accounts.folios.get(id)
    pair = corrections.applied(accounts.folios.entries(folio), number, amount, text=text)
    after, made = post([(folio, pair)], accounts=accounts)
    return after[0], made[1]


def give_back(
    id: str, number: int, amount: int, *, text: str = "", means: Means | None = None, accounts: Accounts
) -> tuple[Folio, Entry]:
    """Money goes back the way it came; what a person took may also be given back by hand another way.

    What a provider holds is owed (a row) until the provider has taken it back; U18 is said then.
    """
    folio = accounts.folios.get(id)
    entry = corrections.refund(accounts.folios.entries(folio), number, amount, text=text)
    if means is not None and entry.means in BY_HAND and means in BY_HAND:
        entry = replace(entry, code=str(means))
    provider, ref, method = [*entry.ref.split("|"), "", ""][:3]
    by_hand = entry.means in BY_HAND or provider == "desk"
    if entry.means is Means.PREPAID and provider == "desk":
        entry = replace(entry, code=str(means or Means.CASH))  # it leaves the drawer of today
    after, made = post([(folio, [entry])], accounts=accounts)
    if by_hand:
        _say(folio.id, "desk", "desk", amount, refund=True, accounts=accounts)
    else:
        accounts.orders.owe(
            PendingRefund(
                id=new_id("rf", now=accounts.now),
                order=entry.order or folio.id,
                provider=provider,
                ref=ref,
                amount=Money(amount),
                reason=f"{FOLIO_REFUND}:{method or 'card'}",
            )
        )
    if entry.order:
        _order_gives(entry.order, amount, ref=ref, through=by_hand, accounts=accounts)
    return after[0], made[0]


def settle_refunds(
    *,
    accounts: Accounts,
    unit: AccountsUnit,
    provider: Callable[[str], Payments],
    folio: str | None = None,
) -> int:
    """Send what folios owe back through its providers (each once, by the refund's id), then say so."""
    settled = 0
    for owed in accounts.orders.owed():
        if is_id(owed.order, "or") or (folio is not None and owed.order != folio):
            continue
        try:
            with unit("hotel.settle-folio-refund") as inner:
                provider(owed.provider).refund(owed.ref, amount=owed.amount, key=owed.id)
                inner.orders.settle(owed)
                method = owed.reason.partition(":")[2]
                amount = owed.amount.amount
                _say(owed.order, method, owed.provider, amount, refund=True, accounts=inner)
        except Clash:  # somebody settles it at this moment; if not, the next round does
            continue
        settled += 1
    return settled


def start_online(
    id: str,
    *,
    amount: int,
    method: Method,
    urls: tuple[str, str],
    title: str,
    locale: str,
    payments: Payments,
    accounts: Accounts,
) -> Started:
    """Open a payment of a folio with a provider; the money is posted when the provider says it is there."""
    folio = accounts.folios.get(id)
    if folio.state is not rules.State.OPEN or not 0 < amount <= MOST:
        raise AmountWrong(least=Money(1), most=Money(MOST))
    charge = Charge(
        order=folio.id,
        amount=Money(amount),
        title=title,
        method=method,
        success_url=urls[0],
        cancel_url=urls[1],
        locale=locale,
        expires=accounts.now + PAY_WITHIN,
    )
    return payments.start(charge, key=f"{folio.id}-{folio.version}-{method}-{amount}")


def receive(id: str, receipt: Receipt, *, accounts: Accounts) -> Folio:
    """The provider has the money of a folio: posted once, however often the provider says so.

    A folio that is over by then is opened again for it; a closed one remembers it and gives the money back.
    """
    folio = accounts.folios.get(id)
    ref = f"{receipt.provider}|{receipt.ref}|{receipt.method}"
    if ref in folio.beside or any(entry.ref == ref for entry in accounts.folios.entries(folio)):
        return folio
    fen = receipt.amount.amount
    if folio.state is rules.State.CLOSED:
        owed = PendingRefund(
            id=f"rf-{receipt.ref}",
            order=folio.id,
            provider=receipt.provider,
            ref=receipt.ref,
            amount=receipt.amount,
            reason=f"{FOLIO_REFUND}:{receipt.method}",
        )
        accounts.orders.owe(owed)
        after_ = folio.turned_away(ref)
        accounts.folios.keep(after_, before=folio)
        _say(folio.id, receipt.method, receipt.provider, fen, refund=False, accounts=accounts)
        return after_
    living = folio.reopened() if folio.state is rules.State.SETTLED else folio
    entry = Entry(sort=Sort.PAYMENT, code=str(Means.ONLINE), amount=-fen, ref=ref)
    # What it was before is what its version is checked against: opening and posting are one change.
    after, _ = post([(replace(living, version=folio.version), [entry])], accounts=accounts)
    _say(folio.id, receipt.method, receipt.provider, fen, refund=False, accounts=accounts)
    return after[0]


def prepaid(order: Order, receipt: Receipt, amount: int, *, text: str = "") -> Entry:
    """A share of a payment that came with an order, as an entry of a folio. It was said when it was paid."""
    return Entry(
        sort=Sort.PAYMENT,
        code=str(Means.PREPAID),
        amount=-amount,
        text=text,
        ref=f"{receipt.provider}|{receipt.ref}|{receipt.method}",
        order=order.id,
    )


def to_ledger(
    id: str, company: str, *, amount: int | None = None, text: str = "", accounts: Accounts
) -> tuple[Folio, Entry]:
    """A company owes what a folio owes from now on (all of it, or ``amount``). Raises ``CreditOver``."""
    folio = accounts.folios.get(id)
    size = folio.balance + folio.deposits if amount is None else amount
    if not 0 < size <= max(0, folio.balance + folio.deposits):
        raise AmountWrong(least=Money(1), most=Money(max(0, folio.balance + folio.deposits)))
    debtor = accounts.companies.get(company)
    day = accounts.book.today(folio.site)
    owing, line = debtor.charged(
        size, folio=folio.id, text=text or folio.title, day=day, by=accounts.by, at=accounts.now
    )
    entry = Entry(
        sort=Sort.PAYMENT,
        code=str(Means.LEDGER),
        amount=-size,
        text=debtor.name,
        ref=f"ledger|{debtor.id}#{line.number}",
    )
    after, made = post([(folio, [entry])], accounts=accounts)
    accounts.companies.keep(owing, before=debtor, line=line)
    return after[0], made[0]


def from_ledger(id: str, number: int, *, text: str, accounts: Accounts) -> tuple[Folio, Entry]:
    """A transfer to a company was wrong: it comes back to the folio whole, by entries on both sides."""
    folio = accounts.folios.get(id)
    entries = accounts.folios.entries(folio)
    wrong = next((entry for entry in rules.living(entries) if entry.number == number), None)
    if wrong is None or wrong.means is not Means.LEDGER:
        raise NotCorrectable(number=number)
    company = wrong.ref.removeprefix("ledger|").rpartition("#")[0]
    debtor = accounts.companies.get(company)
    day = accounts.book.today(folio.site)
    lines = accounts.companies.lines(debtor, first=debtor.first)
    after_, line = debtor.paid(
        -wrong.amount,
        text=text,
        day=day,
        by=accounts.by,
        at=accounts.now,
        open=lines,
        folio=folio.id,
        move=Move.RETURN,
    )
    entry = replace(
        wrong, amount=-wrong.amount, text=text, link=Link.CONTRA, of=wrong.key, folio="", number=0
    )
    changed, made = post([(folio, [entry])], accounts=accounts)
    accounts.companies.keep(after_, before=debtor, line=line)
    return changed[0], made[0]


def _say(folio: str, method: str, provider: str, amount: int, *, refund: bool, accounts: Accounts) -> None:
    accounts.publish(
        order_events.money_moved(
            folio, method=method, provider=provider, amount=Money(amount), refund=refund, now=accounts.now
        )
    )


def _order_gives(id: str, amount: int, *, ref: str, through: bool, accounts: Accounts) -> None:
    """The order knows what went back of its payments."""
    order = accounts.orders.get(id)
    payment = next((one for one in order.receipts if one.ref == ref), None) or order.receipts[0]
    less = order.less([(payment, amount)])
    ended = Payment.PARTLY_REFUNDED if less.paid else Payment.REFUNDED
    after = replace(
        less,
        payment=ended if through else Payment.REFUNDING,
        version=order.version + 1,
    )
    accounts.orders.keep(after, before=order)
