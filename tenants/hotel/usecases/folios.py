"""Folios: open, charge, correct by a contra, move, part, route, settle. Entries are added, never changed."""

from collections.abc import Mapping, Sequence

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.money import Money
from tenants.hotel.domain import corrections, fapiao
from tenants.hotel.domain import folio as rules
from tenants.hotel.domain.charges import Charge
from tenants.hotel.domain.folio import Entry, Folio, Payer, Sort, Stamp
from tenants.hotel.domain.folio_refusals import AmountWrong, FolioThere, ShiftMissing
from tenants.hotel.usecases.accounts import Accounts, Posting

MOST = 10**9
WINDOWS = 9


def folio_id(account: str, window: int = 1) -> str:
    """The name of a window of an account."""
    return f"{account}.{window}"


def open_account(
    account: str,
    *,
    property: str,
    title: str,
    payer: Payer = Payer.GUEST,
    room: str = "",
    stay: str = "",
    order: str = "",
    accounts: Accounts,
) -> Folio:
    """The first folio of an account. Raises ``FolioThere``."""
    if accounts.folios.find(folio_id(account)) is not None:
        raise FolioThere(folio=folio_id(account))
    made = Folio(
        id=folio_id(account),
        site=property,
        payer=payer,
        title=title,
        room=room,
        stay=stay,
        order=order,
        opened=accounts.book.today(property),
    )
    accounts.folios.post([Posting(before=None, after=made)], day=made.opened)
    return made


def add_window(
    account: str, *, title: str, payer: Payer = Payer.GUEST, company: str = "", accounts: Accounts
) -> Folio:
    """Another folio of an account, for another payer: one a company, nine in all. Raises ``FolioThere``."""
    windows = accounts.folios.windows(account)
    if not windows:
        raise Missing(folio=account)
    number = max(one.window for one in windows) + 1
    if number > WINDOWS or (company and any(one.company == company for one in windows)):
        raise FolioThere(folio=account)
    if company:
        title = accounts.companies.get(company).name
    first = windows[0]
    made = Folio(
        id=folio_id(account, number),
        site=first.site,
        payer=payer,
        title=title,
        room=first.room,
        stay=first.stay,
        order=first.order,
        company=company,
        opened=accounts.book.today(first.site),
    )
    accounts.folios.post([Posting(before=None, after=made)], day=made.opened)
    return made


def route(id: str, rules_: Mapping[str, str], *, accounts: Accounts) -> Folio:
    """Which charges of a folio go to which other folio: by department, by code, or ``*`` for all."""
    folio = accounts.folios.get(id)
    others = accounts.folios.several(set(rules_.values()))
    after = folio.routed(rules_, others)
    accounts.folios.keep(after, before=folio)
    return after


def charge(
    id: str, *, code: str, amount: int, count: int = 1, text: str = "", accounts: Accounts
) -> tuple[Folio, Entry]:
    """Post a charge (fen apiece, tax inside) to the folio, or to the one its routes name."""
    if not 0 < amount * count <= MOST:
        raise AmountWrong(least=Money(1), most=Money(MOST))
    wanted = accounts.charges.get(code)
    asked = accounts.folios.get(id)
    folio = taker(asked, wanted, accounts=accounts)
    day = accounts.book.today(folio.site)
    entry = Entry(
        sort=Sort.CHARGE,
        code=code,
        amount=amount * count,
        taxes=accounts.charges.taxes(wanted, amount * count, day=day),
        department=wanted.department,
        text=f"×{count} {text}".strip() if count > 1 else text,
        room=asked.room,
        stay=asked.stay,
    )
    after, made = post([(folio, [entry])], accounts=accounts)
    return after[0], made[0]


def correct(id: str, number: int, *, text: str, accounts: Accounts) -> tuple[Folio, Entry]:
    """Take an entry back by a contra entry of today; both stay on the bill. Raises ``InvoicedMore``."""
    folio = accounts.folios.get(id)
    entry = corrections.contra(accounts.folios.entries(folio), number, text=text)
    require_uninvoiced(folio, less=-entry.amount if entry.sort is Sort.CHARGE else 0, accounts=accounts)
    after, made = post([(folio, [entry])], accounts=accounts)
    return after[0], made[0]


def move(id: str, number: int, *, to: str, text: str, accounts: Accounts) -> tuple[Folio, Folio]:
    """An entry goes to another folio: a contra here, the entry there, in one transaction."""
    source, target = accounts.folios.get(id), accounts.folios.get(to)
    if source.id == target.id or source.site != target.site:
        raise Missing(folio=to)
    out, arriving = corrections.moved(accounts.folios.entries(source), number, text=text)
    require_uninvoiced(source, less=-out.amount if out.sort is Sort.CHARGE else 0, accounts=accounts)
    after, _ = post([(source, [out]), (target, [arriving])], accounts=accounts)
    return after[0], after[1]


def part(
    id: str,
    number: int,
    amounts: Sequence[int],
    *,
    to: Sequence[str] = (),
    text: str,
    accounts: Accounts,
) -> Sequence[Folio]:
    """Part an entry into amounts that add up to it, without its sign; ``to`` names the folio of each (none:
    all stay here)."""
    source = accounts.folios.get(id)
    entries = accounts.folios.entries(source)
    whole = next((one.amount for one in entries if one.number == number), 0)
    parts_ = amounts if whole >= 0 else [-amount for amount in amounts]
    out, parts = corrections.parted(entries, number, parts_, text=text)
    names = list(to) or [source.id] * len(parts)
    if len(names) != len(parts):
        raise AmountWrong(least=Money(1), most=Money(MOST))
    others = {source.id: source, **accounts.folios.several(set(names) - {source.id})}
    if any(name not in others or others[name].site != source.site for name in names):
        raise Missing(folio=", ".join(sorted(set(names) - set(others))))
    wanted: dict[str, list[Entry]] = {source.id: [out]}
    for name, entry in zip(names, parts, strict=True):
        wanted.setdefault(name, []).append(entry)
    after, _ = post([(others[name], entries) for name, entries in wanted.items()], accounts=accounts)
    return after


def settle(id: str, *, accounts: Accounts) -> Folio:
    """Nothing is owed either way: the bill is final. Raises ``BalanceOpen``."""
    folio = accounts.folios.get(id)
    after = folio.settled(accounts.book.today(folio.site))
    accounts.folios.keep(after, before=folio)
    return after


def reopen(id: str, *, accounts: Accounts) -> Folio:
    """A settled bill takes entries again. Raises ``FolioOver`` once the audit has closed it."""
    folio = accounts.folios.get(id)
    after = folio.reopened()
    accounts.folios.keep(after, before=folio)
    return after


def taker(asked: Folio, charge: Charge, *, accounts: Accounts) -> Folio:
    """The folio that takes a charge of ``asked``: itself, where its route leads to one that is over."""
    target = asked.route(charge.code, charge.department)
    if target == asked.id:
        return asked
    other = accounts.folios.find(target)
    return other if other is not None and other.state is rules.State.OPEN else asked


def post(
    wanted: Sequence[tuple[Folio, Sequence[Entry]]], *, accounts: Accounts
) -> tuple[list[Folio], list[Entry]]:
    """Post entries to open folios of one property, today, in one transaction; the cashier's shift with them.

    Cash needs an open shift of that house (``ShiftMissing``); other money joins it where there is one.
    """
    site = wanted[0][0].site
    day = accounts.book.today(site)
    by_hand = [entry for _, entries in wanted for entry in entries if entry.means in rules.BY_HAND]
    shift = accounts.shifts.mine(accounts.by, site=site) if by_hand else None
    if shift is None and any(entry.means is rules.Means.CASH for entry in by_hand):
        raise ShiftMissing
    stamp = Stamp(at=accounts.now, day=day, by=accounts.by, shift=shift.id if shift is not None else "")
    after: list[Folio] = []
    made: list[Entry] = []
    postings: list[Posting] = []
    for folio, entries in wanted:
        changed, posted = folio.posted(entries, stamp)
        postings.append(Posting(before=folio, after=changed, entries=posted))
        after.append(changed)
        made += posted
    accounts.folios.post(postings, day=day)
    moved = [entry for entry in made if entry.means in rules.BY_HAND]
    if shift is not None and moved:
        accounts.shifts.keep(shift.with_entries(moved), before=shift)
    return after, made


def require_uninvoiced(folio: Folio, *, less: int, accounts: Accounts) -> None:
    """Refuse to take back what is invoiced: the invoice is reversed first. Raises ``InvoicedMore``."""
    if less > 0:
        fapiao.require_uninvoiced(folio.charged - less, accounts.fapiaos.of_folio(folio))
