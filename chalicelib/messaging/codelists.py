"""Code lists: what the codes in events mean. Rows with source and validity; they grow, a code never changes.

A row that ended keeps its place: events of its time still carry it.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from chalicelib.kernel.late import dataclass


@dataclass(frozen=True, kw_only=True)
class Code:
    """One code. ``note`` marks what a reader must not take it for."""

    code: str
    zh: str
    en: str
    note: str = ""
    since: date = date(2026, 1, 1)
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class CodeList:
    """A list and where its codes come from."""

    key: str
    title: str
    source: str
    version: int
    codes: tuple[Code, ...]

    def names(self, *, day: date) -> dict[str, str]:
        """The Chinese words of the codes that hold on a day."""
        return {
            one.code: one.zh
            for one in self.codes
            if one.since <= day and (one.until is None or day < one.until)
        }


def _rows(text: str, **shared: Any) -> Iterator[Code]:
    """Lines of ``code · 中文 · English``."""
    for line in text.strip().splitlines():
        code, zh, en = (part.strip() for part in line.split("·"))
        yield Code(code=code, zh=zh, en=en, **shared)


STATISTICS_ONLY = "statistics-only"
_OURS = "Songyun event contracts"

DISTRICTS = CodeList(
    key="districts",
    title="Districts and counties of Zhengzhou",
    source="GB/T 2260; functional zones: statistics division codes 2023",
    version=1,
    codes=(
        *_rows(
            """
            410100 · 郑州市 · Zhengzhou
            410102 · 中原区 · Zhongyuan
            410103 · 二七区 · Erqi
            410104 · 管城回族区 · Guancheng Hui
            410105 · 金水区 · Jinshui
            410106 · 上街区 · Shangjie
            410108 · 惠济区 · Huiji
            410122 · 中牟县 · Zhongmu
            410181 · 巩义市 · Gongyi
            410182 · 荥阳市 · Xingyang
            410183 · 新密市 · Xinmi
            410184 · 新郑市 · Xinzheng
            410185 · 登封市 · Dengfeng
            """
        ),
        # Enterprises and reports carry these; no resident's number does, and GB/T 2260 does not know them.
        *_rows(
            """
            410171 · 郑州经济技术开发区 · Zhengzhou Economic Development Zone
            410172 · 郑州高新技术产业开发区 · Zhengzhou High-tech Zone
            410173 · 郑州航空港经济综合实验区 · Zhengzhou Airport Economy Zone
            """,
            note=STATISTICS_ONLY,
        ),
    ),
)


def _list(key: str, title: str, text: str, *, source: str = _OURS) -> CodeList:
    return CodeList(key=key, title=title, source=source, version=1, codes=tuple(_rows(text)))


CODELISTS: tuple[CodeList, ...] = (
    DISTRICTS,
    _list(
        "kinds",
        "Kinds of enterprises",
        """
        scenic · 景区 · scenic area
        hotel · 酒店 · hotel
        agency · 旅行社 · travel agency
        homestay · 乡村民宿 · rural homestay
        bureau · 主管部门 · authority
        """,
    ),
    _list(
        "elements",
        "Elements of tourism",
        """
        食 · 餐饮 · food
        住 · 住宿 · lodging
        行 · 交通 · transport
        游 · 游览 · sights
        购 · 购物 · shopping
        娱 · 娱乐 · entertainment
        """,
    ),
    _list(
        "channels",
        "Channels of sale",
        """
        online · 自有网店 · own online shop
        desk · 现场 · desk
        api · 接口 · API
        ota · 在线旅行平台 · online travel agency
        """,
    ),
    _list(
        "payment-methods",
        "Ways to pay",
        """
        desk · 现场收款 · paid at the desk
        card · 银行卡 · card
        alipay · 支付宝 · Alipay
        wechat_pay · 微信支付 · WeChat Pay
        lvchengtong · 绿城通 · Lvchengtong city card
        """,
    ),
    _list(
        "concessions",
        "Classes of tickets",
        """
        adult · 成人票 · adult
        youth · 青少年票 · youth
        student · 学生票 · student
        senior · 老年票 · senior
        """,
        source="Songyun; an enterprise may use further codes of its own",
    ),
    _list(
        "origins",
        "Origin of visitors",
        """
        local · 本市 · Zhengzhou
        other · 外地 · elsewhere on the mainland
        inbound · 入境 · from Hong Kong, Macau, Taiwan or abroad
        """,
    ),
    _list(
        "refusals",
        "Why a gate refused",
        """
        used · 已使用 · used before
        refunded · 已退票 · refunded
        too-early · 未到入园时间 · before its session
        over · 已过入园时段 · after its session
        wrong-area · 非本景区门票 · another area's ticket
        code-invalid · 票码无法识别 · unreadable code
        full · 园内已满 · full
        closed · 景区关闭 · closed
        """,
    ),
    _list(
        "statuses",
        "State of a scenic area",
        """
        open · 开放 · open
        limited · 限流 · limited
        closed · 关闭 · closed
        """,
    ),
    _list(
        "flow-qualities",
        "How people inside were counted",
        """
        gate · 闸机 · gates
        camera · 视频 · cameras
        wifi · 无线网络 · wireless
        manual · 人工 · by hand
        estimated · 估算 · estimated
        """,
    ),
    _list(
        "alert-colours",
        "Colours of warnings, the gravest first",
        """
        red · 红色 · red
        orange · 橙色 · orange
        yellow · 黄色 · yellow
        blue · 蓝色 · blue
        """,
        source="Emergency Response Law 2024, art. 63",
    ),
    _list(
        "incident-grades",
        "Grades of incidents",
        """
        none · 未达等级 · below any grade
        general · 一般 · general
        large · 较大 · large
        major · 重大 · major
        extraordinary · 特别重大 · extraordinary
        """,
        source="Measures on Tourism Safety (order 41), art. 39",
    ),
)


def document(lists: Iterable[CodeList]) -> dict[str, Any]:
    """The lists as they are published."""
    return {
        "codelists": [
            {
                "key": one.key,
                "title": one.title,
                "source": one.source,
                "version": one.version,
                "codes": [_code(code) for code in one.codes],
            }
            for one in lists
        ]
    }


def _code(code: Code) -> dict[str, Any]:
    return {
        "code": code.code,
        "titles": {"zh": code.zh, "en": code.en},
        "note": code.note or None,
        "valid_from": code.since.isoformat(),
        "valid_to": code.until.isoformat() if code.until is not None else None,
    }
