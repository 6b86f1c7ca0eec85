"""Webhooks: a feed is sent to an address, signed; what fails is tried again, then dead until asked for."""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib import telemetry
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.messaging.feeds.domain import (
    MOST_HOOKS,
    PREFIX,
    FeedName,
    Hook,
    HookInvalid,
    Item,
    TooManyHooks,
    first_failure,
    signed,
)
from chalicelib.messaging.feeds.silence import MOST_COUNTED, observed
from chalicelib.messaging.feeds.store import ITEM, FeedStore
from chalicelib.outward import AddressRefused, Reply, Unreachable, ask, require_address
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current

Post = Callable[[str, Mapping[str, str], bytes], Reply]
"""Sends a body to an address; raises ``AddressRefused`` and ``Unreachable``."""

_MOST = 20
_GONE = 410


def add(
    *,
    feed: FeedName,
    url: str,
    label: str,
    types: tuple[str, ...],
    district: str,
    by: str,
    store: FeedStore,
) -> tuple[Hook, str]:
    """A new address, sent what comes from now on; it, and its secret, which is shown this once.

    Raises ``HookInvalid`` (also for an address that is not public), ``TooManyHooks``.
    """
    if len(store.hooks()) >= MOST_HOOKS:
        raise TooManyHooks
    try:
        require_address(url)
    except (AddressRefused, Unreachable):
        raise HookInvalid(errors=[{"at": "/url", "detail": HookInvalid.remedy}]) from None
    now = store.now
    hook = Hook(
        id=new_id("hk", now=now),
        feed=feed,
        url=url,
        label=label.strip() or url.split("/")[2],
        made=rfc3339(now),
        by=by,
        types=types,
        district=district,
        mark=new_id(ITEM, now=now),
    )
    secret = _secret()
    store.create(hook, secret=secret)
    return hook, secret


def roll(hook: Hook, *, store: FeedStore) -> tuple[Hook, str]:
    """Another secret, shown this once. For a day everything is signed with both, so nothing is missed."""
    after, secret = hook.rolled(now=store.now), _secret()
    store.roll(after, secret=secret)
    return after, secret


def send_due(now: datetime, *, post: Post | None = None) -> int:
    """Send what waits for the bound tenant's addresses; how many deliveries were taken.

    An address is left alone after its first failure of a run. One commit an address: who stops between
    sending and committing sends again, and the receiver knows it by its id.
    """
    taken = 0
    store = FeedStore(UnitOfWork(action="feed.look-at-hooks", now=now))
    for hook in store.hooks():
        if not hook.off and not (hook.rests and now < parse_instant(hook.rests)):
            taken += _send(hook.id, now=now, post=post or _post)
    return taken


def switch(hook: Hook, *, on: bool, store: FeedStore, work: UnitOfWork) -> None:
    """Paused, or on again: what came meanwhile is sent then."""
    after = hook.switched(on=on)
    store.keep(after)
    _tell_the_city(hook, after, store=store, work=work, left=len(store.attempts(hook.id)))


def remove(hook: Hook, *, store: FeedStore, work: UnitOfWork) -> None:
    """It is sent nothing any more."""
    store.remove(hook)
    _tell_the_city(hook, None, store=store, work=work, left=0)


def resend(*, hook: str, item: str, store: FeedStore) -> None:
    """Try a dead delivery again, soon. Raises ``Missing``, ``NotDead``."""
    found = store.attempt(hook, item)
    if found is None:
        raise Missing
    store.keep_attempt(found.again(now=store.now))


def _send(id: str, *, now: datetime, post: Post) -> int:
    work = UnitOfWork(action="feed.send", now=now)
    store = FeedStore(work)
    hook = store.hook(id)
    if hook is None:
        return 0
    before, taken, held = hook, 0, store.secrets(hook)
    tried = store.attempts(id)
    left = len(tried)
    waits = [one for one in tried if not one.dead and now >= parse_instant(one.next)]
    for attempt in waits[:_MOST]:
        item = store.item(hook.feed, attempt.item)
        if item is None:
            store.drop(attempt)  # its sixty days are over
            left -= 1
            continue
        answer, status = _try(hook, item, held, now=now, post=post)
        hook = _after(hook, item, answer, status, now=now)
        if _ok(status):
            store.drop(attempt)
            taken, left = taken + 1, left - 1
            continue
        store.keep_attempt(attempt.failed(answer, now=now))
        break
    if hook.failed <= before.failed:  # no second try in the run in which one failed
        for item in list(store.after(hook.feed, hook.mark, most=_MOST)):
            if not hook.wants(item):
                hook = replace(hook, mark=item.id)
                continue
            answer, status = _try(hook, item, held, now=now, post=post)
            hook = _after(hook, item, answer, status, now=now)
            if not _ok(status):
                store.keep_attempt(first_failure(id, item.id, answer, now=now))
                left += 1
                break
            taken += 1
    if hook != before or not work.empty:
        store.keep(hook)
        _tell_the_city(before, hook, store=store, work=work, left=left)
        work.commit()
    _tell_of_end(before, hook)
    return taken


def _tell_the_city(
    before: Hook, after: Hook | None, *, store: FeedStore, work: UnitOfWork, left: int
) -> None:
    """``left``: deliveries that did not get through and are kept; what was never tried is counted here."""
    said = observed(
        before,
        after,
        waiting=lambda: left + store.waiting(after or before, most=MOST_COUNTED),
        now=store.now,
    )
    if said is not None:
        work.publish(said)


def _tell_of_end(before: Hook, after: Hook) -> None:
    if after.off and not before.off:
        telemetry.emit("feed.hook-off", {"tenant": current().tenant.id, "hook": after.id, "why": after.off})


def _secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _try(hook: Hook, item: Item, held: list[str], *, now: datetime, post: Post) -> tuple[str, int]:
    body = json.dumps(item.event, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        status = post(hook.url, signed(*held, id=item.id, at=now, body=body), body).status
    except Unreachable as refusal:
        return str(refusal.facts.get("why", refusal.code)), 0
    except AddressRefused as refusal:
        return refusal.code, 0
    return f"HTTP {status}", status


def _after(hook: Hook, item: Item, answer: str, status: int, *, now: datetime) -> Hook:
    return hook.told(item.id, answer=answer, ok=_ok(status), gone=status == _GONE, now=now)


def _ok(status: int) -> bool:
    return 200 <= status < 300


def _post(url: str, headers: Mapping[str, str], body: bytes) -> Reply:
    return ask("POST", url, headers=headers, body=body)
