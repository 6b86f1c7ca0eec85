"""The way home: which type of event stands behind a figure."""

import re
from collections.abc import Mapping

from tenants.bureau.domain.figures import types

BEHIND: Mapping[str, str] = {
    **dict.fromkeys(("orders", "order_fen", "bought", "spent"), types.ORDER),
    **dict.fromkeys(("payments", "paid_fen", "refunds", "refund_fen"), types.PAYMENT),
    **dict.fromkeys(("goods", "goods_days"), types.FULFILMENT),
    **dict.fromkeys(("sold", "sold_fen", "ahead", "origin"), types.TICKET),
    **dict.fromkeys(("admitted", "refused"), types.ENTRY),
    **dict.fromkeys(("inside", "flow", "seen"), types.FLOW),
    **dict.fromkeys(("level", "crossed", "over", "up"), types.CROSSED),
    "status": types.STATUS,
    **dict.fromkeys(("stays", "guests", "from", "purpose"), types.CHECKED_IN),
    **dict.fromkeys(("departures", "departed_nights", "band"), types.CHECKED_OUT),
    **dict.fromkeys(("registered", "registered_s", "timely", "unregistered"), types.REGISTERED),
    "free": types.AVAILABILITY,
    "audit": types.AUDIT,
    **dict.fromkeys(("contracts", "contract_pax", "contract_fen"), types.CONTRACT),
    **dict.fromkeys(("below_floor", "with_shopping", "with_optional"), types.CONTRACT),
    **dict.fromkeys(("groups", "group_pax", "bound"), types.GROUP),
    **dict.fromkeys(("stops", "deviations"), types.PROGRESS),
    **dict.fromkeys(("settled", "settled_pax", "person_days", "income_fen", "cost_fen"), types.SETTLED),
    **dict.fromkeys(("cases", "severity"), types.OPENED),
    **dict.fromkeys(("steps", "responses", "response_s"), types.PROGRESSED),
    **dict.fromkeys(("solved", "solved_s", "quick", "case_refund_fen", "rated", "rating"), types.CASE_CLOSED),
    **dict.fromkeys(("surveys", "score", "scored", "survey_fen"), types.SURVEY),
    **dict.fromkeys(("incident", "incident_reports"), types.INCIDENT),
    **dict.fromkeys(("inspections", "inspected", "failings", "passed"), types.INSPECTION),
    **dict.fromkeys(("rectified", "rectified_days"), types.RECTIFIED),
    "ack": types.RECEIPT,
    "profile": types.PROFILE,
    "feed": types.OBSERVED,
    "return": types.DECLARED,
}
"""By the stem of a counter or gauge: every number leads to its events."""


def behind(name: str) -> str:
    """The type of event behind a counter or gauge by its full name; empty for what is no figure
    (``received``, ``late``).
    """
    if name[:2] in {"n:", "d:", "l:", "a:"}:
        return name[2:]
    if name[:2] == "t:":
        return types.NUMBERED.get(name[2:5], "")
    return BEHIND.get(re.split(r"[.@/:]", name, maxsplit=1)[0], "")
