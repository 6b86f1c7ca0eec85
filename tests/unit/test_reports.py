"""Sealed reports: the same facts make the same hash, later facts an amendment, a changed file nothing."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import SHANGHAI
from tenants.bureau.domain.day import Known
from tenants.bureau.domain.report.definitions import REPORTS, Report, report_on
from tenants.bureau.domain.report.periods import span_of, year_before
from tenants.bureau.domain.report.seal import Tampered, canonical, sha_of
from tenants.bureau.usecases import archive as shelf
from tenants.bureau.usecases.sealing import Made, due, seal, work_out
from tests.fake_archive import FakeArchive
from tests.fake_ledger import FakeLedger
from tests.feed_world import DAY, HOTEL, NOW, SHAOLIN, SONGYANG, entry, later, payment, said, ticket

CITY = "410100"
KNOWN = [
    Known(id=one.id, name=one.name, kind=one.kind, district=one.district)
    for one in (SHAOLIN, SONGYANG, HOTEL)
]
MORNING = datetime(2026, 11, 23, 6, 30, tzinfo=SHANGHAI)


def known() -> list[Known]:
    return KNOWN


def brief() -> Report:
    found = report_on("R03", DAY)
    assert found is not None
    return found


def a_day() -> FakeLedger:
    ledger = FakeLedger()
    yesterday = timedelta(days=1)
    ledger.take(entry(30), entry(4, at=later(hours=-2)), ticket(2), payment(), audit(sold=60))
    ledger.take(entry(20, at=NOW - yesterday), audit(sold=50, night=DAY - yesterday, at=NOW - yesterday))
    return ledger


def audit(*, sold: int, night: date = DAY, at: Any = NOW) -> dict[str, Any]:
    data = {
        **{"date": night.isoformat(), "rooms": 110, "outOfOrder": 10, "roomsAvailable": 100},
        **{"roomsSold": sold, "complimentary": 0, "dayUse": 0, "guests": 90, "averagePrice": 30_000},
        **{"roomRevenue": sold * 30_000, "otherRevenue": 100_000, "nightsByCountry": {"CN": 55, "JP": 5}},
    }
    return said("tourism.lodging.nightaudit.closed.v1", data, by=HOTEL, at=at)


def make(ledger: FakeLedger, archive: FakeArchive, *, now: datetime = MORNING, **more: Any) -> Made:
    asked = {"report": brief(), "span": span_of("day", DAY), "scope": CITY, "by": "mb_1", **more}
    return seal(**asked, now=now, days=ledger, senders=known, archive=archive)


def cells(body: Any, sheet: str, row: str = "") -> dict[str, Any]:
    (found,) = (one for one in body["content"]["sheets"] if one["key"] == sheet)
    (line,) = (one for one in found["rows"] if one["key"] == row)
    return dict(zip((one["key"] for one in found["columns"]), line["cells"], strict=True))


def content(archive: FakeArchive, id: str = "R03_2026-11-22_410100_1") -> Any:
    return shelf.see_report(id=id, shelf=archive).body


def test_the_brief_says_what_the_ledger_says_and_keeps_silence_apart_from_zero() -> None:
    archive = FakeArchive()
    assert make(a_day(), archive).outcome == "sealed"
    totals = cells(content(archive), "totals")
    assert (totals["admitted"], totals["sold"], totals["sold_fen"], totals["paid_fen"]) == (
        34,
        2,
        16_000,
        16_000,
    )
    assert (totals["let"], totals["occupancy"], totals["average_price"]) == (60, 6_000, 30_000)
    assert cells(content(archive), "lacking", SONGYANG.id)["silent"] == 1
    empty = FakeArchive()
    make(FakeLedger(), empty)
    assert cells(content(empty), "totals")["admitted"] is None, "nobody said anything"


def test_a_former_period_is_compared_over_those_who_were_heard_in_both() -> None:
    ledger, archive = a_day(), FakeArchive()
    ledger.take(entry(500, by=SONGYANG))
    make(ledger, archive)
    assert cells(content(archive), "before", "admitted") == {
        "now": 34,
        "then": 20,
        "change": 7_000,
        "units": 1,
    }
    assert cells(content(archive), "year", "admitted")["units"] == 0


def test_the_same_facts_make_the_same_hash_in_whatever_order_they_came() -> None:
    one, other = FakeArchive(), FakeArchive()
    first = make(a_day(), one).sealed
    ledger = FakeLedger()
    for one_event in reversed(a_day().envelopes):
        ledger.take(one_event)
    assert make(ledger, other, now=MORNING + timedelta(hours=3)).sealed.sha == first.sha
    assert sha_of(one.bytes[f"{first.sha}.json"]) == first.sha


def test_worked_out_again_from_the_same_facts_nothing_new_is_sealed() -> None:
    ledger, archive = a_day(), FakeArchive()
    made = make(ledger, archive)
    again = make(ledger, archive, now=MORNING + timedelta(days=1))
    assert again.outcome == "unchanged"
    assert again.sealed.sha == made.sealed.sha
    assert list(archive.rows) == [made.sealed.id]


def test_a_late_event_makes_an_amendment_that_shows_its_difference() -> None:
    ledger, archive = a_day(), FakeArchive()
    first = make(ledger, archive).sealed
    ledger.take(entry(6, at=later(hours=-1)), received=MORNING + timedelta(hours=1))
    made = make(ledger, archive, now=MORNING + timedelta(days=1))
    assert made.outcome == "amended"
    assert (made.sealed.version, made.sealed.supersedes) == (2, first.sha)
    opened = shelf.see_report(id=made.sealed.id, shelf=archive)
    changed = {(one.sheet, one.column): (one.before, one.after) for one in opened.changes}
    assert changed["总览", "入园人次"] == (34, 40)
    assert made.sealed.changes == len(opened.changes)
    old = shelf.see_report(id=first.id, shelf=archive)
    assert cells(old.body, "totals")["admitted"] == 34, "what was sealed stays as it was"
    assert old.superseded is not None
    assert old.superseded.id == made.sealed.id


def test_a_correction_amends_too() -> None:
    ledger, archive = a_day(), FakeArchive()
    wrong = entry(1000, at=later(minutes=-5))
    ledger.take(wrong)
    make(ledger, archive)
    ledger.take(entry(10, at=later(minutes=-5), corrects=wrong["id"]))
    assert make(ledger, archive).outcome == "amended"
    assert cells(content(archive, "R03_2026-11-22_410100_2"), "totals")["admitted"] == 44


def test_a_changed_file_is_refused_and_its_hash_is_nobodys() -> None:
    archive = FakeArchive()
    sealed = make(a_day(), archive).sealed
    data = archive.bytes[f"{sealed.sha}.json"]
    assert shelf.verify(sha=sha_of(data), shelf=archive) is not None
    forged = data.replace(b"34", b"35", 1)
    assert shelf.verify(sha=sha_of(forged), shelf=archive) is None
    archive.bytes[f"{sealed.sha}.json"] = forged
    with pytest.raises(Tampered):
        shelf.see_report(id=sealed.id, shelf=archive)
    with pytest.raises(Missing):
        shelf.see_report(id="R03_2026-11-22_410100_9", shelf=archive)


def test_a_rendered_file_stays_as_it_was_rendered_and_is_verified_by_its_own_hash() -> None:
    archive = FakeArchive()
    opened = shelf.see_report(id=make(a_day(), archive).sealed.id, shelf=archive)
    made = shelf.hand_out(opened=opened, form="csv", shelf=archive, render=lambda *_: b"first")
    opened = shelf.see_report(id=opened.sealed.id, shelf=archive)
    assert shelf.hand_out(opened=opened, form="csv", shelf=archive, render=lambda *_: b"second") == made
    found = shelf.verify(sha=sha_of(b"first"), shelf=archive)
    assert found is not None
    assert (found.form, found.current) == ("csv", True)
    with pytest.raises(shelf.NotReady):
        shelf.hand_out(opened=opened, form="pdf", shelf=archive, render=None)
    archive.bytes[f"{opened.sealed.sha}.csv"] = b"other"
    with pytest.raises(Tampered):
        shelf.hand_out(opened=opened, form="csv", shelf=archive, render=None)


def test_the_public_edition_names_no_enterprise_and_hides_small_cells() -> None:
    archive = FakeArchive()
    opened = shelf.see_report(id=make(a_day(), archive).sealed.id, shelf=archive)
    with pytest.raises(Missing):
        shelf.public_edition(id=opened.sealed.id, shelf=archive)
    shelf.publish(opened=opened, now=MORNING, shelf=archive)
    public = shelf.public_edition(id=opened.sealed.id, shelf=archive).body
    text = canonical(public).decode()
    assert SHAOLIN.id not in text
    assert SHAOLIN.name not in text
    assert cells(public, "districts", "410185")["admitted"] is None, (
        "one area is nobody's business but its own"
    )
    assert cells(public, "totals")["admitted"] == 34


def test_an_unfinished_day_is_not_published() -> None:
    archive = FakeArchive()
    opened = shelf.see_report(id=make(a_day(), archive, now=NOW).sealed.id, shelf=archive)
    assert opened.sealed.final is False
    with pytest.raises(shelf.NotFinal):
        shelf.publish(opened=opened, now=NOW, shelf=archive)
    final = make(a_day(), archive)
    assert (final.sealed.final, final.sealed.version) == (True, 2)


def moments(code: str, day: date) -> list[str]:
    found = report_on(code, day)
    assert found is not None
    return [f"{one.astimezone(SHANGHAI):%m-%d %H:%M}" for one in found.moments(span_of(found.cadence, day))]


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("R03", DAY, ["11-23 06:30"]),
        ("R04", date(2026, 10, 2), ["10-02 12:00", "10-02 18:00", "10-03 06:30"]),
        ("R04", DAY, []),
        ("R07", DAY, ["11-23 08:00"]),
        ("R08", DAY, ["12-05 08:00"]),
        ("R12", DAY, ["01-31 08:00"]),
    ],
)
def test_reports_are_due_when_their_rows_say(code: str, day: date, expected: list[str]) -> None:
    assert moments(code, day) == expected


def test_mornings_over_a_new_year_seal_every_report_once_and_again_only_for_new_facts() -> None:
    ledger, archive = a_day(), FakeArchive()
    start = datetime(2026, 10, 30, 8, 30, tzinfo=SHANGHAI)
    rows = [report for report in REPORTS if report.code in {"R08", "R12"}]
    for n in range(0, 130, 5):
        now = start + timedelta(days=n)
        for report, span in due(now=now, scope=CITY, since=date(2026, 10, 1), archive=archive, rows=rows):
            make(ledger, archive, now=now, report=report, span=span)
    assert sorted(archive.rows) == [
        *(f"R08_2026-{month}_410100_1" for month in (10, 11, 12)),
        "R08_2027-01_410100_1",
        "R12_2026_410100_1",
    ]


def test_what_was_worked_out_is_not_due_before_its_next_moment() -> None:
    ledger, archive = a_day(), FakeArchive()
    asked: dict[str, Any] = {"scope": CITY, "since": DAY, "archive": archive, "rows": REPORTS[:2]}
    assert [span.name for _, span in due(now=MORNING, **asked)] == ["2026-11-22"]
    make(ledger, archive)
    assert list(due(now=MORNING + timedelta(hours=5), **asked)) == []
    tomorrow = [span.name for _, span in due(now=MORNING + timedelta(days=1), **asked)]
    assert tomorrow == ["2026-11-22", "2026-11-23"]


def test_holidays_are_compared_with_the_same_day_of_last_years() -> None:
    assert year_before("holiday", span_of("day", date(2026, 2, 17))).first == date(2025, 1, 30)
    assert year_before("holiday", span_of("day", date(2026, 10, 3))).first == date(2025, 10, 3)
    assert year_before("day", span_of("day", date(2026, 11, 22))).first == date(2025, 11, 23)
    assert year_before("month", span_of("month", DAY)).name == "2025-11"


def test_a_tenant_that_joined_later_did_not_owe_last_weeks_days() -> None:
    new = Known(
        id=new_id("tn", now=MORNING + timedelta(days=2)), name="新酒店", kind="hotel", district="410185"
    )
    asked: dict[str, Any] = {"report": brief(), "span": span_of("day", DAY), "scope": CITY, "days": a_day()}
    now = MORNING + timedelta(days=3)
    before, _ = work_out(**asked, senders=known, now=now)
    after, _ = work_out(**asked, senders=lambda: [*KNOWN, new], now=now)
    assert canonical(before) == canonical(after)


def test_what_a_report_says_has_a_version() -> None:
    """KPIs are left out: each of them has a version of its own."""
    now = datetime(2027, 2, 1, 9, 0, tzinfo=SHANGHAI)
    found = {}
    for report in REPORTS:
        span = span_of(report.cadence, DAY)
        plain = replace(report, kpis=False)
        body, _ = work_out(report=plain, span=span, scope=CITY, now=now, days=a_day(), senders=known)
        found[report.query] = sha_of(canonical(body))[:12]
    assert found == GOLDEN, "a report says something else than before: give it a new version"


GOLDEN: dict[str, str] = {
    "R03/2": "edca3a5eeb85",
    "R03/3": "a8b276bf5cb0",
    "R04/2": "d67b4527f166",
    "R04/3": "27da490b05b2",
    "R05/1": "fff17638c1a5",
    "R06/1": "47d249c803b5",
    "R07/2": "d4b136e483a0",
    "R08/2": "dac6c59a2c6a",
    "R08/3": "5b3fd6387f2b",
    "R12/2": "4f959b7187ed",
    "R12/3": "e086b2e6c412",
}
