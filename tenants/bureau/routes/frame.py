"""What every page of the desk has around it: its navigation, and the day that it shows."""

from datetime import date, timedelta
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import business_day
from chalicelib.web.desk import keeps_hooks
from chalicelib.web.http import Call
from tenants.bureau.routes import words
from tenants.bureau.store.scope import reach

_HOOKS = "/console/hooks"
_PLACES = (
    ("/bureau", N_("今日")),
    ("/bureau/wall", N_("大屏")),
    ("/bureau/reporting", N_("报送情况")),
    ("/bureau/kpi", N_("指标")),
    ("/bureau/lodging", N_("住宿")),
    ("/bureau/holiday", N_("假日旅游")),
    ("/bureau/commands", N_("指令")),
    ("/bureau/reconciliation", N_("日结核对")),
    ("/bureau/quarantine", N_("退回的事件")),
    ("/bureau/reports", N_("报告")),
    ("/bureau/returns", N_("统计报表")),
    ("/bureau/lake", N_("数据湖")),
    ("/bureau/officers", N_("人员与授权")),
    (_HOOKS, N_("接口推送")),
)


def frame(call: Call, current: str) -> dict[str, Any]:
    """The navigation; ``current``: the place that this page belongs to."""
    items = [
        {"label": call.translate(word), "href": href, "current": href == current}
        for href, word in _PLACES
        if href != _HOOKS or keeps_hooks(call)
    ]
    return {"nav": [{"items": items}]}


def dated(call: Call, day: date) -> dict[str, Any]:
    """The day that is shown, and the days beside it."""
    today = business_day(call.now)
    return {
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
    }


def places(call: Call) -> list[tuple[str, str]]:
    """The districts that the officer reaches, to choose from; none where there is nothing to choose."""
    scope = reach()
    found = [
        (code, call.translate(word))
        for code, word in words.DISTRICTS.items()
        if scope.reaches(code) and not code.endswith("00")
    ]
    return found if len(found) > 1 else []
