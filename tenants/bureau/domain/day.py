"""A sender's day as the ledger holds it, and who ought to report."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, parse_instant
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.figures.types import OBSERVED

_DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class Day:
    """What the ledger holds of one sender's business day: counters, gauges, when it was last heard."""

    sender: str
    counters: Mapping[str, int] = field(default_factory=dict)
    gauges: Mapping[str, Gauge] = field(default_factory=dict)
    heard: str = ""

    def count(self, name: str) -> int:
        """A counter, zero where nothing was ever added."""
        return self.counters.get(name, 0)

    @property
    def own(self) -> int:
        """Events of the enterprise's own: what the software says of its addresses breaks no silence."""
        return self.count("received") - self.count(f"n:{OBSERVED}")

    def split(self, name: str) -> dict[str, int]:
        """The parts of a counter by what stands after the dot: refusals by reason, money by method."""
        return {key[len(name) + 1 :]: n for key, n in self.counters.items() if key.startswith(f"{name}.")}

    def areas(self, name: str) -> dict[str, int]:
        """The parts of a counter by area."""
        found = {key[len(name) + 1 :]: n for key, n in self.counters.items() if key.startswith(f"{name}/")}
        return {area: n for area, n in found.items() if "@" not in area}

    def hours(self, name: str) -> list[int]:
        """A counter by local hour, 24 values."""
        return [self.counters.get(f"{name}@{hour:02d}", 0) for hour in range(24)]

    def types(self) -> dict[str, int]:
        """How many events of each type arrived."""
        return {key[2:]: n for key, n in self.counters.items() if key.startswith("n:")}

    def latest(self, stem: str) -> list[Mapping[str, Any]]:
        """The values of the gauges of one family, newest last."""
        return [gauge.value for gauge in self._family(stem)]

    def newest(self, stem: str) -> Gauge | None:
        """The newest gauge of one family, if anything was said."""
        found = self._family(stem)
        return found[-1] if found else None

    def _family(self, stem: str) -> list[Gauge]:
        return sorted(gauge for name, gauge in self.gauges.items() if name.partition(":")[0] == stem)

    def over(self, level: int, *, cap: str, until: int = _DAY) -> dict[str, int]:
        """Seconds that each area stood on a rung. What is still up counts to the last that was heard of its
        visitors (silence says nothing), and to ``until``, the second of the day it is now; a sender that said
        "up" twice is not believed beyond that.
        """
        found: dict[str, int] = {}
        for name, seconds in self.counters.items():
            if not name.startswith("over/"):
                continue
            area, which, rung = name[5:].rsplit(".", 2)
            if which == cap and rung == str(level):
                still = max(self.counters.get(f"up/{name[5:]}", 0), 0)
                end = self._told_until(area, cap, until)
                found[area] = min(max(seconds + still * end, 0), end)
        for name, up in self.counters.items():  # up at the very first second: its sum is zero
            area, _, rest = name.removeprefix("up/").rpartition(f".{cap}.")
            if name.startswith("up/") and rest == str(level) and up > 0:
                found.setdefault(area, self._told_until(area, cap, until))
        return found

    def _told_until(self, area: str, cap: str, until: int) -> int:
        """The second of the last word on an area's visitors; ``until`` where its flow is not told at all."""
        said = [self.gauges.get(name) for name in (f"flow:{area}", f"level:{area}:{cap}")]
        if said[0] is None:
            return until
        return min(until, max(_second(parse_instant(one.at)) for one in said if one is not None))


@dataclass(frozen=True, kw_only=True)
class Known:
    """A tenant that ought to report: id, name, kind, district."""

    id: str
    name: str
    kind: str
    district: str


def second_of(now: datetime, *, day: date) -> int:
    """How many seconds of a business day have passed: all of them when it is over, none before it began."""
    at = now.astimezone(SHANGHAI)
    if at.date() > day:
        return _DAY
    if at.date() < day:
        return 0
    return _second(at)


def _second(moment: datetime) -> int:
    at = moment.astimezone(SHANGHAI)
    return int(timedelta(hours=at.hour, minutes=at.minute, seconds=at.second).total_seconds())
