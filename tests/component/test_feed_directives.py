"""Directives on the engine: composed at the desk, down the bus to those concerned, receipts in seconds."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

from chalicelib.kernel.period import rfc3339
from chalicelib.messaging.relay import relay
from chalicelib.messaging.schemas import problems
from chalicelib.persistence.directory import CredentialRow, fingerprint
from chalicelib.persistence.journal import OutboxRow, envelopes_of
from chalicelib.persistence.table import LANES, tenant_key
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tests.component.test_feed import changes
from tests.feed_world import (
    BUREAU,
    HOTEL,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    counters,
    differences,
    forget,
    later,
    said,
    settle,
    take,
)

CHIEF, SECOND, READER = "sk_" + "k" * 43, "sk_" + "s" * 43, "sk_" + "r" * 43
FOUR = {"zh": "暴雨", "en": "Rain", "ja": "豪雨", "ko": "호우"}
ALERT = {
    "kind": "alert",
    "to_kind": "scenic",
    "colour": "red",
    "event": "rainstorm",
    "headline": FOUR,
    "description": FOUR,
    "instruction": FOUR,
    "areas": ["410185"],
    "expires": "2026-11-23T08:00:00+08:00",
}


@pytest.fixture
def http(engine: Stack) -> Iterator[Any]:
    from app import app

    forget()
    settle()
    for secret, role in (
        (CHIEF, "bureau.command"),
        (SECOND, "bureau.approve"),
        (READER, "bureau.read"),
    ):
        CredentialRow(
            f"CREDENTIAL#{fingerprint(secret)}",
            "-",
            tenant=BUREAU.id,
            actor=f"mb_{secret[3]}",
            label="王科长",
            means="key",
            roles={role, "bureau.read"},
        ).put()
    set_clock(lambda: NOW)
    with Client(app) as client:
        yield client.http
    set_clock(None)


def headers(key: str = CHIEF, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Accept-Language": "zh", **more}


def post(http: Any, path: str, body: dict[str, Any], *, once: str = "a", key: str = CHIEF) -> Any:
    given = headers(key, **{"Content-Type": "application/json", "Idempotency-Key": once})
    return http.post(path, headers=given, body=json.dumps(body))


def propose(http: Any, body: dict[str, Any], **more: Any) -> Any:
    return post(http, "/api/v1/bureau/commands", body, **more)


def issue(http: Any, body: dict[str, Any], *, once: str = "a", key: str = CHIEF) -> Any:
    """Send it, and let the second officer release what needs one."""
    made = propose(http, body, once=once, key=key)
    if made.status_code != 201 or made.json_body["stage"] != "pending":
        return made
    released = post(
        http, f"/api/v1/bureau/commands/{made.json_body['id']}/release", {}, once=f"r{once}", key=SECOND
    )
    if released.json_body.get("code") == "bureau.directive.not-pending":
        return made
    released.status_code = 201
    return released


def sent() -> list[dict[str, Any]]:
    with acting_for(BUREAU):
        rows = [row for lane in range(LANES) for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)))]
    return [envelope for row in rows for envelope in envelopes_of(row)]


def receipt(id: str, *, by: Any = SHAOLIN, seconds: int = 3, read: int | None = None, **more: Any) -> Any:
    at = NOW + timedelta(seconds=read if read is not None else seconds)
    data = {
        "command": id,
        "commandType": "tourism.alert.public.issued.v1",
        "state": "read" if read is not None else "delivered",
        "delivered": rfc3339(NOW + timedelta(seconds=seconds)),
    }
    if read is not None:
        data["read"] = rfc3339(at)
    return said("tourism.command.receipt.acknowledged.v1", data, by=by, at=at, **more)


def test_a_warning_goes_down_to_those_concerned(http: Any, engine: Stack) -> None:
    made = issue(http, ALERT)
    assert made.status_code == 201, made.body
    assert (made.json_body["tenants"], made.json_body["acknowledged"]) == (2, 0)
    (envelope,) = sent()
    assert problems(envelope, tenant=BUREAU, now=NOW) == []
    assert sorted(envelope["data"]["to"]) == sorted([SHAOLIN.id, SONGYANG.id])
    assert envelope["subject"] == made.json_body["id"]
    assert envelope["dueby"] == rfc3339(NOW + timedelta(minutes=5)), "red is due in five minutes"
    assert len(envelope["data"]["identifier"]) == 31
    assert envelope["data"]["severity"] == "Extreme"
    assert relay(changes(engine), now=NOW) == {"batchItemFailures": []}
    assert sent() == []
    again = propose(http, ALERT)
    assert again.json_body["id"] == made.json_body["id"]


def test_the_board_counts_seconds(http: Any) -> None:
    id = issue(http, ALERT).json_body["id"]
    take(receipt(id, seconds=3), now=later(seconds=4))
    take(receipt(id, read=41), now=later(seconds=42))
    take(receipt(id, seconds=9, by=SONGYANG), now=later(seconds=10))
    set_clock(lambda: NOW + timedelta(minutes=6))
    board = http.get(f"/api/v1/bureau/commands/{id}", headers=headers(READER)).json_body
    by_name = {one["name"]: one for one in board["receipts"]}
    assert by_name[SHAOLIN.name]["state"] == "acknowledged"
    assert (by_name[SHAOLIN.name]["delivered_s"], by_name[SHAOLIN.name]["read_s"]) == (3, 41)
    assert by_name[SONGYANG.name] == {
        "tenant": SONGYANG.id,
        "name": SONGYANG.name,
        "state": "delivered",
        "delivered_s": 9,
        "read_s": None,
        "acted_s": None,
        "overdue_s": 60,
    }
    assert (board["delivered"], board["acknowledged"], board["overdue"], board["median_s"]) == (2, 1, 1, 41)
    assert board["receipts"][0]["name"] == SONGYANG.name, "who owes a receipt stands first"
    assert differences() == []


def test_a_drill_is_acknowledged_and_touches_no_figure(http: Any) -> None:
    id = issue(http, {**ALERT, "exercise": True}).json_body["id"]
    assert sent()[0]["status"] == "exercise"
    take(receipt(id, read=5, status="exercise"))
    board = http.get(f"/api/v1/bureau/commands/{id}", headers=headers()).json_body
    assert (board["status"], board["acknowledged"]) == ("exercise", 1)
    assert counters()["apart"] == 1
    assert differences() == []


def test_a_warning_is_lifted_once_and_names_what_it_lifts(http: Any) -> None:
    id = issue(http, ALERT).json_body["id"]
    first = sent()[0]["data"]["identifier"]
    for n, status in ((1, 303), (2, 409)):
        set_clock(lambda n=n: NOW + timedelta(minutes=n))
        answer = http.post(f"/bureau/commands/{id}/lift", headers=form_headers(http), body=csrf(http))
        assert answer.status_code == status, answer.body
    (cancelled,) = [one for one in sent() if one["type"].endswith("cancelled.v1")]
    assert cancelled["data"]["references"] == [first]
    assert cancelled["data"]["msgType"] == "Cancel"
    assert problems(cancelled, tenant=BUREAU, now=later(minutes=2)) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"kind": "capacity", "to_kind": "scenic", "cap": 3000, "until": "2026-11-22T18:00"}, "capacity"),
        ({"kind": "capacity", "to": [SHAOLIN.id], "percent": 75, "area": "main"}, "capacity"),
        ({"kind": "notice", "headline": FOUR, "description": FOUR}, "notice"),
        ({"kind": "notice", "headline": FOUR, "description": FOUR, "must_read": False}, "notice"),
    ],
)
def test_orders_and_notices_pass_their_contracts(http: Any, body: dict[str, Any], kind: str) -> None:
    made = issue(http, body)
    assert made.status_code == 201, made.body
    (envelope,) = sent()
    assert problems(envelope, tenant=BUREAU, now=NOW) == []
    assert (made.json_body["due"] is None) == (body.get("must_read") is False)
    assert (HOTEL.id in envelope["data"]["to"]) == (kind == "notice")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"headline": {**FOUR, "ko": ""}}, "bureau.directive.unready"),
        ({"expires": "2026-11-22T09:00:00+08:00"}, "bureau.directive.past"),
        ({"to_kind": "agency"}, "bureau.directive.nobody"),
        ({"to_district": "410102"}, "bureau.directive.nobody"),
        ({"drawn": "nowhere"}, "core.missing"),
        ({"replaces": "cm_0000000000000000000000000x"}, "core.missing"),
        ({"kind": "capacity"}, "bureau.directive.unready"),
        ({"kind": "capacity", "cap": 1, "percent": 1}, "bureau.directive.unready"),
        ({"areas": ["110000"]}, "core.invalid"),
        ({"colour": "green"}, "core.invalid"),
    ],
)
def test_what_is_not_ready_is_not_sent(http: Any, change: dict[str, Any], code: str) -> None:
    refused = issue(http, {**ALERT, **change})
    assert refused.json_body["code"] == code
    assert refused.status_code in {404, 422}
    assert sent() == []


def test_only_who_may_command_commands(http: Any) -> None:
    assert issue(http, ALERT, key=READER).status_code == 403
    assert http.get("/bureau/commands/new", headers=headers(READER)).status_code == 403
    assert http.get("/api/v1/bureau/commands/cm_x", headers=headers(READER)).status_code == 404


def csrf(http: Any, **fields: str) -> str:
    from chalicelib.web.doors import Shown

    token = Shown(key="", session="", visitor="v" * 43, fresh=False).csrf
    return urlencode({"csrf": token, **fields})


def form_headers(_http: Any) -> dict[str, str]:
    return headers(**{"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"v={'v' * 43}"})


def test_it_is_composed_in_a_form(http: Any) -> None:
    flat = {
        f"{part}.{code}": text
        for part in ("headline", "description", "instruction")
        for code, text in FOUR.items()
    }
    fields = {
        "kind": "alert",
        "to_kind": "",
        "colour": "red",
        "event": "flood",
        "areas": "410185",
        "expires": "2026-11-23T08:00",
        "exercise": "yes",
        **flat,
    }
    asked = http.post("/bureau/commands", headers=form_headers(http), body=csrf(http, **fields))
    assert asked.status_code == 200, asked.body
    assert "发给 3 家单位" in asked.body.decode()
    assert sent() == [], "first it is shown whom it would reach"
    assert all(text in asked.body.decode() for text in FOUR.values()), "and what each of them will read"
    back = http.post(
        "/bureau/commands", headers=form_headers(http), body=csrf(http, **fields, confirm="change")
    )
    assert back.status_code == 200, back.body
    assert all(f"{text}</textarea>" in back.body.decode() for text in FOUR.values()), "nothing is lost"
    assert sent() == []
    answer = http.post(
        "/bureau/commands", headers=form_headers(http), body=csrf(http, **fields, confirm="yes")
    )
    assert answer.status_code == 303, answer.body
    (envelope,) = sent()
    assert envelope["data"]["expires"] == "2026-11-23T00:00:00.000Z", "the box means Zhengzhou's clock"
    assert envelope["status"] == "exercise"
    shown = http.get(answer.headers["Location"], headers=headers())
    assert shown.status_code == 200
    wrong = http.post(
        "/bureau/commands", headers=form_headers(http), body=csrf(http, **{**fields, "colour": "green"})
    )
    assert wrong.status_code == 422
    past = {**fields, "expires": "2026-11-22T08:00"}
    told = http.post("/bureau/commands", headers=form_headers(http), body=csrf(http, **past)).body.decode()
    assert "结束时间已经过去。请填写" in told, "two sentences stand without a space between"
    assert "暴雨" in wrong.body.decode(), "what was written stays in the form"


def test_an_update_begins_with_every_district_of_the_warning(http: Any) -> None:
    both = ["410105", "410185"]
    id = issue(http, {**ALERT, "areas": both}, once="two").json_body["id"]
    page = http.get(f"/bureau/commands/{id}/update", headers=headers()).body.decode()
    ticked = re.findall(r'name="areas" value="([0-9]+)" checked', page)
    assert ticked == both, "what nobody unticks stays warned"
    empty = http.get("/bureau/commands/new?kind=alert", headers=headers()).body.decode()
    assert 'name="areas"' in empty
    assert re.findall(r'name="areas" value="([0-9]+)" checked', empty) == []


@pytest.mark.parametrize("lang", ["zh", "en", "ja", "ko"])
def test_every_page_speaks_every_language(http: Any, lang: str) -> None:
    for n, body in enumerate(
        (ALERT, {"kind": "capacity", "cap": 5}, {"kind": "notice", "headline": FOUR, "description": FOUR})
    ):
        id = issue(http, body, once=f"l{n}").json_body["id"]
        for path in (f"/bureau/commands/{id}", f"/bureau/commands/{id}/live"):
            answer = http.get(f"{path}?lang={lang}", headers=headers())
            assert answer.status_code == 200, answer.body
    for kind in ("alert", "capacity", "notice"):
        assert http.get(f"/bureau/commands/new?kind={kind}&lang={lang}", headers=headers()).status_code == 200
    listed = http.get(f"/bureau/commands?limit=2&lang={lang}", headers=headers())
    assert listed.status_code == 200
    assert b"cursor=" in listed.body
