"""The words and the arithmetic of stock. Pure: no clock, no table.

A slot's capacity C lives in ``ceil(C/25)`` micro-buckets. A bucket counts what is ``left`` and carries its
holds, one attribute a hold, so that counter and owner change in one single-item write: a retried claim is
recognised, a release happens once, and ``left + sum(holds) == size`` can be checked at any moment.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass

PER_BUCKET = 25
"""25 holds of about 24 bytes keep a bucket under 1 kB: one write unit a claim, and no key becomes hot."""

MOST = 999
FOREVER = 9_999_999_999
"""The expiry of a confirmed hold (year 2286): it never compares as past."""

LASTING = FOREVER * 1000
"""Words of confirmed holds lie above."""


class SoldOut(Refusal):
    code = "commerce.stock.sold-out"
    detail = N_("余量不足:还剩 %(left)s 份,您要 %(wanted)s 份。")
    remedy = N_("请换一个时段,或减少数量。")


class HoldLost(Refusal):
    code = "commerce.stock.hold-lost"
    detail = N_("为您保留的名额已过期,并被别人买走了。")
    remedy = N_("请重新选择时段。")


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One sellable stretch of one resource. ``capacity`` is fixed for the life of ``(resource, slot)``.

    ``shelf`` names a partition shared by slots that are read together (the nights of a hotel's month): a
    range of them is one query. Without one each bucket has a partition of its own, for slots that thousands
    want at once. ``withheld`` places are not sold for the time being (an order from above): the capacity
    stays what it is, and every claim leaves them.
    """

    resource: str
    slot: str
    capacity: int
    shelf: str = ""
    withheld: int = 0

    @property
    def buckets(self) -> int:
        """How many micro-buckets hold this capacity."""
        return buckets_for(self.capacity)

    def size(self, bucket: int) -> int:
        """The share of one bucket; shares differ by one at most and add up to the capacity."""
        return share(self.capacity, bucket)

    def floor(self, bucket: int) -> int:
        """How many places of one bucket a claim must leave: its share of what is withheld."""
        if not self.withheld:
            return 0
        sold = max(self.capacity - self.withheld, 0)
        share = sold * (bucket + 1) // self.buckets - sold * bucket // self.buckets
        return self.size(bucket) - share

    @property
    def key(self) -> tuple[str, str]:
        return (self.resource, self.slot)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A wish: so many places of this slot."""

    slot: Slot
    count: int


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A claim that succeeded: where the places lie."""

    resource: str
    slot: str
    bucket: int
    count: int
    shelf: str = ""


@dataclass(frozen=True, kw_only=True)
class Pick:
    """Where a claim would be taken: planned only, until a work takes it."""

    slot: Slot
    bucket: int
    count: int

    @property
    def hold(self) -> Hold:
        """What it is once it is taken."""
        return Hold(
            resource=self.slot.resource,
            slot=self.slot.slot,
            bucket=self.bucket,
            count=self.count,
            shelf=self.slot.shelf,
        )


@dataclass(frozen=True)
class Bucket:
    """A bucket as read: what is left, and each hold's word by the holder's name."""

    left: int
    holds: Mapping[str, int] = field(default_factory=dict)

    def expired(self, *, now: datetime) -> dict[str, int]:
        """The holds whose time is over: holder → word."""
        return {name: word for name, word in self.holds.items() if is_over(word, now=now)}

    def available(self, *, now: datetime) -> int:
        """What could be claimed, counting holds that are over."""
        return self.left + sum(count_of(word) for word in self.expired(now=now).values())


def buckets_for(capacity: int) -> int:
    """How many micro-buckets hold so many places."""
    return -(-capacity // PER_BUCKET)


def share(capacity: int, bucket: int) -> int:
    """How many of so many places lie in one of their buckets."""
    buckets = buckets_for(capacity)
    return capacity * (bucket + 1) // buckets - capacity * bucket // buckets


def word(*, count: int, until: datetime | None) -> int:
    """A hold as one number, ``expiry second x 1000 + count``: comparing numbers compares expiries.

    ``until=None`` is a confirmed hold. ``count`` lies in 1..999.
    """
    if not 0 < count <= MOST:
        raise ValueError(f"a hold is of 1 to {MOST} places")
    return (FOREVER if until is None else int(until.timestamp())) * 1000 + count


def is_over(value: int, *, now: datetime) -> bool:
    """Whether a hold's word has expired."""
    return value < int(now.timestamp()) * 1000


def is_lasting(value: int) -> bool:
    """Whether a hold's word has no end."""
    return value >= LASTING


def count_of(value: int) -> int:
    """The places in a hold's word."""
    return value % 1000


def holder(order: str) -> str:
    """The short name of an order inside a bucket: the 80 random bits of its ULID."""
    return order[-16:]
