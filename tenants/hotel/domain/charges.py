"""What a hotel charges for, and the tax inside a price: departments, codes, rates with their validity."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from enum import StrEnum

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.property import Tax


class Department(StrEnum):
    """Where revenue is counted: rooms, food and beverage, everything else."""

    ROOM = "room"
    FOOD = "food"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class TaxPart:
    """A tax that an amount contains, in fen with the amount's sign; ``permille`` of the net price."""

    code: str
    permille: int
    amount: int


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A charge code. ``rate`` names its tax.

    item: the invoice's 税收分类编码. article: the name of the invoice's line.
    price: the usual one in fen; 0 is asked each time.
    """

    code: str
    name: str
    department: Department
    rate: str
    item: str
    article: str
    price: int = 0


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A tax rate while it holds: ``[first, last)``, with where it was read."""

    rate: str
    permille: int
    first: date
    source: str
    last: date = field(default=date.max)


RATES: tuple[Rate, ...] = (
    Rate(rate="service", permille=60, first=date(2016, 5, 1), source="财税〔2016〕36号：生活服务 6%"),
    Rate(
        rate="goods", permille=130, first=date(2019, 4, 1), source="财政部 税务总局 海关总署公告2019年第39号"
    ),
    Rate(
        rate="rental", permille=90, first=date(2019, 4, 1), source="财政部 税务总局 海关总署公告2019年第39号"
    ),
    Rate(
        rate="none",
        permille=0,
        first=date(2016, 5, 1),
        source="赔偿金、违约金：未提供应税行为不征税，以主管税务机关认定为准",
    ),
)

ROOM, LEVY, CANCELLATION, NO_SHOW = "room", "levy", "cancellation-fee", "no-show-fee"
"""Codes that the programme itself posts. A levy is a tax or service charge on top of the room's price."""

_LODGING, _CATERING = "3070402000000000000", "3070401000000000000"
_PARKING, _SERVICES = "3040502020200000000", "3070500000000000000"
_MEETINGS, _TRANSPORT, _GOODS = "3040603000000000000", "3010102000000000000", "1000000000000000000"

_ROOM, _FOOD, _OTHER = Department.ROOM, Department.FOOD, Department.OTHER
_TABLE: tuple[tuple[str, str, Department, str, str, str, int], ...] = (
    (ROOM, N_("房费"), _ROOM, "service", _LODGING, "住宿服务", 0),
    (LEVY, N_("另收税费"), _OTHER, "none", _LODGING, "住宿服务", 0),
    ("day-use", N_("钟点房费"), _ROOM, "service", _LODGING, "住宿服务", 0),
    ("late-check-out", N_("延时退房"), _ROOM, "service", _LODGING, "住宿服务", 0),
    ("extra-bed", N_("加床"), _ROOM, "service", _LODGING, "住宿服务", 0),
    ("breakfast", N_("早餐"), _FOOD, "service", _CATERING, "餐饮服务", 4800),
    ("meals", N_("餐饮"), _FOOD, "service", _CATERING, "餐饮服务", 0),
    ("minibar", N_("迷你吧"), _FOOD, "service", _LODGING, "住宿服务", 0),
    ("parking", N_("停车"), _OTHER, "rental", _PARKING, "车辆停放服务", 2000),
    ("laundry", N_("洗衣"), _OTHER, "service", _SERVICES, "居民日常服务", 0),
    ("goods", N_("商品"), _OTHER, "goods", _GOODS, "商品", 0),
    ("meeting", N_("会议"), _OTHER, "service", _MEETINGS, "会议展览服务", 0),
    ("car", N_("用车"), _OTHER, "rental", _TRANSPORT, "客运服务", 0),
    ("damage", N_("物品赔偿"), _OTHER, "none", "", "赔偿金", 0),
    (CANCELLATION, N_("退订费"), _OTHER, "none", "", "违约金", 0),
    (NO_SHOW, N_("未到店费"), _OTHER, "none", "", "违约金", 0),
    ("other", N_("其他收费"), _OTHER, "service", _SERVICES, "其他生活服务", 0),
)
CHARGES: tuple[Charge, ...] = tuple(
    Charge(code=code, name=name, department=department, rate=rate, item=item, article=article, price=price)
    for code, name, department, rate, item, article, price in _TABLE
)
"""The usual codes. The classification codes and the taxpayer's rates are to be confirmed by whoever files its
taxes: a property's own rows go before these. A code without an item is not invoiced: no service was given."""

BY_CODE: Mapping[str, Charge] = {charge.code: charge for charge in CHARGES}


def permille_on(rate: str, day: date) -> int:
    """The rate that holds on a day, in thousandths."""
    return next(one.permille for one in RATES if one.rate == rate and one.first <= day < one.last)


def contained(amount: int, *, code: str, permille: int) -> tuple[TaxPart, ...]:
    """The tax that ``amount`` (fen, either sign) contains; nothing at a rate of nothing."""
    if not permille or not amount:
        return ()
    size = Tax(code=code, names={}, permille=permille).of(Money(abs(amount))).amount
    return (TaxPart(code=code, permille=permille, amount=size if amount > 0 else -size),)


def shared(parts: Sequence[TaxPart], amounts: Sequence[int]) -> tuple[tuple[TaxPart, ...], ...]:
    """The taxes of a whole, shared over amounts that make it up: largest remainder, nothing lost.

    Amounts have one sign or are nothing; their sum is the whole.
    """
    weights = [abs(amount) for amount in amounts]
    if not any(weights):
        return tuple(() for _ in amounts)
    columns = []
    for part in parts:
        sign = 1 if part.amount >= 0 else -1
        columns.append([sign * share.amount for share in Money(abs(part.amount)).split(weights)])
    return tuple(
        tuple(
            TaxPart(code=part.code, permille=part.permille, amount=column[place])
            for part, column in zip(parts, columns, strict=True)
        )
        for place in range(len(amounts))
    )


@dataclass(frozen=True, kw_only=True)
class NightCharge:
    """One night of a room: its price with the taxes it contains, and the levies on top of it."""

    amount: int
    taxes: tuple[TaxPart, ...]
    levies: tuple[tuple[str, int], ...]


def night_charges(nightly: Sequence[int], taxes: Sequence[Tax]) -> tuple[NightCharge, ...]:
    """The nights of a stay as charges. Taxes are computed on the whole stay and shared over its nights, so
    the nights add up to what the guest was quoted to the fen."""
    whole = Money(sum(nightly))
    inside = [
        TaxPart(code=tax.code, permille=tax.permille, amount=tax.of(whole).amount)
        for tax in taxes
        if tax.included
    ]
    on_top = [(tax.code, tax.of(whole).amount) for tax in taxes if not tax.included]
    parts = shared(inside, nightly)
    added = [_split(amount, nightly) for _, amount in on_top]
    return tuple(
        NightCharge(
            amount=price,
            taxes=parts[night],
            levies=tuple(
                (code, shares[night])
                for (code, _), shares in zip(on_top, added, strict=True)
                if shares[night]
            ),
        )
        for night, price in enumerate(nightly)
    )


def _split(amount: int, weights: Sequence[int]) -> list[int]:
    if not any(weights):
        return [0] * len(weights)
    return [share.amount for share in Money(amount).split(weights)]
