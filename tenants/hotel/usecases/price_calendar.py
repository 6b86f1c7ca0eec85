"""The price calendar: a property's types over some days, with prices, what is left, and restrictions."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, timedelta
from typing import TypeVar

from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.nights import left
from tenants.hotel.domain.plan import RatePlan, root
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.domain.sheet import NAMES, Rule, Sheet, month_of, months
from tenants.hotel.usecases.ports import Hotel
from tenants.hotel.usecases.repricing import base_plans
from tenants.hotel.usecases.setup_ports import House

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A type's day: how many rooms can still be sold, its restrictions, each plan's price in fen."""

    day: date
    left: int
    rule: Rule
    prices: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TypeDays:
    """A type's days. ``base``: plans whose prices are set; ``derived``: those that follow from them."""

    kind: RoomType
    base: tuple[RatePlan, ...]
    derived: tuple[RatePlan, ...]
    cells: tuple[Cell, ...]


def calendar(types: Sequence[str], first: date, last: date, *, hotel: Hotel) -> list[TypeDays]:
    """Days from ``first`` to and with ``last`` of these types of one property: one batch of sheets, one query
    of nights a month."""
    house = hotel.setup.house()
    kinds = [house.types[type] for type in types]
    if not kinds:
        return []
    sheets = hotel.cells.read(
        [(kind.site, kind.id, month) for kind in kinds for month in months(first, last)], fresh=True
    )
    nights = hotel.calendar.nights(kinds[0].site, first, last, fresh=True)
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    found = []
    for kind in kinds:
        base = tuple(base_plans(house, kind.id))
        derived = tuple(
            plan for plan in house.plans.values() if plan.derived is not None and plan.sells(kind.id)
        )
        cells = []
        for day in days:
            sheet = sheets[(kind.id, month_of(day))]
            cells.append(
                Cell(
                    day=day,
                    left=max(0, left(kind, [day.isoformat()], nights, types=house.types)),
                    rule=sheet.rule(day),
                    prices={plan.id: _price(plan, day, sheet, house=house) for plan in (*base, *derived)},
                )
            )
        found.append(TypeDays(kind=kind, base=base, derived=derived, cells=tuple(cells)))
    return found


def as_rows(days: TypeDays) -> list[dict[str, str]]:
    """The prices and restrictions of some days in the form that a file brings them in: runs of equal days.

    Columns of ``sheet_import.COLUMNS``; prices in yuan. Every day's restrictions are said, none too, so that
    the file restores what it was taken from.
    """
    rows: list[dict[str, str]] = []
    for plan in days.base:
        for first, last, price in _runs([(cell.day, cell.prices[plan.id]) for cell in days.cells]):
            if price is not None:
                yuan = f"{price // 100}.{price % 100:02d}" if price % 100 else str(price // 100)
                rows.append(_row(days.kind.id, first, last, plan=plan.id, price=yuan))
    for first, last, rule in _runs([(cell.day, cell.rule) for cell in days.cells]):
        rows.append(
            _row(days.kind.id, first, last, **{name: str(int(getattr(rule, name))) for name in NAMES})
        )
    return rows


def _row(type: str, first: date, last: date, **more: str) -> dict[str, str]:
    return {"type": type, "from": first.isoformat(), "to": last.isoformat(), **more}


def _runs(values: Sequence[tuple[date, T]]) -> list[tuple[date, date, T]]:
    runs: list[tuple[date, date, T]] = []
    for day, value in values:
        if runs and runs[-1][2] == value:
            runs[-1] = (runs[-1][0], day, value)
        else:
            runs.append((day, day, value))
    return runs


def _price(plan: RatePlan, day: date, sheet: Sheet, *, house: House) -> int | None:
    price = sheet.price(root(plan, house.plans).id, day)
    if price is None or plan.derived is None:
        return price
    return plan.derived.of([price])[0]
