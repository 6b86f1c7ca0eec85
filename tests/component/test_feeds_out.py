"""Feeds out on the engine: commands pulled and answered, the level above, webhooks that come again."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.messaging.feeds import hooks
from chalicelib.messaging.feeds.domain import BACKOFF, OVERLAP
from chalicelib.messaging.feeds.store import FeedStore
from chalicelib.outward import Reply, Unreachable
from chalicelib.persistence.directory import CredentialRow, fingerprint
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.web.doors import forget_callers
from tests.component.test_returns import (
    BUREAU,
    CITY,
    CLERK,
    DISTRICT,
    HERE,
    HOTEL,
    NOW,
    OWNER,
    SECOND,
    THERE,
    WRITTEN,
    Web,
    asked,
    carry,
    web,
)
from tests.feed_world import acting_for

pytestmark = pytest.mark.component
__all__ = ["web"]
SYSTEM, PROVINCE, DENGFENG, ERQI = (f"sk_{letter * 43}" for letter in "pqrs")
KEYS: tuple[tuple[str, Any, set[str]], ...] = (
    (SYSTEM, HOTEL, {"feed.write"}),
    (PROVINCE, BUREAU, {"bureau.pull"}),
    (DENGFENG, BUREAU, {"bureau.pull@410185"}),
    (ERQI, BUREAU, {"bureau.pull@410103"}),
)


class Api:
    """JSON, as a system with a key."""

    def __init__(self, web: Web) -> None:
        self._http, self.clock, self._number = web._http, web.clock, 0
        for secret, tenant, roles in KEYS:
            row = CredentialRow(
                f"CREDENTIAL#{fingerprint(secret)}", "-", tenant=tenant.id, label="x", means="key"
            )
            row.actor, row.roles = f"ak_{secret[3]}", roles
            row.put()

    def get(self, path: str, *, key: str, status: int = 200) -> Any:
        forget_callers()
        answer = self._http.get(path, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status, answer.body
        return answer.json_body

    def post(self, path: str, body: Any, *, key: str, status: int = 200) -> Any:
        forget_callers()
        self._number += 1
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = f"i{self._number}"
        answer = self._http.post(path, headers=headers, body=json.dumps(body))
        assert answer.status_code == status, answer.body
        return answer.json_body


@pytest.fixture
def api(web: Web) -> Api:
    made = Api(web)
    web.clock.now += timedelta(days=4)  # what was made before is settled
    return made


def accepted(web: Web) -> None:
    """A return of the hotel that the city has accepted."""
    asked()
    web.send(HERE, by=CLERK, **WRITTEN)
    web.send(f"{HERE}/sign", by=OWNER)
    carry(HOTEL, now=web.clock.now)
    web.send(THERE, by=DISTRICT, outcome="checked")
    web.send(THERE, by=SECOND, outcome="accepted")


def test_a_system_pulls_what_came_and_is_told_it_again_until_it_says_so(web: Web, api: Api) -> None:
    asked()
    body = {"kind": "notice", "headline": {"zh": "节前检查"}, "description": {"zh": "请自查"}}
    for text in ("headline", "description"):
        body[text] = dict.fromkeys(("zh", "en", "ja", "ko"), body[text]["zh"])  # type: ignore[index]
    command = api.post("/api/v1/bureau/commands", body, key=CITY, status=201)["id"]
    carry(BUREAU, now=web.clock.now)
    web.clock.now += timedelta(minutes=1)
    first = api.get("/api/v1/feed/commands", key=SYSTEM)
    types = [one["type"].removeprefix("tourism.") for one in first["events"]]
    assert types == ["report.return.requested.v2", "notice.bulletin.published.v1"]
    assert all(one["data"]["to"] == [HOTEL.id] for one in first["events"]), "not who else was addressed"
    assert api.get("/api/v1/feed/commands", key=SYSTEM) == first
    api.post("/api/v1/feed/commands/acknowledgements", {"mark": first["mark"]}, key=SYSTEM)
    assert api.get("/api/v1/feed/commands", key=SYSTEM)["events"] == []
    api.post("/api/v1/feed/commands/acknowledgements", {"mark": "eyJhIjoieCJ9"}, key=SYSTEM, status=400)
    read = api.post(f"/api/v1/feed/commands/{command}/receipt", {"state": "read"}, key=SYSTEM)
    assert read["state"] == "read"
    web.clock.now += timedelta(seconds=1)  # what leaves within one moment has no order
    done = {"state": "acted", "action": "guests-told"}
    assert api.post(f"/api/v1/feed/commands/{command}/receipt", done, key=SYSTEM)["state"] == "acted"
    told = [one["data"].get("action") for one in carry(HOTEL, now=web.clock.now)]
    assert told[-1] == "guests-told", "U27 goes up"
    assert api.get("/api/v1/feed/statements", key=SYSTEM) == {"statements": []}
    api.post("/api/v1/feed/statements/2026-10-02/dispute", {"claim": "sent"}, key=SYSTEM, status=404)
    api.post(f"/api/v1/feed/refused/{'0' * 64}/resend", {"day": "2026-10-02"}, key=SYSTEM, status=404)
    api.get("/api/v1/feed/commands", key=CLERK, status=403)


def test_the_level_above_gets_accepted_returns_as_far_as_its_key_reaches(web: Web, api: Api) -> None:
    accepted(web)
    web.clock.now += timedelta(minutes=1)
    (event,) = api.get("/api/v1/bureau/feed", key=PROVINCE)["events"]
    assert (event["type"], event["data"]["unit"]) == ("tourism.statistics.return.accepted.v1", HOTEL.id)
    assert event["data"]["values"]["staff"] == 30
    assert api.get("/api/v1/bureau/feed", key=DENGFENG)["events"] == [event]
    assert api.get("/api/v1/bureau/feed", key=ERQI)["events"] == []
    assert "name" not in json.dumps(event)
    api.get("/api/v1/bureau/feed", key=CITY, status=403)
    mark = api.get("/api/v1/bureau/feed?limit=1", key=PROVINCE)["mark"]
    api.post("/api/v1/bureau/feed/acknowledgements", {"mark": mark}, key=PROVINCE)
    assert api.get("/api/v1/bureau/feed", key=PROVINCE)["events"] == []
    assert api.get("/api/v1/bureau/feed", key=DENGFENG)["events"] == [event], "each key has its own mark"


class Receiver:
    """Another system: answers as it is told to, keeps what it got."""

    def __init__(self) -> None:
        self.status, self.got = 200, list[tuple[Mapping[str, str], bytes]]()

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        assert url == "https://93.184.216.34/in"
        self.got.append((headers, body))
        if not self.status:
            raise Unreachable(why="ConnectTimeoutError")
        return Reply(status=self.status)


def send(receiver: Receiver, now: datetime) -> int:
    with acting_for(HOTEL):
        return hooks.send_due(now, post=receiver)


def add(now: datetime) -> tuple[str, str]:
    with acting_for(HOTEL):
        work = UnitOfWork(action="feed.add-hook", now=now)
        hook, secret = hooks.add(
            feed="down",
            url="https://93.184.216.34/in",
            label="PMS",
            types=(),
            district="",
            by="m",
            store=FeedStore(work),
        )
        work.commit()
    return hook.id, secret


def test_a_webhook_is_signed_tried_again_and_dead_in_the_end_until_somebody_acts(web: Web, api: Api) -> None:
    id, secret = add(NOW - timedelta(days=1))
    asked()
    now, receiver = NOW + timedelta(days=4), Receiver()
    assert send(receiver, now) == 1
    (headers, body) = receiver.got[0]
    assert headers["webhook-signature"] == signature(secret, headers, body)
    assert json.loads(body)["type"] == "tourism.report.return.requested.v2"
    assert send(receiver, now + timedelta(minutes=5)) == 0, "once"
    web.send(HERE, by=CLERK, **WRITTEN)
    web.send(f"{HERE}/sign", by=OWNER)
    carry(HOTEL, now=web.clock.now)
    web.send(THERE, by=DISTRICT, outcome="checked")
    carry(BUREAU, now=web.clock.now)
    now, receiver.status = web.clock.now + timedelta(minutes=1), 500
    for wait in (*BACKOFF, timedelta()):
        assert send(receiver, now) == 0
        assert send(receiver, now) == 0, "it rests"
        now += wait + timedelta(days=1)
    assert len(receiver.got) == 1 + len(BACKOFF)
    assert len({headers["webhook-id"] for headers, _ in receiver.got[1:]}) == 1, "the same id each time"
    page = web.open(f"/console/hooks/{id}", by=OWNER)
    assert "HTTP 500" in page
    assert "再次发送" in page
    item = receiver.got[-1][0]["webhook-id"]
    web.send(f"/console/hooks/{id}/again", by=OWNER, item=item)
    receiver.status = 200
    assert send(receiver, web.clock.now + timedelta(days=30)) == 1
    web.send(f"/console/hooks/{id}/again", by=OWNER, item=item, status=404)
    receiver.status = 410
    with acting_for(HOTEL):
        assert FeedStore(UnitOfWork(action="look", now=now)).attempts(id) == []


def test_a_new_secret_signs_at_once_and_the_former_one_for_a_day(web: Web, api: Api) -> None:
    id, former = add(NOW - timedelta(days=1))
    made = web.send(f"/console/hooks/{id}/secret", by=OWNER, status=200)
    (secret,) = re.findall(r"whsec_[\w+/=]+", made)
    assert secret != former
    assert "旧密钥同时有效至" in web.open(f"/console/hooks/{id}", by=OWNER)
    asked()
    rolled, receiver = web.clock.now, Receiver()
    receiver.status = 500
    send(receiver, rolled + timedelta(hours=1))
    receiver.status = 200
    assert send(receiver, rolled + OVERLAP) == 1
    (both, body), (one, _) = receiver.got
    assert both["webhook-signature"] == f"{signature(secret, both, body)} {signature(former, both, body)}"
    assert one["webhook-signature"] == signature(secret, one, body)
    web.send(f"/console/hooks/{id}/secret", by=CLERK, status=403)


def signature(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """As the receiver computes it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signing = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signing, hashlib.sha256).digest()).decode()}"


def test_addresses_are_kept_at_the_desk_by_who_may(web: Web, api: Api) -> None:
    assert "还没有推送地址" in web.open("/console/hooks", by=OWNER)
    for url in (
        "http://example.org/in",
        "https://10.0.0.8/",
        "file:///etc/passwd",
        "",
    ):
        page = web.send("/console/hooks", by=OWNER, status=422, url=url)
        assert "https://" in page
    made = web.send("/console/hooks", by=OWNER, status=200, url="https://93.184.216.34/in", label="PMS")
    assert "whsec_" in made
    with acting_for(HOTEL):
        (hook,) = FeedStore(UnitOfWork(action="look", now=NOW)).hooks()
    page = web.open(f"/console/hooks/{hook.id}", by=OWNER)
    assert "whsec_" not in page, "shown once"
    web.send(f"/console/hooks/{hook.id}/switch", by=OWNER, to="paused")
    assert "已暂停" in web.open("/console/hooks", by=OWNER)
    assert "删除「PMS」" in web.send(f"/console/hooks/{hook.id}/remove", by=OWNER, status=200)
    web.open("/console/hooks", by=CLERK, status=403)
    web.open("/console/hooks", by=DISTRICT, status=403)
    web.send(f"/console/hooks/{hook.id}/remove", by=OWNER, confirm="yes")
    web.open(f"/console/hooks/{hook.id}", by=OWNER, status=404)
