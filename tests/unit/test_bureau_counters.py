"""What every kind of event adds, and what it says is true now."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.messaging.schemas import contracts, problems
from tenants.bureau.domain.figures import (
    STANDING,
    added,
    behind,
    contribution,
    gauge_day,
    gauges,
    misdated,
    receipt,
)
from tenants.bureau.domain.figures.types import CODES
from tests.feed_world import DAY, HOTEL, NOW, flow, later, said, tenant

AGENCY = tenant("a", kind="agency", slug="songyun-travel", name="嵩云旅行社")


def by(kind: str) -> Any:
    return {"hotel": HOTEL, "agency": AGENCY}[kind]


LODGING: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "tourism.lodging.stay.checkedin.v1": (
        {
            "guest": "ab" * 16,
            "partySize": 2,
            "originCountry": "CN",
            "originProvince": "410000",
            "purpose": "leisure",
            "channel": "online",
        },
        {"stays": 1, "guests": 2, "guests@10": 2, "from.410000": 2, "purpose.leisure": 2, "stays.online": 1},
    ),
    "tourism.lodging.stay.checkedout.v1": (
        {"guest": "ab" * 16, "nights": 3, "revenueBand": "400-799"},
        {"departures": 1, "departed_nights": 3, "band.400-799": 1},
    ),
    "tourism.lodging.registration.reported.v1": (
        {"receipt": "r-1", "foreign": True, "result": "accepted", "delaySeconds": 86_401},
        {"registered": 1, "registered.foreign": 1, "registered_s": 86_401},
    ),
}
AGENCIES: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "tourism.agency.contract.signed.v1": (
        {
            "contract": "c-1",
            "template": "GF-2026-2601",
            "edition": "2026",
            "kind": "domestic",
            "departs": "2026-12-01",
            "days": 3,
            "pax": 4,
            "price": 320_000,
            "currency": "CNY",
            "shopping": 1,
            "optional": 0,
            "hash": "a" * 64,
            "belowFloor": True,
        },
        {
            "contracts": 1,
            "contracts.domestic": 1,
            "contract_pax": 4,
            "contract_fen": 320_000,
            "below_floor": 1,
            "with_shopping": 1,
        },
    ),
    "tourism.agency.group.filed.v1": (
        {
            "group": "g-1",
            "market": "inbound",
            "from": "2026-12-01",
            "to": "2026-12-03",
            "pax": 20,
            "districts": ["410185", "410102", "110101"],
            "stops": [],
        },
        {
            "groups": 1,
            "groups.inbound": 1,
            "group_pax": 20,
            "group_pax.inbound": 20,
            "bound.410185": 20,
            "bound.410102": 20,
        },
    ),
    "tourism.agency.group.progressed.v1": (
        {"group": "g-1", "stop": 1, "state": "skipped", "deviationMinutes": 0, "headcount": 20},
        {"stops": 1, "stops.skipped": 1, "deviations": 1},
    ),
    "tourism.agency.group.settled.v1": (
        {
            "group": "g-1",
            "market": "domestic",
            "pax": 20,
            "personDays": 60,
            "income": 900,
            "currency": "CNY",
            "cost": {"食": 100, "handling": 5},
            "suppliers": 3,
        },
        {
            "settled": 1,
            "settled.domestic": 1,
            "settled_pax": 20,
            "settled_pax.domestic": 20,
            "person_days": 60,
            "person_days.domestic": 60,
            "income_fen": 900,
            "income_fen.domestic": 900,
            "cost_fen.食": 100,
            "cost_fen.handling": 5,
        },
    ),
}
EVERYBODY: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "tourism.commerce.order.placed.v1": (
        {
            "element": "购",
            "productKind": "goods",
            "channel": "ota",
            "amount": 900,
            "currency": "CNY",
            "buyer": "",
            "lines": 1,
        },
        {
            "orders": 1,
            "order_fen": 900,
            "orders.ota": 1,
            "order_fen.ota": 900,
            "bought.购": 1,
            "spent.购": 900,
        },
    ),
    "tourism.commerce.fulfilment.updated.v1": (
        {"order": "o-1", "step": "delivered", "days": 2},
        {"goods.delivered": 1, "goods_days.delivered": 2},
    ),
    "tourism.complaint.case.opened.v1": (
        {
            "case": "k-1",
            "channel": "phone",
            "service": "ticketing",
            "respondent": "x",
            "severity": 2,
            "complainant": "c" * 32,
        },
        {"cases": 1, "cases.phone": 1, "severity.2": 1},
    ),
    "tourism.complaint.case.progressed.v1": (
        {"case": "k-1", "step": "answered", "role": "respondent", "firstResponseSeconds": 600},
        {"steps.answered": 1, "responses": 1, "response_s": 600},
    ),
    "tourism.complaint.case.closed.v1": (
        {
            "case": "k-1",
            "outcome": "settled",
            "seconds": 86_400,
            "refund": 50,
            "currency": "CNY",
            "satisfaction": 4,
        },
        {
            "solved": 1,
            "solved.settled": 1,
            "solved_s": 86_400,
            "quick": 1,
            "case_refund_fen": 50,
            "rated": 1,
            "rating": 4,
        },
    ),
    "tourism.survey.response.submitted.v1": (
        {
            "instrument": "exit",
            "edition": 1,
            "respondent": "d" * 32,
            "language": "ja",
            "scores": {"overall": 9, "food": 7},
            "spend": {"食": 3000},
            "weightClass": "foreign",
        },
        {"surveys": 1, "surveys.ja": 1, "score": 16, "scored": 2, "survey_fen.食": 3000},
    ),
    "tourism.safety.inspection.completed.v1": (
        {"checklist": "fire", "edition": 1, "items": 30, "failed": 2, "inspector": "bureau", "officers": 2},
        {"inspections": 1, "inspections.bureau": 1, "inspected": 30, "failings": 2},
    ),
    "tourism.safety.rectification.completed.v1": (
        {"order": "o-1", "evidence": "e" * 64, "days": 5},
        {"rectified": 1, "rectified_days": 5},
    ),
}
CASES = [
    *(("hotel", type, *case) for type, case in (LODGING | EVERYBODY).items()),
    *(("agency", type, *case) for type, case in AGENCIES.items()),
]


@pytest.mark.parametrize(("kind", "type", "data", "expected"), CASES, ids=[case[1] for case in CASES])
def test_what_it_adds(kind: str, type: str, data: dict[str, Any], expected: dict[str, int]) -> None:
    personal = contracts()[type].piiclass
    one = said(type, data, by=by(kind), personal=personal)
    assert problems(one, tenant=by(kind), now=later(seconds=1)) == []
    assert contribution(one) == expected
    assert all(behind(name) == type for name in expected)
    assert contribution({**one, "status": "exercise"}) == {}


def test_every_contract_that_goes_up_is_counted_or_shown() -> None:
    # judged by the reconciliation or read by people, no figure
    about_the_feed = ("day.closed", "report.finding.disputed", "return.declared", "feed.delivery")
    upwards = {
        name
        for name, one in contracts().items()
        if one.lane == "tourism.up" and not any(word in name for word in about_the_feed)
    }
    assert upwards == set(CODES)
    assert all(contracts()[type].catalogue in {"", code} for type, code in CODES.items())


def test_a_registration_in_time_and_a_rejected_one() -> None:
    def one(**more: Any) -> dict[str, int]:
        data = {"receipt": "r", "foreign": True, "result": "accepted", "delaySeconds": 3600, **more}
        return contribution(said("tourism.lodging.registration.reported.v1", data, by=HOTEL))

    assert one()["timely.foreign"] == 1
    assert one(foreign=False)["timely.domestic"] == 1
    assert one(result="rejected") == {"unregistered": 1, "unregistered.foreign": 1}


def test_the_ladder_sums_the_time_that_a_rung_was_passed_in_any_order() -> None:
    def crossing(direction: str, at: datetime) -> dict[str, int]:
        data = {"area": "a", "level": 100, "direction": direction, "cap": "instant", "count": 9, "limit": 9}
        return contribution(said("tourism.scenic.capacity.crossed.v1", data, at=at))

    at = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    parts = [
        crossing("up", at),
        crossing("down", at + timedelta(minutes=12)),
        crossing("up", at + timedelta(hours=1)),
        crossing("down", at + timedelta(hours=1, seconds=30)),
    ]
    for order in (parts, parts[::-1]):
        total = added(order)
        assert total["over/a.instant.100"] == 12 * 60 + 30
        assert "up/a.instant.100" not in total, "nothing is up any more"
        assert total["crossed.100"] == 2


def test_the_delay_of_a_receipt_falls_into_its_class() -> None:
    def delayed(seconds: float) -> str:
        found = receipt(flow(1), weight=1, late=False, delay=seconds)
        return next(name for name in found if name.startswith("t:"))

    assert [delayed(one) for one in (-3, 5, 6, 60, 600, 3600, 3601)] == [
        *("t:U10.5", "t:U10.5", "t:U10.60", "t:U10.60", "t:U10.600", "t:U10.3600", "t:U10.+")
    ]


class TestGauges:
    def audit(self, night: str, **more: Any) -> dict[str, Any]:
        data = {"date": night, "rooms": 100, "roomsAvailable": 96, "roomsSold": 48, "roomRevenue": 1}
        return said("tourism.lodging.nightaudit.closed.v1", data, by=HOTEL, **more)

    def test_a_flow_is_the_latest_word_and_the_word_of_its_hour(self) -> None:
        found = gauges(flow(5))
        assert list(found) == ["flow:main", "seen:main@10"]
        assert found["seen:main@10"].value == 5

    def test_a_night_audit_belongs_to_its_night(self) -> None:
        assert gauge_day(self.audit("2026-11-21")) == date(2026, 11, 21)
        assert gauges(self.audit("2026-11-21"))["audit"].value["roomsSold"] == 48
        assert contribution(self.audit("2026-11-21")) == {}

    def test_free_rooms_belong_to_the_night_they_are_free(self) -> None:
        data = {"roomType": "twin", "date": "2026-12-24", "free": 3, "outOfOrder": 1}
        one = said("tourism.lodging.availability.changed.v1", data, by=HOTEL)
        assert gauge_day(one) == date(2026, 12, 24)
        assert list(gauges(one)) == ["free:twin"]

    def test_an_incident_stays_with_the_day_it_became_known(self) -> None:
        data = {"incident": "i-1", "stage": "update", "grade": "general", "learned": "2026-11-20T17:00:00Z"}
        one = said("tourism.safety.incident.reported.v1", data)
        assert gauge_day(one) == date(2026, 11, 21)
        assert contribution(one) == {"incident_reports.update": 1}

    def test_a_profile_holds_until_the_next(self) -> None:
        one = said("tourism.operator.profile.changed.v1", {"level": "4s", "rooms": 80})
        assert gauge_day(one) == STANDING

    @pytest.mark.parametrize("night", ["2026-02-31", "2036-11-22", "0001-01-01"])
    def test_a_day_that_cannot_be_meant_is_found(self, night: str) -> None:
        assert misdated(self.audit(night)) == "date"
        assert misdated(self.audit(DAY.isoformat())) is None
        assert misdated(flow(1)) is None

    @given(st.text(max_size=12))
    def test_no_date_crashes_the_intake(self, night: str) -> None:
        found = misdated(self.audit(night))
        assert found in {None, "date"}
        if found is None:
            assert abs((gauge_day(self.audit(night)) - NOW.date()).days) < 900
