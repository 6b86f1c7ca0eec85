"""Pages behind the door: forms that cannot be forged, second clicks, languages, and problems in words."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.web.application import Application
from tests.unit.web_world import (
    SESSION,
    SONGSHAN,
    VISITOR,
    Answer,
    World,
    ask,
    visitor,
    world_of_web,
)

pytestmark = pytest.mark.unit

SHOP, ORDERS = "/s/{slug}", "/s/{slug}/orders"


@pytest.fixture
def web() -> Iterator[tuple[Application, World]]:
    with world_of_web() as made:
        yield made


def token(app: Application, visitor_secret: str = VISITOR) -> str:
    import hashlib

    return hashlib.sha256(f"csrf:{visitor_secret}".encode()).hexdigest()


def submit(app: Application, *, headers: dict[str, str] | None = None, **fields: str) -> Answer:
    form = {"csrf": token(app), "slot": "am", "quantity": "2", **fields}
    return visitor(app, "POST", ORDERS, path="/s/songshan/orders", form=form, key=None, headers=headers)


def test_a_page_is_html_with_a_visitor_cookie(web: tuple[Application, World]) -> None:
    answer = ask(web[0], "GET", SHOP, path="/s/songshan", bearer=None)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Accept-Language" in answer.headers["Vary"]
    assert len(answer.cookies) == 1
    assert answer.cookies[0].startswith("v=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.cookies[0].split("; "))
    assert not visitor(web[0], "GET", SHOP, path="/s/songshan").cookies


def test_the_page_shows_the_token_that_its_forms_need(web: tuple[Application, World]) -> None:
    answer = visitor(web[0], "GET", SHOP, path="/s/songshan")
    assert token(web[0]) in answer.text
    assert VISITOR not in answer.text


def test_a_form_of_ours_is_taken(web: tuple[Application, World]) -> None:
    app, world = web
    answer = submit(app, headers={"origin": "https://songyun.test", "sec-fetch-site": "same-origin"})
    assert answer.status == 303
    assert answer.headers["Location"] == "/s/songshan/orders/or_1"
    assert len(world.done) == 1


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"csrf": ""}, {}),
        ({"csrf": "0" * 64}, {}),
        ({"csrf": "é"}, {}),
        ({}, {"origin": "https://evil.example"}),
        ({}, {"origin": "null"}),
        ({}, {"origin": "https://songyun.test.evil.example"}),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
    ],
)
def test_a_forged_form_is_refused(
    web: tuple[Application, World], fields: dict[str, str], headers: dict[str, str]
) -> None:
    app, world = web
    answer = submit(app, headers=headers, **fields)
    assert answer.status == 403
    assert "core.csrf" in answer.text
    assert not world.done


def test_another_visitors_token_does_not_help(web: tuple[Application, World]) -> None:
    assert submit(web[0], csrf=token(web[0], "w" * 43)).status == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}],
)
def test_the_api_with_a_session_refuses_foreign_pages(
    web: tuple[Application, World], headers: dict[str, str]
) -> None:
    cookies = {"songyun": SESSION}
    body = {"slot": "am", "quantity": 1}
    path = "/api/v1/scenic/orders"
    answer = ask(web[0], "POST", path, body=body, bearer=None, cookies=cookies, headers=headers)
    assert answer.code == "core.csrf"
    assert ask(web[0], "POST", path, body=body, bearer=None, cookies=cookies).status == 201


def test_a_second_click_does_nothing_twice(web: tuple[Application, World]) -> None:
    app, world = web
    first, again = submit(app, key="f1"), submit(app, key="f1")
    assert first.headers["Location"] == again.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(world.done) == 1
    assert submit(app, key="f1", quantity="3").status == 422


def test_a_page_after_a_change_is_kept_as_plain_values(web: tuple[Application, World]) -> None:
    app, world = web
    first, again = submit(app, key="f1", note="html"), submit(app, key="f1", note="html")
    assert first.status == again.status == 200
    assert len(world.done) == 1
    assert submit(app, key="f2", note="personal").status == 500
    assert len(world.done) == 1
    assert "张三" not in str(world.commands)


def test_a_page_that_words_a_refusal_writes_nothing_of_what_was_collected(
    web: tuple[Application, World],
) -> None:
    app, world = web
    assert submit(app, key="f1", note="refused").status == 409
    assert world.done == []


def test_a_form_that_is_refused_because_it_did_it_before_is_answered_as_then(
    web: tuple[Application, World],
) -> None:
    app, world = web
    first, again = submit(app, key="f1", note="once"), submit(app, key="f1", note="once")
    assert again.headers["Location"] == first.headers["Location"]
    assert submit(app, key="f2", note="once").status == 409
    assert len(world.done) == 1


def test_refused_fields_are_shown_again(web: tuple[Application, World]) -> None:
    answer = submit(web[0], quantity="99")
    assert answer.status == 422
    assert "/quantity" in answer.text


def test_a_missing_session_leads_to_the_login_and_back(web: tuple[Application, World]) -> None:
    app, _ = web
    answer = ask(app, "GET", "/scenic", path="/scenic?day=2026-10-01", bearer=None)
    assert answer.status == 303
    assert answer.headers["Location"] == "/login?next=/scenic%3Fday%3D2026-10-01"
    inside = ask(app, "GET", "/scenic", bearer=None, cookies={"songyun": SESSION})
    assert inside.status == 200
    assert inside.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-Hans"), ("en", "en"), ("ja", "ja"), ("ko", "ko")])
def test_a_problem_in_words(web: tuple[Application, World], language: str, tag: str) -> None:
    answer = visitor(
        web[0],
        "GET",
        SHOP,
        path=f"/s/nobody?lang={language}",
        headers={"referer": "https://songyun.test/s/songshan"},
    )
    assert answer.status == 404
    assert f'lang="{tag}"' in answer.text
    assert "core.missing" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert 'href="/s/songshan"' in answer.text


def test_a_way_back_is_never_to_another_site(web: tuple[Application, World]) -> None:
    for referer in ("https://evil.example/x", "https://songyun.test//evil.example", "x"):
        answer = visitor(web[0], "GET", SHOP, path="/s/nobody", headers={"referer": referer})
        assert "evil" not in answer.text


def test_a_crash_on_a_page_is_told_in_words(
    web: tuple[Application, World], caplog: pytest.LogCaptureFixture
) -> None:
    app, world = web
    world.tenants["songshan"] = replace(SONGSHAN, name="crash")
    answer = visitor(app, "GET", SHOP, path="/s/songshan")
    assert answer.status == 500
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "410105" not in answer.text + caplog.text


def test_the_cookies_language_counts_and_the_links_counts_more(
    web: tuple[Application, World],
) -> None:
    app, _ = web
    answer = visitor(app, "GET", SHOP, path="/s/songshan", cookies={"lang": "ja"})
    assert answer.headers["Content-Language"] == "ja"
    answer = visitor(app, "GET", SHOP, path="/s/songshan?lang=ko", cookies={"lang": "ja"})
    assert answer.headers["Content-Language"] == "ko"
    assert any(cookie.startswith("lang=ko") for cookie in answer.cookies)


def test_a_file_is_bytes_with_a_name(web: tuple[Application, World]) -> None:
    answer = visitor(web[0], "GET", "/s/{slug}/ticket", path="/s/songshan/ticket")
    assert answer.raw["isBase64Encoded"]
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
