"""Kinds without a module yet: an agency with a system of its own is told, reads its console, and answers."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

from chalicelib.kernel.ids import new_id
from chalicelib.messaging import bus
from chalicelib.messaging.consumer import consume
from chalicelib.messaging.feeds.domain import signed
from chalicelib.messaging.schedules import find, run
from chalicelib.persistence.directory import CredentialRow, TenantRow, fingerprint
from chalicelib.persistence.journal import OutboxRow, envelopes_of
from chalicelib.persistence.table import LANES, tenant_key
from chalicelib.tenancy.context import Tenant
from chalicelib.web.doors import Shown, forget_callers
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tenants.bureau.manifest import MODULE as OFFICE
from tests.feed_world import BUREAU, DAY, HOTEL, NOW, acting_for, forget, message, said, settle, take, tenant

pytestmark = pytest.mark.component
AGENCY = tenant("a", kind="agency", slug="shaolin-travel", name="示例旅行社")
CHIEF, SYSTEM, MANAGER = ("sk_" + letter * 43 for letter in "cwm")
FEED = "/api/v1/feed/commands"


class World:
    """The bureau's chief, an agency's system and its manager; a clock that is moved by hand."""

    def __init__(self, http: Any) -> None:
        self.http, self.now = http, NOW

    def get(self, path: str, *, key: str) -> Any:
        forget_callers()
        return self.http.get(path, headers={"Authorization": f"Bearer {key}", "Accept-Language": "zh"})

    def post(self, path: str, body: dict[str, Any], *, key: str) -> Any:
        forget_callers()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = new_id("ik", now=self.now)
        return self.http.post(path, headers=headers, body=json.dumps(body))

    def submit(self, path: str, form: str, *, key: str) -> Any:
        forget_callers()
        headers = {"Authorization": f"Bearer {key}", "Cookie": f"v={'v' * 43}"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.http.post(path, headers=headers, body=form)

    def say(self, **more: Any) -> str:
        four = ("zh", "en", "ja", "ko")
        body = {
            "kind": "notice",
            "to": [AGENCY.id, HOTEL.id],
            "headline": dict.fromkeys(four, "暴雨将至"),
            "description": dict.fromkeys(four, "请通知在途团队"),
            **more,
        }
        made = self.post("/api/v1/bureau/commands", body, key=CHIEF)
        assert made.status_code == 201, made.body
        return str(made.json_body["id"])

    def carry(self, who: Tenant = BUREAU) -> list[dict[str, Any]]:
        """What the outbox holds goes where the bus would take it: down through the bureau's queue, or up."""
        with acting_for(who):
            rows = [row for lane in range(LANES) for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)))]
            told = [one for row in rows for one in envelopes_of(row)]
            for row in rows:
                row.delete()
        if who is not BUREAU:
            assert take(*told, now=self.now + timedelta(seconds=1)) == set()
            return told
        records = [message(one, source="tourism.down") for one in told]
        assert consume(OFFICE, records, now=self.now) == {"batchItemFailures": []}
        return told


@pytest.fixture
def world(engine: Stack) -> Iterator[World]:
    from app import app

    forget()
    settle()
    facts = {"tenant": AGENCY.id, "tenant_kind": AGENCY.kind, "slug": AGENCY.slug, "name": AGENCY.name}
    for pk, sk in (
        (f"TENANT#{AGENCY.id}", "-"),
        (f"SLUG#{AGENCY.slug}", "-"),
        ("REGISTER", AGENCY.id),
        ("REGISTER#agency", AGENCY.id),
    ):
        TenantRow(pk, sk, **facts, district=AGENCY.district, status="active").put()
    for secret, who, roles in (
        (CHIEF, BUREAU, {"bureau.read", "bureau.command"}),
        (SYSTEM, AGENCY, {"feed.write"}),
        (MANAGER, AGENCY, {"owner"}),
    ):
        row = CredentialRow(f"CREDENTIAL#{fingerprint(secret)}", "-", tenant=who.id, label="x", means="key")
        row.actor, row.roles = f"mb_{secret[3]}", roles
        row.put()
    forget()
    with Client(app) as client:
        made = World(client.http)
        set_clock(lambda: made.now)
        yield made
    set_clock(None)


def board(world: World, command: str) -> dict[str, Any]:
    answer = world.get(f"/api/v1/bureau/commands/{command}", key=CHIEF).json_body
    return {one["tenant"]: one["state"] for one in answer["receipts"]}


def test_an_agencys_system_pulls_a_command_acknowledges_it_and_the_board_knows(world: World) -> None:
    command = world.say()
    assert board(world, command)[AGENCY.id] == "waiting"
    world.carry()
    world.now += timedelta(minutes=1)
    pulled = world.get(FEED, key=SYSTEM).json_body
    (event,) = pulled["events"]
    assert (event["subject"], event["data"]["to"]) == (command, [AGENCY.id])
    world.carry(AGENCY)
    assert board(world, command) == {AGENCY.id: "delivered", HOTEL.id: "waiting"}
    assert world.post(f"{FEED}/acknowledgements", {"mark": pulled["mark"]}, key=SYSTEM).status_code == 200
    assert world.get(FEED, key=SYSTEM).json_body["events"] == []
    done = world.post(f"{FEED}/{command}/receipt", {"state": "acted", "action": "guests-told"}, key=SYSTEM)
    assert done.json_body["state"] == "acted"
    world.now += timedelta(seconds=5)
    world.carry(AGENCY)
    assert board(world, command)[AGENCY.id] == "acknowledged"


def test_its_people_read_the_same_in_their_console(world: World) -> None:
    command = world.say()
    world.carry()
    page = world.get("/console/directives", key=MANAGER)
    assert page.status_code == 200
    assert "暴雨将至" in page.body.decode()
    assert "待阅读" in page.body.decode()
    assert world.get(f"/console/directives/{command}", key=MANAGER).status_code == 200


def test_the_same_again_changes_nothing_and_who_has_a_module_is_left_to_it(world: World) -> None:
    world.say()
    (event,) = world.carry()
    again = [message(event, source="tourism.down") for _ in range(2)]
    assert consume(OFFICE, again, now=world.now) == {"batchItemFailures": []}
    world.now += timedelta(minutes=1)
    assert len(world.get(FEED, key=SYSTEM).json_body["events"]) == 1
    with acting_for(HOTEL):
        assert [
            row for lane in range(LANES) for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)))
        ] == []


def test_what_was_sent_is_sent_again_when_the_bureau_misses_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request to send a day again is answered from the audit rows, as a module would."""
    data = {"group": "G1", "stop": 1, "state": "reached", "deviationMinutes": 0, "headcount": 20}
    type = "tourism.agency.group.progressed.v1"
    event = said(type, data, by=AGENCY, at=world.now - timedelta(minutes=2), personal="p1")
    answer = world.post("/api/v1/feed/events", event, key=SYSTEM)
    assert answer.json_body["accepted"] == 1, answer.body
    with acting_for(AGENCY):
        for lane in range(LANES):
            for row in OutboxRow.query(tenant_key("OUTBOX", str(lane))):
                row.delete()  # lost on the way
    published: list[Any] = []
    monkeypatch.setattr(bus, "publish", lambda envelopes: published.extend(envelopes) or set())
    request = {
        "type": "tourism.report.return.requested.v1",
        "data": {"to": [AGENCY.id], "form": "resend", "day": DAY.isoformat(), "types": [type]},
    }
    consume(OFFICE, [message(request, source="tourism.down")], now=world.now)
    assert [one["id"] for one in published] == [event["id"]]


def test_its_system_is_called_with_what_goes_down_signed_and_once(world: World) -> None:
    """A server on this computer stands for the agency's own: elsewhere no private address is called."""
    with receiving() as (address, got):
        token = Shown(key="", session="", visitor="v" * 43, fresh=False).csrf
        form = urlencode({"csrf": token, "url": address, "label": "ERP"})
        made = world.submit("/console/hooks", form, key=MANAGER)
        secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made.body.decode())
        assert secret is not None
        world.now += timedelta(minutes=1)
        command = world.say()
        world.carry()
        _, duty = find([OFFICE], "bureau", "send_carried")
        for minute in (1, 2):
            assert run(OFFICE, duty, now=world.now + timedelta(minutes=minute))["failed"] == 0
    ((headers, body),) = got
    assert json.loads(body)["subject"] == command
    given = signed(
        secret[0],
        id=headers["webhook-id"],
        at=datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC),
        body=body,
    )
    assert headers["webhook-signature"] == given["webhook-signature"]
    assert "还没有推送地址" not in world.get("/console/hooks", key=MANAGER).body.decode()


@contextmanager
def receiving() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A server on loopback that takes what it is sent."""
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/in", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
