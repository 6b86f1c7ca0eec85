"""A sender and the city about the same day: statements, what is asked again, disputes, refusals, parking."""

import json
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.kernel.events import Event
from chalicelib.kernel.period import local
from chalicelib.messaging import quarantine, schemas, sent, statements
from chalicelib.messaging.consumer import consume
from chalicelib.messaging.manifest import day_manifest
from chalicelib.messaging.relay import relay
from chalicelib.messaging.schemas import Problem, contracts, problems
from chalicelib.persistence import directory
from chalicelib.persistence.directory import CredentialRow, fingerprint
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tenants.bureau.store import LedgerStore
from tenants.bureau.store.senders import senders
from tenants.bureau.store.statements import statement_desk
from tenants.bureau.usecases.releasing import release_parked
from tenants.bureau.usecases.stating import state_days
from tenants.bureau.usecases.watching import see_asides
from tenants.scenic.manifest import MODULE as SCENIC
from tests.component.test_feed import changes, commit
from tests.feed_world import (
    BUREAU,
    DAY,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    counters,
    differences,
    entry,
    message,
    said,
    take,
    ticket,
)

MORNING = local(DAY + timedelta(days=1), time(7, 0))
OFFICER, DESK = "sk_" + "o" * 43, "sk_" + "d" * 43
CLOSE = "tourism.scenic.day.closed.v1"


pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def http(city: Stack) -> Iterator[Any]:
    from app import app

    for secret, tenant, roles in (
        (OFFICER, BUREAU, {"bureau.read"}),
        (DESK, SHAOLIN, {"desk"}),
    ):
        CredentialRow(
            f"CREDENTIAL#{fingerprint(secret)}",
            "-",
            tenant=tenant.id,
            actor=f"ak_{secret[3]}",
            label="x",
            means="key",
            roles=roles,
        ).put()
    set_clock(lambda: MORNING)
    with Client(app) as client:
        yield client.http
    set_clock(None)


def close(events: list[dict[str, Any]], *, by: Any = SHAOLIN) -> dict[str, Any]:
    data = {"day": DAY.isoformat(), "sent": day_manifest(events), "previous": ""}
    at = local(DAY + timedelta(days=1), time(0, 12))
    return said(CLOSE, data, by=by, at=at)


def state(now: Any = MORNING) -> dict[str, int]:
    with acting_for(BUREAU):
        return state_days(now=now, ledger=LedgerStore(), senders=senders, desk=statement_desk(now))


def go_down(engine: Stack, *, now: Any = MORNING) -> list[dict[str, Any]]:
    """What the bureau's outbox holds, relayed and taken in by the scenic tenants; answers the envelopes."""
    from chalicelib.persistence.journal import OutboxRow, envelopes_of
    from chalicelib.persistence.table import LANES, tenant_key

    with acting_for(BUREAU):
        rows = [row for lane in range(LANES) for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)))]
        envelopes = [one for row in rows for one in envelopes_of(row)]
        for row in rows:
            row.delete()
    for one in sorted(envelopes, key=lambda each: each["id"]):
        records = [message(one, source="tourism.down")]
        assert consume(SCENIC, records, now=now) == {"batchItemFailures": []}
    return envelopes


def test_a_complete_day_is_stated_once_and_a_silent_one_is_a_finding(city: Stack) -> None:
    events = [entry(4), ticket(2)]
    take(*events, close(events), now=NOW + timedelta(hours=14))
    assert state()["asked"] == 0
    assert state()["stated"] == 0, "nothing has changed"
    told = go_down(city)
    assert all(problems(one, tenant=BUREAU, now=MORNING) == [] for one in told)
    with acting_for(SHAOLIN):
        (today, *_) = statements.month(DAY)
    assert (today.day, today.state, today.data["received"]) == (DAY, "complete", 2)
    with acting_for(SONGYANG):
        (today, *_) = statements.month(DAY)
    assert (today.state, today.disputable) == ("silent", True)


def test_what_a_close_names_and_the_ledger_lacks_is_asked_for_once_and_heals(city: Stack) -> None:
    with acting_for(SHAOLIN):
        work = UnitOfWork(action="test", now=NOW)
        for _ in range(3):
            work.publish(
                Event(
                    type="tourism.scenic.status.changed.v1",
                    subject="main",
                    at=NOW,
                    data={"area": "main", "status": "open", "reason": ""},
                )
            )
        work.commit()
        from chalicelib.persistence.journal import audited, envelopes_of

        events = [one for row in audited(day=DAY) for one in envelopes_of(row)]
    take(events[0], close(events), now=MORNING - timedelta(hours=6))
    assert state(now=MORNING - timedelta(hours=6, minutes=45))["asked"] == 0, "it may be under way"
    assert state()["asked"] == 1
    down = go_down(city)
    (asked,) = [one for one in down if one["type"].endswith("return.requested.v1")]
    assert asked["data"]["types"] == ["tourism.scenic.status.changed.v1"]
    again = [json.loads(record["body"])["detail"] for record in _queued(city)]
    take(*again, now=MORNING)
    assert state(now=MORNING + timedelta(hours=1))["asked"] == 0, "once"
    go_down(city, now=MORNING + timedelta(hours=1))
    with acting_for(SHAOLIN):
        (today, *_) = statements.month(DAY)
    assert (today.state, today.data["missing"]) == ("complete", 0)


def test_surplus_is_shown_and_not_asked_for(city: Stack) -> None:
    events = [entry(1), entry(2)]
    take(*events, close(events[:1]), now=MORNING - timedelta(hours=6))
    assert state()["asked"] == 0
    go_down(city)
    with acting_for(SHAOLIN):
        (today, *_) = statements.month(DAY)
    assert (today.state, today.data["surplus"]) == ("incomplete", 1)


def test_a_finding_is_disputed_at_the_desk_and_decided_by_an_officer(http: Any, city: Stack) -> None:
    state()
    go_down(city)
    with acting_for(SHAOLIN):
        work = UnitOfWork(action="test", now=MORNING)
        statements.dispute(DAY, claim="sent", work=work)
        work.commit()
        with pytest.raises(statements.NothingToDispute):
            statements.dispute(DAY, claim="sent", work=UnitOfWork(action="test", now=MORNING))
    assert relay(changes(city), now=MORNING) == {"batchItemFailures": []}
    take(*[json.loads(record["body"])["detail"] for record in _queued(city)], now=MORNING)
    page = _get(http, f"/bureau/reporting?day={DAY}", OFFICER)
    assert "单位称已经报送" in page
    assert _reported(http)["dispute"] == "open"
    body = {"sender": SHAOLIN.id, "day": DAY.isoformat(), "decision": "accepted"}
    assert _post(http, "/api/v1/bureau/disputes", body).status_code == 200
    assert _post(http, "/api/v1/bureau/disputes", body).json_body["code"] == "bureau.dispute.none"
    assert _reported(http)["dispute"] == "accepted"
    later_on = MORNING + timedelta(minutes=15)
    state(now=later_on)
    go_down(city, now=later_on)
    with acting_for(SHAOLIN):
        (today, *_) = statements.month(DAY)
    assert today.dispute == "accepted"


def test_a_refusal_on_arrival_reaches_its_sender_who_sends_it_again(http: Any, city: Stack) -> None:
    with acting_for(SHAOLIN):
        work = UnitOfWork(action="test", now=NOW)
        work.publish(
            Event(
                type="tourism.scenic.status.changed.v1",
                subject="main",
                at=NOW,
                data={"area": "main", "status": "open", "reason": ""},
            )
        )
        work.commit()
        from chalicelib.persistence.journal import audited, envelopes_of

        (ours,) = [one for row in audited(day=DAY) for one in envelopes_of(row)]
    take(ours, now=NOW - timedelta(hours=1))  # our clock was slow: it came from the future
    (told,) = go_down(city, now=NOW)
    assert (told["type"], told["data"]["code"]) == ("tourism.report.record.refused.v1", "feed.time.future")
    set_clock(lambda: NOW)
    page = _get(http, "/console/reports?lang=en", DESK)
    assert "in the future" in page
    with acting_for(SHAOLIN):
        (row,) = quarantine.quarantined(day=DAY)
        work = UnitOfWork(action="test", now=NOW)
        quarantine.resend(DAY, row.sk, work=work)
        work.commit()
        with pytest.raises(quarantine.ResentBefore):
            quarantine.resend(DAY, row.sk, work=UnitOfWork(action="test", now=NOW))
    assert relay(changes(city), now=NOW) == {"batchItemFailures": []}
    take(*[json.loads(record["body"])["detail"] for record in _queued(city)])
    assert counters()["n:tourism.scenic.status.changed.v1"] == 1
    assert differences() == []


def test_a_record_that_is_still_wrong_is_refused_again_and_one_that_is_right_goes(city: Stack) -> None:
    good = entry(3)
    with acting_for(SHAOLIN):
        quarantine.quarantine({**good, "time": "nonsense"}, Problem("feed.schema", "time", "x"), now=NOW)
        quarantine.quarantine(good, Problem("feed.time.future", "time", "x"), now=NOW)
        rows = list(quarantine.quarantined(day=DAY))
        fates = {}
        for row in rows:
            work = UnitOfWork(action="test", now=NOW)
            try:
                quarantine.resend(DAY, row.sk, work=work)
                work.commit()
                fates[row.code] = "sent"
            except quarantine.StillRefused as refusal:
                fates[row.code] = refusal.facts["problem"]
    assert fates == {"feed.schema": "feed.schema", "feed.time.future": "sent"}


def test_what_was_parked_comes_in_when_its_contract_does(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = {**entry(5), "type": "tourism.scenic.entry.counted.v2"}
    wrong = {**entry(6), "type": "tourism.scenic.entry.counted.v2", "data": {"nonsense": 1}}
    take(ahead, wrong)
    assert counters()["parked"] == 2
    with acting_for(BUREAU):
        ledger = LedgerStore()
        idle = release_parked(now=NOW, ledger=ledger, tenant=directory.by_id, judge=problems)
        assert idle == {"parked": 2, "released": 0, "refused": 0}
        new = dict(contracts())
        new["tourism.scenic.entry.counted.v2"] = new["tourism.scenic.entry.counted.v1"]
        monkeypatch.setattr(schemas, "contracts", lambda: new)
        monkeypatch.setattr("tenants.bureau.usecases.intake.contracts", lambda: new)
        done = release_parked(now=NOW, ledger=ledger, tenant=directory.by_id, judge=problems)
        assert done == {"parked": 2, "released": 1, "refused": 1}
        again = release_parked(now=NOW, ledger=ledger, tenant=directory.by_id, judge=problems)
        assert again == {"parked": 0, "released": 0, "refused": 0}
        asides, _ = see_asides(day=DAY, ledger=ledger)
    assert sorted((one.code, bool(one.released)) for one in asides) == [
        ("feed.schema", False),
        ("feed.version.ahead", True),
    ]
    told = counters()
    assert told["n:tourism.scenic.entry.counted.v2"] == 1
    assert (told.get("parked", 0), told["quarantined"]) == (0, 1)


def test_the_relay_counts_what_left(city: Stack) -> None:
    commit(*[_open() for _ in range(3)])
    assert relay(changes(city), now=NOW) == {"batchItemFailures": []}
    with acting_for(SHAOLIN):
        assert sent.sent_on(DAY).types == {"tourism.scenic.status.changed.v1": 3}


@pytest.mark.parametrize("lang", ["zh", "en", "ja", "ko"])
def test_the_page_speaks_every_language(http: Any, city: Stack, lang: str) -> None:
    events = [entry(1), entry(2)]
    take(*events, close(events[:1]), now=MORNING - timedelta(hours=6))
    state()
    go_down(city)
    with acting_for(SHAOLIN):
        quarantine.quarantine(entry(3), Problem("feed.schema", "data", "事件的内容不符合格式。"), now=MORNING)
    for day in ("", DAY.isoformat()):
        page = _get(http, f"/console/reports?day={day}&lang={lang}", DESK)
        assert ("事件的内容" in page) == (lang == "zh" and not day)


def _open() -> Event:
    return Event(
        type="tourism.scenic.status.changed.v1",
        subject="main",
        at=NOW,
        data={"area": "main", "status": "open", "reason": ""},
    )


def _queued(engine: Stack) -> list[dict[str, Any]]:
    from tests.component.test_feed import queued

    return queued(engine)


def _get(http: Any, path: str, key: str) -> str:
    answer = http.get(path, headers={"Authorization": f"Bearer {key}", "Accept-Language": "zh"})
    assert answer.status_code == 200, answer.body
    return str(answer.body.decode())


def _reported(http: Any) -> dict[str, Any]:
    found = json.loads(_get(http, f"/api/v1/bureau/reporting?day={DAY}", OFFICER))
    return next(one for one in found["senders"] if one["sender"] == SHAOLIN.id)


def _post(http: Any, path: str, body: Any) -> Any:
    import uuid

    headers = {
        "Authorization": f"Bearer {OFFICER}",
        "Content-Type": "application/json",
        "Idempotency-Key": uuid.uuid4().hex,
        "Accept-Language": "zh",
    }
    return http.post(path, headers=headers, body=json.dumps(body))
