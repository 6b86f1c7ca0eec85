"""The doors and the control plane on the engine: real rows, real transactions, real log-ins."""

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.config import settings
from chalicelib.control import routes, usecases
from chalicelib.control.store import ControlAuditRow, ControlStore
from chalicelib.kernel.errors import Exhausted, Missing
from chalicelib.persistence import directory
from chalicelib.persistence.directory import forget_directory
from chalicelib.persistence.journal import audited
from chalicelib.persistence.table import Row, forget_connections, tenant_key
from chalicelib.tenancy.context import Tenant, bind, duty
from chalicelib.tenancy.credentials import forget_clients
from chalicelib.web.application import Application
from chalicelib.web.doors import forget_callers
from chalicelib.web.http import Asked, Blueprint, Call, Member, endpoint, set_clock
from infra.local.fixture import Stack
from tenants.bureau.manifest import MODULE
from tests.unit.web_world import Answer, ask

pytestmark = pytest.mark.component

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
EMAIL = "Wang@Example.com"
STORE = ControlStore()


class CounterRow(Row, discriminator="test-counter"):
    name = UnicodeAttribute()
    seen = NumberAttribute()


class Count(Asked):
    name: str


@pytest.fixture(scope="module")
def engine() -> Iterator[Stack]:
    with Stack(consumers=[MODULE], expires=False) as stack:
        _forget()
        yield stack
    _forget()


@pytest.fixture
def app(engine: Stack) -> Iterator[Application]:
    engine.reset()
    _forget()
    set_clock(lambda: NOW)
    made = Application("songyun")
    made.register_blueprint(routes.blueprint)
    made.register_blueprint(_counting())
    yield made
    set_clock(None)


def _forget() -> None:
    settings.cache_clear()
    forget_clients()
    forget_connections()
    forget_directory()
    forget_callers()
    usecases.forget_tries()


def _counting() -> Blueprint:
    blueprint = Blueprint(__name__)

    @endpoint(
        blueprint,
        "POST",
        "/api/v1/bureau/counters",
        use_case="bureau.count",
        door=Member("desk", kind="bureau"),
        body=Count,
        status=201,
    )
    def count(call: Call, body: Count) -> dict[str, Any]:
        call.work.create(CounterRow(tenant_key("COUNTER"), body.name, name=body.name, seen=1))
        return {"counted": body.name, "by": call.context.actor}

    return blueprint


def tenant(*, slug: str = "zhengzhou", kind: str = "bureau", **more: Any) -> Tenant:
    return usecases.create_tenant(
        kind=kind, slug=slug, name=slug, district="410100", now=NOW, registry=STORE, **more
    )


def member(of: Tenant, *, email: str = EMAIL, roles: tuple[str, ...] = ("desk",)) -> str:
    return usecases.add_member(
        tenant=of,
        email=email,
        password=PASSWORD,
        label="前台一号",
        roles=roles,
        now=NOW,
        registry=STORE,
    )


def test_a_tenant_is_found_by_every_way_in_or_by_none(app: Application) -> None:
    made = tenant(entitlements=("scenic.tickets",))
    assert directory.by_slug("zhengzhou") == directory.by_id(made.id) == made
    assert list(directory.tenants()) == list(directory.tenants(kind="bureau")) == [made]
    assert list(directory.tenants(kind="scenic")) == []
    with pytest.raises(usecases.SlugTaken):
        tenant(kind="scenic")
    assert list(directory.tenants(kind="scenic")) == []


@pytest.mark.parametrize("slug", ["ab", "UPPER", "-x-", "a--b", "a" * 41, "a_b", "嵩山山"])
def test_an_unfit_slug_is_refused(app: Application, slug: str) -> None:
    with pytest.raises(usecases.Unfit):
        tenant(slug=slug)


def test_a_suspension_reaches_every_copy(app: Application) -> None:
    made = tenant()
    usecases.change_tenant(tenant=made.id, status="suspended", actor="member:x", now=NOW, registry=STORE)
    for found in (directory.by_slug("zhengzhou"), directory.by_id(made.id), *directory.tenants()):
        assert found is not None
        assert found.status == "suspended"
    actions = [
        row.action
        for row in ControlAuditRow.query(f"TENANT#{made.id}", ControlAuditRow.sk.startswith("AUDIT#"))
    ]
    assert sorted(actions) == ["tenant.create", "tenant.suspended"]


def test_one_address_is_one_membership_whatever_its_letters(app: Application) -> None:
    made = tenant()
    member(made)
    with pytest.raises(usecases.EmailTaken):
        member(made, email=EMAIL.lower())
    for email, password in (("x", PASSWORD), ("a@b", PASSWORD), ("a@b.cn", "short")):
        with pytest.raises(usecases.Unfit):
            usecases.add_member(
                tenant=made,
                email=email,
                password=password,
                label="x",
                roles=(),
                now=NOW,
                registry=STORE,
            )


def log_in(app: Application, *, email: str = EMAIL, password: str = PASSWORD, **more: str) -> Answer:
    visitor = "v" * 43
    token = hashlib.sha256(f"csrf:{visitor}".encode()).hexdigest()
    form = {"csrf": token, "email": email, "password": password, **more}
    return ask(app, "POST", "/login", form=form, key=None, bearer=None, cookies={"v": visitor})


def session_of(answer: Answer) -> str:
    found = next(cookie for cookie in answer.cookies if cookie.startswith("songyun="))
    assert "HttpOnly" in found
    assert "SameSite=Lax" in found
    assert "Max-Age=43200" in found
    return found.partition("=")[2].partition(";")[0]


def count(app: Application, *, key: str = "c1", name: str = "a", **more: Any) -> Answer:
    more = {"bearer": None, **more}
    return ask(app, "POST", "/api/v1/bureau/counters", body={"name": name}, key=key, **more)


def test_from_the_login_page_to_the_desk_and_out_again(app: Application) -> None:
    made = tenant()
    id = member(made)
    shown = ask(app, "GET", "/login", path="/login?next=/bureau%3Fday=1", bearer=None)
    assert 'name="csrf"' in shown.text
    answer = log_in(app, next="/bureau?day=1")
    assert (answer.status, answer.headers["Location"]) == (303, "/bureau?day=1")
    cookies = {"songyun": session_of(answer)}
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", cookies["songyun"])

    counted = count(app, cookies=cookies)
    assert counted.status == 201
    assert counted.json == {"counted": "a", "by": f"member:{id}"}
    assert ask(app, "GET", "/login", bearer=None, cookies=cookies).headers["Location"] == "/bureau"

    token = hashlib.sha256(f"csrf:{cookies['songyun']}".encode()).hexdigest()
    out = ask(app, "POST", "/logout", form={"csrf": token}, key=None, bearer=None, cookies=cookies)
    assert out.status == 303
    assert any("Max-Age=0" in cookie for cookie in out.cookies)
    assert count(app, cookies=cookies, key="c2").status == 401


def test_a_session_ends_after_twelve_hours(app: Application) -> None:
    member(tenant())
    cookies = {"songyun": session_of(log_in(app))}
    set_clock(lambda: NOW + timedelta(hours=12, seconds=1))
    assert count(app, cookies=cookies).status == 401


def test_a_wrong_password_and_nobody_get_the_same_answer(app: Application) -> None:
    member(tenant())
    wrong = log_in(app, password="wrong horse battery")
    nobody = log_in(app, email="nobody@example.com")
    assert wrong.status == nobody.status == 401

    def plain(answer: Answer) -> str:
        return re.sub(r'value="[^"]*"', "", answer.text)

    assert plain(wrong) == plain(nobody)
    assert PASSWORD not in wrong.text
    assert not any(cookie.startswith("songyun=") for cookie in wrong.cookies + nobody.cookies)


def test_guessing_is_slowed_down_per_account(app: Application) -> None:
    member(tenant())
    answers = [log_in(app, password="wrong horse battery").status for _ in range(12)]
    assert answers[:10] == [401] * 10
    assert answers[-1] == 429
    with pytest.raises(Exhausted):
        usecases.log_in(email=EMAIL, password=PASSWORD, address="198.51.100.1", now=NOW, registry=STORE)


def test_the_way_on_after_the_login_is_never_to_another_site(app: Application) -> None:
    member(tenant())
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert log_in(app, next=wanted).headers["Location"] == "/bureau"


def test_an_api_key_is_shown_once_and_can_be_revoked(app: Application) -> None:
    made = tenant()
    secret, key = usecases.issue_key(
        tenant=made.id, label="闸机", roles=("desk",), actor="member:x", now=NOW, registry=STORE
    )
    assert re.fullmatch(r"sk_[A-Za-z0-9_-]{43}", secret)
    assert STORE.keys(tenant=made.id) == [key]
    assert count(app, bearer=secret).json["by"] == f"key:{key.id}"
    assert not any(secret in str(row.attribute_values) for row in ControlAuditRow.query(f"TENANT#{made.id}"))

    other = tenant(slug="other-bureau")
    with pytest.raises(Missing):
        usecases.revoke_key(tenant=other.id, key=key.id, actor="x", now=NOW, registry=STORE)
    usecases.revoke_key(tenant=made.id, key=key.id, actor="member:x", now=NOW, registry=STORE)
    assert count(app, bearer=secret, key="c2").status == 401
    assert STORE.keys(tenant=made.id) == []


def test_a_key_without_roles_opens_no_door_that_asks_for_one(app: Application) -> None:
    secret, _ = usecases.issue_key(
        tenant=tenant().id, label="x", roles=(), actor="x", now=NOW, registry=STORE
    )
    assert count(app, bearer=secret).code == "core.forbidden"


def test_state_audit_and_answer_are_one_transaction_and_done_once(app: Application) -> None:
    made = tenant()
    secret, _ = usecases.issue_key(
        tenant=made.id, label="x", roles=("owner",), actor="x", now=NOW, registry=STORE
    )
    first, again = count(app, bearer=secret), count(app, bearer=secret)
    assert (first.status, first.json) == (again.status, again.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(app, bearer=secret, name="b").code == "core.idempotency.mismatch"
    assert count(app, bearer=secret, key="other").code == "core.clash"
    with bind(duty(made, "test")):
        rows = list(audited(day=NOW.date()))
        assert [row.action for row in rows] == ["bureau.count"]
        assert CounterRow.find(tenant_key("COUNTER"), "a") is not None


def test_a_command_sent_many_times_at_once_is_done_once(app: Application) -> None:
    made = tenant()
    secret, _ = usecases.issue_key(
        tenant=made.id, label="x", roles=("owner",), actor="x", now=NOW, registry=STORE
    )
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: count(app, bearer=secret), range(16)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    with bind(duty(made, "test")):
        assert len(list(audited(day=NOW.date()))) == 1


def test_two_tenants_with_the_same_key_and_body_do_not_meet(app: Application) -> None:
    made = []
    for slug in ("first-bureau", "second-bureau"):
        one = tenant(slug=slug)
        secret, _ = usecases.issue_key(
            tenant=one.id, label="x", roles=("owner",), actor="x", now=NOW, registry=STORE
        )
        made.append(secret)
    answers = [count(app, bearer=secret) for secret in made]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json["by"] != answers[1].json["by"]


def test_the_front_page_shows_who_is_open(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_kept", (0.0, []))
    tenant(slug="songshan", kind="scenic", entitlements=("scenic.tickets", "shop"))
    tenant(slug="songyang", kind="hotel", entitlements=("hotel.rooms",))  # no pages yet: not listed
    tenant(slug="the-bureau")
    answer = ask(app, "GET", "/", bearer=None)
    assert answer.status == 200
    assert "/s/songshan" in answer.text
    assert "/s/songyang" not in answer.text
    assert "the-bureau" not in answer.text
