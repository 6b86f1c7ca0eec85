"""Looks on the engine: whoever opens what one enterprise said leaves a row that the leader can read."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.persistence.directory import CredentialRow, fingerprint
from chalicelib.persistence.journal import audited
from chalicelib.web.doors import forget_callers
from infra.local.fixture import Stack
from tests.feed_office import READER, Desk, desk
from tests.feed_world import BUREAU, DAY, SHAOLIN, acting_for, entry, take

pytestmark = pytest.mark.component
LEADER, ERQI = "sk_" + "l" * 43, "sk_" + "q" * 43


@pytest.fixture
def office(engine: Stack) -> Iterator[Desk]:
    for secret, role in ((LEADER, "bureau.delegate"), (ERQI, "bureau.delegate@410103")):
        row = CredentialRow(
            f"CREDENTIAL#{fingerprint(secret)}", "-", tenant=BUREAU.id, label="x", means="key"
        )
        row.actor, row.roles = f"mb_{secret[3]}", {role}
        row.put()
    with desk() as opened:
        take(entry(4))
        yield opened


def looks(office: Desk, *, key: str = LEADER, path: str = "/bureau/looks") -> Any:
    forget_callers()
    return office._http.get(path, headers={"Authorization": f"Bearer {key}", "Accept-Language": "zh"})


def test_a_look_at_one_enterprise_is_kept_and_a_look_at_all_is_not(office: Desk) -> None:
    for path in ("/bureau", "/bureau/reporting", "/api/v1/bureau/wall"):
        office.get(path)
    with acting_for(BUREAU):
        assert [row.action for row in audited(day=DAY)] == []
    office.page(f"/bureau/figures/{SHAOLIN.id}")
    office.page(f"/bureau/events?sender={SHAOLIN.id}")
    office.get(f"/bureau/events.csv?sender={SHAOLIN.id}")
    office.json(f"/api/v1/bureau/events?sender={SHAOLIN.id}")
    with acting_for(BUREAU):
        rows = list(audited(day=DAY))
    assert {row.action for row in rows} == {"bureau.looked"}
    whats = sorted(row.subject.partition("/")[0] for row in rows)
    assert whats == ["events", "events", "export", "figures"]
    page = looks(office).body.decode()
    assert page.count(SHAOLIN.name) == 4
    assert "mb_1" in page
    assert "导出单位的上报事件" in page
    only = looks(office, path="/bureau/looks?what=export").body.decode()
    assert only.count(SHAOLIN.name) == 1
    assert looks(office, path="/bureau/looks.csv").body.decode("utf-8-sig").count(SHAOLIN.id) == 4
    half = looks(office, path="/bureau/looks?what=events&limit=1").body.decode()
    following = re.search(r'rel="next" href="([^"]+)"', half)
    assert following is not None
    rest = looks(office, path=following[1].replace("&amp;", "&")).body.decode()
    assert (half.count(SHAOLIN.name), rest.count(SHAOLIN.name)) == (1, 1)
    assert 'rel="next"' not in rest


def test_looks_are_told_to_who_answers_for_the_district(office: Desk) -> None:
    office.page(f"/bureau/figures/{SHAOLIN.id}")
    assert SHAOLIN.name not in looks(office, key=ERQI).body.decode()
    assert looks(office, key=READER).status_code == 403
    missing = office.get("/bureau/figures/tn_" + "z" * 26)
    assert missing.status_code == 404
    with acting_for(BUREAU):
        assert len(list(audited(day=DAY))) == 1, "what was not shown was not looked at"
