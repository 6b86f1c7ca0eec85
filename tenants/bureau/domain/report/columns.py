"""The columns that reports are made of, by trade."""

from chalicelib.kernel.errors import N_
from tenants.bureau.domain.measures import Incidents, Measure, Overload, Parts, Reported, Said, Sum
from tenants.bureau.domain.report.sheets import Column, Sheet, Typed, Unit

LODGES = frozenset({"hotel", "homestay"})
SCENIC = frozenset({"scenic"})
AGENCIES = frozenset({"agency"})


_EVERYBODY: frozenset[str] = frozenset()


def _sum(key: str, title: str, *names: str, unit: Unit = "count", of: frozenset[str] = _EVERYBODY) -> Column:
    return Column(key=key, title=title, measure=Sum(names or (key,)), unit=unit, of=of)


def _night(key: str, title: str, field: str, over: str = "", unit: Unit = "count") -> Column:
    bottom: Measure | None = Said("audit", over) if over else None
    return Column(key=key, title=title, measure=Said("audit", field), over=bottom, unit=unit, needs="audit")


def _days(key: str, title: str, *states: str) -> Column:
    return Column(key=key, title=title, measure=Reported(frozenset(states)), unit="days")  # type: ignore[arg-type]


ADMITTED = _sum("admitted", N_("入园人次"), of=SCENIC)
REFUSED = _sum("refused", N_("拒绝入园"), of=SCENIC)
SOLD = _sum("sold", N_("售出门票"), of=SCENIC)
TICKETS = _sum("sold_fen", N_("门票收入"), unit="fen", of=SCENIC)
OVERLOAD = Column(
    key="overload", title=N_("超载分钟"), measure=Overload(level=100), unit="minutes", of=SCENIC
)

GUESTS = _sum("guests", N_("入住人数"), of=LODGES)
AVAILABLE = _night("available", N_("可供出租间夜"), "roomsAvailable")
LET = _night("let", N_("出租间夜"), "roomsSold")
OCCUPANCY = _night("occupancy", N_("客房出租率"), "roomsSold", "roomsAvailable", "rate")
ROOM_INCOME = _night("room_income", N_("客房收入"), "roomRevenue", unit="fen")
OTHER_INCOME = _night("other_income", N_("餐饮及其他收入"), "otherRevenue", unit="fen")
AVERAGE_PRICE = _night("average_price", N_("平均房价"), "roomRevenue", "roomsSold", "fen")
REVPAR = _night("revpar", N_("每间可供出租客房收入"), "roomRevenue", "roomsAvailable", "fen")

ORDERS = _sum("orders", N_("成交订单"))
PAID = _sum("paid_fen", N_("收款"), unit="fen")
REFUNDED = _sum("refund_fen", N_("退款"), unit="fen")

CONTRACTS = _sum("contracts", N_("签订合同"), of=AGENCIES)
GROUPS = _sum("groups", N_("备案团队"), of=AGENCIES)
GROUP_PEOPLE = _sum("group_pax", N_("团队人数"), of=AGENCIES)
SETTLED_PEOPLE = _sum("settled_pax", N_("结算人数"), of=AGENCIES)
PERSON_DAYS = _sum("person_days", N_("人天数"), of=AGENCIES)
GROUP_INCOME = _sum("income_fen", N_("团队收入"), unit="fen", of=AGENCIES)

CASES = _sum("cases", N_("收到投诉"))
SOLVED = _sum("solved", N_("办结投诉"))
QUICK = Column(
    key="quick", title=N_("一天内办结率"), measure=Sum(("quick",)), over=Sum(("solved",)), unit="rate"
)
SOLVING = Column(
    key="solving", title=N_("平均办结小时"), measure=Sum(("solved_s",)), over=Sum(("solved",)), unit="hours"
)
CASE_REFUND = _sum("case_refund_fen", N_("投诉退款"), unit="fen")
INCIDENTS = Column(
    key="incidents",
    title=N_("安全事件"),
    measure=Incidents(frozenset({"none", "general", "large", "major", "extraordinary"})),
)
GRAVE = Column(
    key="grave", title=N_("较大及以上"), measure=Incidents(frozenset({"large", "major", "extraordinary"}))
)
INSPECTIONS = _sum("inspections", N_("安全检查"))
ITEMS = _sum("inspected", N_("检查项目"))
FAILINGS = _sum("failings", N_("不合格项目"))
PASSED = Column(
    key="passed", title=N_("检查合格率"), measure=Sum(("passed",)), over=Sum(("inspections",)), unit="rate"
)
RECTIFIED = _sum("rectified", N_("整改完成"))
RECTIFYING = Column(
    key="rectifying",
    title=N_("平均整改天数"),
    measure=Sum(("rectified_days",)),
    over=Sum(("rectified",)),
    unit="count",
)

RECEIVED = _sum("received", N_("收到事件"))
LATE = _sum("late", N_("迟报"))
AFTER = _sum("after", N_("关账后"))
REPLACED = _sum("replaced", N_("被更正"))
REFUSED_EVENTS = _sum("quarantined", N_("退回"), "quarantined", "parked")
TIMELY = Column(
    key="timely", title=N_("按时率"), measure=Sum(("received", "-late")), over=Sum(("received",)), unit="rate"
)
SILENT = _days("silent", N_("未上报天数"), "silent")
UNCLOSED = _days("unclosed", N_("缺日结天数"), "missing")
INCOMPLETE = _days("incomplete", N_("不齐天数"), "incomplete")
CLOSED_LATE = _days("closed_late", N_("日结迟到天数"), "late")
COMPLETE = Column(
    key="complete",
    title=N_("报送齐全率"),
    measure=Reported(frozenset({"complete", "late"})),
    over=Reported(),
    unit="rate",
)

HEAD = (
    *(ADMITTED, SOLD, TICKETS, GUESTS, LET, OCCUPANCY, AVERAGE_PRICE, ORDERS, PAID, REFUNDED),
    *(GROUPS, GROUP_PEOPLE, CASES, INCIDENTS, COMPLETE),
)
PLACE = (ADMITTED, TICKETS, GUESTS, LET, OCCUPANCY, PAID, CASES, INCIDENTS)
AREA = (ADMITTED, SOLD, TICKETS, REFUSED, OVERLOAD)
HOTEL = (GUESTS, AVAILABLE, LET, OCCUPANCY, ROOM_INCOME, AVERAGE_PRICE, REVPAR)
STAR = (AVAILABLE, LET, OCCUPANCY, AVERAGE_PRICE, REVPAR, ROOM_INCOME, OTHER_INCOME)
AGENCY = (CONTRACTS, GROUPS, GROUP_PEOPLE, SETTLED_PEOPLE, PERSON_DAYS, GROUP_INCOME)
COMPLAINTS = (CASES, SOLVED, QUICK, SOLVING, CASE_REFUND)
SAFETY = (INSPECTIONS, ITEMS, FAILINGS, PASSED, RECTIFIED, RECTIFYING, INCIDENTS, GRAVE)
QUALITY = (RECEIVED, LATE, AFTER, TIMELY, REPLACED, REFUSED_EVENTS)
REPORTING = (SILENT, UNCLOSED, INCOMPLETE, CLOSED_LATE)
COMPARED = (ADMITTED, TICKETS, GUESTS, LET, PAID, GROUP_PEOPLE)


def _parts(key: str, title: str, name: str, *, foreign: bool = False) -> Sheet:
    people = Column(
        key="people",
        title=N_("人数"),
        measure=Parts(name, without=frozenset({"CN"}) if foreign else frozenset(), foreign=foreign),
    )
    return Sheet(key=key, title=title, by="code", columns=(people,), ranked=True)


TOTALS = Sheet(key="totals", title=N_("总览"), by="total", columns=HEAD)
DISTRICTS = Sheet(key="districts", title=N_("各区县"), by="district", columns=PLACE)
DAYS = Sheet(key="days", title=N_("逐日"), by="day", columns=PLACE)
MONTHS = Sheet(key="months", title=N_("逐月"), by="month", columns=HEAD)
AREAS = Sheet(
    key="areas", title=N_("景区"), by="sender", columns=AREA, kinds=SCENIC, ranked=True, sparse=True
)
HOTELS = Sheet(
    key="hotels", title=N_("酒店与民宿"), by="sender", columns=HOTEL, kinds=LODGES, ranked=True, sparse=True
)
STARS = Sheet(
    key="stars",
    title=N_("酒店经营统计"),
    by="sender",
    columns=STAR,
    kinds=frozenset({"hotel"}),
    ranked=True,
    sparse=True,
)
AGENCY_SHEET = Sheet(
    key="agencies", title=N_("旅行社"), by="sender", columns=AGENCY, kinds=AGENCIES, sparse=True
)
ORIGINS = _parts("origins", N_("购票客源"), "origin")
COUNTRIES = _parts("countries", N_("入境住宿(按国家和地区)"), "from", foreign=True)
COMPLAINT_TOTALS = Sheet(key="complaints", title=N_("投诉"), by="total", columns=COMPLAINTS)
COMPLAINTS_OF = Sheet(
    key="complaints_of", title=N_("投诉(按单位)"), by="sender", columns=COMPLAINTS, sparse=True, ranked=True
)
SEVERITY = _parts("severity", N_("投诉严重程度"), "severity")
SAFETY_TOTALS = Sheet(key="safety", title=N_("安全"), by="total", columns=SAFETY)
SAFETY_OF = Sheet(
    key="safety_of", title=N_("安全(按单位)"), by="sender", columns=SAFETY, sparse=True, ranked=True
)
LACKING = Sheet(
    key="lacking", title=N_("未报全的单位"), by="sender", columns=REPORTING, sparse=True, ranked=True
)
QUALITY_TOTALS = Sheet(key="quality", title=N_("数据质量"), by="total", columns=(*QUALITY, COMPLETE))
QUALITY_KINDS = Sheet(
    key="quality_kinds", title=N_("数据质量(按类别)"), by="kind", columns=(*QUALITY, COMPLETE)
)
QUALITY_OF = Sheet(
    key="quality_of", title=N_("数据质量(按单位)"), by="sender", columns=(*QUALITY, *REPORTING), sparse=True
)
QUALITY_TYPES = Sheet(
    key="quality_types",
    title=N_("数据质量(按事件种类)"),
    by="type",
    columns=(
        Column(key="received", title=N_("收到事件"), measure=Typed("n")),
        Column(key="late", title=N_("迟报"), measure=Typed("l")),
        Column(key="after", title=N_("关账后"), measure=Typed("a")),
    ),
    ranked=True,
)
