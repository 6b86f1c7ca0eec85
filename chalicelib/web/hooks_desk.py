"""接口推送: the addresses that a tenant's feed is sent to: added, watched, sent again, removed."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.events import DOWN, OUT
from chalicelib.kernel.period import rfc3339
from chalicelib.messaging.feeds import hooks
from chalicelib.messaging.feeds.domain import Attempt, FeedName, Hook, HookInvalid
from chalicelib.messaging.feeds.store import FeedStore
from chalicelib.messaging.schemas import contracts
from chalicelib.messaging.words import TYPES
from chalicelib.web.desk import HOOKS, KEEPERS, framed
from chalicelib.web.http import Asked, Blueprint, Call, Filled, Html, Member, Page, Redirect, Several, page

blueprint = Blueprint(__name__)
DELEGATE = "bureau.delegate"
KEEPER = Member(*KEEPERS)

HERE = "/console/hooks"
_NOT_SENT = frozenset({"tourism.report.return.requested.v1"})
"""Answered by us, from the audit rows."""

STATES = {
    "on": (N_("正常"), "good"),
    "resting": (N_("对方没有接收,稍后重试"), "warn"),
    "paused": (N_("已暂停"), "off"),
    "gone": (N_("对方已停用"), "urgent"),
    "silent": (N_("多日没有接收,已停止推送"), "urgent"),
}
_DONE = {
    "paused": N_("已暂停,期间的内容恢复后补发。"),
    "on": N_("已恢复推送。"),
    "removed": N_("已删除这个地址。"),
    "again": N_("几分钟内会再次发送。"),
}


class OfHooks(Asked):
    """What was done just now."""

    done: str = Field(default="", max_length=20)


class Adding(Asked):
    """A new address. No type chosen: all of them."""

    url: str = Field(default="", max_length=500)
    label: str = Field(default="", max_length=60)
    types: Annotated[list[str], Several] = Field(default=[], max_length=60)


class Switching(Asked):
    to: Literal["on", "paused"]


class Removing(Asked):
    """``confirm=yes`` after the page that asks."""

    confirm: Literal["", "yes"] = ""


class Again(Asked):
    item: str = Field(pattern=r"^fd_[0-9a-z]{26}$")


@page(blueprint, "GET", HERE, use_case="feed.list-hooks", door=KEEPER, query=OfHooks)
def list_hooks(call: Call) -> Html:
    """Every address, and a form for another."""
    return _listed(call)


@page(blueprint, "POST", HERE, use_case="feed.add-hook", door=KEEPER, body=Adding)
def add_hook(call: Call, body: Adding) -> Page:
    """A new address; its secret is shown this once."""
    offered = _offered(call)
    try:
        hook, secret = hooks.add(
            feed=_feed(call),
            url=body.url.strip(),
            label=body.label,
            types=tuple(type for type in body.types if type in offered),
            district=_district(call),
            by=call.context.actor,
            store=FeedStore(call.work),
        )
    except HookInvalid as refusal:
        call.begin()
        return _listed(call, written=body, error=call.translate(refusal.remedy)).with_status(refusal.status)
    return _shown_once(call, hook, secret)


@page(blueprint, "GET", f"{HERE}/{{id}}", use_case="feed.show-hook", door=KEEPER, query=OfHooks)
def show_hook(call: Call) -> Html:
    """One address: how it fares, what did not get through."""
    store = FeedStore(call.work)
    hook = _found(call, store)
    attempts = list(reversed(store.attempts(hook.id)))
    return framed(
        call,
        "desk/hook.html",
        place=HOOKS,
        flash=_flash(call),
        hook=_line(hook, call),
        attempts=[_attempt(one, hook, store, call) for one in attempts[:50]],
    )


@page(blueprint, "POST", f"{HERE}/{{id}}/switch", use_case="feed.switch-hook", door=KEEPER, body=Switching)
def switch_hook(call: Call, body: Switching) -> Redirect:
    """Pause it, or let it go on."""
    store = FeedStore(call.work)
    hook = _found(call, store)
    hooks.switch(hook, on=body.to == "on", store=store, work=call.work)
    return Redirect(f"{_href(hook)}?done={body.to}")


@page(blueprint, "POST", f"{HERE}/{{id}}/secret", use_case="feed.roll-hook-secret", door=KEEPER)
def roll_secret(call: Call) -> Page:
    """Another secret, shown this once; the former one signs beside it for a day."""
    store = FeedStore(call.work)
    hook, secret = hooks.roll(_found(call, store), store=store)
    return _shown_once(call, hook, secret)


@page(blueprint, "POST", f"{HERE}/{{id}}/again", use_case="feed.resend-to-hook", door=KEEPER, body=Again)
def send_again(call: Call, body: Again) -> Redirect:
    """A dead delivery is tried again."""
    store = FeedStore(call.work)
    hook = _found(call, store)
    hooks.resend(hook=hook.id, item=body.item, store=store)
    return Redirect(f"{_href(hook)}?done=again")


@page(blueprint, "POST", f"{HERE}/{{id}}/remove", use_case="feed.remove-hook", door=KEEPER, body=Removing)
def remove_hook(call: Call, body: Removing) -> Page:
    """Asked once more, then gone."""
    store = FeedStore(call.work)
    hook = _found(call, store)
    if body.confirm != "yes":
        return framed(call, "desk/hook_remove.html", place=HOOKS, label=hook.label, href=_href(hook))
    hooks.remove(hook, store=store, work=call.work)
    return Redirect(f"{HERE}?done=removed")


def _shown_once(call: Call, hook: Hook, secret: str) -> Html:
    return framed(
        call,
        "desk/hook_made.html",
        place=HOOKS,
        label=hook.label,
        secret=secret,
        href=_href(hook),
        former=hook.former or None,
    )


def _listed(call: Call, *, written: Adding | None = None, error: str | None = None) -> Html:
    store = FeedStore(call.work)
    return framed(
        call,
        "desk/hooks.html",
        place=HOOKS,
        flash=_flash(call),
        hooks=[_line(one, call) for one in store.hooks() if _own(one, call)],
        types=[
            {"code": type, "text": _word(type, call), "chosen": written is not None and type in written.types}
            for type in _offered(call)
        ],
        form=Filled(call.form if written is not None else {}, {"url": error} if error else {}),
        above=_feed(call) == "above",
    )


def _feed(call: Call) -> FeedName:
    return "above" if call.tenant.kind == "bureau" else "down"


def _offered(call: Call) -> list[str]:
    lane = OUT if _feed(call) == "above" else DOWN
    return sorted(one.type for one in contracts().values() if one.lane == lane and one.type not in _NOT_SENT)


def _district(call: Call) -> str:
    """A district's leader sends what is the district's; whoever holds the power whole, everything."""
    places = {role.partition("@")[2] for role in call.context.roles if role.partition("@")[0] == DELEGATE}
    return "" if not places or "" in places or "owner" in call.context.roles else min(places)


def _own(hook: Hook, call: Call) -> bool:
    return _district(call) in {"", hook.district}


def _found(call: Call, store: FeedStore) -> Hook:
    hook = store.hook(call.path["id"])
    if hook is None or not _own(hook, call):
        raise Missing
    return hook


def _href(hook: Hook) -> str:
    return f"{HERE}/{hook.id}"


def _word(type: str, call: Call) -> str:
    return call.translate(TYPES.get(type, type))


def _line(hook: Hook, call: Call) -> dict[str, Any]:
    text, tone = STATES[hook.off or ("resting" if hook.failed else "on")]
    return {
        "href": _href(hook),
        "label": hook.label,
        "url": hook.url,
        "state": {"text": call.translate(text), "tone": tone},
        "off": bool(hook.off),
        "types": [_word(type, call) for type in hook.types],
        "made": hook.made,
        "last": hook.last or None,
        "rests": hook.rests or None,
        "former": hook.former if hook.former > rfc3339(call.now) else None,
    }


def _attempt(one: Attempt, hook: Hook, store: FeedStore, call: Call) -> dict[str, Any]:
    item = store.item(hook.feed, one.item)
    return {
        "item": one.item,
        "what": _word(item.event["type"], call) if item is not None else "—",
        "at": item.event["time"] if item is not None else None,
        "tries": one.tries,
        "answer": one.answer,
        "next": one.next or None,
        "dead": one.dead,
    }


def _flash(call: Call) -> list[dict[str, str]]:
    done = getattr(call.query, "done", "")
    return [{"text": call.translate(_DONE[done]), "tone": "success"}] if done in _DONE else []
