"""Stock whose claims spread over pools: places that were there first, more that came later, an allowance.

The capacity of a pool never changes: what is added comes as a further pool.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.commerce.stock.domain import Claim, Hold, Pick, Slot, SoldOut, count_of, holder, is_over
from chalicelib.commerce.stock.hints import Hints
from chalicelib.commerce.stock.kernel import Buckets, Stock

_ROUNDS = 12

Sight = Callable[[Sequence[Slot]], None]
"""Told which slots are about to be tried: whoever can see many at once notes them as hints."""


class Pool(Protocol):
    """Places that are counted together, under a resource of their own."""

    @property
    def resource(self) -> str: ...

    @property
    def capacity(self) -> int: ...


class PooledStock(Stock):
    """The kernel, where a claim on a resource draws on its pools in order.

    The claims are spread by hints; only where that fails are the pools read, and the claims spread over what
    they really have. Whatever is planned here, the kernel's conditional write decides.
    """

    def __init__(
        self,
        buckets: Buckets,
        *,
        who: str,
        hints: Hints,
        pools: Mapping[str, Sequence[Pool]],
        sight: Sight | None = None,
    ) -> None:
        super().__init__(buckets, who=who, hints=hints)
        self._pools, self._sight = pools, sight

    def hold(
        self,
        claims: Sequence[Claim],
        *,
        order: str,
        until: datetime | None,
        now: datetime,
        again: bool = False,
    ) -> tuple[Hold, ...]:
        """As the kernel's: every claim or nothing. Raises ``SoldOut``."""
        spread = self._over(claims)
        pooled = any(len(slots) > 1 for _, slots in spread)
        plan = [part for claim, slots in spread for part in self._guess(claim.count, slots)]
        for _ in range(_ROUNDS):
            if again and pooled:
                found = self._drawn(spread, name=holder(order), now=now)
                if found is not None:
                    return found
            try:
                return super().hold(plan, order=order, until=until, now=now, again=again)
            except SoldOut:
                if not pooled:
                    raise
            plan = [part for claim, slots in spread for part in self._spread(claim.count, slots, now=now)]
        raise SoldOut(left=0, wanted=max(claim.count for claim in claims))

    def pick(self, claims: Sequence[Claim], *, now: datetime) -> tuple[Pick, ...]:
        """As the kernel's, from the first pools that have some. Raises ``SoldOut``."""
        spread = self._over(claims)
        try:
            return super().pick(
                [part for claim, slots in spread for part in self._guess(claim.count, slots)], now=now
            )
        except SoldOut:
            if not any(len(slots) > 1 for _, slots in spread):
                raise
        return super().pick(
            [part for claim, slots in spread for part in self._spread(claim.count, slots, now=now)], now=now
        )

    def closed(self, claims: Sequence[Claim]) -> SoldOut | None:
        """The refusal, without looking, where every pool of a claim was found sold out a moment ago."""
        for claim in claims:
            slots = self._choices(claim.slot)
            known = [self._hints.closed(self._who, slot) for slot in slots]
            left = [count for count in known if count is not None]
            if slots and len(left) == len(slots) and sum(left) < claim.count:
                return SoldOut(left=sum(left), wanted=claim.count)
        return None

    def _over(self, claims: Sequence[Claim]) -> list[tuple[Claim, tuple[Slot, ...]]]:
        """Each claim with the pools that it draws on, all of them looked at."""
        spread = [(claim, self._choices(claim.slot)) for claim in claims]
        for claim, slots in spread:
            if not slots:
                raise SoldOut(left=0, wanted=claim.count)
        if self._sight is not None:
            self._sight([slot for _, slots in spread for slot in slots])
        return spread

    def _guess(self, count: int, slots: Sequence[Slot]) -> list[Claim]:
        """A plan by hints alone: it costs nothing and may be wrong."""
        left = []
        for slot in slots:
            known = self._hints.known(self._who, slot)
            left.append(sum(known.values()) if known is not None else slot.capacity)
        return _parts_of(count, slots, left) if sum(left) >= count else [Claim(slot=slots[0], count=count)]

    def _spread(self, count: int, slots: Sequence[Slot], *, now: datetime) -> list[Claim]:
        """So many places, of the first pools that have some. Raises ``SoldOut`` where all have too few."""
        left: list[int] = []
        for slot in slots:
            buckets = self._buckets.read(slot, range(slot.buckets), exact=True)
            left.append(sum(bucket.available(now=now) for bucket in buckets.values()))
            if sum(left) >= count:
                break
        if sum(left) < count:
            for slot, some in zip(slots, left, strict=True):
                self._hints.close(self._who, slot, some)
            raise SoldOut(left=sum(left), wanted=count)
        parts = _parts_of(count, slots, left)
        for part in parts:
            self._hints.reopen(self._who, part.slot.key)  # just read: what was believed before is over
        return parts

    def _drawn(
        self, spread: Sequence[tuple[Claim, Sequence[Slot]]], *, name: str, now: datetime
    ) -> tuple[Hold, ...] | None:
        """What this command took before, from whichever pools, if that is all of it; the rest of a hold that
        is over is given back."""
        whole, found = True, []
        for claim, slots in spread:
            mine = [held for slot in slots for held in self._holds_of(slot, name)]
            found += [hold for hold, _ in mine]
            if sum(hold.count for hold, _ in mine) != claim.count:
                whole = False
                for hold, value in mine:
                    if is_over(value, now=now):
                        self._buckets.release(hold, name=name, word=value)
        return tuple(found) if whole else None

    def _holds_of(self, slot: Slot, name: str) -> list[tuple[Hold, int]]:
        """Every hold that ``name`` has of a slot, with its word."""
        buckets = self._buckets.read(slot, range(slot.buckets), exact=True)
        return [
            (
                Hold(
                    resource=slot.resource,
                    slot=slot.slot,
                    bucket=number,
                    count=count_of(bucket.holds[name]),
                    shelf=slot.shelf,
                ),
                bucket.holds[name],
            )
            for number, bucket in buckets.items()
            if name in bucket.holds
        ]

    def _choices(self, slot: Slot) -> tuple[Slot, ...]:
        pools = self._pools.get(slot.resource)
        if pools is None:
            return (slot,) if slot.capacity else ()
        return tuple(
            Slot(resource=pool.resource, slot=slot.slot, capacity=pool.capacity, shelf=slot.shelf)
            for pool in pools
            if pool.capacity
        )


def _parts_of(count: int, slots: Sequence[Slot], left: Sequence[int]) -> list[Claim]:
    """So many places, of the first slots that have some left."""
    parts: list[Claim] = []
    for slot, some in zip(slots, left, strict=False):
        part = min(count, some)
        if part > 0:
            parts.append(Claim(slot=slot, count=part))
            count -= part
    return parts
