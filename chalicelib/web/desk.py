"""The desk of an enterprise as the core knows it: what pages of the core have around them there.

A module brings its own frame (``Module.frame``); what stands between it and the authority is the same for
every kind and comes from here.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Call, Html
from chalicelib.web.registry import FRAMES

KEEPERS = ("feed.hooks", "bureau.delegate")
"""Besides its owner: whoever keeps a tenant's interfaces, the bureau's leader."""

DIRECTIVES, REPORTS, RETURNS, HOOKS = "directives", "reports", "returns", "hooks"
_PLACES = (
    (DIRECTIVES, "/console/directives", N_("通知与指令")),
    (REPORTS, "/console/reports", N_("上报")),
    (RETURNS, "/console/returns", N_("统计报表")),
    (HOOKS, "/console/hooks", N_("接口推送")),
)


def framed(call: Call, template: str, /, *, place: str, **context: Any) -> Html:
    """A page of the core inside the console of the caller's own kind."""
    frame = FRAMES.get(call.tenant.kind) or _plain
    return Html(template, **{**frame(call, place), **context})


def above(call: Call, place: str) -> dict[str, Any]:
    """The group of the menu that every console has: what comes from the authority, and what goes there."""
    from chalicelib.messaging.directives.store import RETURN, all_waiting

    waits = all_waiting()
    returns = sum(id.startswith(RETURN) for id in waits)
    counts = {DIRECTIVES: len(waits) - returns, RETURNS: returns}
    return {
        "title": call.translate(N_("主管部门")),
        "items": [
            {
                "label": call.translate(words),
                "href": href,
                "current": name == place,
                "count": counts.get(name, 0),
            }
            for name, href, words in _PLACES
            if name != HOOKS or keeps_hooks(call)
        ],
    }


def keeps_hooks(call: Call) -> bool:
    """Whether the caller may open the page of addresses that the feed is sent to."""
    held = {role.partition("@")[0] for role in call.context.roles}
    return not held.isdisjoint({"owner", *KEEPERS})


def _plain(call: Call, place: str) -> Mapping[str, Any]:
    """A kind without a console of its own."""
    return {"nav": [above(call, place)]}
