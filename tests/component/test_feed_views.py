"""What an officer sees beside the figures: the year before, a holiday, rooms, silence; what it reads."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.period import SHANGHAI
from chalicelib.telemetry import metered
from infra.local.fixture import Stack
from infra.visitors.cast import Operator
from infra.visitors.day import Pace, day_of
from tenants.bureau.store.remembered import forget_past
from tests.feed_office import Desk, desk
from tests.feed_world import (
    BUREAU,
    DAY,
    HOTEL,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    entry,
    later,
    take,
    ticket,
)

LAST_YEAR = timedelta(days=364)
GOLDEN = date(2026, 10, 2)


@pytest.fixture
def office(engine: Stack) -> Iterator[Desk]:
    forget_past()
    with desk() as made:
        yield made
    forget_past()


def at(day: date, hour: int, minute: int = 30) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


class TestTheYearBefore:
    def test_growth_is_of_those_who_reported_on_both_days_and_of_whole_hours(self, office: Desk) -> None:
        take(entry(10, at=later(hours=-1) - LAST_YEAR), now=NOW)
        take(entry(15, at=later(hours=-1)), entry(500, at=later(hours=-1), by=SONGYANG))
        for moment in (NOW - LAST_YEAR, NOW):
            take(entry(70, at=moment), now=NOW)  # in the hour that still runs today
        page = office.page("/bureau/wall")
        assert "同比 +50.0%" in page
        assert "只算两天都上报的 1 家" in page
        assert "今天上报 2 家" in page
        assert "截至 10 时" in page

    def test_without_a_common_sender_nothing_is_compared(self, office: Desk) -> None:
        take(entry(10, at=later(hours=-1) - LAST_YEAR, by=SONGYANG), now=NOW)
        take(entry(15, at=later(hours=-1)))
        assert "同比 +" not in office.page("/bureau/wall")

    def test_a_holiday_is_held_against_the_same_day_of_that_holiday(self, office: Desk) -> None:
        take(entry(40, at=at(date(2025, 10, 2), 10)), entry(80, at=at(date(2025, 10, 1), 10)), now=NOW)
        take(entry(100, at=at(date(2026, 10, 1), 9)), entry(50, at=at(GOLDEN, 9)), now=NOW)
        take(ticket(3, 24_000, at=at(GOLDEN, 9)), entry(9, at=at(GOLDEN, 9), by=SONGYANG), now=NOW)
        found = office.json(f"/api/v1/bureau/holiday?day={GOLDEN}")
        assert ("国庆节" in found["holiday"], found["number"]) == (True, 2)
        assert (found["first"], found["today"]["day_before"]) == ("2026-10-01", "2025-10-02")
        (ours,) = [one for one in found["areas"] if one["sender"] == SHAOLIN.id]
        assert (ours["admitted"], ours["since_admitted"], ours["before"]) == (50, 150, 40)
        assert (ours["change"], ours["ticket_income"]["amount"]) == (0.25, 24_000)
        assert found["today"]["now"]["admitted"] == 50, "whom nobody heard a year ago is left out"
        assert (found["today"]["senders"], found["today"]["reporting"]) == (1, 2)
        assert found["since"]["change"]["admitted"] == 0.25
        page = office.page(f"/bureau/holiday?day={GOLDEN}")
        assert "+25.0%" in page
        assert "2026-10-02" in office.get(f"/bureau/holiday.csv?day={GOLDEN}").headers["Content-Disposition"]


class TestLodging:
    def hotel(self) -> list[dict[str, Any]]:
        """Yesterday of the hotel, as its own system would say it."""
        house = Operator(
            slug=HOTEL.slug,
            kind="hotel",
            name=HOTEL.name,
            district=HOTEL.district,
            size=40,
            busy=0.9,
            id=HOTEL.id,
        )
        return day_of(house, DAY - timedelta(days=1), seed=3, pace=Pace(service=0))

    def test_rooms_guests_and_registration_follow_from_the_events(self, office: Desk) -> None:
        said = self.hotel()
        for start in range(0, len(said), 25):
            assert take(*said[start : start + 25], now=NOW) == set()

        def of(name: str) -> list[dict[str, Any]]:
            return [one["data"] for one in said if one["type"] == f"tourism.lodging.{name}.v1"]

        (audit,) = of("nightaudit.closed")
        found = office.json(f"/api/v1/bureau/lodging?day={DAY - timedelta(days=1)}")
        (house,) = [one for one in found["houses"] if one["sender"] == HOTEL.id]
        assert (house["rooms_available"], house["rooms_sold"]) == (
            audit["roomsAvailable"],
            audit["roomsSold"],
        )
        assert house["occupancy"] == round(audit["roomsSold"] / audit["roomsAvailable"], 4)
        assert house["room_revenue"]["amount"] == audit["roomRevenue"]
        assert house["guests"] == sum(one["partySize"] for one in of("stay.checkedin"))
        reported = of("registration.reported")
        registered = [one for one in reported if one["result"] == "accepted"]
        assert registered
        assert house["registered"] == len(registered)
        assert 0 < house["registered_in_time"] <= house["registered"]
        tonight = [one for one in of("availability.changed") if one["date"] == f"{DAY - timedelta(days=1)}"]
        assert house["free"] == tonight[-1]["free"], "the last word on tonight"
        night = next(one for one in found["nights"] if one["day"] == f"{DAY - timedelta(days=1)}")
        assert night["guests"] == house["guests"]
        assert night["foreign"] + night["domestic"] == len(reported), "a rejected one was owed too"
        assert sum(found["origins"].values()) == house["guests"]
        assert office.get(f"/bureau/lodging.csv?day={DAY - timedelta(days=1)}").body.decode().count("\n") >= 2

    def test_a_house_that_said_nothing_is_null_and_not_zero(self, office: Desk) -> None:
        (house,) = office.json("/api/v1/bureau/lodging")["houses"]
        assert (house["occupancy"], house["free"], house["room_revenue"]) == (None, None, None)


def test_who_fell_silent_today_is_named_with_its_last_word(office: Desk) -> None:
    take(entry(5, at=at(DAY, 5)), now=at(DAY, 5, 31))
    take(entry(5, by=SONGYANG), now=NOW)
    page = office.page("/bureau/wall")
    quiet = page.partition("未上报与迟报")[2]
    assert "最后上报 05:31" in quiet
    assert quiet.index(SHAOLIN.name) < quiet.index("最后上报 05:31")
    assert quiet.count("最后上报") == 1, "the other one speaks"


def test_the_wall_reads_three_partitions_however_long_the_history(office: Desk) -> None:
    from tenants.bureau.routes.asked import LEDGER, senders
    from tenants.bureau.store.remembered import past_days
    from tenants.bureau.usecases.comparing import see_board

    def cost() -> tuple[int, float, int]:
        forget_past()
        with acting_for(BUREAU), metered() as meter:
            found = see_board(day=DAY, now=NOW, ledger=LEDGER, senders=senders, past=past_days)
        return meter.calls, meter.reads, found.wall.admitted

    take(entry(1), entry(2, by=SONGYANG))
    cost()
    young = cost()
    for back in range(1, 40):
        if timedelta(days=back) not in {timedelta(days=1), LAST_YEAR}:
            take(
                *(entry(n, at=NOW - timedelta(days=back)) for n in (1, 2)),
                ticket(1, at=NOW - timedelta(days=back)),
                now=NOW,
            )
    take(*(entry(0, at=later(seconds=-n)) for n in range(60)))  # and a long day: one row, not sixty
    assert cost() == young
    assert young[0] == 3, "the day, the day before, the year before"


def test_a_day_of_many_senders_shows_the_first_and_leads_to_all(office: Desk, monkeypatch: Any) -> None:
    from tenants.bureau.routes import paging, trades

    monkeypatch.setattr(trades, "_SHOWN", 1)
    page = office.page("/bureau")
    assert "显示全部 2 家" in page, "two scenic areas, of which one is shown"
    assert HOTEL.name in page, "each kind has its own list"
    assert sum(name in page for name in (SHAOLIN.name, SONGYANG.name)) == 1
    whole = office.page("/bureau?every=scenic")
    assert SHAOLIN.name in whole
    assert SONGYANG.name in whole
    assert "显示全部" not in whole
    monkeypatch.setattr(paging, "ON_PAGE", 1)
    pages = [office.page(f"/bureau?every=scenic&page={n}") for n in (1, 2)]
    assert ["第 1–1 家" in pages[0], "第 2–2 家" in pages[1]] == [True, True]
    assert "共 2 家" in pages[0]
    assert all(sum(name in page for name in (SHAOLIN.name, SONGYANG.name)) == 1 for page in pages)
    assert "every=scenic&amp;page=2#scenic" in pages[0]
    assert HOTEL.name in pages[1], "the other kinds stay"


def test_each_kind_is_shown_by_its_own_figures(office: Desk) -> None:
    take(entry(5), now=NOW)
    page = office.page("/bureau")
    scenic, _, rest = page.partition('id="scenic"')[2].partition('id="hotel"')
    assert "售票" in scenic
    assert "昨夜出租率" not in scenic
    assert "昨夜出租率" in rest
    assert "售票" not in rest.partition("<svg")[0], "a hotel has no gate: no zero that does not apply"
    lines = {one["kind"]: one for one in office.json("/api/v1/bureau/wall")["senders"]}
    assert "admitted" in lines["scenic"]["applies"]
    assert lines["hotel"]["applies"] == ["occupancy", "free", "guests", "registered", "paid"]


def test_a_district_chosen_narrows_the_sums_too(office: Desk) -> None:
    take(entry(5), entry(7, by=SONGYANG), now=NOW)
    assert ">12<" in _tile(office.page("/bureau"), "累计入园")
    assert ">12<" in _tile(office.page(f"/bureau?district={SHAOLIN.district}"), "累计入园")
    other = f"/bureau?district={'410183' if SHAOLIN.district != '410183' else '410182'}"
    assert ">12<" not in office.page(other), "nothing of it is added up elsewhere"
    assert SHAOLIN.name not in office.page(other)


def _tile(page: str, label: str) -> str:
    found = page.partition(label)[2].partition("stat__value")[2].partition("</dd>")[0]
    return found.replace(" ", "<")
