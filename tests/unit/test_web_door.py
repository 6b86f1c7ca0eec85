"""The one door: who gets in, under which tenant, and what every refusal looks like."""

import socket
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ConfigDict

from chalicelib.config import settings
from chalicelib.kernel.errors import Unavailable
from chalicelib.web.answers import Redirect
from chalicelib.web.application import Application
from chalicelib.web.doors import forget_callers
from chalicelib.web.http import Asked, Blueprint, Member, Open, Public, endpoint
from tests.unit.web_routes import Full
from tests.unit.web_world import (
    HOTEL_KEY,
    KEY,
    OTHER_KEY,
    READER_KEY,
    SESSION,
    SONGSHAN,
    VISITOR,
    Answer,
    World,
    ask,
    problem,
    visitor,
    world_of_web,
)

pytestmark = pytest.mark.unit

ORDERS, ORDER, BOOK = (
    "/api/v1/scenic/orders",
    "/api/v1/scenic/orders/{order}",
    "/api/v1/public/{slug}/orders",
)
BODY = {"slot": "am", "quantity": 2}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a unit test reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def web() -> Iterator[tuple[Application, World]]:
    with world_of_web() as made:
        yield made


def test_a_member_acts_for_their_own_tenant(web: tuple[Application, World]) -> None:
    app, world = web
    answer = ask(app, "POST", ORDERS, body=BODY)
    assert answer.status == 201
    assert answer.json == {
        "id": "or_1",
        "quantity": 2,
        "total": {"amount": 24000, "currency": "CNY"},
    }
    assert world.done == [("songshan", "key:a", "am")]
    assert not answer.cookies


@pytest.mark.parametrize("bearer", ["", "x", "sk_" + "z" * 43, KEY + "a", "'; --"])
def test_a_stranger_is_not_let_in(web: tuple[Application, World], bearer: str) -> None:
    answer = ask(web[0], "POST", ORDERS, body=BODY, bearer=bearer)
    problem(answer, 401, "core.unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_cookie_opens_the_member_door(web: tuple[Application, World]) -> None:
    answer = ask(web[0], "GET", ORDERS, bearer=None, cookies={"songyun": SESSION})
    assert answer.json["tenant"] == "songshan"


def test_the_tenant_never_comes_from_the_body(web: tuple[Application, World]) -> None:
    answer = ask(web[0], "POST", ORDERS, body={**BODY, "tenant": "tn_1"})
    assert problem(answer, 422, "core.invalid")["errors"][0]["code"] == "extra_forbidden"


def test_another_kinds_member_and_a_missing_role_are_refused(
    web: tuple[Application, World],
) -> None:
    problem(ask(web[0], "POST", ORDERS, body=BODY, bearer=HOTEL_KEY), 403, "core.wrong-kind")
    problem(ask(web[0], "POST", ORDERS, body=BODY, bearer=READER_KEY), 403, "core.forbidden")


def test_an_owner_passes_every_role_of_their_tenant(web: tuple[Application, World]) -> None:
    app, world = web
    world.secrets[KEY] = replace(world.secrets[KEY], roles=frozenset({"owner"}))
    assert ask(app, "POST", ORDERS, body=BODY).status == 201


def test_a_plan_without_the_feature_is_refused(web: tuple[Application, World]) -> None:
    app, world = web
    poor = replace(SONGSHAN, entitlements=frozenset())
    world.secrets[KEY] = replace(world.secrets[KEY], tenant=poor)
    assert problem(ask(app, "POST", ORDERS, body=BODY), 403, "core.not-entitled")["feature"]


def test_a_suspended_tenant_sells_nothing_but_its_members_still_work(
    web: tuple[Application, World],
) -> None:
    app, _ = web
    problem(ask(app, "POST", ORDERS, body=BODY, bearer=OTHER_KEY), 403, "core.suspended")
    problem(
        visitor(app, "POST", BOOK, path="/api/v1/public/shut/orders", body=BODY),
        403,
        "core.suspended",
    )
    assert ask(app, "GET", ORDERS, bearer=OTHER_KEY).json["tenant"] == "shut"
    assert visitor(app, "GET", "/s/{slug}/ticket", path="/s/shut/ticket").status == 200


def test_the_public_door_gives_a_visitor_a_pseudonym_only(web: tuple[Application, World]) -> None:
    answer = visitor(web[0], "POST", BOOK, path="/api/v1/public/songshan/orders", body=BODY)
    assert answer.status == 201
    assert answer.json["actor"].startswith("visitor:")
    assert VISITOR not in answer.text


def test_a_visitor_without_a_cookie_is_given_one_before_anything_is_done(
    web: tuple[Application, World],
) -> None:
    app, world = web
    answer = ask(app, "POST", BOOK, path="/api/v1/public/songshan/orders", body=BODY, bearer=None)
    problem(answer, 400, "core.visitor.missing")
    assert answer.cookies[0].startswith("v=")
    assert "HttpOnly" in answer.cookies[0]
    assert not world.done


@pytest.mark.parametrize("slug", ["nobody", "UPPER", "a", "x" * 80])
def test_an_unknown_shop_is_missing(web: tuple[Application, World], slug: str) -> None:
    problem(
        visitor(web[0], "POST", BOOK, path=f"/api/v1/public/{slug}/orders", body=BODY),
        404,
        "core.missing",
    )


@pytest.mark.parametrize(
    "trick",
    ["%00", "a%2Fb", "a%5Cb", "%2e%2e", "%252e", "%FF", "x" * 201, "%zz", "a%0Ab", "..%2F", "a%7f"],
)
def test_path_tricks_are_refused(web: tuple[Application, World], trick: str) -> None:
    problem(ask(web[0], "GET", ORDER, path=f"/api/v1/scenic/orders/{trick}"), 400, "core.malformed")


def test_a_path_parameter_is_decoded_once(web: tuple[Application, World]) -> None:
    answer = ask(web[0], "GET", ORDER, path="/api/v1/scenic/orders/%E5%B5%A9%20%E5%B1%B1")
    assert answer.json["id"] == "嵩 山"


def test_what_is_not_there_is_missing(web: tuple[Application, World]) -> None:
    problem(ask(web[0], "GET", ORDER, path="/api/v1/scenic/orders/none"), 404, "core.missing")


def test_unknown_paths_and_methods_are_problems(web: tuple[Application, World]) -> None:
    app, _ = web
    problem(Answer(app.unknown(method="GET", path="/nowhere?x=1", headers={})), 404, "core.path.unknown")
    answer = ask(app, "DELETE", ORDERS)
    problem(answer, 405, "core.method")
    assert answer.headers["Allow"] == "GET, POST"
    page = Answer(app.unknown(method="GET", path="/nowhere", headers={"accept": "text/html"}))
    assert page.status == 404
    assert page.headers["Content-Type"].startswith("text/html")


def test_head_is_a_get_without_its_body(web: tuple[Application, World]) -> None:
    answer = visitor(web[0], "HEAD", "/s/{slug}", path="/s/songshan")
    assert (answer.status, answer.text) == (200, "")


def test_problems_are_told_in_the_readers_language(web: tuple[Application, World]) -> None:
    titles = set()
    for language in ("zh-CN", "en-GB", "ja", "ko"):
        answer = ask(web[0], "GET", ORDERS, bearer=None, headers={"accept-language": language})
        assert answer.headers["Content-Language"] == language[:2]
        titles.add((answer.json["title"], answer.json["detail"]))
    assert len(titles) == 4
    assert "需要登录" in {title for title, _ in titles}


def test_a_refusals_facts_fill_the_sentence_and_stand_beside_it(
    web: tuple[Application, World],
) -> None:
    app, world = web
    world.fail = Full(left=3)
    document = problem(ask(app, "POST", ORDERS, body=BODY), 409, "scenic.slot.full")
    assert document["left"] == 3
    assert document["detail"] == "这个时段只剩 3 张。"
    assert document["remedy"] == "请换一个时段。"


def test_a_crash_tells_nobody_anything(
    web: tuple[Application, World], caplog: pytest.LogCaptureFixture
) -> None:
    app, world = web
    world.fail = RuntimeError("410105199001011234")
    answer = ask(app, "POST", ORDERS, body=BODY)
    problem(answer, 500, "core.crash")
    assert "410105" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text
    assert answer.headers["X-Request-Id"] in caplog.text


def test_a_busy_table_is_a_passing_matter(web: tuple[Application, World]) -> None:
    from botocore.exceptions import ClientError, ConnectTimeoutError
    from pynamodb.exceptions import GetError, TableError

    app, world = web
    throttled = ClientError({"Error": {"Code": "ThrottlingException", "Message": "m"}}, "GetItem")
    for error in (
        throttled,
        GetError("busy", throttled),
        TableError("away", ConnectTimeoutError(endpoint_url="u")),
        Unavailable(),
    ):
        world.fail = error
        answer = ask(app, "POST", ORDERS, body=BODY)
        problem(answer, 503, "core.unavailable")
        assert answer.headers["Retry-After"] == "1"
    world.fail = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "m"}}, "GetItem")
    problem(ask(app, "POST", ORDERS, body=BODY), 500, "core.crash")


def test_a_caller_who_is_too_quick_waits(
    web: tuple[Application, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = web
    monkeypatch.setenv("SONGYUN_RATE_FACTOR", "0.01")
    settings.cache_clear()
    forget_callers()
    try:
        answers = [ask(app, "GET", ORDERS) for _ in range(4)]
    finally:
        monkeypatch.delenv("SONGYUN_RATE_FACTOR")
        settings.cache_clear()
    assert [answer.status for answer in answers] == [200, 200, 429, 429]
    problem(answers[-1], 429, "core.exhausted")
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_every_answer_carries_the_security_headers(web: tuple[Application, World]) -> None:
    app, _ = web
    for answer in (
        ask(app, "GET", ORDERS),
        ask(app, "GET", ORDERS, bearer=None),
        visitor(app, "GET", "/s/{slug}", path="/s/songshan"),
        Answer(app.unknown(method="GET", path="/x", headers={})),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "url", ["//evil.example", "https://evil.example", "/\\evil", "javascript:x", "/a\nb"]
)
def test_nobody_is_sent_to_a_foreign_place(url: str) -> None:
    with pytest.raises(ValueError, match="redirect"):
        Redirect(url)
    Redirect("https://checkout.stripe.com/c/pay/x")


def basic(secret: str, *, name: str = "pms") -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"authorization": "Basic " + b64encode(f"{name}:{secret}".encode()).decode()}


def test_a_basic_door_opens_to_an_api_key_as_password_and_to_no_session(
    web: tuple[Application, World],
) -> None:
    app, _ = web

    def knock(**more: Any) -> Answer:
        return ask(app, "POST", "/partners/echo", raw=b"x", key=None, bearer=None, **more)

    assert knock(headers=basic(KEY)).json == {"tenant": "songshan", "bytes": 1}
    assert knock(headers=basic(KEY, name="")).status == 200
    problem(knock(headers=basic(READER_KEY)), 403, "core.forbidden")
    problem(knock(headers=basic(HOTEL_KEY)), 403, "core.wrong-kind")
    for wrong in (
        {},
        basic("sk_" + "x" * 43),
        basic(KEY + "x" * 600),
        {"authorization": "Basic ***"},
        {"authorization": f"Basic {KEY}"},
    ):
        answer = knock(headers=wrong, cookies={"songyun": SESSION})
        problem(answer, 401, "core.unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_password_opens_no_other_door(web: tuple[Application, World]) -> None:
    answer = ask(web[0], "GET", ORDERS, bearer=None, headers=basic(KEY))
    problem(answer, 401, "core.unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_route_that_could_not_be_kept_is_refused_at_import() -> None:
    class Loose(Asked):
        model_config = ConfigDict(extra="ignore")

    blueprint = Blueprint("x")
    member = Member()
    for wrong in (
        {"method": "POST", "path": "/api/v1/x", "door": member, "body": Loose},
        {"method": "GET", "path": "/api/v1/x", "door": Public()},
        {"method": "GET", "path": "/api/v1/x/", "door": member},
        {"method": "POST", "path": "/api/v1/x", "door": member, "keyless": True},
        {"method": "POST", "path": "/partners/x", "door": Member("owner", kind="hotel", basic=True)},
        {"method": "TRACE", "path": "/api/v1/x", "door": Open()},
    ):
        with pytest.raises(TypeError):
            endpoint(blueprint, use_case="x", **wrong)  # type: ignore[arg-type]


def test_an_unguarded_route_cannot_be_registered() -> None:
    with pytest.raises(TypeError, match="endpoint"):

        @Application("songyun").route("/open")
        def _open() -> str:
            return ""


def test_threads_do_not_take_each_others_request(web: tuple[Application, World]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    app, _ = web

    def once(number: int) -> bool:
        bearer, expected = ((KEY, "songshan"), (HOTEL_KEY, "hotel"))[number % 2]
        return bool(ask(app, "GET", ORDERS, bearer=bearer).json["tenant"] == expected)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(once, range(300)))
