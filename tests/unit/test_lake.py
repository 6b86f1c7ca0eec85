"""The lake: what lands is what the ledger holds, however often and in whatever pieces it lands."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib import config
from chalicelib.kernel.events import UP
from chalicelib.kernel.period import Period
from chalicelib.messaging.schemas import contracts
from chalicelib.persistence.files import FolderFiles, files
from tenants.bureau.domain.lake import SETS, is_index, lacking, telling
from tenants.bureau.store.lake.athena import tables, view, view_name
from tenants.bureau.store.lake.duck import ask
from tenants.bureau.store.lake.files import LakeStore
from tenants.bureau.store.lake.queries import Query, queries
from tenants.bureau.usecases.cataloguing import see_lake
from tenants.bureau.usecases.landing import due_days, land, land_day
from tests.fake_ledger import FakeLedger
from tests.feed_world import (
    BUREAU,
    DAY,
    HOTEL,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    entry,
    flow,
    later,
    payment,
    said,
    ticket,
)

TODAY = Period(DAY, DAY + timedelta(days=1))


@pytest.fixture(autouse=True)
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LakeStore]:
    monkeypatch.setenv("SONGYUN_FILES", str(tmp_path))
    config.settings.cache_clear()
    with acting_for(BUREAU):
        yield LakeStore()
    config.settings.cache_clear()


def audit(*, night: date = DAY, sold: int = 60, at: Any = NOW, **more: Any) -> dict[str, Any]:
    data = {
        "date": night.isoformat(),
        "rooms": 110,
        "outOfOrder": 10,
        "roomsAvailable": 100,
        "roomsSold": sold,
        "complimentary": 0,
        "dayUse": 0,
        "guests": 90,
        "roomRevenue": sold * 30_000,
        "otherRevenue": 100_000,
        "averagePrice": 30_000,
        "nightsByCountry": {"CN": 55, "JP": 5},
        **more,
    }
    return said("tourism.lodging.nightaudit.closed.v1", data, by=HOTEL, at=at)


def a_day() -> FakeLedger:
    ledger = FakeLedger()
    ledger.take(entry(3), entry(4, at=later(hours=-2)), ticket(2), payment(), flow(70), audit())
    ledger.take(entry(5, by=SONGYANG), entry(9, status="exercise"))
    ledger.refuse(sender=SHAOLIN.id, day=DAY, count=2)
    return ledger


def contents() -> dict[str, bytes | None]:
    """Every file of the lake but the times at which it was made."""
    kept = files()
    return {name: kept.get(name) for name in kept.names("lake/") if name.endswith(".parquet")}


def sums() -> dict[tuple[str, str], int]:
    rows = ask(queries()["figures_by_day"], period=TODAY)
    return {(sender, name): int(amount) for _, sender, name, amount, _ in rows}


def live(ledger: FakeLedger) -> dict[tuple[str, str], int]:
    return {
        (told.sender, name): n
        for told in ledger.days(DAY)
        for name, n in told.counters.items()
        if not is_index(name)
    }


def test_the_lake_adds_up_to_the_live_figures() -> None:
    ledger = a_day()
    assert land_day(day=DAY, now=NOW, ledger=ledger, lake=LakeStore()) == 8
    assert sums() == live(ledger)
    newest = {
        (sender, name): (at, id)
        for about, sender, name, at, id, _ in ask(queries()["gauges_by_day"], period=TODAY)
        if about == DAY
    }
    assert newest == {
        (told.sender, name): (gauge.at, gauge.id)
        for told in ledger.days(DAY)
        for name, gauge in told.gauges.items()
    }


def test_landing_again_reads_one_partition_and_writes_nothing() -> None:
    ledger = a_day()
    land_day(day=DAY, now=NOW, ledger=ledger, lake=LakeStore())
    before, ledger.asked = contents(), 0
    assert land_day(day=DAY, now=later(hours=1), ledger=ledger, lake=LakeStore()) == 0
    assert ledger.asked == 1
    assert contents() == before


def test_any_pieces_in_any_order_end_in_the_same_figures_and_the_same_files() -> None:
    whole = a_day()
    land_day(day=DAY, now=NOW, ledger=whole, lake=LakeStore())
    whole_files = contents()
    for name in list(files().names("lake/")):
        files().drop(name)
    pieces = FakeLedger()
    events = [filed.entry.envelope for filed in every(whole)]
    for one in reversed(events):
        pieces.take(dict(one))
        land_day(day=DAY, now=NOW, ledger=pieces, lake=LakeStore())
    pieces.refuse(sender=SHAOLIN.id, day=DAY, count=2)
    land_day(day=DAY, now=NOW, ledger=pieces, lake=LakeStore(), together=1)
    assert sums() == live(whole)
    assert contents() == whole_files


def every(ledger: FakeLedger) -> list[Any]:
    return [
        filed
        for told in ledger.days(DAY)
        for name in told.counters
        if name.startswith("h:")
        for type in told.types()
        for filed in ledger.filed(sender=told.sender, hour=f"{DAY}T{name[2:]}", type=type)
    ]


def test_a_correction_takes_back_what_landed_before() -> None:
    ledger = a_day()
    wrong = entry(100)
    ledger.take(wrong)
    land_day(day=DAY, now=NOW, ledger=ledger, lake=LakeStore())
    assert sums()[SHAOLIN.id, "admitted"] == 107
    ledger.take(entry(10, corrects=wrong["id"]))
    land_day(day=DAY, now=NOW, ledger=ledger, lake=LakeStore())
    assert sums() == live(ledger)
    assert sums()[SHAOLIN.id, "admitted"] == 17


def test_a_day_that_is_over_is_one_file_a_partition_and_takes_in_what_comes_late() -> None:
    ledger = a_day()
    land(now=NOW, ledger=ledger, lake=LakeStore())
    assert any("hour-" in name for name in contents())
    tomorrow = later(days=1)
    land(now=tomorrow, ledger=ledger, lake=LakeStore())
    assert all(name.endswith("/day.parquet") for name in contents())
    assert sums() == live(ledger)
    ledger.take(entry(7, at=later(hours=-1)), received=tomorrow)
    land(now=tomorrow, ledger=ledger, lake=LakeStore())
    assert all(name.endswith("/day.parquet") for name in contents())
    assert sums() == live(ledger)


@pytest.mark.parametrize("when", ["merging", "compacting"])
def test_a_run_that_is_cut_off_is_finished_by_the_next(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, lake = a_day(), LakeStore()
    if when == "compacting":
        land(now=NOW, ledger=ledger, lake=lake)
    now = later(days=1) if when == "compacting" else NOW
    write = FolderFiles.put

    class Cut(Exception):
        pass

    for calls in range(1, 40):
        left = calls

        def fails(self: Any, name: str, body: bytes) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Cut
            write(self, name, body)

        with monkeypatch.context() as patched:
            patched.setattr(FolderFiles, "put", fails)
            try:
                land(now=now, ledger=ledger, lake=lake)
            except Cut:
                cut = True
            else:
                cut = False
        assert not sums() or sums() == live(ledger), "what is read is a whole landing or none"
        if not cut:
            break
    assert calls > 3
    assert sums() == live(ledger)
    listed = {Path(path).as_posix() for of in SETS for path in lake.paths(of.name)}
    assert {str(files().fetched(name)) for name in contents()} == listed, (
        "nothing lies about that does not count"
    )


def test_each_question_is_in_the_sql_that_duckdb_and_athena_share() -> None:
    words = {"SUM", "COUNT", "MAX", "MIN", "CAST", "ROUND", "NULLIF", "SUBSTR", "ROW_NUMBER"}
    words |= {"json_extract_scalar", "OVER", "IN", "FROM"}
    ours_alone = r"::|\bQUALIFY\b|\bILIKE\b|\bEXCLUDE\b|\bFILTER\b|\[|GROUP BY ALL"
    for name, query in queries().items():
        assert set(re.findall(r"\b(\w+)\s*\(", query.text)) <= words, name
        assert not re.search(ours_alone, query.text), name
        assert query.sets
        assert query.about
        assert query.spans == 1, name


def test_each_question_is_answered_over_nothing_and_over_something() -> None:
    for query in queries().values():
        assert list(ask(query, period=TODAY)) == []
    land_day(day=DAY, now=NOW, ledger=a_day(), lake=LakeStore())
    for name, query in queries().items():
        found = list(ask(query, period=TODAY))
        assert bool(found) == (name != "origins"), name
    ((_, nights, available, sold, revenue, *rates),) = ask(queries()["hotels"], period=TODAY)
    assert (nights, available, sold, revenue) == (1, 100, 60, 1_800_000)
    assert rates == [6000, 30_000, 18_000]


def test_the_houses_of_a_hotel_add_up_and_corrections_take_away() -> None:
    ledger = FakeLedger()
    ledger.take(audit(property="inn"), audit(property="villa", sold=0, roomShortfall=900_000))
    land_day(day=DAY, now=NOW, ledger=ledger, lake=LakeStore())
    ((_, nights, available, sold, revenue, *_),) = ask(queries()["hotels"], period=TODAY)
    assert (nights, available, sold, revenue) == (1, 200, 60, 900_000)


def test_athena_gets_the_same_files_and_views_that_run() -> None:
    land_day(day=DAY, now=NOW, ledger=a_day(), lake=LakeStore())
    told = [one for one in contracts().values() if one.lane == UP]
    place, districts = "s3://files/t/lake", ["410100", "410185"]
    text = tables(database="songyun", place=place, contracts=told, districts=districts)
    for of in SETS:
        assert f"LOCATION '{place}/{of.name}/'" in text
    assert "'projection.district.values' = '410100,410185'" in text
    for contract in told:
        assert f"{view_name(contract.type)} AS\n{view(contract)}" in text
        assert bool(rows_of(view(contract))) == (contract.type in SAID), contract.type
    assert rows_of(f"SELECT SUM(data_admitted) FROM ({view(contracts()[ENTRY])}) entries") == [(12,)]


def test_what_stands_for_a_person_is_covered_in_the_files_and_the_hash_is_of_what_was_sent() -> None:
    data = {"guest": "a1b2" * 8, "nights": 2, "revenueBand": "200-399"}
    left = said("tourism.lodging.stay.checkedout.v1", data, by=HOTEL, personal="p1")
    ledger = FakeLedger()
    ledger.take(left, entry(1))
    land_day(day=DAY, now=NOW, ledger=ledger, lake=LakeStore())
    body, sha = rows_of("SELECT body, sha256 FROM events WHERE type LIKE '%checkedout%'")[0]
    assert json.loads(body)["data"] == {**data, "guest": "█"}
    (sent,) = (one for one in ledger._entries.values() if one.id == left["id"])
    assert (sha, data["guest"] in sent.body) == (sent.sha, True)
    assert not any(data["guest"].encode() in kept for kept in contents().values() if kept)


def rows_of(text: str) -> list[Any]:
    return list(ask(Query(name="view", about="", text=text, sets=("events",), spans=0), period=TODAY))


ENTRY = "tourism.scenic.entry.counted.v1"
SAID = {
    ENTRY,
    "tourism.scenic.ticket.issued.v1",
    "tourism.commerce.payment.settled.v1",
    "tourism.scenic.flow.observed.v1",
    "tourism.lodging.nightaudit.closed.v1",
}


def test_the_catalogue_says_what_there_is_and_how_fresh() -> None:
    assert see_lake(now=NOW, lake=LakeStore()).landed == ""
    land_day(day=DAY, now=NOW, ledger=a_day(), lake=LakeStore())
    found = see_lake(now=later(hours=1), lake=LakeStore())
    assert [shelf.rows > 0 for shelf in found.shelves] == [True, True, True]
    assert found.shelves[0].rows == sum(theme.rows for theme in found.themes) == 8
    assert not found.shelves[0].stale
    assert see_lake(now=later(hours=3), lake=LakeStore()).shelves[0].stale


def test_every_day_of_two_months_is_looked_at_once_a_day() -> None:
    midnight = NOW.replace(hour=0)
    seen = [day for hour in range(24) for day in list(due_days(midnight + timedelta(hours=hour)))[2:]]
    assert len(seen) == len(set(seen)) >= 60


def test_nothing_lacks_where_the_counters_stand() -> None:
    (told,) = (one for one in a_day().days(DAY) if one.sender == SHAOLIN.id)
    assert lacking(told, telling(told)) == []
    assert {slot.type for slot in lacking(told, {})} >= {ENTRY, "aside"}
