"""What holds for an area right now, in the reader's words: its own state, and orders from above."""

from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.web import formats
from chalicelib.web.http import Call
from tenants.scenic.domain.area import Area, Gauge
from tenants.scenic.domain.limit import lowered, strictest
from tenants.scenic.store import ScenicShop
from tenants.scenic.words import area_state

_OPEN_END = 2099
"""An order without an end says the last day of this year."""


def state_of(area: Area, gauge: Gauge, call: Call, shop: ScenicShop) -> dict[str, Any]:
    """``text``, ``tone`` of a tag, ``note``, and whether it is so by order (``ordered``).

    An order in force speaks, unless the area is shut anyway.
    """
    say, orders = call.translate, shop.limits.orders()
    limit = strictest(area, orders, call.now)
    if limit is None or gauge.status == "closed":
        return {**area_state(area, gauge, say), "ordered": False}
    most = lowered(area, orders, call.now)
    if most.instant:
        words = N_("按主管部门要求限流,园内同时最多 %(count)s 人。")
        notes = [say(words, count=formats.number(most.instant))]
    else:
        notes = [say(N_("按主管部门要求,暂停售票和入园。"))]
    if limit.ends.year < _OPEN_END:
        at = formats.instant(limit.ends, locale=call.locale, style="day")
        notes.append(say(N_("预计 %(at)s 解除。"), at=at))
    stops = gauge.stops(most)
    return {
        "text": say(N_("暂停入园")) if stops else say(N_("限流")),
        "tone": "urgent" if stops else "warn",
        "ordered": True,
        "note": (" " if call.locale in {"en", "ko"} else "").join(notes),
    }
