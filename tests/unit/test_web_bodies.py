"""Bodies, queries and keys: what is read, what is refused, and what is done only once."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from chalicelib.kernel.errors import Malformed, TooLarge, Unsupported
from chalicelib.kernel.money import Money
from chalicelib.kernel.personal import Personal
from chalicelib.web import body as bodies
from chalicelib.web.application import Application
from chalicelib.web.problem import problem as told
from chalicelib.web.wire import (
    Asked,
    BadCursor,
    Blank,
    LocalMoment,
    MoneyView,
    Several,
    make_cursor,
    read_cursor,
)
from tests.unit.web_routes import Full
from tests.unit.web_world import World, ask, problem, visitor, world_of_web

pytestmark = pytest.mark.unit

ORDERS, BOOK = "/api/v1/scenic/orders", "/api/v1/public/{slug}/orders"
BODY = {"slot": "am", "quantity": 2}


@pytest.fixture
def web() -> Iterator[tuple[Application, World]]:
    with world_of_web() as made:
        yield made


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'\xef\xbb\xbf{"slot":"am","quantity":2}',
        b'{"slot":"am","quantity":NaN}',
        b'{"slot":"am","quantity":Infinity}',
        b'{"slot":"am","quantity":1e999}',
        b'{"slot":"am","slot":"pm","quantity":2}',
        b'{"slot":"a\\u0000m","quantity":2}',
        b'{"slot":"\\ud800","quantity":2}',
        b'{"slot":"am","quantity":' + b"[" * 30 + b"]" * 30 + b"}",
        b'{"slot":' + b"[" * 100_000 + b"}",
        b'{"slot":"am","quantity":' + b"9" * 5000 + b"}",
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_bad_json_is_malformed(web: tuple[Application, World], raw: bytes) -> None:
    problem(ask(web[0], "POST", ORDERS, raw=raw), 400, "core.malformed")


def test_too_much_is_too_large(web: tuple[Application, World]) -> None:
    problem(ask(web[0], "POST", ORDERS, raw=b"[" + b" " * 256_000), 413, "core.too-large")
    problem(ask(web[0], "GET", ORDERS, path=f"{ORDERS}?cursor={'x' * 9000}"), 413, "core.too-large")


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data", "json"])
def test_another_format_is_unsupported(web: tuple[Application, World], media: str) -> None:
    answer = ask(web[0], "POST", ORDERS, raw=b"{}", headers={"content-type": media})
    problem(answer, 415, "core.unsupported-media")


def test_faults_are_told_by_place_and_never_repeat_a_value(web: tuple[Application, World]) -> None:
    secret = "4101051990010112ZZ"
    body = {
        "slot": "",
        "quantity": 99,
        "visitors": [{"name": "张三丰" * 9, "document": secret}],
        secret + "张": 1,
    }
    answer = ask(web[0], "POST", ORDERS, body=body)
    errors = problem(answer, 422, "core.invalid")["errors"]
    assert {(error["at"], error["code"]) for error in errors} == {
        ("/slot", "string_too_short"),
        ("/quantity", "less_than_equal"),
        ("/visitors/0/name", "string_too_long"),
        ("/visitors/0/document", "string_pattern_mismatch"),
        ("/?", "extra_forbidden"),
    }
    assert secret not in answer.text
    assert "张三丰" not in answer.text
    assert "最多 20 个字符。" in {error["detail"] for error in errors}


@pytest.mark.parametrize("language", ["zh", "en", "ja", "ko"])
def test_faults_are_told_in_four_languages(web: tuple[Application, World], language: str) -> None:
    answer = ask(web[0], "POST", ORDERS, body={}, headers={"accept-language": language})
    assert all(error["detail"] for error in problem(answer, 422, "core.invalid")["errors"])
    assert answer.headers["Content-Language"] == language


def test_a_query_is_a_model(web: tuple[Application, World]) -> None:
    app, _ = web
    cursor = make_cursor({"sk": "OR#1"})
    answer = ask(app, "GET", ORDERS, path=f"{ORDERS}?limit=7&states=paid&cursor={cursor}&lang=en")
    assert answer.json == {
        "tenant": "songshan",
        "limit": 7,
        "states": ["paid"],
        "after": {"sk": "OR#1"},
    }
    for wrong in ("limit=201", "limit=0", "limit=x", "limit=1&limit=2", "unknown=1"):
        problem(ask(app, "GET", ORDERS, path=f"{ORDERS}?{wrong}"), 422, "core.invalid")
    problem(ask(app, "GET", ORDERS, path=f"{ORDERS}?cursor=!!"), 400, "core.cursor")


@pytest.mark.parametrize("cursor", ["", "e30", "W10", "eyJhIjoxfQ", "x" * 2000, "eyJhIjoiIn0", "汉"])
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(cursor)


@settings(deadline=None)
@given(
    st.dictionaries(st.text(min_size=1, max_size=9), st.text(min_size=1, max_size=60), min_size=1, max_size=3)
)
def test_a_cursor_comes_back_as_it_was(key: dict[str, str]) -> None:
    try:
        made = make_cursor(key)
    except UnicodeEncodeError:  # a lone surrogate is in no key
        return
    if made is not None and len(made) <= 1500:
        assert read_cursor(made) == key


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for read in (bodies.from_json, bodies.from_form):
        try:
            read(raw)
        except Malformed:
            continue


def test_forms_nest_and_empty_fields_are_not_given() -> None:
    raw = b"slot=am&visitors.2.name=B&visitors.0.name=A&note=+&tag=x&tag=y"
    assert bodies.from_form(raw) == {
        "slot": "am",
        "visitors": [{"name": "A"}, {"name": "B"}],
        "tag": ["x", "y"],
    }
    for wrong in (b"a=1&a.b=2", b"a.b=1&a=2", b"a=%00", b"a=%ff", b"a.b.c.d.e.f.g=1"):
        with pytest.raises(Malformed):
            bodies.from_form(wrong)


def test_an_emptied_box_is_not_given_and_one_tick_of_many_is_a_list() -> None:
    class Choosing(Asked):
        day: Annotated[date | None, Blank] = None
        hour: Annotated[int | None, Blank] = Field(default=None, ge=0, le=23)
        types: Annotated[list[str], Several] = Field(default=[], max_length=2)

    assert Choosing.model_validate({"day": "", "hour": "", "types": "twin"}) == Choosing(types=["twin"])
    assert Choosing.model_validate({"day": "2026-11-22", "hour": "7"}).day == date(2026, 11, 22)
    with pytest.raises(ValidationError, match="less than or equal to 23"):
        Choosing.model_validate({"hour": "24"})
    with pytest.raises(ValidationError, match="at most 2 items"):
        Choosing.model_validate({"types": ["a", "b", "c"]})


def test_a_moment_without_an_offset_is_read_on_zhengzhous_clock() -> None:
    class Lasting(Asked):
        until: LocalMoment

    there = Lasting(until=datetime(2026, 11, 22, 1, 30, tzinfo=UTC))
    for typed in (
        "2026-11-22T09:30",
        " 2026-11-22T09:30 ",
        "2026-11-22T01:30:00Z",
        "2026-11-22T09:30:00+08:00",
    ):
        assert Lasting.model_validate({"until": typed}) == there
    for wrong in ("", "tomorrow", "2026-02-30T09:30"):
        with pytest.raises(ValidationError):
            Lasting.model_validate({"until": wrong})


@pytest.mark.parametrize("key", [None, "", "a b", "x" * 81, "é", "a/b"])
def test_a_write_needs_an_idempotency_key(web: tuple[Application, World], key: str | None) -> None:
    document = problem(ask(web[0], "POST", ORDERS, body=BODY, key=key), 400, "core.idempotency.missing")
    assert "Idempotency-Key" in document["remedy"]
    assert not web[1].done


def test_the_same_command_is_done_once_and_answered_twice(web: tuple[Application, World]) -> None:
    app, world = web
    first = ask(app, "POST", ORDERS, raw=b'{"slot":"am","quantity":2}')
    again = ask(app, "POST", ORDERS, raw=b'{ "quantity": 2, "slot": "am" }')
    assert (again.status, again.json) == (first.status, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(world.done) == 1


def test_a_key_used_for_something_else_is_refused(web: tuple[Application, World]) -> None:
    app, world = web
    ask(app, "POST", ORDERS, body=BODY)
    document = problem(
        ask(app, "POST", ORDERS, body={**BODY, "quantity": 3}), 422, "core.idempotency.mismatch"
    )
    assert document["remedy"]
    assert len(world.done) == 1


def test_a_clash_is_tried_again_and_then_told(web: tuple[Application, World]) -> None:
    app, world = web
    world.clashes = 2
    assert ask(app, "POST", ORDERS, body=BODY).status == 201
    assert (world.runs, len(world.done)) == (3, 1)
    world.clashes = 99
    problem(ask(app, "POST", ORDERS, body=BODY, key="k2"), 409, "core.clash")
    assert world.runs == 3 + 4


def test_a_refusal_of_a_command_that_was_done_is_its_answer(web: tuple[Application, World]) -> None:
    app, world = web
    first = ask(app, "POST", ORDERS, body=BODY)
    world.fail = Full(left=0)  # sold out meanwhile: by this very order
    again = ask(app, "POST", ORDERS, body=BODY)
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    problem(ask(app, "POST", ORDERS, body=BODY, key="k9"), 409, "scenic.slot.full")


def test_a_sold_out_answer_of_its_own_record_reads_nothing(web: tuple[Application, World]) -> None:
    app, world = web
    world.fail = Full(left=0)
    path = "/api/v1/public/songshan/orders"
    visitor(app, "POST", BOOK, path=path, body=BODY)
    assert world.reads == 1
    visitor(app, "POST", BOOK, path=path, body={**BODY, "note": "alone"}, key="k2")
    assert world.reads == 1


def test_two_visitors_with_the_same_key_do_not_meet(web: tuple[Application, World]) -> None:
    app, world = web
    path = "/api/v1/public/songshan/orders"
    first = visitor(app, "POST", BOOK, path=path, body=BODY)
    other = visitor(app, "POST", BOOK, path=path, body=BODY, cookies={"v": "w" * 43})
    assert first.json["id"] != other.json["id"]
    assert len(world.done) == 2


def test_a_webhook_is_read_raw(web: tuple[Application, World]) -> None:
    answer = ask(
        web[0],
        "POST",
        "/hooks/pay",
        raw=b"\xff",
        key=None,
        bearer=None,
        headers={"stripe-signature": "t=1"},
    )
    assert answer.json == {"bytes": 1, "signature": "t=1"}


def test_facts_are_simple_and_personal_data_is_left_out() -> None:
    document = told(
        Full(
            left=Money(12000),
            day=date(2026, 10, 1),
            at=datetime(2026, 10, 1, tzinfo=UTC),
            who=Personal("张三"),
            status=1,
            several=(1, Money(2)),
        ),
        locale="zh",
        request="r",
    ).document
    json.dumps(document)
    assert "张三" not in str(document)
    assert "who" not in document
    assert document["status"] == 409
    assert document["left"] == {"amount": 12000, "currency": "CNY"}
    assert document["detail"] == "这个时段只剩 ¥120 张。"


def test_money_at_the_edge() -> None:
    view = MoneyView.of(Money(12000))
    assert view.model_dump() == {"amount": 12000, "currency": "CNY"}
    assert view.money == Money(12000)


def test_a_compressed_body_is_read_up_to_its_limit() -> None:
    raw = gzip.compress(b"x" * 1_000)
    assert bodies.unpacked(raw, encoding="gzip", limit=1_000) == b"x" * 1_000
    assert bodies.unpacked(b"plain", encoding="", limit=1) == b"plain"
    with pytest.raises(TooLarge):
        bodies.unpacked(raw, encoding="gzip", limit=999)
    for wrong in (b"no gzip", raw[:-4]):
        with pytest.raises(Malformed):
            bodies.unpacked(wrong, encoding="gzip", limit=1_000)
    with pytest.raises(Unsupported):
        bodies.unpacked(raw, encoding="br", limit=1_000)
