"""A statutory return on the engine, by its pages: filled, signed, sent back, corrected, checked, accepted."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

from chalicelib.kernel.module import Booked
from chalicelib.kernel.period import SHANGHAI
from chalicelib.messaging.consumer import consume
from chalicelib.messaging.directives.store import all_waiting
from chalicelib.messaging.schemas import problems
from chalicelib.persistence.directory import CredentialRow, fingerprint
from chalicelib.persistence.journal import OutboxRow, audited, envelopes_of
from chalicelib.persistence.table import LANES, tenant_key
from chalicelib.web import registry
from chalicelib.web.doors import Shown, forget_callers
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tenants.bureau.routes.duties import ask_one
from tenants.hotel.manifest import MODULE as HOTELS
from tests.feed_world import BUREAU, HOTEL, SHAOLIN, Tenant, acting_for, forget, message, said, settle, take

pytestmark = pytest.mark.component
NOW = datetime(2026, 11, 9, 10, 0, tzinfo=SHANGHAI)
VISITOR = "v" * 43
CSRF = Shown(key="", session="", visitor=VISITOR, fresh=False).csrf
CLERK, OWNER, DISTRICT, CITY, SECOND = (f"sk_{letter * 43}" for letter in "cwdge")
PEOPLE: tuple[tuple[str, Tenant, set[str]], ...] = (
    (CLERK, HOTEL, {"desk"}),
    (OWNER, HOTEL, {"owner"}),
    (DISTRICT, BUREAU, {"bureau.read@410185", "bureau.command@410185"}),
    (CITY, BUREAU, {"bureau.read", "bureau.command"}),
    (SECOND, BUREAU, {"bureau.read", "bureau.command"}),
)
HERE = "/console/returns/hotel-month_2026-10"
THERE = f"/bureau/returns/hotel-month_2026-10_{HOTEL.id}"
NIGHT = {
    **{"date": "2026-10-02", "rooms": 110, "outOfOrder": 10, "roomsAvailable": 100, "roomsSold": 60},
    **{"complimentary": 0, "dayUse": 0, "guests": 90, "roomRevenue": 1_800_000, "otherRevenue": 70_000},
    **{"averagePrice": 30_000, "nightsByCountry": {"CN": 60}},
}
WRITTEN = {
    **{"values.available": "100", "values.let": "60", "values.room_income": "18,000.00"},
    **{"values.other_income": "700", "values.food_income": "500", "values.guests": "80"},
    **{"values.guest_nights": "90", "values.inbound": "0", "values.staff": "30"},
}


class Clock:
    """A minute passes with each form that is sent."""

    def __init__(self) -> None:
        self.now = NOW


class Web:
    """Pages without scripts, as one of the people."""

    def __init__(self, http: Any, clock: Clock) -> None:
        self._http, self._number, self.clock = http, 0, clock

    def open(self, path: str, *, by: str, lang: str = "zh", status: int = 200) -> str:
        forget_callers()
        answer = self._http.get(path, headers={"Authorization": f"Bearer {by}", "Accept-Language": lang})
        assert answer.status_code == status, answer.body
        return str(answer.body.decode())

    def send(self, path: str, *, by: str, status: int = 303, **form: str) -> str:
        forget_callers()
        self._number += 1
        self.clock.now += timedelta(minutes=1)
        given = urlencode({"csrf": CSRF, "key": f"k{self._number}", **form})
        headers = {
            **{"Authorization": f"Bearer {by}", "Accept-Language": "zh", "Cookie": f"v={VISITOR}"},
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = self._http.post(path, headers=headers, body=given)
        assert answer.status_code == status, answer.body
        return str(answer.body.decode())


@pytest.fixture
def web(engine: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    from app import app

    forget()
    settle()
    for secret, tenant, roles in PEOPLE:
        row = CredentialRow(
            f"CREDENTIAL#{fingerprint(secret)}", "-", tenant=tenant.id, label="x", means="key"
        )
        row.actor, row.roles = f"mb_{secret[3]}", roles
        row.put()
    monkeypatch.setattr("chalicelib.web.returns.alone", lambda _call: False)
    monkeypatch.setitem(registry.BOOKS, "hotel", _books)
    clock = Clock()
    set_clock(lambda: clock.now)
    with Client(app) as client:
        yield Web(client.http, clock)
    set_clock(None)


def _books(first: date, last: date, _now: datetime) -> Mapping[str, Booked]:
    assert (first, last) == (date(2026, 10, 1), date(2026, 10, 31))
    values = {"available": 100, "let": 60, "room": 1_800_000, "food": 50_000, "other": 20_000, "guests": 90}
    return {key: Booked(value=n, days=30, href="/hotel/figures?month=2026-10") for key, n in values.items()}


def carry(tenant: Tenant, *, now: datetime = NOW + timedelta(days=3)) -> list[dict[str, Any]]:
    """What a tenant's outbox holds goes where the bus would take it; every envelope holds to its contract."""
    with acting_for(tenant):
        rows = [row for lane in range(LANES) for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)))]
        envelopes = sorted((one for row in rows for one in envelopes_of(row)), key=lambda one: one["id"])
        for row in rows:
            row.delete()
    assert all(problems(one, tenant=tenant, now=now) == [] for one in envelopes)
    if tenant is BUREAU:
        for one in envelopes:
            assert consume(HOTELS, [message(one, source="tourism.down")], now=now)["batchItemFailures"] == []
    elif envelopes:
        assert take(*envelopes, now=now) == set()
    return envelopes


def asked() -> None:
    """The month's only night audit is in, and the bureau asks for the return."""
    take(said("tourism.lodging.nightaudit.closed.v1", NIGHT, by=HOTEL, at=NOW), now=NOW)
    with acting_for(BUREAU):
        assert ask_one(form="hotel-month", period="2026-10", to=HOTEL.id, now=NOW) == 1
    carry(BUREAU)


def test_a_return_goes_from_the_clerk_to_the_city_and_back_with_reasons(web: Web) -> None:
    asked()
    with acting_for(HOTEL):
        assert all_waiting() == ["return#hotel-month_2026-10"]
    page = web.open(HERE, by=CLERK)
    assert 'value="18000.00"' in page, "prefilled"
    assert 'href="/hotel/figures?month=2026-10"' in page, "the way down to the nights"
    assert "还有 1 天没有关账" in page.replace("&#39;", "'")
    wrong = web.send(HERE, by=CLERK, status=422, **{**WRITTEN, "values.let": "59"})
    assert "不一致" in wrong
    web.send(HERE, by=CLERK, **WRITTEN)
    web.send(f"{HERE}/sign", by=CLERK, status=403)
    web.send(f"{HERE}/sign", by=OWNER)
    (event,) = carry(HOTEL)
    assert (event["data"]["version"], event["data"]["differences"]) == (1, [])
    assert event["data"]["values"]["revpar"] == 18_000
    behind = f"/bureau/events?sender={HOTEL.id}&day=2026-11-09&type={event['type']}"
    assert "第几次报送" in web.open(behind, by=CITY), "the declaration itself, in words"
    with acting_for(HOTEL):
        assert all_waiting() == []
    assert "待区县审核" in web.open(THERE, by=DISTRICT)
    web.send(THERE, by=CITY, status=409, outcome="accepted")
    web.send(THERE, by=DISTRICT, status=422, outcome="returned")
    web.send(THERE, by=DISTRICT, outcome="returned", reasons="从业人数与上月相差太大")
    carry(BUREAU)
    assert "从业人数与上月相差太大" in web.open(HERE, by=CLERK)
    web.send(HERE, by=CLERK, **{**WRITTEN, "values.staff": "28"})
    web.send(f"{HERE}/sign", by=OWNER)
    (again,) = carry(HOTEL)
    assert (again["data"]["version"], again["data"]["replaces"]) == (2, event["data"]["hash"])
    web.send(THERE, by=CITY, outcome="checked")
    web.send(THERE, by=DISTRICT, status=403, outcome="returned", reasons="区县不能退回市级的")
    web.send(THERE, by=CITY, status=409, outcome="accepted")
    web.send(THERE, by=SECOND, outcome="accepted")
    carry(BUREAU)
    assert "已受理" in web.open(HERE, by=OWNER)
    for version, staff in ((1, "30"), (2, "28")):
        assert f'<b class="num">{staff}</b>' in web.open(f"{HERE}?version={version}", by=OWNER)
    with acting_for(BUREAU):
        actions = [row.action for row in audited(day=NOW.date())]
    assert actions.count("bureau.judge-return") == 3


def test_the_unit_corrects_what_was_accepted_and_the_old_version_stays(web: Web) -> None:
    asked()
    web.send(HERE, by=CLERK, **WRITTEN)
    web.send(f"{HERE}/sign", by=OWNER)
    carry(HOTEL)
    web.send(HERE, by=CLERK, status=409, **WRITTEN)
    web.send(f"{HERE}/amend", by=CLERK, status=422, why="")
    web.send(f"{HERE}/amend", by=CLERK, why="盘点后从业人数有误")
    web.send(THERE, by=DISTRICT, outcome="checked")
    carry(BUREAU)
    web.send(f"{HERE}/drop", by=CLERK)
    assert "区县已审核" in web.open(HERE, by=OWNER)
    web.send(f"{HERE}/amend", by=CLERK, why="盘点后从业人数有误")
    web.send(HERE, by=CLERK, **{**WRITTEN, "values.staff": "31"})
    web.send(f"{HERE}/sign", by=OWNER)
    (event,) = carry(HOTEL)
    assert event["data"]["why"] == "盘点后从业人数有误"
    page = web.open(THERE, by=DISTRICT)
    assert "盘点后从业人数有误" in page
    assert "待区县审核" in page, "a new declaration is checked anew"


def test_who_is_late_and_who_is_missing_is_counted_and_a_stranger_sees_nothing(web: Web) -> None:
    asked()
    web.clock.now = NOW.replace(day=11)
    for lang, word in (("zh", "逾期未报"), ("en", "Overdue"), ("ja", "期限"), ("ko", "기한")):
        assert word in web.open(f"/bureau/returns?lang={lang}", by=CITY, lang=lang), lang
    assert "1800000" in web.open("/bureau/returns.csv", by=CITY)
    web.send(HERE, by=CLERK, **WRITTEN)
    web.send(f"{HERE}/sign", by=OWNER)
    carry(HOTEL)
    assert "逾期" in web.open("/bureau/returns", by=CITY)
    assert "hotel-month" in web.open(f"{HERE}/file?form=csv", by=CLERK)
    web.open(f"/bureau/returns/hotel-month_2026-10_{SHAOLIN.id}", by=CITY, status=404)
    web.open("/console/returns", by=CITY, status=404)


def test_a_month_that_was_asked_for_by_hand_is_shown_before_its_round_begins(web: Web) -> None:
    web.clock.now = NOW.replace(day=1)
    page = web.open("/bureau/returns", by=CITY)
    assert '<option value="2026-09" selected' in page, "nobody was asked for October yet"
    asked()
    page = web.open("/bureau/returns", by=CITY)
    assert '<option value="2026-10" selected' in page
    assert f'href="{THERE}"' in page
