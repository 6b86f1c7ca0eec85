"""The bureau's doors on the engine: pages and API show the same figures, each with its way home."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.messaging.manifest import day_manifest
from chalicelib.persistence.directory import CredentialRow, fingerprint
from chalicelib.persistence.journal import OutboxRow, envelopes_of
from chalicelib.persistence.table import LANES, tenant_key
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tenants.bureau.manifest import MODULE
from tests.feed_world import (
    BUREAU,
    HOTEL,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    differences,
    entry,
    flow,
    forget,
    later,
    payment,
    said,
    settle,
    take,
    ticket,
)

READER, CLERK = "sk_" + "r" * 43, "sk_" + "c" * 43
PAGES = (
    "/bureau",
    "/bureau/wall",
    "/bureau/wall/live",
    f"/bureau/figures/{SHAOLIN.id}",
    f"/bureau/figures/{SONGYANG.id}",
    f"/bureau/events?sender={SHAOLIN.id}&hour=&type=",
    "/bureau/quarantine",
    "/bureau/reconciliation?day=2026-11-21",
    "/bureau/reporting",
    "/bureau/reporting?day=2026-11-22&state=silent",
    "/bureau/lake",
    "/bureau/lake/ask?query=quality",
    "/bureau?district=410185",
    "/bureau/lodging",
    "/bureau/holiday?day=2026-10-02",
    "/bureau/holiday",
)


@pytest.fixture
def http(engine: Stack) -> Iterator[Any]:
    from app import app

    forget()
    settle()
    for secret, tenant, role in ((READER, BUREAU, "bureau.read"), (CLERK, SHAOLIN, "bureau.read")):
        CredentialRow(
            f"CREDENTIAL#{fingerprint(secret)}",
            "-",
            tenant=tenant.id,
            actor="mb_1",
            label="王科长",
            means="key",
            roles={role},
        ).put()
    set_clock(lambda: NOW)
    with Client(app) as client:
        yield client.http
    set_clock(None)


def get(http: Any, path: str, *, key: str = READER) -> Any:
    return http.get(path, headers={"Authorization": f"Bearer {key}", "Accept-Language": "zh"})


def a_day() -> None:
    named = entry(1)
    named["data"]["guestName"] = "█"
    yesterday = entry(3, at=NOW - timedelta(days=1))
    sent = day_manifest([yesterday, ticket(1, at=NOW - timedelta(days=1))])
    close = said("tourism.scenic.day.closed.v1", {"day": "2026-11-21", "sent": sent, "previous": ""})
    take(ticket(2), entry(40, refused={"used": 2}), flow(930), payment(), named, yesterday, close)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en", "ja", "ko"])
def test_every_page_shows_itself_full_and_empty(http: Any, path: str, lang: str) -> None:
    address = f"{path}{'&' if '?' in path else '?'}lang={lang}"
    for fill in (lambda: None, a_day):
        fill()
        answer = get(http, address)
        assert answer.status_code == 200, answer.body
    assert ("█" in answer.body.decode()) == path.startswith("/bureau/quarantine")


def test_the_wall_says_what_the_ledger_says(http: Any) -> None:
    a_day()
    wall = get(http, "/api/v1/bureau/wall").json_body
    assert (wall["sold"], wall["admitted"], wall["refused"], wall["inside"]) == (2, 40, 2, 930)
    assert wall["paid"] == {"amount": 16000, "currency": "CNY"}
    assert wall["silent"] == 2, "the other area, and the hotel"
    by_name = {one["name"]: one for one in wall["senders"]}
    assert by_name[SHAOLIN.name]["level"] == 90
    assert by_name[SONGYANG.name]["reporting"] is False
    assert "未上报" in get(http, "/bureau/wall/live").body.decode()


def test_a_number_leads_to_its_events(http: Any) -> None:
    a_day()
    (line,) = (one for one in get(http, "/api/v1/bureau/wall").json_body["senders"] if one["reporting"])
    found = get(http, line["events"]["admitted"]).json_body["events"]
    assert sum(one["envelope"]["data"]["admitted"] for one in found if one["counts"]) == line["admitted"]


def test_pages_of_events_follow_on(http: Any) -> None:
    take(*(ticket(1, at=later(minutes=-n)) for n in range(7)))
    seen: list[str] = []
    path = f"/api/v1/bureau/events?sender={SHAOLIN.id}&limit=3"
    answer = get(http, path).json_body
    while True:
        seen += [one["envelope"]["id"] for one in answer["events"]]
        if answer["next"] is None:
            break
        answer = get(http, f"{path}&cursor={answer['next']}").json_body
    assert len(seen) == len(set(seen)) == 7
    assert get(http, f"/bureau/events.csv?sender={SHAOLIN.id}").body.decode("utf-8-sig").count("\n") == 8


def test_what_is_missing_is_asked_for_once(http: Any) -> None:
    a_day()
    headers = {
        "Authorization": f"Bearer {READER}",
        "Content-Type": "application/json",
        "Idempotency-Key": "ask-2026-11-21",
    }
    body = json.dumps({"sender": SHAOLIN.id, "day": "2026-11-21"})
    for _ in range(2):
        answer = http.post("/api/v1/bureau/reconciliation/requests", headers=headers, body=body)
        assert answer.status_code == 202
    with acting_for(BUREAU):
        rows = [row for lane in range(LANES) for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)))]
    said_ = [one for row in rows for one in envelopes_of(row)]
    (asked,) = [one for one in said_ if one["type"] == "tourism.report.return.requested.v1"]
    assert asked["data"]["to"] == [SHAOLIN.id]
    assert asked["data"]["types"] == ["tourism.scenic.ticket.issued.v1"]
    refused = http.post(
        "/api/v1/bureau/reconciliation/requests",
        headers={**headers, "Idempotency-Key": "ask-2026-11-22"},
        body=json.dumps({"sender": SHAOLIN.id, "day": "2026-11-22"}),
    )
    assert (refused.status_code, refused.json_body["code"]) == (409, "bureau.nothing-missing")


def reporting(http: Any, query: str = "") -> dict[str, Any]:
    return dict(get(http, f"/api/v1/bureau/reporting{query}").json_body)


def test_the_morning_says_who_reported_yesterday(http: Any) -> None:
    yesterday = NOW - timedelta(days=1)
    shaolin = [entry(3, at=yesterday), ticket(1, at=yesterday)]
    missed = entry(1, at=yesterday, by=SONGYANG)
    closes = [
        said(
            "tourism.scenic.day.closed.v1",
            {"day": "2026-11-21", "sent": day_manifest(events), "previous": ""},
            by=by,
            at=later(hours=-9),
        )
        for by, events in ((SHAOLIN, shaolin), (SONGYANG, [missed]))
    ]
    take(*shaolin, now=yesterday + timedelta(minutes=1))
    take(*closes, now=later(hours=-9))
    found = reporting(http)
    assert found["day"] == "2026-11-21"
    by_name = {one["name"]: one for one in found["senders"]}
    assert by_name[SHAOLIN.name]["state"] == "complete"
    assert by_name[SONGYANG.name]["state"] == "incomplete"
    assert by_name[SONGYANG.name]["missing"] == 1
    assert by_name[HOTEL.name]["state"] == "silent"
    assert [one["state"] for one in found["senders"]] == ["silent", "incomplete", "complete"], "worst first"
    assert found["counts"]["silent"] == 1
    shown = get(http, by_name[SHAOLIN.name]["events"]).json_body["events"]
    assert len(shown) == by_name[SHAOLIN.name]["received"] == 2
    assert "缺日结" in get(http, "/bureau/reporting").body.decode()
    assert not re.search("未上报|不齐", get(http, "/bureau/reporting?lang=en").body.decode()), (
        "the findings too"
    )


def test_what_comes_after_the_books_is_told_apart_and_proven(http: Any) -> None:
    yesterday = NOW - timedelta(days=1)
    take(entry(1, at=yesterday), now=yesterday + timedelta(minutes=1))
    take(entry(2, at=yesterday), now=yesterday + timedelta(hours=1))
    take(entry(4, at=yesterday), now=NOW)
    (told,) = (one for one in reporting(http)["senders"] if one["name"] == SHAOLIN.name)
    assert (told["state"], told["received"]) == ("missing", 3)
    assert (told["on_time"], told["late"], told["after_close"]) == (1, 1, 1)
    assert told["types"][0]["after_close"] == 1
    assert differences(yesterday.date()) == []


def test_a_close_is_late_by_its_receipt_not_by_its_own_word(http: Any) -> None:
    yesterday = NOW - timedelta(days=1)
    day = {"day": "2026-11-21", "sent": {}, "previous": ""}
    take(said("tourism.scenic.day.closed.v1", day, at=later(hours=-9)), now=NOW)
    (told,) = (one for one in reporting(http)["senders"] if one["name"] == SHAOLIN.name)
    assert told["state"] == "late"
    assert told["closed"].startswith(NOW.strftime("%Y-%m-%dT%H:%M"))
    assert yesterday.date().isoformat() == "2026-11-21"


def test_findings_are_paged_and_chosen(http: Any) -> None:
    seen, query = [], "?limit=1"
    while True:
        found = reporting(http, query)
        seen += [one["sender"] for one in found["senders"]]
        if found["next"] is None:
            break
        query = f"?limit=1&cursor={found['next']}"
    assert len(seen) == len(set(seen)) == 3
    assert reporting(http, "?state=complete")["senders"] == []
    assert len(reporting(http, "?state=silent")["senders"]) == 3


def test_what_was_chosen_stays_chosen_on_the_next_page_and_the_day_before(http: Any) -> None:
    first = get(http, "/bureau/reporting?kind=scenic&state=silent&limit=1").body.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = get(http, following[1].replace("&amp;", "&")).body.decode()
    names = {SHAOLIN.name, SONGYANG.name, HOTEL.name}
    assert [{name for name in names if name in page} for page in (first, second)] in (
        [{SHAOLIN.name}, {SONGYANG.name}],
        [{SONGYANG.name}, {SHAOLIN.name}],
    )
    before = "/bureau/reporting?day=2026-11-20&amp;state=silent&amp;kind=scenic"
    assert f'href="{before}"' in first
    closes = get(http, "/bureau/reconciliation?day=2026-11-21&state=open").body.decode()
    assert 'href="/bureau/reconciliation?day=2026-11-20&amp;state=open"' in closes
    assert '<input type="hidden" name="state" value="open">' in closes


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/bureau/wall",
        "/bureau/wall",
        "/bureau/quarantine",
        "/bureau/reporting",
        "/api/v1/bureau/reporting",
    ],
)
def test_only_the_bureau_looks(http: Any, path: str) -> None:
    assert get(http, path, key=CLERK).status_code == 403
    assert http.get(path).status_code in {401, 303}


def test_the_lake_is_landed_shown_and_asked(http: Any) -> None:
    a_day()
    with acting_for(BUREAU):
        (land,) = (one for one in MODULE.schedules if one.name == "land")
        assert land.needs == "lake"
        land.run(NOW)
    found = get(http, "/api/v1/bureau/lake").json_body
    assert sum(one["rows"] for one in found["types"]) == found["sets"][0]["rows"] == 6
    assert found["sets"][0]["stale"] is False
    assert "partition" in found["sets"][0]["columns"][0]
    page = get(http, "/bureau/lake/ask?query=scenic&since=2026-11-22&until=2026-11-22").body.decode()
    assert ">40<" in page
    file = get(http, "/bureau/lake/ask.csv?query=quality&since=2026-11-21").body.decode("utf-8-sig")
    assert file.splitlines()[0] == "sender,received,late,after_close,replaced,refused"
    assert "CREATE EXTERNAL TABLE" in get(http, "/bureau/lake/tables.sql").body.decode()
    assert get(http, "/bureau/lake/ask?query=nothing_like_it").status_code == 404
    assert get(http, "/bureau/lake/ask?query=quality&since=2026-11-22&until=2026-11-01").status_code == 422


def test_a_form_with_empty_boxes_is_no_fault(http: Any) -> None:
    assert get(http, "/bureau?day=").status_code == 200
    assert get(http, f"/api/v1/bureau/events?sender={SHAOLIN.id}&hour=24").status_code == 422
