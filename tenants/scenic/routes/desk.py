"""What every page of the console has: its doors, its places, who is at work."""

from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import business_day
from chalicelib.persistence.directory import called
from chalicelib.web.desk import above
from chalicelib.web.http import Call, Html, Member

DESK = Member("desk", kind="scenic")
READ = Member("desk", "orders.read", "orders.write", kind="scenic")
GATE = Member("gate", "desk", kind="scenic")

_PLACES = (
    ("home", "/console", N_("今日")),
    ("sell", "/console/sell", N_("窗口售票")),
    ("areas", "/console/areas", N_("景区")),
    ("gate", "/gate", N_("检票")),
)
_ROLES = {"owner": N_("负责人"), "desk": N_("售票"), "gate": N_("检票"), "orders.read": N_("查看订单")}


def console(call: Call, template: str, /, *, place: str, **context: Any) -> Html:
    """A page of the console, with its menu."""
    return Html(template, **{**frame(call, place), **context})


def frame(call: Call, place: str) -> dict[str, Any]:
    """What every page of the console has around it; pages of the core too."""
    say = call.translate
    role = next((words for name, words in _ROLES.items() if name in call.context.roles), "")
    label = call.credential.label if call.credential is not None else ""
    return {
        "site": {"name": called(call.tenant, call.locale), "href": "/console"},
        "nav": [
            {
                "items": [
                    {"label": say(words), "href": href, "current": name == place}
                    for name, href, words in _PLACES
                ]
            },
            above(call, place),
        ],
        "who": {"name": label, "role": say(role) if role else ""},
        "today": business_day(call.now).isoformat(),
    }
