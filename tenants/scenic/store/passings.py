"""Claims on a gauge's row: how they are written, and which of them this process knows to be confirmed.

Each is one attribute ``<prefix><scan>`` of some 60 bytes, taken off by the next scan of its sort that the
same process counts: so taking off costs no write, and a gauge carries about one passing and one leaving for
each process that serves its gates.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Generic, Protocol, TypeVar

from pynamodb.expressions.operand import Path

from tenants.scenic.domain.passing import Leaving, Passing

MOST = 8
"""Confirmed ones that one write takes off; a duty takes the rest, and what an ended process left."""


class Claimed(Protocol):
    """What a gauge carries by name: ``turn`` is the sending that came in."""

    @property
    def scan(self) -> str: ...

    @property
    def turn(self) -> str: ...

    @property
    def at(self) -> datetime: ...


Claim = TypeVar("Claim", bound=Claimed)


class Marks(Generic[Claim]):
    """Claims of one sort on the gauges' rows."""

    def __init__(
        self, prefix: str, *, packed: Callable[[Claim], str], unpacked: Callable[[str, str], Claim]
    ) -> None:
        self._prefix, self._packed, self._unpacked = prefix, packed, unpacked
        self._confirmed: dict[tuple[str, date], list[Claim]] = {}

    def attribute(self, claim: Claim) -> Path:
        """Where the gauge's row carries it; one place for every sending of the same scan."""
        return Path([f"{self._prefix}{claim.scan}"])

    def packed(self, claim: Claim) -> str:
        """Its value there."""
        return self._packed(claim)

    def may_go(self, claims: Sequence[Claim]) -> Any:
        """Unless taken off by a duty meanwhile, and taken anew by the same scan: not ours to remove. None: no
        condition."""
        condition: Any = None
        for one in claims:
            mark = self.attribute(one)
            mine = mark.does_not_exist() | (mark == self.packed(one))
            condition = mine if condition is None else condition & mine
        return condition

    def carried(self, item: Mapping[str, Any]) -> list[Claim]:
        """Every one on a gauge's row, as DynamoDB answers it; the oldest first."""
        found = [
            self._unpacked(name.removeprefix(self._prefix), value["S"])
            for name, value in item.items()
            if name.startswith(self._prefix)
        ]
        return sorted(found, key=lambda claim: (claim.at, claim.scan))

    def remember(self, pk: str, day: date, claims: Sequence[Claim]) -> None:
        """These are confirmed: take them off with the next write of the gauge."""
        for stale in [key for key in list(self._confirmed) if key[0] == pk and key[1] != day]:
            self._confirmed.pop(stale, None)
        self._confirmed.setdefault((pk, day), []).extend(claims)

    def recall(self, pk: str, day: date) -> list[Claim]:
        """The confirmed ones to take off now; they are forgotten here. Those of other threads come later."""
        return self._confirmed.pop((pk, day), [])[-MOST:]

    def forget(self) -> None:
        """What a new process knows (tests)."""
        self._confirmed.clear()


def _passing_text(passing: Passing) -> str:
    """``turn|order-number|count|epoch seconds``."""
    return f"{passing.turn}|{passing.order}-{passing.number}|{passing.count}|{int(passing.at.timestamp())}"


def _passing(scan: str, text: str) -> Passing:
    turn, ticket, count, at = text.split("|")
    order, number = ticket.split("-")
    return Passing(scan=scan, turn=turn, order=order, number=int(number), count=int(count), at=_moment(at))


def _leaving_text(leaving: Leaving) -> str:
    """``turn|count|epoch seconds``."""
    return f"{leaving.turn}|{leaving.count}|{int(leaving.at.timestamp())}"


def _leaving(scan: str, text: str) -> Leaving:
    turn, count, at = text.split("|")
    return Leaving(scan=scan, turn=turn, count=int(count), at=_moment(at))


def _moment(epoch: str) -> datetime:
    return datetime.fromtimestamp(int(epoch), UTC)


PASSINGS = Marks[Passing]("p-", packed=_passing_text, unpacked=_passing)
LEAVINGS = Marks[Leaving]("q-", packed=_leaving_text, unpacked=_leaving)


def forget_passings() -> None:
    """What a new process knows (tests)."""
    PASSINGS.forget()
    LEAVINGS.forget()
