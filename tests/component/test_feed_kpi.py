"""KPIs on the engine: from events to a value, and back from the value to the ids of its events."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.fixture import Stack
from tests.feed_office import Desk, desk
from tests.feed_world import DAY, HOTEL, NOW, SHAOLIN, SONGYANG, entry, flow, later, said, take, ticket

ONE_DAY = f"first={DAY}&last={DAY}"


@pytest.fixture
def office(engine: Stack) -> Iterator[Desk]:
    with desk() as made:
        yield made


def arrival(country: str, people: int, **more: Any) -> dict[str, Any]:
    data = {
        "guest": "ab" * 16,
        "partySize": people,
        "originCountry": country,
        "originProvince": "410000" if country == "CN" else "",
        "purpose": "leisure",
        "channel": "online",
    }
    return said("tourism.lodging.stay.checkedin.v1", data, by=HOTEL, personal="p1", **more)


def audit(sold: int, *, hours: float = 14) -> dict[str, Any]:
    data = {
        "date": DAY.isoformat(),
        "rooms": 100,
        "outOfOrder": 0,
        "roomsAvailable": 100,
        "roomsSold": sold,
        "complimentary": 0,
        "dayUse": 0,
        "guests": 10,
        "roomRevenue": sold * 20_000,
        "otherRevenue": 0,
        "averagePrice": 20_000,
        "nightsByCountry": {"CN": 10},
    }
    return said("tourism.lodging.nightaudit.closed.v1", data, by=HOTEL, at=later(hours=hours))


def by_code(office: Desk) -> dict[str, Any]:
    return {one["code"]: one for one in office.json(f"/api/v1/bureau/kpi?{ONE_DAY}")["kpis"]}


def test_a_value_is_followed_home_to_its_events(office: Desk) -> None:
    entries = [entry(n, refused={"used": 1}) for n in (3, 5)] + [entry(9, status="exercise")]
    other = entry(4, by=SONGYANG)
    take(*entries, other)
    assert by_code(office)["M01"]["numerator"] == 12
    kpi = office.json(f"/api/v1/bureau/kpi/M01?{ONE_DAY}&by=sender")
    parts = {one["key"]: one for one in kpi["parts"]}
    assert parts[SHAOLIN.id]["numerator"] + parts[SONGYANG.id]["numerator"] == kpi["numerator"]
    ids = office.json(parts[SHAOLIN.id]["events"])["ids"]
    assert sorted(ids) == sorted(one["id"] for one in entries[:2]), "an exercise is no figure"


def test_occupancy_leads_to_a_night_audit_said_the_next_morning(office: Desk) -> None:
    audits = [audit(40), audit(48, hours=14.1)]
    take(*audits, now=later(hours=15))
    found = by_code(office)
    assert found["M11"]["value"] == 48.0
    assert found["M12"]["value"] == 20_000
    ids = office.json(f"/api/v1/bureau/kpi/M11/events?sender={HOTEL.id}&day={DAY}")["ids"]
    assert ids == [audits[1]["id"]]


def test_changing_one_event_changes_the_kpi_by_its_rule_alone(office: Desk) -> None:
    wrong = entry(90)
    take(wrong, ticket(2), flow(10))
    before = by_code(office)
    take(entry(9, corrects=wrong["id"], at=later(minutes=1), now=later()), now=later(minutes=2))
    after = by_code(office)
    changed = {code for code in before if before[code]["numerator"] != after[code]["numerator"]}
    assert after["M01"]["numerator"] == 9
    assert changed == {"M01", "M32", "M34"}, "entries, and what counts the reporting itself"


def test_small_counts_are_left_out_of_what_is_published(office: Desk) -> None:
    take(arrival("JP", 4), arrival("KR", 12), arrival("US", 40), arrival("CN", 99))
    plain = office.json(f"/api/v1/bureau/kpi/K16?{ONE_DAY}&by=code")
    assert {one["key"]: one["numerator"] for one in plain["parts"]} == {"US": 40, "KR": 12, "JP": 4}
    published = office.json(f"/api/v1/bureau/kpi/K16?{ONE_DAY}&by=code&publish=true")
    assert {one["key"]: one["numerator"] for one in published["parts"]} == {"US": 40, "KR": None, "JP": None}
    text = office.page(f"/bureau/kpi/K16/parts.csv?{ONE_DAY}&by=code&publish=true")
    assert "JP,,," in text


def test_a_kpi_of_a_week_reads_each_day_once_however_long_the_history(office: Desk, monkeypatch: Any) -> None:
    from tenants.bureau.store import LedgerStore

    for back in range(20):
        take(entry(1, at=NOW - timedelta(days=back)), now=NOW)
    read: list[Any] = []
    days = LedgerStore.days

    def counted(self: LedgerStore, day: Any) -> Any:
        read.append(day)
        return days(self, day)

    monkeypatch.setattr(LedgerStore, "days", counted)
    found = office.json(f"/api/v1/bureau/kpi/M01?first={DAY - timedelta(days=6)}&last={DAY}&by=day")
    assert [one["numerator"] for one in found["parts"]] == [1] * 7
    assert len(read) == 7


@pytest.mark.parametrize("lang", ["zh", "en", "ja", "ko"])
def test_the_pages_show_values_goals_and_definitions(office: Desk, lang: str) -> None:
    for path in ("/bureau/kpi", f"/bureau/kpi?{ONE_DAY}&kind=hotel&district=410100"):
        assert "K14a" in office.page(path, lang=lang)
    take(entry(3), arrival("JP", 4), audit(48), now=later(hours=15))
    for by in ("district", "kind", "sender", "day", "code"):
        assert "K16" in office.page(f"/bureau/kpi/K16?{ONE_DAY}&by={by}", lang=lang)


def test_what_cannot_be_asked_is_answered_in_words(office: Desk) -> None:
    assert office.get("/api/v1/bureau/kpi/K99").status_code == 404
    long = office.get("/api/v1/bureau/kpi?first=2026-01-01&last=2026-11-01")
    assert long.json_body["code"] == "bureau.period.too-long"
    backwards = office.get("/api/v1/bureau/kpi?first=2026-11-02&last=2026-11-01")
    assert backwards.json_body["code"] == "bureau.period.backwards"
    assert "一个季度" in office.get("/bureau/kpi?first=2026-01-01&last=2026-11-01").body.decode()
