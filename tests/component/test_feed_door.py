"""The HTTPS door on the engine: what an outside system posts goes the way of everybody's events."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.kernel.events import UP
from chalicelib.messaging.consumer import consume
from chalicelib.messaging.manifest import day_manifest
from chalicelib.messaging.quarantine import quarantine
from chalicelib.messaging.relay import relay
from chalicelib.messaging.schemas import Problem, contracts
from chalicelib.persistence.directory import CredentialRow, fingerprint
from chalicelib.persistence.journal import audited, envelopes_of
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tenants.bureau.manifest import MODULE
from tests.component.test_feed import changes, queued, waiting
from tests.feed_world import (
    DAY,
    HOTEL,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    counters,
    differences,
    entry,
    forget,
    gauge,
    later,
    payment,
    said,
    settle,
    ticket,
)

KEY, HOTEL_KEY, CLERK = "sk_" + "f" * 43, "sk_" + "h" * 43, "sk_" + "c" * 43


@pytest.fixture
def http(engine: Stack) -> Iterator[Any]:
    from app import app

    forget()
    settle()
    for secret, tenant, role in (
        (KEY, SHAOLIN, "feed.write"),
        (HOTEL_KEY, HOTEL, "feed.write"),
        (CLERK, SHAOLIN, "desk"),
    ):
        CredentialRow(
            f"CREDENTIAL#{fingerprint(secret)}",
            "-",
            tenant=tenant.id,
            actor=f"ak_{secret[3]}",
            label="PMS",
            means="key",
            roles={role},
        ).put()
    set_clock(lambda: NOW)
    with Client(app) as client:
        yield client.http
    set_clock(None)


def post(http: Any, body: Any, *, once: str, key: str = KEY, **headers: str) -> Any:
    given = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": once,
        "Accept-Language": "zh",
        **headers,
    }
    return http.post("/api/v1/feed/events", headers=given, body=json.dumps(body))


def outcomes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.body
    return [one["code"] or one["outcome"] for one in answer.json_body["results"]]


def arrive(engine: Stack) -> None:
    assert relay(changes(engine), now=NOW) == {"batchItemFailures": []}
    assert consume(MODULE, queued(engine), now=later(seconds=1)) == {"batchItemFailures": []}


def test_what_is_posted_reaches_the_figures_and_reconciles(http: Any, engine: Stack) -> None:
    events = [ticket(3), payment(24000), entry(2)]
    close = said(
        "tourism.scenic.day.closed.v1",
        {"day": DAY.isoformat(), "sent": day_manifest(events), "previous": ""},
    )
    assert outcomes(post(http, [*events, close], once="a")) == ["accepted"] * 4
    assert waiting() == 1, "one outbox row in the sender's own partition"
    arrive(engine)
    assert (counters()["sold"], counters()["admitted"], counters()["paid_fen"]) == (3, 2, 24000)
    assert gauge("close")["sent"] == day_manifest(events)
    assert differences() == []
    with acting_for(SHAOLIN):
        told = [one["id"] for row in audited(day=DAY) for one in envelopes_of(row)]
    assert sorted(told) == sorted(one["id"] for one in [*events, close]), "so a loss can be sent again"


def test_one_bare_cloudevent_is_enough(http: Any, engine: Stack) -> None:
    full = entry(7)
    bare = {name: full[name] for name in ("specversion", "id", "source", "type", "time", "data")}
    answer = post(http, bare, once="a", **{"Content-Type": "application/cloudevents+json"})
    assert outcomes(answer) == ["accepted"]
    arrive(engine)
    assert counters()["admitted"] == 7


def test_a_record_that_is_wrong_stops_no_other(http: Any, engine: Stack) -> None:
    named = entry(1)
    named["data"]["guestName"] = "x"
    down = said("tourism.notice.bulletin.published.v1", {}, by=SHAOLIN)
    scan = dict.fromkeys(contracts()["tourism.scenic.ticket.scanned.v1"].schema["required"], "")
    batch = [
        entry(1),
        named,
        entry(500, by=SONGYANG),
        {**entry(1), "type": "tourism.agency.group.filed.v1"},
        {**entry(1), "type": "tourism.scenic.entry.counted.v2"},
        {**entry(1), "type": ["x"]},
        {**entry(1), "time": "2026-11-22T09:00:00Z"},
        {**entry(1), "piiclass": "p2"},
        down,
        said("tourism.scenic.ticket.scanned.v1", scan),
        "rubbish",
        None,
        entry(4),
    ]
    answer = post(http, batch, once="a")
    assert outcomes(answer) == [
        "accepted",
        "feed.schema",
        "feed.sender.forged",
        "feed.sender.forged",
        "feed.version.ahead",
        "feed.schema",
        "feed.time.future",
        "feed.personal",
        "feed.sender.forged",
        "feed.schema",
        "feed.schema",
        "feed.schema",
        "accepted",
    ]
    assert (answer.json_body["accepted"], answer.json_body["refused"]) == (2, 11)
    assert answer.json_body["results"][1]["at"] == "data"
    assert "格式" in answer.json_body["results"][1]["detail"]
    arrive(engine)
    assert counters()["admitted"] == 5
    assert counters(SONGYANG) == {}


@pytest.mark.parametrize("lane", ["tourism.down", "tourism.inside"])
def test_only_what_goes_up_comes_in_here(http: Any, engine: Stack, monkeypatch: Any, lane: str) -> None:
    contract = contracts()["tourism.scenic.entry.counted.v1"]
    monkeypatch.setitem(vars(contract), "lane", lane)
    assert contract.lane != UP
    assert outcomes(post(http, entry(1), once="a")) == ["feed.lane"]


def test_sending_again_changes_nothing(http: Any, engine: Stack) -> None:
    events = [ticket(1), entry(2)]
    first = post(http, events, once="a")
    assert outcomes(first) == ["accepted", "accepted"]
    replayed = post(http, events, once="a")
    assert replayed.json_body == first.json_body
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert outcomes(post(http, [*events, entry(5)], once="b")) == ["duplicate", "duplicate", "accepted"]
    assert post(http, [entry(9)], once="a").status_code == 422
    other = {**events[1], "data": {**events[1]["data"], "admitted": 99}}
    assert outcomes(post(http, other, once="c")) == ["feed.id.reused"]
    one = entry(3)
    assert outcomes(post(http, [one, one, {**one, "subject": "y"}], once="d")) == [
        "accepted",
        "duplicate",
        "feed.id.reused",
    ]
    arrive(engine)
    assert counters()["admitted"] == 2 + 5 + 3


def test_a_hundred_at_once_and_not_one_more(http: Any, engine: Stack) -> None:
    events = [entry(1) for _ in range(100)]
    assert outcomes(post(http, events, once="a")) == ["accepted"] * 100
    arrive(engine)
    assert counters()["admitted"] == 100
    assert post(http, [*events, entry(1)], once="b").status_code == 422
    assert post(http, [], once="c").status_code == 422


def test_a_batch_cut_off_in_the_middle_is_finished_by_the_next(
    http: Any, engine: Stack, monkeypatch: Any
) -> None:
    from chalicelib.persistence.unit_of_work import UnitOfWork

    events = [entry(1) for _ in range(100)]
    commit, done = UnitOfWork.commit, []

    def once(self: Any, answer: Any = None) -> None:
        if done:
            raise OSError("cut off")
        done.append(1)
        commit(self, answer)

    with monkeypatch.context() as patch:
        patch.setattr(UnitOfWork, "commit", once)
        assert post(http, events, once="a").status_code == 500
    again = post(http, events, once="a").json_body
    assert (again["duplicate"], again["accepted"]) == (45, 55)
    arrive(engine)
    assert counters()["admitted"] == 100


def test_a_kind_without_a_module_of_ours_reports(http: Any, engine: Stack) -> None:
    data = {
        "guest": "a" * 32,
        "partySize": 2,
        "originCountry": "CN",
        "originProvince": "410000",
        "purpose": "leisure",
        "channel": "desk",
    }
    stay = said("tourism.lodging.stay.checkedin.v1", data, by=HOTEL, personal="p1")
    assert outcomes(post(http, stay, once="a", key=HOTEL_KEY)) == ["accepted"]
    arrive(engine)
    assert counters(HOTEL)["n:tourism.lodging.stay.checkedin.v1"] == 1


def test_only_a_key_that_may_report_reports(http: Any) -> None:
    assert post(http, entry(1), once="a", key=CLERK).status_code == 403
    assert http.post("/api/v1/feed/events", body="{}").status_code == 401
    unkeyed = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    assert http.post("/api/v1/feed/events", headers=unkeyed, body="{}").json_body["code"].endswith("missing")


def test_a_sender_sees_what_was_refused_later(http: Any) -> None:
    with acting_for(SHAOLIN):
        for n in range(3):
            quarantine({"n": n}, Problem("feed.schema", "data", "事件的内容不符合格式。"), now=NOW)
    with acting_for(SONGYANG):
        quarantine({"n": 9}, Problem("feed.schema", "data", "事件的内容不符合格式。"), now=NOW)
    headers = {"Authorization": f"Bearer {KEY}", "Accept-Language": "en"}
    path, seen = "/api/v1/feed/refused?limit=2", []
    answer = http.get(path, headers=headers).json_body
    while True:
        seen += [json.loads(one["body"])["n"] for one in answer["refused"]]
        if answer["next"] is None:
            break
        answer = http.get(f"{path}&cursor={answer['next']}", headers=headers).json_body
    assert sorted(seen) == [0, 1, 2]
    assert answer["refused"][0]["detail"].isascii(), "in the reader's language"
    assert http.get("/api/v1/feed/refused?day=2026-11-21", headers=headers).json_body["refused"] == []
