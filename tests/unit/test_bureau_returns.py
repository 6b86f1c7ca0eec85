"""Statutory returns at the bureau: asked for with what is known, judged level by level; without a table."""

from datetime import date, datetime
from typing import Any

import pytest

from chalicelib.kernel.period import SHANGHAI
from chalicelib.messaging.returns.forms import period_of
from chalicelib.messaging.schemas import contracts
from tenants.bureau.domain.day import Known
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.returns import (
    Asked,
    NotChecked,
    NotDeclared,
    ReasonsMissing,
    SameOfficer,
    decide,
    request,
    standing,
)
from tenants.bureau.usecases.returning import computed, due_requests
from tests.fake_ledger import FakeLedger
from tests.feed_world import HOTEL, SHAOLIN, entry, said, ticket
from tests.returns_world import (
    INN,
    KNOWN,
    NOW,
    OCTOBER,
    asked_of_us,
    form,
    signed,
)


def test_the_figures_prefill_what_they_know_and_leave_silence_empty() -> None:
    ledger = FakeLedger()
    at = datetime(2026, 10, 3, 9, 0, tzinfo=SHANGHAI)
    night = {
        **{"date": "2026-10-02", "rooms": 110, "outOfOrder": 10, "roomsAvailable": 100, "roomsSold": 60},
        **{"complimentary": 0, "dayUse": 0, "guests": 90, "roomRevenue": 1_800_000, "otherRevenue": 70_000},
        **{"averagePrice": 30_000, "nightsByCountry": {"CN": 60}},
    }
    ledger.take(said("tourism.lodging.nightaudit.closed.v1", night, by=HOTEL, at=at))
    stay = {
        **{"guest": "a" * 32, "partySize": 2, "originCountry": "JP", "originProvince": ""},
        **{"purpose": "leisure", "channel": "desk"},
    }
    ledger.take(said("tourism.lodging.stay.checkedin.v1", stay, by=HOTEL, at=at, personal="p1"))
    ledger.take(entry(7, at=at), ticket(3, at=at))
    found = computed(form=form(), period=OCTOBER, owing=[INN], days=ledger, now=NOW)[HOTEL.id]
    assert found == {
        **{"available": 100, "let": 60, "room_income": 1_800_000, "other_income": 70_000},
        **{"guests": 2, "inbound": 2, "guest_nights": 90},
    }
    area = Known(id=SHAOLIN.id, name="", kind="scenic", district="410185")
    monthly = form("scenic-month")
    scenic = computed(form=monthly, period=OCTOBER, owing=[area], days=ledger, now=NOW)[SHAOLIN.id]
    assert (scenic["receptions"], scenic["tickets"]) == (7, 3)
    corrected = {**night, "date": "2026-10-03", "roomRevenue": 0, "roomShortfall": 300_000, "otherRevenue": 0}
    corrected["otherShortfall"] = 80_000
    ledger.take(said("tourism.lodging.nightaudit.closed.v1", corrected, by=HOTEL, at=at))
    less = computed(form=form(), period=OCTOBER, owing=[INN], days=ledger, now=NOW)[HOTEL.id]
    assert (less["room_income"], "other_income" in less) == (1_500_000, False), "no form is below nothing"
    silent = computed(form=form(), period=OCTOBER, owing=[INN], days=FakeLedger(), now=NOW)
    assert silent == {HOTEL.id: {}}


def test_an_agencys_quarter_is_known_whole_from_its_events() -> None:
    quarter = form("agency-quarter")
    assert all(field.figure for field in quarter.fields)
    asked = Asked(
        form=quarter,
        period=period_of("quarter", date(2026, 8, 1)),
        to=HOTEL.id,
        at="x",
        values={field.key: 1 for field in quarter.fields},
    )
    event = request(asked, now=NOW)
    contracts()[event.type].check(dict(event.data))


def test_returns_are_asked_for_when_their_period_is_over() -> None:
    day = datetime(2026, 11, 2, 7, 0, tzinfo=SHANGHAI)
    found = {(one.code, period.name) for one, period in due_requests(day)}
    assert ("hotel-month", "2026-10") in found
    assert ("hotel-month", "2026-11") not in found
    assert ("agency-quarter", "2026Q3") in found
    before = {(one.code, period.name) for one, period in due_requests(day.replace(day=1))}
    assert ("hotel-month", "2026-10") not in before


def declared(**more: Any) -> Gauge:
    _, event = signed(asked_of_us())
    return Gauge("2026-11-03T02:00:00.000Z", "ev_1", {**event.data, **more})


def stands(asked: Asked, gauge: Gauge | None = None, *, now: datetime = NOW) -> Any:
    return standing(asked, INN, gauge, now=now)


def judge(asked: Asked, level: Any, outcome: Any, *, by: str, reasons: str = "") -> Asked:
    one = stands(asked, declared())
    after, event = decide(one, level=level, outcome=outcome, reasons=reasons, by=by, now=NOW)
    contracts()[event.type].check(dict(event.data))
    return after


def asked_by_us() -> Asked:
    return Asked(form=form(), period=OCTOBER, to=HOTEL.id, at="2026-11-02T00:00:00.000Z", values=KNOWN)


def test_a_return_stands_by_its_newest_declaration_and_what_was_decided_about_that() -> None:
    asked = asked_by_us()
    assert stands(asked).state == "asked"
    assert stands(asked, now=NOW.replace(day=11)).state == "overdue"
    one = stands(asked, declared())
    assert (one.state, one.late) == ("declared", False)
    judged = judge(asked, "district", "checked", by="a")
    assert stands(judged, declared()).state == "checked"
    assert stands(judged, declared(hash="f" * 64)).state == "declared", "declared anew: nobody has looked"
    accepted = judge(judged, "city", "accepted", by="b")
    assert stands(accepted, declared()).state == "accepted"
    with pytest.raises(NotDeclared):
        judge(accepted, "district", "returned", by="b", reasons="不对的数")
    back = judge(accepted, "city", "returned", by="b", reasons="不对的数")
    assert stands(back, declared()).state == "returned"


def test_the_city_accepts_what_a_district_checked_by_another_officer() -> None:
    asked = asked_by_us()
    with pytest.raises(NotChecked):
        judge(asked, "city", "accepted", by="b")
    judged = judge(asked, "district", "checked", by="a")
    with pytest.raises(SameOfficer):
        judge(judged, "city", "accepted", by="a")
    with pytest.raises(ReasonsMissing):
        judge(judged, "city", "returned", by="b", reasons=" ")
    back = judge(judged, "city", "returned", by="b", reasons="从业人数与上月相差太大")
    assert stands(back, declared()).state == "returned"
