"""Items of a feed, webhooks, their signature and when they are tried again. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import rfc3339

FeedName = Literal["down", "above"]

SETTLED = timedelta(seconds=10)
"""Two commands that run side by side may commit in another order than their clocks say: what is younger is
not told yet, so a mark never passes something that is still to come.
"""
KEPT = timedelta(days=60)
BACKOFF = tuple(timedelta(seconds=n) for n in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""Until the next try, by how many have failed (the Standard Webhooks schedule); after the last it is dead."""
OVERLAP = timedelta(hours=24)
"""How long a former secret signs beside the present one."""
GIVEN_UP = len(BACKOFF) + 3
"""Tries in a row without success, some six days of them, after which an address is switched off: who receives
nothing for so long must look at it, and is not knocked at for ever.
"""
PREFIX = "whsec_"
MOST_HOOKS = 10


class MarkInvalid(Refusal):
    code = "feed.mark"
    status = 422
    detail = N_("这个标记不是上一次读取时给出的。")
    remedy = N_("请重新读取,再用新的标记确认。")


class TooManyHooks(Refusal):
    code = "feed.hooks.many"
    detail = N_("推送地址已经够多了。")
    remedy = N_("请先删除不用的地址。")


class HookInvalid(Invalid):
    code = "feed.hook"
    detail = N_("推送地址没有填写正确。")
    remedy = N_("请填写以 https:// 开头、能从公网访问的完整地址。")


class NotDead(Refusal):
    code = "feed.hook.not-dead"
    detail = N_("这一条已经在重新发送,或已经送达。")
    remedy = N_("请刷新页面查看当前状态。")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One CloudEvent of a feed. id: its place in the order. district: whose it is; empty: everybody's."""

    id: str
    event: Mapping[str, Any]
    district: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Items in their order. upto: acknowledges all of them, and what was passed over between."""

    items: tuple[Item, ...]
    upto: str
    more: bool


@dataclass(frozen=True, kw_only=True)
class Hook:
    """An address that a feed is sent to. types: the only ones, all where empty. district: only what concerns
    it, all where empty. mark: the last item that was tried. failed: tries in a row that failed; since:
    when the first of them did. rests: nothing is sent before. last: what was answered. off: why it is
    switched off (``gone``: its system said so, ``silent``: it took nothing for days). former: until when the
    secret before the present one signs too.
    """

    id: str
    feed: FeedName
    url: str
    label: str
    made: str
    by: str
    types: tuple[str, ...] = ()
    district: str = ""
    mark: str = ""
    failed: int = 0
    rests: str = ""
    last: str = ""
    off: Literal["", "paused", "gone", "silent"] = ""
    former: str = ""
    since: str = ""

    def wants(self, item: Item) -> bool:
        """Whether it asked for items like this one."""
        asked = not self.types or item.event["type"] in self.types
        return asked and self.district in {"", item.district}

    def switched(self, *, on: bool) -> "Hook":
        """Paused by a person, or on again: what came meanwhile is sent then."""
        return replace(self, off="" if on else "paused", failed=0, rests="", since="")

    def rolled(self, *, now: datetime) -> "Hook":
        """With another secret; the receiver has a day to learn it."""
        return replace(self, former=rfc3339(now + OVERLAP))

    def told(self, item: str, *, answer: str, ok: bool, gone: bool, now: datetime) -> "Hook":
        """After a try: where it stands, and how long it rests."""
        after = replace(self, mark=max(self.mark, item), last=answer)
        if ok:
            return replace(after, failed=0, rests="", since="")
        failed = self.failed + 1
        off = "gone" if gone else "silent" if failed >= GIVEN_UP else self.off
        after = replace(after, failed=failed, off=off, since=self.since or rfc3339(now))
        return replace(after, rests=rfc3339(now + BACKOFF[min(after.failed, len(BACKOFF)) - 1]))


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """An item that did not get through: how often it was tried, when it is tried next, what was answered.

    dead: it is not tried any more until somebody sends it again.
    """

    hook: str
    item: str
    tries: int
    next: str
    answer: str
    dead: bool = False

    def failed(self, answer: str, *, now: datetime) -> "Attempt":
        """Once more without success."""
        tries = self.tries + 1
        if tries >= len(BACKOFF):
            return replace(self, tries=tries, answer=answer, next="", dead=True)
        return replace(self, tries=tries, answer=answer, next=rfc3339(now + BACKOFF[tries]))

    def again(self, *, now: datetime) -> "Attempt":
        """Somebody wants it sent again. Raises ``NotDead``."""
        if not self.dead:
            raise NotDead
        return replace(self, tries=0, next=rfc3339(now), dead=False)


def first_failure(hook: str, item: str, answer: str, *, now: datetime) -> Attempt:
    """An item that did not get through the first time."""
    return Attempt(hook=hook, item=item, tries=1, next=rfc3339(now + BACKOFF[1]), answer=answer)


def signed(*secrets: str, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a delivery (Standard Webhooks 1.0): the receiver recomputes the signature over
    ``id.timestamp.body`` with the secret's bytes, and drops an id it has seen. Several secrets, the newest
    first: one signature each, side by side; one that fits is enough.
    """
    stamp = str(int(at.timestamp()))
    text = f"{id}.{stamp}.".encode() + body
    keys = [base64.b64decode(secret.removeprefix(PREFIX)) for secret in secrets]
    macs = [base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{mac}" for mac in macs),
        "content-type": "application/cloudevents+json",
    }
