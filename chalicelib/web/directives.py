"""通知与指令: what came from above, at the desk of every kind of enterprise: read it, act, say so."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging.directives import inbox
from chalicelib.messaging.directives.domain import Directive
from chalicelib.messaging.directives.store import DirectiveStore
from chalicelib.web.banners import COLOURS
from chalicelib.web.desk import DIRECTIVES, framed
from chalicelib.web.http import (
    Asked,
    Blank,
    Blueprint,
    Call,
    Empty,
    Html,
    Member,
    Paging,
    Redirect,
    make_cursor,
    page,
)

blueprint = Blueprint(__name__)
SEE = Member()
ANSWER = Member("desk", "duty")
"""Who may speak for the enterprise: its owner, its desk, whoever is on duty."""

_HERE = "/console/directives"
_NEVER = 2099
"""An order without an end says the last day of this year."""

KINDS = {"alert": N_("预警"), "capacity": N_("限流指令"), "notice": N_("通知")}
STATES = {
    "delivered": (N_("待阅读"), "warn"),
    "read": (N_("已阅读"), "calm"),
    "acted": (N_("已处理"), "good"),
    "refused": (N_("无法执行"), "urgent"),
}
ENDINGS = {"cancelled": N_("已撤销"), "lifted": N_("已解除"), "replaced": N_("已被更新")}
ACTIONS = {
    "shown": N_("已张贴或播报"),
    "guests-told": N_("已通知游客"),
    "sales-stopped": N_("已停止或减少售票"),
    "closed": N_("已关闭场所"),
    "evacuated": N_("已疏散"),
    "none": N_("无需采取措施"),
}
REASONS = {
    "crowd": N_("人流过密"),
    "weather": N_("天气"),
    "fire-risk": N_("火险"),
    "facility": N_("设施故障"),
    "disease": N_("疫情"),
    "event": N_("大型活动"),
    "other": N_("其他"),
}


class OfDirectives(Paging):
    """A month, and one kind."""

    month: Annotated[date | None, Blank] = Field(
        default=None, description="any day of the month, this one by default"
    )
    kind: Literal["", "alert", "capacity", "notice"] = ""


class Acted(Asked):
    """What was done."""

    action: Literal["shown", "guests-told", "sales-stopped", "closed", "evacuated", "none"]


@page(blueprint, "GET", _HERE, use_case="directive.list", door=SEE, query=OfDirectives)
def show_directives(call: Call) -> Html:
    """A month's directives, newest first; what waits to be read is marked."""
    _enterprise(call)
    asked: OfDirectives = call.query
    month = asked.month or business_day(call.now)
    before = (asked.after or {}).get("at", "")
    found = DirectiveStore(call.work).month(month, before=before, most=asked.limit + 1)
    cursor = make_cursor({"at": found[asked.limit - 1].id}) if len(found) > asked.limit else None
    say = call.translate
    lines = [_line(one, call) for one in found[: asked.limit] if asked.kind in {"", one.kind}]
    return framed(
        call,
        "desk/directives.html",
        place=DIRECTIVES,
        month=month.replace(day=1),
        earlier=f"{_HERE}?month={month.replace(day=1) - timedelta(days=1)}",
        kind=asked.kind,
        kinds=[(code, say(words)) for code, words in KINDS.items()],
        directives=lines,
        first=min((line["due"] for line in lines if line["due"]), default=None),
        next_href=f"{_HERE}?month={month}&kind={asked.kind}&cursor={cursor}" if cursor else None,
    )


@page(blueprint, "GET", f"{_HERE}/{{directive}}", use_case="directive.show", door=SEE)
def show_directive(call: Call) -> Html:
    """One of them. Its text is shown once somebody opened it: that is what the authority counts as read."""
    _enterprise(call)
    one = inbox.find(call.path["directive"], work=call.work)
    say = call.translate
    return framed(
        call,
        "desk/directive.html",
        place=DIRECTIVES,
        one=_line(one, call),
        texts=[
            text for part in ("description", "instruction", "words") if (text := one.text(part, call.locale))
        ],
        facts=_facts(one, call),
        steps=_steps(one, call),
        may_act=one.acted is None and not one.over,
        actions=[(code, say(words)) for code, words in ACTIONS.items()],
    )


@page(
    blueprint,
    "POST",
    f"{_HERE}/{{directive}}/open",
    use_case="directive.open",
    door=ANSWER,
    body=Empty,
)
def open_directive(call: Call, _body: Empty) -> Redirect:
    """Read: the receipt goes up, the text is shown."""
    one = inbox.open_directive(call.path["directive"], work=call.work)
    return Redirect(f"{_HERE}/{one.id}")


@page(blueprint, "POST", f"{_HERE}/{{directive}}/act", use_case="directive.act", door=ANSWER, body=Acted)
def act_on_directive(call: Call, body: Acted) -> Redirect:
    """Done: with what was done."""
    one = inbox.act(call.path["directive"], action=body.action, work=call.work)
    return Redirect(f"{_HERE}/{one.id}")


@page(
    blueprint,
    "POST",
    f"{_HERE}/{{directive}}/decline",
    use_case="directive.decline",
    door=ANSWER,
    body=Empty,
)
def decline_directive(call: Call, _body: Empty) -> Redirect:
    """It cannot be done here: the authority sees it at the top of its board."""
    one = inbox.decline(call.path["directive"], work=call.work)
    return Redirect(f"{_HERE}/{one.id}")


def _enterprise(call: Call) -> None:
    if call.tenant.kind == "bureau":
        raise Missing  # an authority has its own pages about directives


def _line(one: Directive, call: Call) -> dict[str, Any]:
    say = call.translate
    colour = COLOURS.get(str(one.data.get("colour", "")))
    state, tone = STATES[one.state]
    owed = one.awaited and one.acted is None
    return {
        "id": one.id,
        "href": f"{_HERE}/{one.id}",
        "kind": say(KINDS[one.kind]) if one.kind else "",
        "headline": one.text("headline", call.locale) or _short(one, call),
        "issued": rfc3339(one.issued),
        "until": _until(one),
        "state": {"text": say(state), "tone": tone},
        "colour": {"text": say(colour[0]), "tone": colour[2]} if colour else None,
        "exercise": one.exercise,
        "holds": one.holds(call.now),
        "ending": say(ENDINGS[one.ending]) if one.ending else "",
        "unread": one.read is None,
        "waits": one.awaited,
        "due": rfc3339(one.due) if one.due is not None and owed else None,
        "late": owed and one.due is not None and call.now > one.due,
    }


def _short(one: Directive, call: Call) -> str:
    """An order in a few words: it has no headline."""
    say, data = call.translate, one.data
    if data.get("cap") == 0 or data.get("permille") == 0:
        return say(N_("暂停售票和入园"))
    if "cap" in data:
        return say(N_("限流:园内同时最多 %(count)s 人"), count=f"{data['cap']:,}")
    share = f"{data.get('permille', 1000) / 10:g}"
    return say(N_("限流:不超过核定最大承载量的 %(share)s%%"), share=share)


def _facts(one: Directive, call: Call) -> list[tuple[str, Any]]:
    say, data = call.translate, one.data
    facts: list[tuple[str, Any]] = []
    if one.kind == "capacity":
        every = data.get("area", "*") == "*"
        facts.append((say(N_("区域")), say(N_("全部区域")) if every else str(data["area"])))
        facts.append((say(N_("原因")), say(REASONS.get(str(data.get("reason")), REASONS["other"]))))
    if "identifier" in data:
        facts.append((say(N_("预警编号")), str(data["identifier"])))
    return facts


def _steps(one: Directive, call: Call) -> list[dict[str, Any]]:
    say = call.translate
    taken = [
        (N_("发布"), one.issued, ""),
        (N_("送达"), one.delivered, ""),
        (N_("已处理"), one.acted, say(ACTIONS[one.action]) if one.action in ACTIONS else ""),
        (N_("已阅读"), one.read, ""),
        (N_("无法执行"), one.refused, ""),
        (ENDINGS.get(one.ending, ""), one.over, ""),
    ]
    shown = [(words, at, text) for words, at, text in taken if at is not None and words]
    shown.sort(key=lambda step: step[1])
    return [{"title": say(words), "at": rfc3339(at), "text": text or None} for words, at, text in shown]


def _until(one: Directive) -> str | None:
    return rfc3339(one.ends) if one.ends is not None and one.ends.year < _NEVER else None
