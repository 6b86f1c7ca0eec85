"""Words for the codes of the feed, as Chinese source text."""

from collections.abc import Mapping

from chalicelib.kernel.errors import N_
from chalicelib.messaging import words as events

TYPES = events.TYPES

DIRECTIVES: Mapping[str, str] = {
    "alert": N_("预警"),
    "capacity": N_("限流指令"),
    "notice": N_("通知"),
}

COLOURS: Mapping[str, tuple[str, str]] = {
    "red": (N_("红色"), "urgent"),
    "orange": (N_("橙色"), "urgent"),
    "yellow": (N_("黄色"), "warn"),
    "blue": (N_("蓝色"), "calm"),
}

RECEIPTS: Mapping[str, tuple[str, str]] = {
    "waiting": (N_("未送达"), "warn"),
    "delivered": (N_("已送达"), "calm"),
    "acknowledged": (N_("已确认"), "good"),
    "refused": (N_("无法执行"), "urgent"),
}

HAZARDS: Mapping[str, str] = {
    "rainstorm": N_("暴雨"),
    "flood": N_("洪水"),
    "snow": N_("暴雪"),
    "heat": N_("高温"),
    "wind": N_("大风"),
    "fire-risk": N_("火险"),
    "geological": N_("地质灾害"),
    "crowd": N_("人流过密"),
    "disease": N_("疫情"),
    "other": N_("其他"),
}

LIMIT_REASONS: Mapping[str, str] = {
    "crowd": N_("人流过密"),
    "weather": N_("天气"),
    "fire-risk": N_("火险"),
    "facility": N_("设施故障"),
    "disease": N_("疫情"),
    "event": N_("大型活动"),
    "other": N_("其他"),
}

DISPUTES: Mapping[str, tuple[str, str]] = {
    "open": (N_("异议待核实"), "warn"),
    "accepted": (N_("异议已采纳"), "good"),
    "rejected": (N_("异议未采纳"), "off"),
}

CLAIMS: Mapping[str, str] = {
    "sent": N_("单位称已经报送"),
    "not-operating": N_("单位称当天没有营业"),
    "outage": N_("单位称系统或网络故障"),
    "other": N_("其他原因"),
}

POWERS: Mapping[str, str] = {
    "bureau.read": N_("查看"),
    "bureau.command": N_("发布指令"),
    "bureau.approve": N_("复核"),
    "bureau.delegate": N_("授权"),
}

KINDS: Mapping[str, str] = {
    "scenic": N_("景区"),
    "hotel": N_("酒店"),
    "agency": N_("旅行社"),
    "homestay": N_("乡村民宿"),
    "bureau": N_("主管部门"),
}

DISTRICTS: Mapping[str, str] = {
    "410100": N_("郑州市"),
    "410102": N_("中原区"),
    "410103": N_("二七区"),
    "410104": N_("管城回族区"),
    "410105": N_("金水区"),
    "410106": N_("上街区"),
    "410108": N_("惠济区"),
    "410122": N_("中牟县"),
    "410171": N_("经开区"),
    "410172": N_("高新区"),
    "410173": N_("航空港区"),
    "410181": N_("巩义市"),
    "410182": N_("荥阳市"),
    "410183": N_("新密市"),
    "410184": N_("新郑市"),
    "410185": N_("登封市"),
}

REPORTING: Mapping[str, tuple[str, str]] = {
    "silent": (N_("未上报"), "urgent"),
    "missing": (N_("缺日结"), "urgent"),
    "incomplete": (N_("不齐"), "urgent"),
    "late": (N_("日结迟到"), "warn"),
    "open": (N_("未到期"), "off"),
    "complete": (N_("齐全"), "good"),
}

REPORTING_ABOUT: Mapping[str, str] = {
    "silent": N_("一条也没有收到"),
    "missing": N_("过了时限还没有日结"),
    "incomplete": N_("日结与收到的不一致"),
    "late": N_("都齐了,日结来晚了"),
    "open": N_("日结时限还没到"),
    "complete": N_("与日结一致"),
}

LEVELS: Mapping[str, str] = {
    "calm": N_("正常"),
    "watch": N_("偏多"),
    "high": N_("接近上限"),
    "full": N_("已到上限"),
    "unknown": N_("暂无数据"),
}

RETURN_STATES: Mapping[str, tuple[str, str]] = {
    "asked": (N_("待单位报送"), "off"),
    "overdue": (N_("逾期未报"), "urgent"),
    "declared": (N_("待区县审核"), "warn"),
    "checked": (N_("待市级受理"), "warn"),
    "accepted": (N_("已受理"), "good"),
    "returned": (N_("已退回"), "calm"),
}

KPI_STATES: Mapping[str, tuple[str, str]] = {
    "met": (N_("达标"), "good"),
    "missed": (N_("未达标"), "urgent"),
    "plain": (N_("不设目标"), "calm"),
    "insufficient": (N_("样本不足"), "off"),
    "unmeasured": (N_("没有数据"), "off"),
}

KPI_BY: Mapping[str, str] = {
    "district": N_("按区县"),
    "kind": N_("按类别"),
    "sender": N_("按单位"),
    "day": N_("按日期"),
    "code": N_("按来源地"),
}

METHODS: Mapping[str, str] = {
    "desk": N_("现场收款"),
    "card": N_("银行卡"),
    "alipay": N_("支付宝"),
    "wechat_pay": N_("微信支付"),
    "lvchengtong": N_("绿城通"),
}

REASONS: Mapping[str, str] = {
    "used": N_("已使用"),
    "refunded": N_("已退票"),
    "too-early": N_("未到入园时间"),
    "over": N_("已过入园时段"),
    "wrong-area": N_("非本景区门票"),
    "code-invalid": N_("票码无法识别"),
    "full": N_("园内已满"),
    "closed": N_("景区关闭"),
}

STATUSES: Mapping[str, tuple[str, str]] = {
    "open": (N_("开放"), "good"),
    "limited": (N_("限流"), "warn"),
    "closed": (N_("关闭"), "urgent"),
}

CLOSES: Mapping[str, tuple[str, str]] = {
    "open": (N_("未关账"), "off"),
    "equal": (N_("已核对"), "good"),
    "missing": (N_("缺失"), "urgent"),
    "surplus": (N_("多出"), "warn"),
    "differs": (N_("不一致"), "urgent"),
}

CHAINS: Mapping[str, tuple[str, str]] = {
    "first": (N_("首日"), "off"),
    "kept": (N_("连续"), "good"),
    "broken": (N_("断开"), "urgent"),
}

QUESTIONS: Mapping[str, str] = {
    "figures_by_day": N_("每家单位每天的数字合计,与实时数字相等"),
    "gauges_by_day": N_("每项状态的最新说法,按所属日期"),
    "hotels": N_("酒店出租间夜、客房收入、出租率、平均房价和 RevPAR"),
    "origins": N_("住宿客人的来源:境外按国家,境内按省份"),
    "quality": N_("各单位的收到、迟报、关账后、更正和退回"),
    "scenic": N_("景区入园、拒绝、售票和票款,按区县"),
    "types": N_("各类事件的数量、迟报数和最后收到时间"),
}
