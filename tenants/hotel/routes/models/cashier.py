"""Shifts and companies over the wire. Amounts in fen."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from chalicelib.web.http import Answered, Asked
from tenants.hotel.domain.receivable import Company, Line
from tenants.hotel.domain.shift import Shift
from tenants.hotel.routes.models.folio import ByHand, Fen, Remark
from tenants.hotel.routes.words import Name


class FloatAsked(Asked):
    """``property``: whose drawer; of several houses it must be said."""

    property: Name | None = None
    amount: Annotated[int, Field(ge=0, le=10**8, description="fen")]


class CountAsked(FloatAsked):
    reason: Annotated[str, Field(max_length=60, description="why the count differs, where it does")] = ""


class ShiftView(Answered):
    id: str
    cashier: str
    property: Annotated[str, Field(description="whose drawer; none: of every house")]
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


def shift_view(shift: Shift) -> ShiftView:
    """A shift."""
    return ShiftView(
        id=shift.id,
        cashier=shift.cashier,
        property=shift.site,
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
