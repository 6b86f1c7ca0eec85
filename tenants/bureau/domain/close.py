"""The day's close: what a sender says it sent, held against what arrived."""

from collections.abc import Mapping, Sequence
from typing import Literal

from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.figures import CLOSED_SUFFIX, Gauge

State = Literal["open", "equal", "missing", "surplus", "differs"]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One type of event: how many were said to be sent, how many arrived."""

    type: str
    said: int
    arrived: int
    state: State


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The state of a sender's day: ``open`` until it closes, then the worst of its comparisons.

    ``previous``: what this close names as the digest of the one before it.
    """

    state: State
    closed: str = ""
    previous: str = ""
    types: Sequence[Comparison] = ()

    @property
    def missing(self) -> int:
        """How many events are still to come."""
        return sum(max(one.said - one.arrived, 0) for one in self.types)

    @property
    def surplus(self) -> int:
        """How many events arrived that the close does not name."""
        return sum(max(one.arrived - one.said, 0) for one in self.types)

    @property
    def lacking(self) -> list[str]:
        """The types to ask for again."""
        return [one.type for one in self.types if one.state in {"missing", "differs"}]


def judge_close(counters: Mapping[str, int], close: Gauge | None) -> Verdict:
    """Compare by count and digest. It is judged when it is read, so what arrives late heals it by itself."""
    if close is None:
        return Verdict(state="open")
    sent: Mapping[str, Mapping[str, object]] = close.value.get("sent", {})
    arrived = {
        name[2:]: n
        for name, n in counters.items()
        if name.startswith("n:") and not name.endswith(CLOSED_SUFFIX)
    }
    types = [
        _compare(type, sent.get(type, {}), arrived.get(type, 0), counters.get(f"d:{type}", 0))
        for type in sorted({*sent, *arrived})
    ]
    states = {one.state for one in types}
    worst: State = next((state for state in _WORST if state in states), "equal")
    return Verdict(state=worst, closed=close.at, previous=str(close.value.get("previous") or ""), types=types)


_WORST: tuple[State, ...] = ("missing", "differs", "surplus")


def _compare(type: str, sent: Mapping[str, object], arrived: int, weight: int) -> Comparison:
    said = int(str(sent.get("count", 0)))
    state: State = "equal"
    if arrived < said:
        state = "missing"
    elif arrived > said:
        state = "surplus"
    elif said and int(str(sent.get("digest") or "0"), 16) != weight:
        state = "differs"
    return Comparison(type=type, said=said, arrived=arrived, state=state)
