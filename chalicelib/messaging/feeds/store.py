"""Feeds and webhooks in the tenant's own rows.

``FEED#<feed>#<month>`` / item id: the log, kept sixty days · ``FEED#MARKS`` / ``<feed>#<puller>``: how far a
puller has acknowledged · ``HOOKS`` / hook id · ``HOOKTRIES#<hook>`` / item id: what did not get through.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.ids import first_id, moment_of, new_id
from chalicelib.kernel.period import business_day, parse_instant
from chalicelib.messaging.feeds.domain import KEPT, SETTLED, Attempt, FeedName, Hook, Item
from chalicelib.persistence import vault
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork

PURPOSE = "webhook"
ITEM = "fd"


class ItemRow(Row, discriminator="feed-item"):
    """One CloudEvent, as it is told."""

    body = UnicodeAttribute()
    district = UnicodeAttribute(null=True)


class MarkRow(Row, discriminator="feed-mark"):
    """A puller's last acknowledgement."""

    upto = UnicodeAttribute()


class HookRow(Row, discriminator="feed-hook"):
    """A webhook; its secret is sealed, and the one before it. ``turn`` counts changes."""

    body = UnicodeAttribute()
    secret = BinaryAttribute(legacy_encoding=False)
    former = BinaryAttribute(legacy_encoding=False, null=True)
    turn = NumberAttribute()


class AttemptRow(Row, discriminator="feed-attempt"):
    """An item that a hook did not take."""

    body = UnicodeAttribute()


class FeedStore:
    """The bound tenant's feeds; writers join the unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._turns: dict[str, tuple[int, bytes, bytes | None]] = {}

    @property
    def now(self) -> datetime:
        """The moment of the unit of work."""
        return self._work.now

    def add(self, feed: FeedName, event: Mapping[str, Any], *, district: str = "") -> None:
        """The next item of a feed, with the commit."""
        id = new_id(ITEM, now=self.now)
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        ttl = int((self.now + KEPT).timestamp())
        self._work.create(ItemRow(_log(feed, id), id, body=body, district=district or None, ttl=ttl))

    def after(self, feed: FeedName, mark: str, *, most: int) -> Iterator[Item]:
        """Settled items behind a mark, the first first."""
        since = self.now - KEPT
        low = max(mark, first_id(ITEM, now=since))
        high = first_id(ITEM, now=self.now - SETTLED)
        if low > high:
            return
        month, left = business_day(moment_of(low)).replace(day=1), most
        while left > 0 and month <= business_day(self.now):
            rows: Any = ItemRow.query(
                tenant_key("FEED", feed, f"{month:%Y-%m}"),
                ItemRow.sk.between(low, high),
                limit=left + 1,
                consistent_read=True,
            )
            for row in rows:
                if row.sk != mark and left > 0:
                    left -= 1
                    yield _item(row)
            month = (month + timedelta(days=32)).replace(day=1)

    def item(self, feed: FeedName, id: str) -> Item | None:
        """One item."""
        row = ItemRow.find(_log(feed, id), id)
        return _item(row) if row is not None else None

    def waiting(self, hook: Hook, *, most: int) -> int:
        """How many items stand behind its mark that it wants, at most so many."""
        return sum(map(hook.wants, self.after(hook.feed, hook.mark, most=most)))

    def mark(self, feed: FeedName, puller: str) -> str:
        """How far a puller has acknowledged; empty: nothing yet."""
        row = MarkRow.find(tenant_key("FEED", "MARKS"), f"{feed}#{puller}")
        return str(row.upto) if row is not None else ""

    def keep_mark(self, feed: FeedName, puller: str, upto: str) -> None:
        """Further, never back."""
        row = MarkRow(tenant_key("FEED", "MARKS"), f"{feed}#{puller}", upto=upto)
        self._work.about(f"{feed}/{puller}")
        self._work.put(row, MarkRow.pk.does_not_exist() | (MarkRow.upto <= upto), otherwise=Clash())

    def hooks(self) -> list[Hook]:
        """Every webhook of the tenant."""
        rows: Any = HookRow.query(tenant_key("HOOKS"), consistent_read=True)
        return [self._hook(row) for row in rows]

    def hook(self, id: str) -> Hook | None:
        """One of them."""
        row = HookRow.find(tenant_key("HOOKS"), id)
        return self._hook(row) if row is not None else None

    def secrets(self, hook: Hook) -> list[str]:
        """With what one that was read is signed: its secret, and the former one while that holds."""
        _, secret, former = self._turns[hook.id]
        held = [secret]
        if former is not None and hook.former and self.now < parse_instant(hook.former):
            held.append(former)
        return [str(vault.unseal(one, purpose=PURPOSE, now=self.now)) for one in held]

    def create(self, hook: Hook, *, secret: str) -> None:
        """A new one."""
        sealed = vault.seal(secret, purpose=PURPOSE, now=self.now)
        row = HookRow(tenant_key("HOOKS"), hook.id, body=_body(hook), secret=sealed, turn=1)
        self._work.about(hook.id)
        self._work.create(row, otherwise=Clash())

    def keep(self, hook: Hook) -> None:
        """It, as it is now; somebody else's change in between is a ``Clash``."""
        _, sealed, former = self._turns[hook.id]
        self._replace(hook, sealed, former)

    def roll(self, hook: Hook, *, secret: str) -> None:
        """It, with another secret; the present one becomes the former."""
        self._replace(hook, vault.seal(secret, purpose=PURPOSE, now=self.now), self._turns[hook.id][1])

    def _replace(self, hook: Hook, sealed: bytes, former: bytes | None) -> None:
        turn = self._turns[hook.id][0]
        row = HookRow(tenant_key("HOOKS"), hook.id, body=_body(hook), secret=sealed, turn=turn + 1)
        row.former = former
        self._work.about(hook.id)
        self._work.put(row, HookRow.turn == turn, otherwise=Clash())

    def remove(self, hook: Hook) -> None:
        """It is sent nothing any more."""
        self._work.about(hook.id)
        self._work.delete(HookRow(tenant_key("HOOKS"), hook.id))
        for attempt in self.attempts(hook.id):
            self.drop(attempt)

    def attempts(self, hook: str, *, most: int = 90) -> list[Attempt]:
        """What did not get through, the first first."""
        rows: Any = AttemptRow.query(tenant_key("HOOKTRIES", hook), limit=most, consistent_read=True)
        return [Attempt(hook=hook, item=row.sk, **json.loads(row.body)) for row in rows]

    def attempt(self, hook: str, item: str) -> Attempt | None:
        """One of them."""
        row = AttemptRow.find(tenant_key("HOOKTRIES", hook), item)
        return Attempt(hook=hook, item=item, **json.loads(row.body)) if row is not None else None

    def keep_attempt(self, attempt: Attempt) -> None:
        """It, as it is now; forgotten with its item."""
        body = json.dumps({k: v for k, v in vars(attempt).items() if k not in {"hook", "item"}})
        ttl = int((moment_of(attempt.item) + KEPT).timestamp())
        self._work.about(f"{attempt.hook}/{attempt.item}")
        self._work.put(AttemptRow(tenant_key("HOOKTRIES", attempt.hook), attempt.item, body=body, ttl=ttl))

    def drop(self, attempt: Attempt) -> None:
        """It got through after all."""
        self._work.delete(AttemptRow(tenant_key("HOOKTRIES", attempt.hook), attempt.item))

    def _hook(self, row: HookRow) -> Hook:
        former = bytes(row.former) if row.former is not None else None
        self._turns[row.sk] = (int(row.turn), bytes(row.secret), former)
        kept = json.loads(row.body)
        return Hook(id=row.sk, types=tuple(kept.pop("types")), **kept)


def _log(feed: FeedName, id: str) -> str:
    return tenant_key("FEED", feed, f"{business_day(moment_of(id)):%Y-%m}")


def _item(row: ItemRow) -> Item:
    return Item(id=row.sk, event=json.loads(row.body), district=row.district or "")


def _body(hook: Hook) -> str:
    return json.dumps({name: value for name, value in vars(hook).items() if name != "id"}, ensure_ascii=False)
