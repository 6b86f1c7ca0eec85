"""Forms of statutory returns as rows: fields, whose they are, when they are due, by what rule.

What no public source names (fields beyond the law's, days of local rules) is a default that the bureau
confirms; a changed form is a new edition with its own validity, and what was declared keeps its edition.
"""

import re
from datetime import date, time, timedelta
from typing import Literal

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.workdays import after_workdays, is_workday

Cadence = Literal["month", "quarter", "year"]
Unit = Literal["count", "fen", "rate", "nights", "days"]
"""rate: ten-thousandths."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One line of a form. figure: what the bureau's figures know of it (``admitted``, ``audit.roomsSold``,
    ``from.!``: of foreign countries), empty where only the unit knows. book: its name in the unit's own books
    (``Module.books``). derived: it follows from other fields, ``a/b`` or ``a+b``, and is not written. within:
    the field that it is a part of and cannot exceed. of: what a count counts. must: it may not be left empty.
    """

    key: str
    title: str
    unit: Unit = "count"
    figure: str = ""
    book: str = ""
    derived: str = ""
    within: str = ""
    of: str = ""
    must: bool = True
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Due:
    """When a return is due: days after the period's end, or a day of the year after it (month, day).

    moves: a day off makes it the next working day. asked: days after the period's end when it is asked for.
    """

    source: str
    days: int = 0
    on: tuple[int, int] | None = None
    moves: bool = True
    asked: int = 2

    def day(self, period: "Period") -> date:
        """The last day that is in time."""
        if self.on is not None:
            found = date(period.last.year + 1, *self.on)
        else:
            found = period.last + timedelta(days=self.days)
        return found if not self.moves or is_workday(found) else after_workdays(found, 1)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A return that a kind of enterprise owes. two: whoever fills it in does not sign it, where the unit has
    anybody else (its review and signature: Statistics Law, art. 24; two people are our reading of it).
    """

    code: str
    title: str
    kind: str
    cadence: Cadence
    fields: tuple[Field, ...]
    due: Due
    source: str
    edition: int = 1
    since: date = date(2020, 1, 1)
    until: date | None = None
    rule: str = ""
    two: bool = True

    def holds(self, day: date) -> bool:
        """Whether this edition is the one for periods that end on ``day``."""
        return self.since <= day and (self.until is None or day < self.until)

    def field(self, key: str) -> Field | None:
        """The field with this key."""
        return next((one for one in self.fields if one.key == key), None)


@dataclass(frozen=True, order=True)
class Period:
    """What a return is about: ``2026-10``, ``2026Q3``, ``2025``; both days included."""

    first: date
    last: date
    name: str


_PERIOD = re.compile(r"^([0-9]{4})(?:-([0-9]{2})|Q([1-4]))?$")
CLOSING = time(18, 0)
"""The hour at which an office day ends: what is due on a day is in time until then. To be confirmed."""


def period_of(cadence: Cadence, day: date) -> Period:
    """The period that a day lies in."""
    if cadence == "year":
        return Period(date(day.year, 1, 1), date(day.year, 12, 31), str(day.year))
    months = 1 if cadence == "month" else 3
    start = (day.month - 1) // months * months + 1
    first = date(day.year, start, 1)
    after = date(day.year + (start + months > 12), (start + months - 1) % 12 + 1, 1)
    name = f"{first:%Y-%m}" if cadence == "month" else f"{day.year}Q{(day.month - 1) // 3 + 1}"
    return Period(first, after - timedelta(days=1), name)


def period_named(name: str) -> Period | None:
    """The period with this name, or nothing."""
    found = _PERIOD.match(name)
    if found is None:
        return None
    year, month, quarter = int(found[1]), found[2], found[3]
    if month is None and quarter is None:
        return period_of("year", date(year, 1, 1))
    if quarter is not None:
        return period_of("quarter", date(year, int(quarter) * 3, 1))
    return period_of("month", date(year, int(month), 1)) if 1 <= int(month) <= 12 else None


def form_on(code: str, day: date) -> Form | None:
    """The edition of a form for periods that end on a day."""
    return next((one for one in FORMS if one.code == code and one.holds(day)), None)


_SCHEME = "全国文化文物和旅游统计调查制度"
_STARS = "星级饭店统计口径（文化和旅游部季度统计公报所用公式）"
_LOCAL = "地方规定，默认值由主管部门确认"
_STAFF = Field(key="staff", title=N_("期末从业人数"), of=N_("人"), note=N_("在册在岗的人数,含劳务派遣。"))
_HOTEL = (
    Field(
        key="available",
        title=N_("可供出租间夜"),
        unit="nights",
        figure="audit.roomsAvailable",
        book="available",
    ),
    Field(
        key="let",
        title=N_("实际出租间夜"),
        unit="nights",
        figure="audit.roomsSold",
        book="let",
        within="available",
    ),
    Field(key="occupancy", title=N_("客房出租率"), unit="rate", derived="let/available"),
    Field(key="room_income", title=N_("客房收入"), unit="fen", figure="audit.roomRevenue", book="room"),
    Field(
        key="other_income",
        title=N_("餐饮及其他收入"),
        unit="fen",
        figure="audit.otherRevenue",
        book="food+other",
    ),
    Field(key="food_income", title=N_("其中:餐饮收入"), unit="fen", book="food", within="other_income"),
    Field(key="income", title=N_("营业收入合计"), unit="fen", derived="room_income+other_income"),
)
"""What a star hotel says of its rooms and its income, by the month and by the year."""

FORMS: tuple[Form, ...] = (
    Form(
        code="hotel-month",
        title=N_("星级饭店经营情况月报"),
        kind="hotel",
        cadence="month",
        source=_STARS,
        due=Due(days=10, source=_LOCAL),
        rule=N_("维修房不计入可供出租;免费房和自用房计入已出租,没有收入;钟点房有收入,不计间夜。"),
        fields=(
            *_HOTEL,
            Field(key="room_share", title=N_("客房收入占比"), unit="rate", derived="room_income/income"),
            Field(key="food_share", title=N_("餐饮收入占比"), unit="rate", derived="food_income/income"),
            Field(key="average_price", title=N_("平均房价"), unit="fen", derived="room_income/let"),
            Field(
                key="revpar", title=N_("每间可供出租客房收入"), unit="fen", derived="room_income/available"
            ),
            Field(key="guests", title=N_("接待过夜人数"), of=N_("人"), figure="guests"),
            Field(
                key="guest_nights",
                title=N_("接待过夜人天"),
                unit="days",
                figure="audit.guests",
                book="guests",
            ),
            Field(key="inbound", title=N_("其中:境外人数"), of=N_("人"), figure="from.!", within="guests"),
            _STAFF,
        ),
    ),
    Form(
        code="agency-quarter",
        title=N_("旅行社季度报表"),
        kind="agency",
        cadence="quarter",
        source=_SCHEME,
        due=Due(days=15, source="旅行社季报：季后十五日内"),
        rule=N_("组团人数只计本社招徕并实际成行的游客,每人一次;人天数为人数与天数之积。"),
        fields=(
            Field(key="domestic", title=N_("国内组团人数"), of=N_("人"), figure="settled_pax.domestic"),
            Field(key="domestic_days", title=N_("国内组团人天"), unit="days", figure="person_days.domestic"),
            Field(key="inbound", title=N_("入境外联人数"), of=N_("人"), figure="settled_pax.inbound"),
            Field(key="inbound_days", title=N_("入境外联人天"), unit="days", figure="person_days.inbound"),
            Field(key="outbound", title=N_("出境组团人数"), of=N_("人"), figure="settled_pax.outbound"),
            Field(key="outbound_days", title=N_("出境组团人天"), unit="days", figure="person_days.outbound"),
            Field(key="contracts", title=N_("签订旅游合同份数"), of=N_("份"), figure="contracts"),
            Field(key="income", title=N_("旅游业务营业收入"), unit="fen", figure="income_fen"),
        ),
    ),
    Form(
        code="scenic-month",
        title=N_("景区接待情况月报"),
        kind="scenic",
        cadence="month",
        source=_SCHEME,
        due=Due(days=10, source=_LOCAL),
        rule=N_("接待人数含免票和年票入园;境外游客按购票时登记的客源。"),
        fields=(
            Field(key="receptions", title=N_("接待人数"), of=N_("人次"), figure="admitted"),
            Field(
                key="inbound",
                title=N_("其中:境外游客"),
                of=N_("人次"),
                figure="origin.inbound",
                within="receptions",
            ),
            Field(key="tickets", title=N_("售出门票"), of=N_("张"), figure="sold"),
            Field(key="ticket_income", title=N_("门票收入"), unit="fen", figure="sold_fen"),
            Field(key="other_income", title=N_("商品及其他收入"), unit="fen"),
            Field(key="income", title=N_("营业收入合计"), unit="fen", derived="ticket_income+other_income"),
            _STAFF,
        ),
    ),
    Form(
        code="hotel-year",
        title=N_("星级饭店年报"),
        kind="hotel",
        cadence="year",
        source=_SCHEME,
        due=Due(on=(4, 15), source="年报：次年四月十五日前（转载资料，待确认）"),
        fields=(
            *_HOTEL,
            Field(key="assets", title=N_("资产总计"), unit="fen"),
            _STAFF,
        ),
    ),
    Form(
        code="agency-year",
        title=N_("旅行社年报"),
        kind="agency",
        cadence="year",
        source=_SCHEME,
        due=Due(on=(4, 15), source="年报：次年四月十五日前（转载资料，待确认）"),
        fields=(
            Field(key="people", title=N_("组团人数合计"), of=N_("人"), figure="settled_pax"),
            Field(key="person_days", title=N_("组团人天合计"), unit="days", figure="person_days"),
            Field(key="income", title=N_("旅游业务营业收入"), unit="fen", figure="income_fen"),
            Field(key="assets", title=N_("资产总计"), unit="fen"),
            _STAFF,
        ),
    ),
    Form(
        code="scenic-year",
        title=N_("景区年报"),
        kind="scenic",
        cadence="year",
        source=_SCHEME,
        due=Due(on=(4, 15), source="年报：次年四月十五日前（转载资料，待确认）"),
        fields=(
            Field(key="receptions", title=N_("接待人数"), of=N_("人次"), figure="admitted"),
            Field(key="ticket_income", title=N_("门票收入"), unit="fen", figure="sold_fen"),
            Field(key="other_income", title=N_("商品及其他收入"), unit="fen"),
            Field(key="income", title=N_("营业收入合计"), unit="fen", derived="ticket_income+other_income"),
            Field(key="assets", title=N_("资产总计"), unit="fen"),
            _STAFF,
        ),
    ),
)
