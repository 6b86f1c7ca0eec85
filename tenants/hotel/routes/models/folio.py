"""Folios, their entries and payments over the wire. Amounts in fen."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.web.http import Answered, Asked, MoneyView
from tenants.hotel.domain.charges import Charge
from tenants.hotel.domain.folio import Entry, Folio, Means
from tenants.hotel.routes.words import Name
from tenants.hotel.usecases.overpaying import Decided, Over, Taken
from tenants.hotel.usecases.takings import Taking

Fen = Annotated[int, Field(ge=1, le=10**9, description="fen")]
FolioId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}\.[1-9]$", description="a folio's id")]
Number = Annotated[int, Field(ge=1, le=99_999, description="the entry's number on its folio")]
Remark = Annotated[str, Field(max_length=60, description="no personal data")]
ByHand = Literal["cash", "terminal", "scan", "transfer"]


class FolioAsked(Asked):
    """An account of its own: a visitor off the street, a group."""

    property: Name | None = None
    title: Annotated[str, Field(min_length=1, max_length=40, description="no personal data")]
    payer: Literal["guest", "group", "company"] = "guest"


class WindowAsked(Asked):
    """A further folio of an account; ``company`` of the city ledger answers for it."""

    title: Annotated[str, Field(min_length=1, max_length=40)] = "-"
    payer: Literal["guest", "group", "company"] = "guest"
    company: Name | None = None


class ChargeAsked(Asked):
    code: Name
    amount: Fen
    count: Annotated[int, Field(ge=1, le=100)] = 1
    text: Remark = ""


class PaymentTaken(Asked):
    """Money beyond what the bill asks for, nights to come included, needs ``over``."""

    means: ByHand
    amount: Fen
    deposit: bool = False
    text: Remark = ""
    over: Annotated[
        Over | None,
        Field(
            description="what becomes of money beyond what is owed: given back as change, kept as a deposit, "
            "or all of it paid ahead"
        ),
    ] = None
    owed: Annotated[
        int | None, Field(ge=0, le=10**9, description="what was owed when the guest was asked, fen")
    ] = None

    def taking(self) -> Taking:
        """As the use case takes it."""
        return Taking(means=Means(self.means), amount=self.amount, deposit=self.deposit, text=self.text)

    def decided(self) -> Decided | None:
        """What the guest said, if anybody asked."""
        return Decided(over=self.over, owed=self.owed) if self.over is not None else None


class EntryAsked(Asked):
    """About one entry, with the reason."""

    number: Number
    text: Remark = ""


class MoveAsked(EntryAsked):
    to: FolioId


class PartAsked(EntryAsked):
    """Amounts that add up to the entry; ``to``: the folio of each, or none."""

    amounts: Annotated[list[Fen], Field(min_length=2, max_length=20)]
    to: Annotated[list[FolioId], Field(max_length=20, default_factory=list)]


class BackAsked(EntryAsked):
    """Give money back; ``apply``: a deposit pays instead."""

    amount: Fen
    means: ByHand | None = None
    apply: bool = False


class RoutesAsked(Asked):
    """Department (room, food, other), code or ``*`` → the folio that takes such charges."""

    routes: Annotated[
        dict[Annotated[str, Field(pattern=r"^(\*|[a-z][a-z-]{0,39})$")], FolioId], Field(max_length=12)
    ]


class LedgerAsked(Asked):
    company: Name
    amount: Fen | None = None
    text: Remark = ""


class TaxView(Answered):
    code: str
    permille: int
    amount: int


class EntryView(Answered):
    """A line of a bill. ``link`` and ``of`` say which entry it answers."""

    number: int
    sort: str
    code: str
    amount: MoneyView
    taxes: list[TaxView]
    text: str
    room: str
    link: str
    of: str
    day: date
    at: datetime
    by: str


class FolioView(Answered):
    """A folio; ``balance`` is what its payer owes, below nothing what they have to their credit."""

    id: str
    property: str
    title: str
    payer: str
    company: str
    room: str
    stay: str
    state: str
    charged: MoneyView
    paid: MoneyView
    deposits: MoneyView
    balance: MoneyView
    routes: dict[str, str]
    opened: date
    entries: list[EntryView] = Field(default_factory=list)


class TakenView(FolioView):
    """The bill with what was posted; ``change``: what the guest gets back in the hand."""

    change: MoneyView


class FoliosView(Answered):
    folios: list[FolioView]


class ChargeView(Answered):
    code: str
    name: str
    department: str
    item: str
    article: str
    price: int


class ChargesView(Answered):
    charges: list[ChargeView]


class ChargeBody(Asked):
    """What this house says about a code: its tax rate, classification code, invoice name, usual price."""

    permille: Annotated[int, Field(ge=0, le=200)] | None = None
    item: Annotated[str, Field(pattern=r"^([0-9]{19})?$", description="税收分类编码")] = ""
    article: Annotated[str, Field(min_length=1, max_length=40)]
    price: Annotated[int, Field(ge=0, le=10**8)] = 0


def folio_view(folio: Folio, entries: list[Entry] | None = None) -> FolioView:
    """A folio, with its entries where they are wanted."""
    return FolioView(
        id=folio.id,
        property=folio.site,
        title=folio.title,
        payer=str(folio.payer),
        company=folio.company,
        room=folio.room,
        stay=folio.stay,
        state=str(folio.state),
        charged=MoneyView(amount=folio.charged),
        paid=MoneyView(amount=folio.paid),
        deposits=MoneyView(amount=folio.deposits),
        balance=MoneyView(amount=folio.balance),
        routes=dict(folio.routes),
        opened=folio.opened,
        entries=[entry_view(entry) for entry in entries or ()],
    )


def taken_view(taken: Taken) -> TakenView:
    """A bill that took money."""
    view = folio_view(taken.folio, list(taken.entries))
    return TakenView(**view.model_dump(), change=MoneyView(amount=taken.change))


def entry_view(entry: Entry) -> EntryView:
    """One entry."""
    return EntryView(
        number=entry.number,
        sort=str(entry.sort),
        code=entry.code,
        amount=MoneyView(amount=entry.amount),
        taxes=[TaxView(code=part.code, permille=part.permille, amount=part.amount) for part in entry.taxes],
        text=entry.text,
        room=entry.room,
        link=str(entry.link or ""),
        of=entry.of,
        day=entry.day,
        at=entry.at,
        by=entry.by,
    )


def charge_view(charge: Charge) -> ChargeView:
    """A charge code."""
    return ChargeView(
        code=charge.code,
        name=charge.name,
        department=str(charge.department),
        item=charge.item,
        article=charge.article,
        price=charge.price,
    )
