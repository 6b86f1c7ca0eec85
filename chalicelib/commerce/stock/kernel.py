"""Stock: claims, confirmations and releases over the ``Buckets`` port. No read-then-write decides a sale."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.commerce.stock.domain import (
    Bucket,
    Claim,
    Hold,
    Pick,
    Slot,
    SoldOut,
    count_of,
    holder,
    is_over,
    word,
)
from chalicelib.commerce.stock.hints import HINTS, Hints

_WINDOW = 40
_ROUNDS = 60


class Buckets(Protocol):
    """The conditional writes and reads the kernel needs; each method is one request."""

    def read(self, slot: Slot, numbers: Sequence[int], *, exact: bool) -> Mapping[int, Bucket]:
        """Buckets by number; one never written reads as full to its size. ``exact``: strongly consistent."""

    def claim(self, slot: Slot, bucket: int, *, name: str, word: int) -> bool:
        """Take the word's count if so much is left and ``name`` holds nothing here; whether it happened."""

    def claim_all(self, picks: Sequence[tuple[Slot, int, int]], *, name: str) -> Sequence[bool]:
        """(slot, bucket, word) all or none, one transaction; which picks were refused (none: it happened)."""

    def release(self, hold: Hold, *, name: str, word: int) -> bool:
        """Give back a hold that still has this word; whether it happened now."""


class _SoldToItself(SoldOut):
    """Sold out, and the asking holder is among those who hold."""


class Stock:
    """The kernel for one tenant. ``who`` separates the tenants' hints in this process."""

    def __init__(self, buckets: Buckets, *, who: str, hints: Hints = HINTS) -> None:
        self._buckets, self._who, self._hints = buckets, who, hints

    def hold(
        self,
        claims: Sequence[Claim],
        *,
        order: str,
        until: datetime | None,
        now: datetime,
        again: bool = False,
    ) -> tuple[Hold, ...]:
        """Hold every claim for ``order`` until then, or nothing at all. Raises ``SoldOut``.

        One claim is one conditional write; several are one transaction. ``again`` says that this order may
        hold something already (a retried command): its holds are looked for first.
        """
        if not claims:
            return ()
        name = holder(order)
        mine = again
        for _ in range(_ROUNDS):
            if mine:
                found = self._found(claims, name=name, now=now)
                if found is not None:
                    return found
            try:
                picks = [pick for claim in claims for pick in self._plan(claim, name=name, now=now)]
            except SoldOut as refusal:
                ours = again or isinstance(refusal, _SoldToItself)
                found = self._found(claims, name=name, now=now) if ours else None
                if found is None:
                    raise
                return found  # the same command, sent twice at once, took the last place itself
            refused = self._take(picks, name=name, until=until)
            if not any(refused):
                for slot, number, count in picks:
                    self._lower(slot, number, count)
                return tuple(_hold(*pick) for pick in picks)
            mine = self._look(picks, refused, name=name)
        raise SoldOut(left=0, wanted=max(claim.count for claim in claims))

    def pick(self, claims: Sequence[Claim], *, now: datetime) -> tuple[Pick, ...]:
        """Where these claims would be taken now; nothing is. Raises ``SoldOut``.

        For what one work takes together with the row that it is for (``store.take``): there is no hold ahead
        of the work that a crash could leave behind. Refused there, pick again: it is looked at anew.
        """
        planned = [pick for claim in claims for pick in self._plan(claim, name="", now=now)]
        for slot, _, _ in planned:  # the work changes them, or somebody was quicker
            self._hints.reopen(self._who, slot.key)
        return tuple(Pick(slot=slot, bucket=number, count=count) for slot, number, count in planned)

    def closed(self, claims: Sequence[Claim]) -> SoldOut | None:
        """The refusal, without looking, if one of the slots was found sold out here a moment ago."""
        for claim in claims:
            left = self._hints.closed(self._who, claim.slot)
            if left is not None and left < claim.count:
                return SoldOut(left=left, wanted=claim.count)
        return None

    def left(self, slot: Slot, *, now: datetime) -> int:
        """About how much can be claimed, holds that are over taken back: exact a second ago."""
        left = _to_sell(slot, self._open(slot, whole=True, now=now))
        return left + self._hints.over(self._who, slot)

    def reopen(self, holds: Sequence[Hold]) -> None:
        """Say that places come back: this process stops answering "sold out" from memory."""
        for hold in holds:
            self._hints.reopen(self._who, (hold.resource, hold.slot))

    def let_go(self, holds: Sequence[Hold], *, order: str, until: datetime) -> None:
        """Give back living holds that this order keeps until then; what is gone already stays gone."""
        for hold in holds:
            value = word(count=hold.count, until=until)
            self._buckets.release(hold, name=holder(order), word=value)
        self.reopen(holds)

    def _look(self, picks: Sequence[tuple[Slot, int, int]], refused: Sequence[bool], *, name: str) -> bool:
        """See how the refused buckets are; whether ``name`` holds something in one of them already."""
        mine = False
        for (slot, number, _), no in zip(picks, refused, strict=True):
            if no:
                bucket = self._buckets.read(slot, [number], exact=True)[number]
                self._note(slot, number, bucket.left)
                mine = mine or name in bucket.holds
        return mine

    def _take(
        self, picks: Sequence[tuple[Slot, int, int]], *, name: str, until: datetime | None
    ) -> Sequence[bool]:
        if len(picks) == 1:
            slot, number, count = picks[0]
            value = word(count=count, until=until)
            return [not self._buckets.claim(slot, number, name=name, word=value)]
        wishes = [(slot, number, word(count=count, until=until)) for slot, number, count in picks]
        return self._buckets.claim_all(wishes, name=name)

    def _plan(self, claim: Claim, *, name: str, now: datetime) -> list[tuple[Slot, int, int]]:
        """Which buckets to try: one that seems to have enough, or, at the tail and for groups, several."""
        slot, count = claim.slot, claim.count
        closed = self._hints.closed(self._who, slot)
        if closed is not None and closed < count:
            raise SoldOut(left=closed, wanted=count)
        for whole in (False, True):
            if whole and slot.buckets <= _WINDOW:
                continue
            seen = self._open(slot, whole=whole, now=now)
            open_ = [number for number, left in seen.items() if left - slot.floor(number) >= count]
            if slot.withheld and len(seen) == slot.buckets and _to_sell(slot, seen) < count:
                open_ = []  # what one bucket sold beyond its share before, another may not sell once more
            if open_:
                return [(slot, random.choice(open_), count)]  # noqa: S311 - spreading, not a secret
        return self._free(slot, count, name=name, now=now)

    def _free(self, slot: Slot, count: int, *, name: str, now: datetime) -> list[tuple[Slot, int, int]]:
        """Read every bucket exactly and take back holds that are over, until ``count`` can be had."""
        buckets = self._buckets.read(slot, range(slot.buckets), exact=True)
        left = {number: bucket.left for number, bucket in buckets.items()}
        for number, bucket in sorted(buckets.items(), key=lambda item: -item[1].available(now=now)):
            for other, value in bucket.expired(now=now).items():
                if left[number] - slot.floor(number) >= count or _to_sell(slot, left) >= count:
                    break
                if self._buckets.release(_hold(slot, number, count_of(value)), name=other, word=value):
                    left[number] += count_of(value)
            if left[number] - slot.floor(number) >= count and _to_sell(slot, left) >= count:
                self._hints.learn(self._who, slot, left)
                return [(slot, number, count)]
        self._hints.learn(self._who, slot, left)
        whole = _to_sell(slot, left)
        if whole < count:
            self._hints.close(self._who, slot, whole)
            ours = any(name in bucket.holds for bucket in buckets.values())
            raise (_SoldToItself if ours else SoldOut)(left=whole, wanted=count)
        return self._parts(slot, count, left)

    def _parts(self, slot: Slot, count: int, left: Mapping[int, int]) -> list[tuple[Slot, int, int]]:
        parts: list[tuple[Slot, int, int]] = []
        free = {number: n - slot.floor(number) for number, n in left.items()}
        for number, most in sorted(free.items(), key=lambda item: -item[1]):
            part = min(most, count)
            if part > 0:
                parts.append((slot, number, part))
                count -= part
        return parts

    def _open(self, slot: Slot, *, whole: bool, now: datetime) -> dict[int, int]:
        known = self._hints.known(self._who, slot)
        if known is not None and (len(known) == slot.buckets or not whole):
            return known
        if slot.buckets <= _WINDOW or whole:
            numbers: Sequence[int] = range(slot.buckets)
        else:  # a window at a random place: the look costs the same whatever the capacity
            start = random.randrange(slot.buckets)  # noqa: S311
            numbers = [(start + step) % slot.buckets for step in range(_WINDOW)]
        seen = self._buckets.read(slot, numbers, exact=False)
        left = {number: bucket.left for number, bucket in seen.items()}
        free = {number: bucket.available(now=now) for number, bucket in seen.items()}
        return self._hints.learn(self._who, slot, left, over=_to_sell(slot, free) - _to_sell(slot, left))

    def _found(self, claims: Sequence[Claim], *, name: str, now: datetime) -> tuple[Hold, ...] | None:
        """What this holder already has of the claims, if it is all of it; else None.

        A claim is all or none, so a part is what is left of a hold that is over and was taken back elsewhere:
        it is given back here, or it would be taken for the whole.
        """
        found: list[tuple[Hold, int]] = []
        for claim in claims:
            buckets = self._buckets.read(claim.slot, range(claim.slot.buckets), exact=True)
            found += [
                (_hold(claim.slot, number, count_of(bucket.holds[name])), bucket.holds[name])
                for number, bucket in buckets.items()
                if name in bucket.holds
            ]
        have, wanted = _per_slot([hold for hold, _ in found]), _per_slot(claims)
        if have == wanted:
            return tuple(hold for hold, _ in found)
        for hold, value in found:
            if is_over(value, now=now):
                self._buckets.release(hold, name=name, word=value)
        return None

    def _lower(self, slot: Slot, number: int, count: int) -> None:
        known = self._hints.known(self._who, slot)
        if known is not None and number in known:
            known[number] -= count

    def _note(self, slot: Slot, number: int, left: int) -> None:
        known = self._hints.known(self._who, slot)
        if known is not None:
            known[number] = left


def _to_sell(slot: Slot, left: Mapping[int, int]) -> int:
    """How many of the places that are left may be sold: all, but those that are withheld."""
    if not slot.withheld:
        return sum(left.values())
    free = sum(max(n - slot.floor(number), 0) for number, n in left.items())
    return max(min(free, sum(left.values()) - slot.withheld), 0)


def _per_slot(things: Sequence[Hold] | Sequence[Claim]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for thing in things:
        key = (thing.resource, thing.slot) if isinstance(thing, Hold) else thing.slot.key
        counts[key] = counts.get(key, 0) + thing.count
    return counts


def _hold(slot: Slot, number: int, count: int) -> Hold:
    return Hold(resource=slot.resource, slot=slot.slot, bucket=number, count=count, shelf=slot.shelf)
