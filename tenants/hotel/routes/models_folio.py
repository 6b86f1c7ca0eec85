"""Folios, shifts and companies over the wire. Amounts in fen."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.web.http import Answered, Asked, MoneyView
from tenants.hotel.domain.charges import Charge
from tenants.hotel.domain.folio import Entry, Folio
from tenants.hotel.domain.receivable import Company, Line
from tenants.hotel.domain.shift import Shift
from tenants.hotel.routes.words import Name

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
    means: ByHand
    amount: Fen
    deposit: bool = False
    text: Remark = ""


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


class FloatAsked(Asked):
    amount: Annotated[int, Field(ge=0, le=10**8, description="fen")]


class CountAsked(FloatAsked):
    reason: Annotated[str, Field(max_length=60, description="why the count differs, where it does")] = ""


class ShiftView(Answered):
    id: str
    cashier: str
    opened: datetime
    closed: datetime | None
    opening: int
    taken: dict[str, int]
    given: dict[str, int]
    drops: list[int]
    expected: int
    counted: int | None
    reason: str
    difference: int | None


class ShiftsView(Answered):
    shifts: list[ShiftView]


class CompanyBody(Asked):
    """A company that pays later. ``limit`` fen; ``days`` to pay; ``number`` 统一社会信用代码."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    number: Annotated[str, Field(pattern=r"^([0-9A-HJ-NPQRTUWXY]{18})?$")] = ""
    limit: Annotated[int, Field(ge=0, le=10**10)]
    days: Annotated[int, Field(ge=0, le=365)] = 30
    on: bool = True


class CompanyPays(Asked):
    means: ByHand
    amount: Fen
    property: Name | None = None
    text: Remark = ""


class LineView(Answered):
    number: int
    move: str
    amount: int
    day: date
    due: date
    folio: str
    text: str


class CompanyView(Answered):
    """``ageing``: not due, 1–30 days overdue, 31–60, 61–90, more; adds up to the balance."""

    id: str
    name: str
    number: str
    limit: int
    days: int
    on: bool
    balance: int
    ageing: list[int]
    lines: list[LineView] = Field(default_factory=list)


class CompaniesView(Answered):
    companies: list[CompanyView]


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


def shift_view(shift: Shift) -> ShiftView:
    """A shift."""
    return ShiftView(
        id=shift.id,
        cashier=shift.cashier,
        opened=shift.opened,
        closed=shift.closed,
        opening=shift.float_,
        taken=dict(shift.taken),
        given=dict(shift.given),
        drops=[amount for _, amount in shift.drops],
        expected=shift.expected,
        counted=shift.counted,
        reason=shift.reason,
        difference=shift.difference,
    )


def company_view(company: Company, bands: tuple[int, ...], lines: list[Line] | None = None) -> CompanyView:
    """A company account."""
    return CompanyView(
        id=company.id,
        name=company.name,
        number=company.number,
        limit=company.limit,
        days=company.days,
        on=company.on,
        balance=company.balance,
        ageing=list(bands),
        lines=[
            LineView(
                number=line.number,
                move=str(line.move),
                amount=line.amount,
                day=line.day,
                due=line.due,
                folio=line.folio,
                text=line.text,
            )
            for line in lines or ()
        ],
    )
