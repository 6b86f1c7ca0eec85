"""A day to watch, played small: foreign enterprises at the door, the demo tenants at their pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.period import business_day
from infra.visitors import player
from infra.visitors import town as playing
from infra.visitors.batch import differing
from infra.visitors.beside import Beside
from infra.visitors.said import Envelope
from tests.journeys.callers import eventually
from tests.journeys.ledger import ledger_of
from tests.journeys.town import Town, inside

pytestmark = pytest.mark.journey


@pytest.fixture
def play_town(town: Town) -> playing.Town:
    return playing.Town(
        base_url=town.stack.base_url,
        stripe_url=town.stack.stripe_url,
        data_dir=town.stack.data_dir,
        demo=dict(town.demo),
    )


def test_a_played_day_stands_at_the_bureau_as_it_was_said_and_names_who_fell_silent(
    town: Town, play_town: playing.Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Envelope] = []
    closing = player._closing
    monkeypatch.setattr(player, "_closing", lambda script: said.extend(kept := closing(script)) or kept)
    day = business_day(datetime.now(UTC)) - timedelta(days=9)
    wanted = player.Play(
        day=day, speed=40_000, scenic=1, hotels=2, homestays=1, agencies=1, silent="v-hotel-002",
        rubbish="v-homestay-001",
    )  # fmt: skip
    lines: list[str] = []
    with inside(town.stack):
        tally = player.play(play_town, wanted, say=lines.append)
        assert tally.failed == 0
        assert tally.outcomes["refused"] >= 6
        assert {"feed.sender.forged", "feed.version.ahead"} <= set(tally.codes)
        assert "the day is over" in lines[-1]
        town.stack.drain(timeout=90)
        assert differing(said, _kept(town, said)) == []
    # Asked by state: tenants of other journeys said nothing that day, and would fill the first page. By id:
    # the site learns the name of who has just joined a minute later.
    asked = {"day": day.isoformat(), "state": "missing"}
    missing = town.bureau.caller.get("/api/v1/bureau/reporting", **asked).json["senders"]
    (silent,) = {one["tenantid"] for one in said if "/v-hotel-002/" in one["source"]}
    assert [one["state"] for one in missing if one["sender"] == silent] == ["missing"]
    assert "nobody" not in next(line for line in lines if line.startswith("falls silent"))


def test_the_demo_tenants_play_through_their_pages_gates_and_desks(
    town: Town, play_town: playing.Town
) -> None:
    before = town.figures()
    beside = Beside(play_town, seed=5)
    with inside(town.stack):
        party = beside.area.buy()
        while len(party.codes) < 2:
            party = beside.area.buy()
        back = beside.area.refund(party)
        beside.turn(0)
        beside._order()
        eventually(
            lambda: "按主管部门要求" in town.nobody.get(f"/s/{town.scenic.slug}").text,
            what="the order is there",
        )
        beside.area.enter(party)
        beside.area.enter(party)
        beside._lift()
        beside.area.leave(party)
        stay = ""
        while not stay:
            stay = beside.house.check_in(beside.house.book())
        beside.house.check_out(stay)
    assert beside.trouble == {}, beside.why
    counts = {**beside.area.counts, **beside.house.counts}
    assert counts["admitted"] == counts["left"]
    assert counts["refused"] >= len(party.codes), "each ticket once"
    after = town.figures()
    assert after["admitted"] - before["admitted"] == counts["admitted"]
    assert after["sold"] - before["sold"] == counts["tickets"] - 1
    assert after["refunds"] - before["refunds"] == (1 if back else 0), "where money went back"
    hotel = next(one for one in town.demo["tenants"] if one["kind"] == "hotel")
    wall = town.bureau.caller.get("/api/v1/bureau/lodging").json
    (house,) = [one for one in wall["houses"] if one["sender"] == hotel["id"]]
    assert house["guests"] >= 1


def _kept(town: Town, said: list[Envelope]) -> dict[Any, Any]:
    from infra.visitors.day import instant_of
    from tenants.bureau.domain.figures import STANDING, gauge_day

    senders = {one["tenantid"] for one in said}
    days = {*(business_day(instant_of(one)) for one in said), *map(gauge_day, said), STANDING}
    with ledger_of(town) as ledger:
        return {day: [one for one in ledger.days(day) if one.sender in senders] for day in days}
