"""Case grants on the engine: who is meant is covered, opened to one officer for one case, and told."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import rfc3339
from chalicelib.persistence.directory import CredentialRow, MemberRow, fingerprint
from chalicelib.web.doors import forget_callers
from infra.local.fixture import Stack
from tests.feed_office import Desk, desk
from tests.feed_world import BUREAU, DAY, HOTEL, NOW, SHAOLIN, later, said, take

pytestmark = pytest.mark.component
LEADER, OFFICER, OTHER = ("sk_" + letter * 43 for letter in "lov")
GUEST = "9f" * 16
EVENTS = f"/api/v1/bureau/events?sender={HOTEL.id}&day={DAY}"


class Office:
    """Three officers: a leader who may delegate, one who is given a grant, one who is not."""

    def __init__(self, desk: Desk) -> None:
        self.http = desk._http
        self.at = NOW

    def ask(self, path: str, *, key: str = OFFICER) -> Any:
        forget_callers()
        return self.http.get(path, headers={"Authorization": f"Bearer {key}", "Accept-Language": "zh"})

    def post(self, path: str, body: dict[str, Any], *, key: str = LEADER) -> Any:
        forget_callers()
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Idempotency-Key": new_id("ik", now=NOW),
        }
        return self.http.post(path, headers=headers, body=json.dumps(body))

    def give(self, **more: Any) -> Any:
        body = {
            "to": "member:mb_o",
            "sender": HOTEL.id,
            "case": "郑旅执 2026-17",
            "reason": "游客投诉核查",
            "until": rfc3339(later(days=2)),
            **more,
        }
        return self.post("/api/v1/bureau/case-grants", body)


@pytest.fixture
def office(engine: Stack) -> Iterator[Office]:
    made: list[Office] = []
    for secret, roles in (
        (LEADER, {"bureau.read", "bureau.delegate"}),
        (OFFICER, {"bureau.read"}),
        (OTHER, {"bureau.read"}),
    ):
        actor = f"member:mb_{secret[3]}"
        row = CredentialRow(f"CREDENTIAL#{fingerprint(secret)}", "-", tenant=BUREAU.id, means="key")
        row.actor, row.label, row.roles = actor, f"人员{secret[3]}", roles
        row.put()
        id = actor.removeprefix("member:")
        MemberRow(
            f"TENANT#{BUREAU.id}",
            f"MEMBER#{id}",
            tenant=BUREAU.id,
            member=id,
            label=f"人员{secret[3]}",
            hint="",
            roles=roles,
        ).put()
    with desk(clock=lambda: made[0].at if made else NOW) as opened:
        data = {
            "guest": GUEST,
            "partySize": 2,
            "originCountry": "CN",
            "originProvince": "410000",
            "purpose": "leisure",
            "channel": "desk",
        }
        take(said("tourism.lodging.stay.checkedin.v1", data, by=HOTEL, personal="p1"))
        made.append(Office(opened))
        yield made[0]


def test_what_stands_for_a_guest_is_covered_for_everybody_without_a_grant(office: Office) -> None:
    for key in (LEADER, OFFICER):
        answer = office.ask(EVENTS, key=key).json_body["events"][0]
        assert answer["envelope"]["data"]["guest"] == "█"
        assert answer["covered"] == ["guest"]
        assert answer["envelope"]["data"]["partySize"] == 2
        for path in (f"/bureau/events?sender={HOTEL.id}", f"/bureau/events.csv?sender={HOTEL.id}"):
            assert GUEST not in office.ask(path, key=key).body.decode()
        refused = office.ask(f"{EVENTS}&open=true", key=key)
        assert (refused.status_code, refused.json_body["code"]) == (403, "bureau.case.closed")


def test_a_grant_opens_one_enterprise_to_one_officer_and_each_use_is_told(office: Office) -> None:
    made = office.give()
    assert made.status_code == 201, made.body
    assert GUEST not in office.ask(EVENTS).body.decode(), "it is opened on purpose, not by the way"
    page = office.ask(f"/bureau/events?sender={HOTEL.id}").body.decode()
    assert "凭案件 郑旅执 2026-17 的授权查看" in page
    shown = office.ask(f"/bureau/events?sender={HOTEL.id}&open=true").body.decode()
    assert GUEST in shown
    assert "本次查看已记录" in shown
    assert GUEST in office.ask(f"/bureau/events.csv?sender={HOTEL.id}&open=true").body.decode()
    assert office.ask(f"{EVENTS}&open=true", key=OTHER).status_code == 403
    assert office.ask(f"/api/v1/bureau/events?sender={SHAOLIN.id}&open=true").status_code == 403
    told = office.ask(f"/bureau/casework/{made.json_body['id']}", key=LEADER).body.decode()
    assert told.count("人员o") == 3, "the grant's holder, and two uses"
    looks = office.ask("/bureau/looks?what=grant", key=LEADER).body.decode()
    assert looks.count(HOTEL.name) == 2


def test_a_record_that_was_set_aside_is_covered_too(office: Office) -> None:
    data = {"guest": GUEST, "nights": "many", "revenueBand": "b1"}
    take(said("tourism.lodging.stay.checkedout.v1", data, by=HOTEL, personal="p1"))
    for path in ("/bureau/quarantine", "/api/v1/bureau/quarantine"):
        shown = office.ask(path).body.decode()
        assert "checkedout" in shown
        assert GUEST not in shown


def test_it_ends_by_itself_and_when_it_is_taken_back(office: Office) -> None:
    first = office.give().json_body
    office.at = later(days=3)
    assert office.ask(f"{EVENTS}&open=true").status_code == 403
    assert (
        office.post(f"/api/v1/bureau/case-grants/{first['id']}/end", {}).json_body["code"]
        == "bureau.case.over"
    )
    second = office.give(until=rfc3339(later(days=5))).json_body
    assert office.ask(f"{EVENTS}&open=true").status_code == 200
    ended = office.post(f"/api/v1/bureau/case-grants/{second['id']}/end", {}).json_body
    assert (ended["holds"], ended["over"] is not None) == (False, True)
    assert office.ask(f"{EVENTS}&open=true").status_code == 403
    page = office.ask("/bureau/casework").body.decode()
    assert "已收回" in page
    assert "已到期" in page


def test_a_grant_is_given_by_who_may_never_to_oneself_and_not_for_long(office: Office) -> None:
    assert office.give(to="member:mb_l").json_body["code"] == "bureau.case.invalid"
    long = office.give(until=rfc3339(NOW + timedelta(days=15)))
    assert (long.status_code, long.json_body["code"]) == (422, "bureau.case.invalid")
    assert office.give(sender="tn_" + "0" * 26).status_code == 404
    assert office.give(to="member:mb_nobody").status_code == 404
    body = {
        "to": "member:mb_v",
        "sender": HOTEL.id,
        "case": "1",
        "reason": "x",
        "until": rfc3339(later(days=1)),
    }
    assert office.post("/api/v1/bureau/case-grants", body, key=OFFICER).status_code == 403
