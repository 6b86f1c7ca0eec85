"""数电发票: asked for from a folio, carried to the tax platform, its answer kept; reversed in two steps."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Protocol

from chalicelib.kernel.errors import Clash, Missing
from chalicelib.kernel.ids import new_id
from tenants.hotel.domain.fapiao import (
    OPEN_RED,
    READY,
    Answer,
    Buyer,
    Fapiao,
    FapiaoIs,
    FapiaoLine,
    FapiaoState,
    RedAnswer,
    RedForm,
    RedReason,
    RedState,
    Seller,
    invoiceable,
)
from tenants.hotel.domain.folio import Folio
from tenants.hotel.usecases.accounts import Accounts, AccountsUnit


class Issuer(Protocol):
    """The tax platform, or the intermediary before it. Every call is idempotent by the invoice's id."""

    name: str

    def request(self, fapiao: Fapiao, *, buyer: Buyer, seller: Seller) -> str:
        """Hand a request in; the platform's reference of it."""

    def answer(self, ref: str) -> Answer | None:
        """What became of it; nothing while it is not known."""

    def reverse(self, fapiao: Fapiao, *, reason: RedReason) -> RedForm:
        """Open the 红字确认单 for an issued invoice."""

    def red(self, form: RedForm) -> RedAnswer:
        """Where the confirmation stands."""

    def take_back(self, form: RedForm) -> None:
        """Withdraw a confirmation that waits for the other side."""


def offered(folio: Folio, *, accounts: Accounts) -> tuple[FapiaoLine, ...]:
    """What of a folio can be invoiced now. Raises ``NothingToInvoice``."""
    charges = {charge.code: charge for charge in accounts.charges.all()}
    before = accounts.fapiaos.of_folio(folio)
    return invoiceable(accounts.folios.entries(folio), charges, before)


def request(
    id: str,
    *,
    kind: int,
    buyer: Buyer,
    codes: frozenset[str] = frozenset(),
    accounts: Accounts,
) -> Fapiao:
    """Ask for an invoice over what a folio was charged (or only these codes of it).

    Join the work; the platform is asked afterwards. Raises ``BuyerWrong``, ``NothingToInvoice``.
    """
    buyer.require(kind)
    folio = accounts.folios.get(id)
    charges = {charge.code: charge for charge in accounts.charges.all()}
    before = accounts.fapiaos.of_folio(folio)
    lines = invoiceable(accounts.folios.entries(folio), charges, before, codes=codes)
    made = Fapiao(
        id=new_id("fp", now=accounts.now),
        folio=folio.id,
        site=folio.site,
        kind=kind,
        buyer=accounts.vault.seal(asdict(buyer), lasting=True),
        company=bool(buyer.number),
        lines=lines,
        asked=accounts.now,
        by=accounts.by,
    )
    accounts.fapiaos.create(made, folio=folio)
    return made


def again(id: str, *, accounts: Accounts) -> Fapiao:
    """Hand a request in once more: the operator has logged in, the quota was raised, the buyer was wrong."""
    before = accounts.fapiaos.get(id)
    after = before.again()
    accounts.fapiaos.keep(after, before=before)
    return after


def carry(*, unit: AccountsUnit, issuer: Callable[[datetime], Issuer], id: str | None = None) -> int:
    """Bring every request that waits (or one) a step further; how many moved.

    The platform's calls are idempotent: who crashes between a call and the row asks the same again.
    """
    with unit("hotel.fapiao-look") as accounts:
        waiting = [one for one in accounts.fapiaos.waiting() if id is None or one.id == id]
        desk = issuer(accounts.now)
    moved = 0
    for fapiao in waiting:
        try:
            with unit("hotel.carry-fapiao") as accounts:
                after = _step(fapiao, desk, accounts=accounts)
                if after != fapiao:
                    accounts.fapiaos.keep(after, before=fapiao)
                    moved += 1
        except Clash:  # somebody else carries it
            continue
    return moved


def _step(fapiao: Fapiao, desk: Issuer, *, accounts: Accounts) -> Fapiao:
    if fapiao.state is FapiaoState.REQUESTED:
        buyer = Buyer(**accounts.vault.unseal(fapiao.buyer))
        return fapiao.sent(desk.request(fapiao, buyer=buyer, seller=accounts.fapiaos.seller(fapiao.site)))
    if fapiao.state is FapiaoState.ISSUED and fapiao.red is not None:
        said = desk.red(fapiao.red)
        changed = said.state is not fapiao.red.state or said.number
        return fapiao.red_is(said.state, number=said.number) if changed else fapiao
    answer = desk.answer(fapiao.ref)
    if answer is None or (answer.state is fapiao.state and answer.reason == fapiao.reason):
        return fapiao
    return fapiao.answered(answer)


def reverse(
    id: str, *, reason: RedReason, issuer: Callable[[datetime], Issuer], accounts: Accounts
) -> Fapiao:
    """Begin to reverse an issued invoice: the confirmation is opened; the red invoice follows by itself."""
    before = accounts.fapiaos.get(id)
    if before.state is not FapiaoState.ISSUED:
        raise FapiaoIs(state=str(before.state))
    if before.red is None or before.red.state not in OPEN_RED | READY:
        form = issuer(accounts.now).reverse(before, reason=reason)
    else:
        form = before.red
    after = before.reversing(form)
    accounts.fapiaos.keep(after, before=before)
    return after


def take_back(id: str, *, issuer: Callable[[datetime], Issuer], accounts: Accounts) -> Fapiao:
    """Withdraw the confirmation: the invoice stays as it was."""
    before = accounts.fapiaos.get(id)
    if before.red is None or before.red.state not in OPEN_RED:
        raise FapiaoIs(state=str(before.state))
    issuer(accounts.now).take_back(before.red)
    after = before.red_is(RedState.VOID_TAKEN_BACK)
    accounts.fapiaos.keep(after, before=before)
    return after


def set_seller(site: str, seller: Seller, *, accounts: Accounts) -> None:
    """Who invoices for a property. Raises ``BuyerWrong`` for a number that cannot be."""
    Buyer(name=seller.name, number=seller.number).require(2)
    if site not in accounts.setup.house().properties:
        raise Missing(property=site)
    accounts.fapiaos.keep_seller(site, seller)


def buyer_of(fapiao: Fapiao, *, accounts: Accounts) -> Buyer:
    """To whom an invoice is made out: opened from the vault."""
    return Buyer(**accounts.vault.unseal(fapiao.buyer))
