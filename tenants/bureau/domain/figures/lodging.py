"""What hotels and homestays say of stays and registration. Free rooms and the night audit are gauges:
the latest word on a night counts.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.late import dataclass

Counters = dict[str, int]

HOME = "CN"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Within how many seconds of the arrival a guest must be registered with the police."""

    foreign: bool
    seconds: int
    source: str
    since: date
    until: date | None = None


LIMITS: tuple[Limit, ...] = (
    Limit(
        foreign=True,
        seconds=86_400,
        source="出境入境管理法 第三十九条；旅馆业治安管理办法 第六条",
        since=date(2013, 7, 1),
    ),
    Limit(
        foreign=False,
        seconds=86_400,
        source="assumed: the local rule for domestic guests is to be confirmed by the bureau",
        since=date(2013, 7, 1),
    ),
)


def checked_in(data: Mapping[str, Any], at: datetime) -> Counters:
    """U03: one stay of a party. Where people come from: ``from.JP``, ``from.410000``, ``from.CN``."""
    people, country = int(data["partySize"]), data["originCountry"]
    province = data["originProvince"] if country == HOME else ""
    return {
        "stays": 1,
        "guests": people,
        f"guests@{at:%H}": people,
        f"from.{province or country}": people,
        f"purpose.{data['purpose']}": people,
        f"stays.{data['channel']}": 1,
    }


def checked_out(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U04."""
    return {"departures": 1, "departed_nights": int(data["nights"]), f"band.{data['revenueBand']}": 1}


def registered(data: Mapping[str, Any], at: datetime) -> Counters:
    """U05: what the police took, and whether it was in time; a rejected registration is not one."""
    whose = "foreign" if data["foreign"] else "domestic"
    if data["result"] != "accepted":
        return {"unregistered": 1, f"unregistered.{whose}": 1}
    delay = int(data["delaySeconds"])
    timely = delay <= limit_of(foreign=data["foreign"], day=at.date())
    found = {"registered": 1, f"registered.{whose}": 1, "registered_s": delay}
    return {**found, "timely": 1, f"timely.{whose}": 1} if timely else found


def limit_of(*, foreign: bool, day: date) -> int:
    """The seconds that the rule of a day grants."""
    return next(
        one.seconds
        for one in LIMITS
        if one.foreign == foreign and one.since <= day and (one.until is None or day < one.until)
    )
