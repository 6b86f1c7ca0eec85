"""Folios through the API: look, charge, correct, move, part, route, settle."""

from chalicelib.kernel.ids import new_id
from chalicelib.web.http import (
    Asked,
    Call,
    Empty,
    endpoint,
)
from tenants.hotel.domain.folio import Means, Payer
from tenants.hotel.routes.bills.waiving import waives
from tenants.hotel.routes.models.folio import (
    BackAsked,
    ChargeAsked,
    EntryAsked,
    FolioAsked,
    FoliosView,
    FolioView,
    LedgerAsked,
    MoveAsked,
    PartAsked,
    PaymentTaken,
    RoutesAsked,
    TakenView,
    WindowAsked,
    folio_view,
    taken_view,
)
from tenants.hotel.routes.money import settle as settle_owed
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.store import HotelStore
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import folios, overpaying, takings
from tenants.hotel.usecases.search import chosen

_FOLIO = "/api/v1/hotel/folios/{folio}"


class FolioQuery(Asked):
    """Folios that are not closed; of one account where it is named."""

    account: str | None = None


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/folios",
    use_case="hotel.list-folios",
    door=DESK,
    query=FolioQuery,
    answers=FoliosView,
    summary="Folios that are not closed, or all of an account",
)
def list_folios(call: Call) -> FoliosView:
    """Without their entries."""
    accounts = AccountsStore(call.work)
    account = call.query.account
    found = accounts.folios.windows(account) if account else accounts.folios.open()
    return FoliosView(folios=[folio_view(folio) for folio in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/folios",
    use_case="hotel.open-folio",
    door=DESK,
    body=FolioAsked,
    answers=FolioView,
    status=201,
    summary="Open an account of its own",
)
def open_folio(call: Call, asked: FolioAsked) -> FolioView:
    """For a visitor who only eats, a group, a function."""
    accounts = AccountsStore(call.work)
    property = chosen(accounts.setup.house(), asked.property)
    made = folios.open_account(
        new_id("ac", now=call.now),
        property=property.id,
        title=asked.title,
        payer=Payer(asked.payer),
        accounts=accounts,
    )
    return folio_view(made)


@endpoint(
    BLUEPRINT,
    "GET",
    _FOLIO,
    use_case="hotel.show-folio",
    door=DESK,
    answers=FolioView,
    summary="A folio with every entry",
)
def show_folio(call: Call) -> FolioView:
    """Entries in order; a contra names the entry it answers."""
    accounts = AccountsStore(call.work)
    folio = accounts.folios.get(call.path["folio"])
    return folio_view(folio, list(accounts.folios.entries(folio)))


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/windows",
    use_case="hotel.add-window",
    door=DESK,
    body=WindowAsked,
    answers=FolioView,
    status=201,
    summary="A further folio of the same account",
)
def add_window(call: Call, asked: WindowAsked) -> FolioView:
    """For another payer: the company, the group, the companion."""
    made = folios.add_window(
        call.path["folio"].rpartition(".")[0],
        title=asked.title,
        payer=Payer.COMPANY if asked.company else Payer(asked.payer),
        company=asked.company or "",
        accounts=AccountsStore(call.work),
    )
    return folio_view(made)


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/charges",
    use_case="hotel.post-charge",
    door=DESK,
    body=ChargeAsked,
    answers=FolioView,
    status=201,
    summary="Post a charge",
)
def post_charge(call: Call, asked: ChargeAsked) -> FolioView:
    """To this folio, or to the one its routes name: the answer is the folio that took it."""
    after, entry = folios.charge(
        call.path["folio"],
        code=asked.code,
        amount=asked.amount,
        count=asked.count,
        text=asked.text,
        accounts=AccountsStore(call.work),
    )
    return folio_view(after, [entry])


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/payments",
    use_case="hotel.take-payment",
    door=DESK,
    body=PaymentTaken,
    answers=TakenView,
    status=201,
    summary="Take money or a deposit at the desk",
)
def take_payment(call: Call, asked: PaymentTaken) -> TakenView:
    """Cash needs the cashier's open shift. More than the bill asks for is refused until ``over`` says what
    becomes of it; where ``owed`` is no longer what is owed, it is refused again."""
    taken = overpaying.take(
        call.path["folio"], asked.taking(), decided=asked.decided(), hotel=HotelStore(call.work)
    )
    return taken_view(taken)


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/refunds",
    use_case="hotel.give-back",
    door=DESK,
    body=BackAsked,
    answers=FolioView,
    status=201,
    summary="Give money back, or let a deposit pay",
)
def give_back(call: Call, asked: BackAsked) -> FolioView:
    """The way it came; what a provider holds goes back through it."""
    accounts, id = AccountsStore(call.work), call.path["folio"]
    if asked.apply:
        after, entry = takings.apply_deposit(
            id, asked.number, asked.amount, text=asked.text, accounts=accounts
        )
        return folio_view(after, [entry])
    means = Means(asked.means) if asked.means is not None else None
    after, entry = takings.give_back(
        id, asked.number, asked.amount, text=asked.text, means=means, accounts=accounts
    )
    call.then(lambda: settle_owed(entry.order or id, now=call.now))
    return folio_view(after, [entry])


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/corrections",
    use_case="hotel.correct-entry",
    door=DESK,
    body=EntryAsked,
    answers=FolioView,
    status=201,
    summary="Take an entry back by a contra entry",
)
def correct(call: Call, asked: EntryAsked) -> FolioView:
    """Both stay on the bill. Money by hand is corrected so too; money online is refunded. A fee by the terms
    is taken off by the owner only."""
    after, entry = takings.undo(
        call.path["folio"],
        asked.number,
        text=asked.text,
        waives=waives(call),
        accounts=AccountsStore(call.work),
    )
    return folio_view(after, [entry])


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/moves",
    use_case="hotel.move-entry",
    door=DESK,
    body=MoveAsked,
    answers=FolioView,
    status=201,
    summary="Move an entry to another folio",
)
def move(call: Call, asked: MoveAsked) -> FolioView:
    """A contra here, the entry there, in one transaction. Answers the folio it came to."""
    _, target = folios.move(
        call.path["folio"], asked.number, to=asked.to, text=asked.text, accounts=AccountsStore(call.work)
    )
    return folio_view(target)


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/parts",
    use_case="hotel.part-entry",
    door=DESK,
    body=PartAsked,
    answers=FoliosView,
    status=201,
    summary="Part a charge into amounts that add up to it",
)
def part(call: Call, asked: PartAsked) -> FoliosView:
    """Taxes are shared to the fen."""
    changed = folios.part(
        call.path["folio"],
        asked.number,
        asked.amounts,
        to=asked.to,
        text=asked.text,
        accounts=AccountsStore(call.work),
    )
    return FoliosView(folios=[folio_view(folio) for folio in changed])


@endpoint(
    BLUEPRINT,
    "PUT",
    _FOLIO + "/routes",
    use_case="hotel.route-charges",
    door=DESK,
    body=RoutesAsked,
    answers=FolioView,
    summary="Which charges another folio takes",
)
def route(call: Call, asked: RoutesAsked) -> FolioView:
    """The narrowest rule that fits decides: code, department, ``*``."""
    after = folios.route(call.path["folio"], asked.routes, accounts=AccountsStore(call.work))
    return folio_view(after)


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/ledger",
    use_case="hotel.to-ledger",
    door=DESK,
    body=LedgerAsked,
    answers=FolioView,
    status=201,
    summary="A company owes it from now on",
)
def to_ledger(call: Call, asked: LedgerAsked) -> FolioView:
    """All that the folio owes, or so much of it; within the company's limit."""
    after, entry = takings.to_ledger(
        call.path["folio"],
        asked.company,
        amount=asked.amount,
        text=asked.text,
        accounts=AccountsStore(call.work),
    )
    return folio_view(after, [entry])


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/settlement",
    use_case="hotel.settle-folio",
    door=DESK,
    body=Empty,
    answers=FolioView,
    summary="Nothing is owed either way: the bill is final",
)
def settle(call: Call, _: Empty) -> FolioView:
    """Refused while there is a balance or a deposit."""
    return folio_view(folios.settle(call.path["folio"], accounts=AccountsStore(call.work)))


@endpoint(
    BLUEPRINT,
    "POST",
    _FOLIO + "/reopening",
    use_case="hotel.reopen-folio",
    door=DESK,
    body=Empty,
    answers=FolioView,
    summary="A settled bill takes entries again",
)
def reopen(call: Call, _: Empty) -> FolioView:
    """Until the night audit has closed it."""
    return folio_view(folios.reopen(call.path["folio"], accounts=AccountsStore(call.work)))
