"""A gateway without a network for an hour: doors go on opening, and then it ends where the desk is."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tenants.hotel.domain.key import window_of
from tests.hotel_desk import Desk
from tests.hotel_story import Story

pytestmark = pytest.mark.component
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Gateway:
    """Two locks that do what they are told and say what they did, over and over."""

    def __init__(self, desk: Desk, locks: list[str]) -> None:
        self.desk, self.locks = desk, locks
        self.codes: dict[str, set[str]] = {id: set() for id in locks}
        self.log: list[dict[str, Any]] = []
        self.did: list[str] = []

    def exchange(self, results: dict[str, list[str]] | None = None) -> list[dict[str, Any]]:
        said = results or {}
        reports = [
            {"device": id, "results": dict.fromkeys(said.get(id, []), ""), "entries": self.log}
            for id in self.locks[:1]
        ] + [{"device": id, "results": dict.fromkeys(said.get(id, []), "")} for id in self.locks[1:]]
        found: list[dict[str, Any]] = self.desk.ok("POST", "/devices/exchange", body={"reports": reports})[
            "commands"
        ]
        return found

    def catch_up(self) -> None:
        """Everything that waits is done; each answer is lost once on its way and said again."""
        commands = self.exchange()
        results: dict[str, list[str]] = {}
        for one in commands:
            codes = self.codes[one["device"]]
            codes.add(one["grant"]) if one["op"] == "issue" else codes.discard(one["grant"])
            results.setdefault(one["device"], []).append(one["id"])
            self.did.append(one["op"])
        for _ in range(2):
            self.exchange(results)

    @property
    def conditions(self) -> set[str]:
        found = self.desk.ok("GET", "/devices")["devices"]
        return {one["condition"] for one in found if one["id"] in self.locks}


def keys_of(desk: Desk, stay: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.ok("GET", "/stays/{stay}/keys", path=f"/stays/{stay}/keys")["keys"]
    return found


def opens(key: dict[str, Any], seed: str, *, at: datetime) -> bool:
    """Whether a lock that has heard of nothing opens."""
    code = key["code"].replace(" ", "")
    return window_of(code, seed=bytes.fromhex(seed), zone="Asia/Shanghai", now=at) is not None


def test_locks_that_were_away_for_an_hour_end_where_the_desk_is(desk: Desk) -> None:
    story = Story(desk)
    story.prepare()
    gateway = Gateway(desk, story.locks)
    for moment, step in story.steps:
        desk.now = moment
        if step == story.fetch:
            break
        step()
    gateway.exchange()  # heard last, and away from now on
    (first,) = keys_of(desk, story.stay)
    assert opens(first, story.seeds[0], at=desk.now), "the lock proves the code by itself"
    since = desk.now
    desk.now += 10 * MINUTE
    story.move()
    desk.now += 10 * MINUTE
    story.extend()
    (key,) = keys_of(desk, story.stay)
    assert (key["rooms"], key["grant"] != first["grant"]) == (["202"], True)
    assert opens(key, story.seeds[1], at=desk.now)
    assert not opens(key, story.seeds[0], at=desk.now)
    desk.now = since + HOUR
    assert gateway.conditions == {"quiet"}, "the desk sees that they are away"
    at = (since + 5 * MINUTE).isoformat()
    gateway.log = [{"at": at, "grant": first["grant"], "outcome": "opened"}]
    gateway.catch_up()
    assert gateway.conditions == {"fine"}
    assert gateway.codes == {story.locks[0]: set(), story.locks[1]: {key["grant"]}}
    assert sorted(gateway.did) == ["issue"] * 3 + ["revoke"] * 2
    desk.now += 10 * MINUTE
    gateway.catch_up()
    assert len(gateway.did) == 5, "nothing that was answered for comes again"
