"""Prices and restrictions in bulk: ranges and weekdays become cells, a type's month is written as one.

Sold stock is not touched: a booking carries its price, and places are counted elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from chalicelib.kernel.errors import N_, Clash, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.sheet import Change, month_of
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.setup_ports import House

MOST_CELLS = 100_000
MOST_DAYS = 800
AT_ONCE = 40
_ATTEMPTS = 6
HIGHEST = 500_000_00
"""No night costs more, in fen: a slip of the keyboard."""


class RowWrong(Invalid):
    code = "hotel.ari.row"


class UnknownType(RowWrong):
    code = "hotel.ari.type-unknown"
    detail = N_("没有房型 %(type)s。")


class UnknownPlan(RowWrong):
    code = "hotel.ari.plan-unknown"
    detail = N_("没有价格计划 %(plan)s,或它不用于这个房型。")


class PlanDerived(RowWrong):
    code = "hotel.ari.plan-derived"
    detail = N_("价格计划 %(plan)s 由 %(base)s 派生,不能单独定价。")


class PriceMissing(RowWrong):
    code = "hotel.ari.nothing"
    detail = N_("这一行没有要改的内容:价格须同时写明价格计划。")


class DaysWrong(RowWrong):
    code = "hotel.ari.days"
    detail = N_("日期范围有误:不能早于今天、不能倒置、最远 %(most)s 天,且所选星期须在范围内。")


class LengthsWrong(RowWrong):
    code = "hotel.ari.lengths"
    detail = N_("最少晚数不能大于最多晚数。")


class TooManyCells(Invalid):
    code = "hotel.ari.too-many"
    status = 413
    detail = N_("一次最多改 %(most)s 格,您提交了 %(cells)s 格。")
    remedy = N_("请分几次提交。")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of an update: inclusive dates, ISO weekdays (none: all), and what to set.

    price in fen; ``clear``: no price any more; ``rule`` by the names of ``sheet.NAMES``, where a length of 0
    is none.
    """

    type: str
    first: date
    last: date
    plan: str | None = None
    weekdays: frozenset[int] = frozenset()
    price: int | None = None
    clear: bool = False
    rule: Mapping[str, int | bool] | None = None

    @property
    def days(self) -> Iterator[date]:
        """Every day of the range that falls on one of the weekdays."""
        count = (self.last - self.first).days + 1
        for step in range(count):
            day = self.first + timedelta(days=step)
            if not self.weekdays or day.isoweekday() in self.weekdays:
                yield day


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an update: rows taken, cells written, and each row that was refused with its reason."""

    rows: int
    cells: int
    sheets: int
    refused: tuple[tuple[int, Refusal], ...]


Months = dict[tuple[str, str, str], list[tuple[int, Change]]]
"""Changes by (property, type, month), each with its day of the month."""


def check(rows: Sequence[Row], *, house: House, today: date) -> tuple[Months, Outcome]:
    """Expand rows into months; a row that is wrong is refused alone. Raises ``TooManyCells``."""
    months: Months = {}
    refused: list[tuple[int, Refusal]] = []
    cells = 0
    for number, row in enumerate(rows):
        try:
            change = _checked(row, house=house, today=today)
            days = tuple(row.days)
            if not days:
                raise DaysWrong(most=MOST_DAYS)
        except RowWrong as refusal:
            refused.append((number, refusal))
            continue
        cells += len(days)
        if cells > MOST_CELLS:
            raise TooManyCells(most=MOST_CELLS, cells=f"> {MOST_CELLS}")
        property = house.types[row.type].site
        for day in days:
            months.setdefault((property, row.type, month_of(day)), []).append((day.day, change))
    outcome = Outcome(rows=len(rows) - len(refused), cells=cells, sheets=len(months), refused=tuple(refused))
    return months, outcome


def update(rows: Sequence[Row], *, hotel: Hotel, unit: Unit) -> Outcome:
    """Write every row that is right, ``AT_ONCE`` sheets a transaction; say what was refused.

    Setting is idempotent: after a crash between two transactions the same call completes it.
    """
    house = hotel.setup.house()
    months, outcome = check(rows, house=house, today=first_day(house, hotel))
    keys = sorted(months)
    for start in range(0, len(keys), AT_ONCE):
        _write(keys[start : start + AT_ONCE], months, unit=unit)
    return outcome


def preview(rows: Sequence[Row], *, hotel: Hotel) -> Outcome:
    """What ``update`` would do and refuse; nothing is written."""
    house = hotel.setup.house()
    return check(rows, house=house, today=first_day(house, hotel))[1]


def _write(keys: Sequence[tuple[str, str, str]], months: Months, *, unit: Unit) -> None:
    """One transaction of sheets; somebody else's write in between is read and built upon."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with unit("hotel.write-cells") as inner:
                sheets = inner.cells.read(keys, fresh=True)
                for key in keys:
                    property, type, month = key
                    before = sheets[(type, month)]
                    after = before.with_changes(months[key])
                    if (after.prices, after.rules) != (before.prices, before.rules):  # said again: no write
                        inner.cells.keep(property, after)
        except Clash:
            if attempt == _ATTEMPTS:
                raise
        else:
            return


def _checked(row: Row, *, house: House, today: date) -> Change:
    kind = house.types.get(row.type)
    if kind is None:
        raise UnknownType(type=row.type)
    if row.last < row.first or row.first < today or (row.last - today).days > MOST_DAYS:
        raise DaysWrong(most=MOST_DAYS)
    if row.price is not None or row.clear:
        _require_base(row, house=house)
    rule = dict(row.rule or {})
    if row.price is None and not rule and not row.clear:
        raise PriceMissing
    for which in ("arrival", "through"):
        least, most = rule.get(f"min_{which}"), rule.get(f"max_{which}")
        if least and most and least > most:
            raise LengthsWrong
    return Change(plan=row.plan, price=row.price, clear=row.clear, rule=rule)


def _require_base(row: Row, *, house: House) -> None:
    if row.plan is None or not 0 <= (row.price or 0) <= HIGHEST:
        raise PriceMissing
    plan = house.plans.get(row.plan)
    if plan is None or (plan.types and row.type not in plan.types and not _derives(row, house)):
        raise UnknownPlan(plan=row.plan)
    if plan.derived is not None:
        raise PlanDerived(plan=plan.id, base=plan.derived.plan)


def _derives(row: Row, house: House) -> bool:
    """Whether another plan sells this type at a price derived from the row's plan."""
    return any(
        plan.derived is not None and plan.derived.plan == row.plan and plan.sells(row.type)
        for plan in house.plans.values()
    )


def first_day(house: House, hotel: Hotel) -> date:
    """The earliest local date of the tenant's properties."""
    return min((one.night_of(hotel.now) for one in house.properties.values()), default=hotel.now.date())
