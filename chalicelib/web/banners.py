"""Banners: warnings and orders from above, on every page of the tenants they are for, while they hold."""

from collections.abc import Mapping
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import rfc3339
from chalicelib.web.call import Call

COLOURS: Mapping[str, tuple[str, str, str]] = {
    "red": (N_("红色预警"), "urgent", "urgent"),
    "orange": (N_("橙色预警"), "urgent", "urgent"),
    "yellow": (N_("黄色预警"), "warn", "warn"),
    "blue": (N_("蓝色预警"), "info", "calm"),
}
"""Words, the tone of a notice, the tone of a tag; red is the gravest."""

_ORDER = tuple(COLOURS)


def warnings(call: Call) -> list[dict[str, Any]]:
    """The warnings that hold now for the tenant of this page, the gravest first.

    A drill is shown to people at work, marked as one, and to no visitor.
    """
    from chalicelib.messaging.directives.store import holding  # the bureau and the platform need none

    if call.tenant.kind == "bureau":
        return []
    found = [
        one
        for one in holding(now=call.now)
        if one.kind == "alert" and (not one.exercise or call.context.door == "member")
    ]
    found.sort(key=lambda one: (_ORDER.index(str(one.data["colour"])), one.begins))
    return [
        {
            "colour": COLOURS[str(one.data["colour"])][0],
            "tone": COLOURS[str(one.data["colour"])][1],
            "headline": one.text("headline", call.locale),
            "description": one.text("description", call.locale),
            "instruction": one.text("instruction", call.locale),
            "until": rfc3339(one.ends) if one.ends is not None else None,
            "exercise": one.exercise,
        }
        for one in found
    ]
