"""The KPIs as rows. A changed rule is a new version with its own validity; the old one keeps its days.

K-codes are those of the city's plan; codes with M are the monitor's own. Thresholds that the plan does not
name, and owners, are defaults to be confirmed by the bureau.
"""

from fractions import Fraction

from chalicelib.kernel.errors import N_
from tenants.bureau.domain.figures import types
from tenants.bureau.domain.kpi import Definition
from tenants.bureau.domain.measures import Active, Incidents, Overload, Parts, Receipts, Reported, Said, Sum

_PLAN = "智慧旅游建设目标"
_OWN = "产业运行监测口径（默认值，由主管部门确认）"
_LAW = "出境入境管理法 第三十九条；旅馆业治安管理办法 第六条"
_STARS = "星级饭店统计口径（文化和旅游部季度统计公报所用公式）"

_CENTRE = N_("数据中心")
_SAFETY = N_("安全监管处")
_MARKET = N_("市场管理处")
_SERVICE = N_("投诉处理中心")

_LODGES = frozenset({"hotel", "homestay"})
_ONLINE = ("online", "api", "ota")
_SUM = frozenset({"numerator"})


def _within(code: str, seconds: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"t:{code}.{one}" for one in seconds)


def _all(*names: str) -> tuple[str, ...]:
    return tuple(f"n:{types.NUMBERED[name]}" for name in names)


KPIS: tuple[Definition, ...] = (
    Definition(
        code="K04a",
        title=N_("预警与事件一分钟内到达"),
        numerator=Sum(_within("U11", (5, 60)) + _within("U24", (5, 60))),
        denominator=Sum(_all("U11", "U24")),
        unit="percent",
        threshold=Fraction(95),
        owner=_CENTRE,
        source=_PLAN,
    ),
    Definition(
        code="K04b",
        title=N_("客流观测十分钟内到达"),
        numerator=Sum(_within("U10", (5, 60, 300, 600))),
        denominator=Sum(_all("U10")),
        unit="percent",
        threshold=Fraction(95),
        owner=_CENTRE,
        source=_PLAN,
        kinds=frozenset({"scenic"}),
    ),
    Definition(
        code="K06",
        title=N_("指令按时确认率"),
        numerator=Receipts(timely=True),
        denominator=Receipts(),
        unit="percent",
        threshold=Fraction(95),
        owner=_SAFETY,
        source=_PLAN,
        note=N_("不含演练;未到时限的不计。"),
    ),
    Definition(
        code="K07",
        title=N_("投诉率(每千笔订单)"),
        numerator=Sum(("cases",)),
        denominator=Sum(("orders",)),
        unit="permille",
        threshold=Fraction(1, 2),
        better="less",
        owner=_SERVICE,
        source=_PLAN,
        needs=(types.OPENED,),
    ),
    Definition(
        code="K07c",
        title=N_("投诉二十四小时办结率"),
        numerator=Sum(("quick",)),
        denominator=Sum(("solved",)),
        unit="percent",
        threshold=Fraction(95),
        owner=_SERVICE,
        source=_OWN,
        needs=(types.CASE_CLOSED,),
    ),
    Definition(
        code="K08",
        title=N_("重大及以上安全事件"),
        numerator=Incidents(frozenset({"major", "extraordinary"})),
        unit="count",
        threshold=Fraction(0),
        better="less",
        owner=_SAFETY,
        source=_PLAN,
        note=N_("等级按死亡、受伤和滞留人数计算,与上报等级取较高的。"),
    ),
    Definition(
        code="K11",
        title=N_("智慧应用覆盖率"),
        numerator=Active(kinds=frozenset({"hotel", "scenic", "agency"})),
        denominator=Active(heard=False, kinds=frozenset({"hotel", "scenic", "agency"})),
        unit="percent",
        threshold=Fraction(95),
        owner=_MARKET,
        source=_PLAN,
        note=N_("分母只含已接入平台的单位,不含尚未登记的企业。"),
    ),
    Definition(
        code="K12",
        title=N_("游客评分(十分制)"),
        numerator=Sum(("score",)),
        denominator=Sum(("scored",)),
        unit="score",
        least=30,
        owner=_SERVICE,
        source=_OWN,
        needs=(types.SURVEY,),
    ),
    Definition(
        code="K14a",
        title=N_("线上交易占比(按笔数)"),
        numerator=Sum(tuple(f"orders.{one}" for one in _ONLINE)),
        denominator=Sum(("orders",)),
        unit="percent",
        threshold=Fraction(30),
        owner=_MARKET,
        source=_PLAN,
    ),
    Definition(
        code="K14b",
        title=N_("线上交易占比(按金额)"),
        numerator=Sum(tuple(f"order_fen.{one}" for one in _ONLINE)),
        denominator=Sum(("order_fen",)),
        money=frozenset({"numerator", "denominator"}),
        unit="percent",
        threshold=Fraction(30),
        owner=_MARKET,
        source=_PLAN,
    ),
    Definition(
        code="K16",
        title=N_("入境住宿人数"),
        numerator=Parts("from", without=frozenset({"CN"}), foreign=True),
        unit="count",
        owner=_MARKET,
        source=_PLAN,
        kinds=_LODGES,
        needs=(types.CHECKED_IN,),
    ),
    Definition(
        code="M01",
        title=N_("入园人次"),
        numerator=Sum(("admitted",)),
        unit="count",
        owner=_CENTRE,
        source=_OWN,
        kinds=frozenset({"scenic"}),
    ),
    Definition(
        code="M02",
        title=N_("超载时长"),
        numerator=Overload(level=100),
        unit="minutes",
        threshold=Fraction(0),
        better="less",
        owner=_SAFETY,
        source=_OWN,
        kinds=frozenset({"scenic"}),
        note=N_("在园人数达到瞬时最大承载量的分钟数,各区域相加。"),
    ),
    Definition(
        code="M03",
        title=N_("拒绝入园占比"),
        numerator=Sum(("refused",)),
        denominator=Sum(("admitted", "refused")),
        unit="percent",
        owner=_MARKET,
        source=_OWN,
        kinds=frozenset({"scenic"}),
    ),
    Definition(
        code="M11",
        title=N_("客房出租率"),
        numerator=Said("audit", "roomsSold"),
        denominator=Said("audit", "roomsAvailable"),
        unit="percent",
        owner=_MARKET,
        source=_STARS,
        kinds=_LODGES,
        note=N_("已出租间夜数 ÷ 可供出租间夜数;维修房不计入可供出租。"),
    ),
    Definition(
        code="M12",
        title=N_("平均房价"),
        numerator=Said("audit", "roomRevenue"),
        denominator=Said("audit", "roomsSold"),
        money=_SUM,
        unit="fen",
        owner=_MARKET,
        source=_STARS,
        kinds=_LODGES,
        note=N_("客房收入 ÷ 已出租间夜数。"),
    ),
    Definition(
        code="M13",
        title=N_("每间可供出租客房收入"),
        numerator=Said("audit", "roomRevenue"),
        denominator=Said("audit", "roomsAvailable"),
        money=_SUM,
        unit="fen",
        owner=_MARKET,
        source=_STARS,
        kinds=_LODGES,
        note=N_("客房收入 ÷ 可供出租间夜数。"),
    ),
    Definition(
        code="M14",
        title=N_("境外客人住宿登记及时率"),
        numerator=Sum(("timely.foreign",)),
        denominator=Sum(("registered.foreign", "unregistered.foreign")),
        unit="percent",
        threshold=Fraction(100),
        owner=_SAFETY,
        source=_LAW,
        kinds=_LODGES,
    ),
    Definition(
        code="M15",
        title=N_("境内客人住宿登记及时率"),
        numerator=Sum(("timely.domestic",)),
        denominator=Sum(("registered.domestic", "unregistered.domestic")),
        unit="percent",
        threshold=Fraction(100),
        owner=_SAFETY,
        source=_OWN,
        kinds=_LODGES,
        note=N_("时限按当地规定,尚待确认。"),
    ),
    Definition(
        code="M21",
        title=N_("低于成本价合同占比"),
        numerator=Sum(("below_floor",)),
        denominator=Sum(("contracts",)),
        unit="percent",
        threshold=Fraction(0),
        better="less",
        owner=_MARKET,
        source=_OWN,
        kinds=frozenset({"agency"}),
    ),
    Definition(
        code="M22",
        title=N_("行程偏离率"),
        numerator=Sum(("deviations",)),
        denominator=Sum(("stops",)),
        unit="percent",
        better="less",
        owner=_MARKET,
        source=_OWN,
        kinds=frozenset({"agency"}),
    ),
    Definition(
        code="M31",
        title=N_("报送齐全率"),
        numerator=Reported(frozenset({"complete", "late"})),
        denominator=Reported(),
        unit="percent",
        threshold=Fraction(95),
        owner=_CENTRE,
        source=_OWN,
        note=N_("日结与收到的一致的单位占应报单位的比例;未到期的不计。"),
    ),
    Definition(
        code="M32",
        title=N_("按时报送率"),
        numerator=Sum(("received", "-late")),
        denominator=Sum(("received",)),
        unit="percent",
        threshold=Fraction(95),
        owner=_CENTRE,
        source=_OWN,
    ),
    Definition(
        code="M33",
        title=N_("退回率"),
        numerator=Sum(("quarantined",)),
        denominator=Sum(("received", "quarantined")),
        unit="percent",
        threshold=Fraction(1),
        better="less",
        owner=_CENTRE,
        source=_OWN,
    ),
    Definition(
        code="M34",
        title=N_("更正率"),
        numerator=Sum(("replaced",)),
        denominator=Sum(("received",)),
        unit="percent",
        better="less",
        owner=_CENTRE,
        source=_OWN,
    ),
)
