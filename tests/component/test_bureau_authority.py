"""Who commands what: two people for what the law wants two for, districts, lent powers."""

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.persistence.journal import audited
from chalicelib.tenancy import dynamodb
from chalicelib.web.http import set_clock
from tenants.bureau.routes import paging
from tests.bureau_offices import CITY, DENGFENG, DISTRICT, ERQI, TWO, command, get, http, post
from tests.component.test_feed_directives import ALERT, FOUR, csrf, form_headers, sent
from tests.feed_world import BUREAU, DAY, NOW, SHAOLIN, acting_for

__all__ = ["http"]


def test_a_red_warning_waits_for_another_officer(http: Any) -> None:
    made = command(http, **ALERT)
    assert (made.status_code, made.json_body["stage"]) == (201, "pending")
    assert sent() == []
    assert FOUR["zh"] not in get(http, "/bureau/wall", key=CITY).body.decode(), "a proposal is no warning yet"
    here = f"/api/v1/bureau/commands/{made.json_body['id']}"
    own = post(http, f"{here}/release", {})
    assert (own.status_code, own.json_body["code"]) == (403, "bureau.directive.own-proposal")
    assert post(http, f"{here}/lift", {}).json_body["code"] == "bureau.directive.over"
    set_clock(lambda: NOW + timedelta(minutes=20))
    released = post(http, f"{here}/release", {}, key=TWO)
    assert (released.status_code, released.json_body["stage"]) == (200, "issued")
    assert FOUR["zh"] in get(http, "/bureau/wall", key=CITY).body.decode()
    (event,) = sent()
    assert event["data"]["effective"] == "2026-11-22T02:50:00.000Z", "it is of the moment of its release"
    assert event["data"]["identifier"].split("_")[1] == "20261122105000"
    assert event["dueby"] == "2026-11-22T02:55:00.000Z"
    again = post(http, f"{here}/release", {}, key=TWO)
    assert again.json_body["code"] == "bureau.directive.not-pending"


def test_a_proposal_is_declined_taken_back_or_lapses_and_goes_nowhere(http: Any) -> None:
    ids = [command(http, kind="capacity", to=[SHAOLIN.id], cap=0).json_body["id"] for _ in range(3)]
    here = "/api/v1/bureau/commands"
    refused = post(http, f"{here}/{ids[0]}/decline", {}, key=DENGFENG)
    assert refused.json_body["stage"] == "declined", "who may release there may also not release"
    assert post(http, f"{here}/{ids[2]}/decline", {}, key=TWO).json_body["stage"] == "declined"
    assert post(http, f"{here}/{ids[1]}/decline", {}).json_body["stage"] == "declined"
    set_clock(lambda: NOW + timedelta(hours=3))
    for id in ids:
        late = post(http, f"{here}/{id}/release", {}, key=TWO)
        assert late.json_body["code"] == "bureau.directive.not-pending"
    assert sent() == []


def test_a_drill_needs_nobody_else(http: Any) -> None:
    assert command(http, kind="capacity", cap=0, exercise=True).json_body["stage"] == "issued"


def test_an_update_takes_the_place_of_the_warning_it_names(http: Any) -> None:
    first = command(http, **{**ALERT, "colour": "orange"}).json_body
    second = command(
        http, **{**ALERT, "colour": "yellow", "to_kind": "hotel", "replaces": first["id"]}
    ).json_body
    issued, updated = sorted(sent(), key=lambda event: event["type"])
    assert updated["type"] == "tourism.alert.public.updated.v1"
    assert updated["data"]["references"] == [issued["data"]["identifier"]]
    assert set(issued["data"]["to"]) < set(updated["data"]["to"]), "who had the old one is told too"
    old = get(http, f"/api/v1/bureau/commands/{first['id']}", key=CITY).json_body
    assert old["replaced"] == second["id"]
    again = command(http, **{**ALERT, "colour": "yellow", "replaces": first["id"]})
    assert again.json_body["code"] == "bureau.directive.over"
    shown = get(http, f"/bureau/commands/{second['id']}/update", key=CITY)
    assert "暴雨" in shown.body.decode()
    assert get(http, f"/bureau/commands/{first['id']}/update", key=CITY).status_code == 409


def test_warnings_are_open_to_everybody_as_cap_and_atom(http: Any) -> None:
    id = command(http, **{**ALERT, "colour": "orange"}).json_body["id"]
    drill = command(http, **{**ALERT, "colour": "orange", "exercise": True}).json_body["id"]
    red = command(http, **ALERT).json_body["id"]
    feed = http.get(f"/s/{BUREAU.slug}/alerts.atom").body.decode()
    assert f"/alerts/{id}.xml" in feed
    assert drill not in feed
    assert red not in feed, "what waits for release is nobody's yet"
    document = http.get(f"/s/{BUREAU.slug}/alerts/{id}.xml")
    assert document.headers["Content-Type"].startswith("application/cap+xml")
    assert "urn:oasis:names:tc:emergency:cap:1.2" in document.body.decode()
    for hidden in (drill, red):
        assert http.get(f"/s/{BUREAU.slug}/alerts/{hidden}.xml").status_code == 404
    assert get(http, f"/bureau/commands/{drill}/cap.xml", key=CITY).status_code == 200


def test_a_drawn_area_chooses_who_is_told_and_stands_in_the_warning(http: Any) -> None:
    square = "34.1,113.1 34.2,113.1 34.2,113.2 34.1,113.1"
    area = {
        "id": "song-valley",
        "names": {"zh": "嵩谷", "en": "Song valley"},
        "polygon": square,
        "districts": ["410185"],
        "tenants": [SHAOLIN.id],
        "source": "局务会 2026-11",
    }
    bad = post(http, "/api/v1/bureau/areas", {**area, "polygon": "34.1,113.1 34.2,113.1"})
    assert bad.json_body["code"] == "bureau.area.polygon"
    assert post(http, "/api/v1/bureau/areas", area).status_code == 201
    made = command(http, **{**ALERT, "colour": "orange", "to_kind": "", "areas": [], "drawn": "song-valley"})
    (event,) = sent()
    assert event["data"]["to"] == [SHAOLIN.id]
    assert event["data"]["areas"] == ["410185"]
    id = made.json_body["id"]
    assert "34.10000,113.10000" in http.get(f"/s/{BUREAU.slug}/alerts/{id}.xml").body.decode()


def test_a_district_commands_its_own_and_nobody_elses(http: Any) -> None:
    own = command(http, key=DENGFENG, kind="notice", headline=FOUR, description=FOUR)
    assert own.status_code == 201
    (event,) = sent()
    assert ERQI.id not in event["data"]["to"]
    assert SHAOLIN.id in event["data"]["to"]
    for body in (
        {"kind": "notice", "headline": FOUR, "description": FOUR, "to": [ERQI.id, SHAOLIN.id]},
        {"kind": "notice", "headline": FOUR, "description": FOUR, "to_district": "410103"},
        {**ALERT, "colour": "orange", "areas": ["410100"]},
    ):
        refused = command(http, key=DENGFENG, **body)
        assert (refused.status_code, refused.json_body["code"]) == (403, "bureau.scope"), body
    citys = command(http, kind="capacity", percent=50).json_body["id"]
    board = get(http, f"/api/v1/bureau/commands/{citys}", key=DENGFENG).json_body
    assert [one["tenant"] for one in board["receipts"] if one["tenant"] == ERQI.id] == []
    lift = post(http, f"/api/v1/bureau/commands/{citys}/lift", {}, key=DENGFENG)
    assert lift.json_body["code"] == "bureau.scope"
    others = command(http, kind="capacity", percent=50, to=[ERQI.id]).json_body["id"]
    assert get(http, f"/api/v1/bureau/commands/{others}", key=DENGFENG).status_code == 404
    listed = get(http, "/bureau/commands", key=DENGFENG).body.decode()
    assert citys in listed
    assert others not in listed


def test_a_districts_list_reads_its_own_directives_and_its_pages_are_full(
    http: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = {"kind": "notice", "headline": FOUR, "description": FOUR}
    own = [command(http, **notice, to=[SHAOLIN.id]).json_body["id"]]
    for _ in range(3):
        assert command(http, **notice, to=[ERQI.id]).status_code == 201
    own += [command(http, **notice, to=[SHAOLIN.id, ERQI.id]).json_body["id"] for _ in range(2)]
    seen: list[str] = []
    page, reads, costs = "/bureau/commands?limit=1", Counter[str](), []
    monkeypatch.setattr(dynamodb, "count_call", lambda operation, _: reads.update([operation]))
    while page:
        reads.clear()
        shown = get(http, page, key=DENGFENG).body.decode()
        costs.append((reads["Query"], reads["BatchGetItem"]))
        found = re.findall(r'href="/bureau/commands/(cm_[0-9a-z]+)"', shown)
        assert len(found) == 1, "a page that is followed by another is full"
        seen += found
        following = re.search(r'rel="next" href="([^"]+)"', shown)
        page = f"{following[1].replace('&amp;', '&')}&limit=1" if following else ""
    assert seen == sorted(own, reverse=True)
    assert {batch for _, batch in costs} == {1}, "the directives of a page are read at once"
    assert len({queries for queries, _ in costs[1:]}) == 1, "what is not theirs costs nothing"


def test_a_district_releases_only_what_is_its_own(http: Any) -> None:
    id = command(http, kind="capacity", cap=0, to=[ERQI.id]).json_body["id"]
    refused = post(http, f"/api/v1/bureau/commands/{id}/release", {}, key=DENGFENG)
    assert refused.json_body["code"] == "bureau.scope"


def test_a_power_is_lent_for_a_district_and_a_time_and_taken_back(http: Any) -> None:
    notice = {"kind": "notice", "headline": FOUR, "description": FOUR, "to": [ERQI.id]}
    assert command(http, key=DISTRICT, **notice).status_code == 403
    wish = {
        "to": "member:mb_erqi",
        "power": "bureau.command",
        "district": "410103",
        "until": "2026-11-22T18:00:00+08:00",
        "reason": "值班",
    }
    assert post(http, "/api/v1/bureau/grants", wish, key=DENGFENG).json_body["code"] == "bureau.scope"
    for wrong in (
        {"to": "member:mb_city"},
        {"until": "2027-11-22T18:00:00+08:00"},
        {"until": "2026-11-22T08:00:00+08:00"},
    ):
        refused = post(http, "/api/v1/bureau/grants", {**wish, **wrong})
        assert refused.json_body["code"] == "bureau.grant.invalid", wrong
    granted = post(http, "/api/v1/bureau/grants", wish)
    assert (granted.status_code, granted.json_body["holds"]) == (201, True)
    assert command(http, key=DISTRICT, **notice).status_code == 201
    outside = command(http, key=DISTRICT, **{**notice, "to": [SHAOLIN.id]})
    assert outside.json_body["code"] == "bureau.scope"
    set_clock(lambda: NOW + timedelta(hours=8))
    assert command(http, key=DISTRICT, **notice).status_code == 403, "its time is over"
    set_clock(lambda: NOW + timedelta(minutes=1))
    assert command(http, key=DISTRICT, **notice).status_code == 201
    ended = post(http, f"/api/v1/bureau/grants/{granted.json_body['id']}/end", {})
    assert ended.json_body["holds"] is False
    assert command(http, key=DISTRICT, **notice).status_code == 403
    with acting_for(BUREAU):
        actions = [row.action for row in audited(day=DAY)]
    assert {"bureau.grant", "bureau.end-grant"} <= set(actions)


def test_grants_are_made_in_a_form(http: Any) -> None:
    fields = {
        "to": "member:mb_erqi",
        "power": "bureau.approve",
        "district": "410103",
        "until": "2026-11-22T18:00",
        "reason": "值班",
    }
    given = {**form_headers(http), "Authorization": f"Bearer {CITY}"}
    made = http.post("/bureau/officers", headers=given, body=csrf(http, **fields))
    assert made.status_code == 303, made.body
    shown = get(http, "/bureau/officers", key=CITY).body.decode()
    assert "生效中" in shown
    wrong = http.post(
        "/bureau/officers", headers=given, body=csrf(http, **{**fields, "until": "2029-11-22T18:00"})
    )
    assert wrong.status_code == 422
    assert "最长 90 天" in wrong.body.decode()


def test_a_board_shows_whoever_owes_first_and_the_others_page_by_page(
    http: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "ON_PAGE", 1)
    notice = {"kind": "notice", "headline": FOUR, "description": FOUR, "to": [SHAOLIN.id, ERQI.id]}
    here = f"/bureau/commands/{command(http, **notice).json_body['id']}"
    names = (SHAOLIN.name, ERQI.name)
    first = get(http, here, key=CITY).body.decode()
    assert sum(name in first for name in names) == 1
    assert "第 1–1 家" in first
    assert "共 2 家" in first
    assert f'href="{here}?page=2#receipts"' in first
    after = get(http, f"{here}/live?page=2", key=CITY).body.decode()
    assert sorted(name in after for name in names) == [False, True]
    assert [name in after for name in names] != [name in first for name in names]
    assert f'href="{here}?page=1#receipts"' in after
    assert "第 2–2 家" in get(http, f"{here}?page=9", key=CITY).body.decode(), "behind the end: the last page"
