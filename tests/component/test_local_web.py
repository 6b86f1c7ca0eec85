"""The local site's HTTP: what it reads, what it refuses, and that threads do not mix requests up."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.web import platform
from infra.local.web import MAX_BODY, MAX_HEADERS, MAX_LINE, Site
from tests.unit.web_routes import application
from tests.unit.web_world import World

HOOK = "/hooks/pay"  # says how many bytes came, and one header


class Heard:
    """One answer as it came over the wire."""

    def __init__(self, wire: Any) -> None:
        first, *lines = iter(lambda: wire.readline().decode("latin-1").strip(), "")
        self.status = int(first.split()[1])
        pairs = (line.partition(":") for line in lines)
        self.headers = {name.lower(): value.strip() for name, _, value in pairs}
        self.text = wire.read(int(self.headers.get("content-length", "0"))).decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)


Say = Callable[..., list[Heard]]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    app = application(World())
    app.register_blueprint(platform.blueprint)
    made = Site(app=app, port=0)
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield made
    made.finish()
    made.server_close()


@pytest.fixture
def say(site: Site) -> Say:
    """Send bytes over one connection; as many answers as messages. ``closed``: nothing follows them."""

    def spoken(*messages: bytes, closed: bool = False) -> list[Heard]:
        with socket.create_connection(("127.0.0.1", site.server_address[1]), timeout=10) as wire:
            answers = wire.makefile("rb")
            wire.sendall(b"".join(messages))
            heard = [Heard(answers) for _ in messages]
            assert not closed or answers.read() == b""
            return heard

    return spoken


def asked(target: str = "/health", method: str = "GET", *headers: str, body: bytes = b"") -> bytes:
    more = [f"Content-Length: {len(body)}"] if body else []
    lines = [f"{method} {target} HTTP/1.1", "Host: songyun.test", *headers, *more, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def test_a_kept_connection_answers_one_request_after_the_other(say: Say) -> None:
    both = say(asked(), asked(HOOK, "POST", body="付款".encode()))
    assert [answer.status for answer in both] == [200, 200]
    assert both[0].json["status"] == "ok"
    assert both[1].json["bytes"] == 6


def test_a_connection_that_is_not_to_be_kept_ends(say: Say) -> None:
    (answer,) = say(asked("/health", "GET", "Connection: close"), closed=True)
    assert answer.headers["connection"] == "close"
    (old,) = say(b"GET /health HTTP/1.0\r\n\r\n", closed=True)
    assert old.status == 200


def test_an_address_that_is_not_there_is_said_in_the_readers_way(say: Say) -> None:
    problem, page = say(asked("/nowhere?x=1"), asked("/nowhere", "GET", "Accept: text/html"))
    assert (problem.status, page.status) == (404, 404)
    assert problem.headers["content-type"] == "application/problem+json"
    assert "<html" in page.text
    bearer, wrong = say(
        asked("/nowhere", "GET", "Authorization: Bearer x"), asked("/health", "OPTIONS", "Origin: http://a")
    )
    assert bearer.status == 404
    assert (wrong.status, wrong.headers["allow"]) == (405, "GET")


def test_a_head_has_the_headers_and_no_body(say: Say) -> None:
    (answer,) = say(asked("/health", "HEAD"))
    assert (answer.status, answer.text) == (200, "")


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET http://elsewhere/ HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2\r\n\r\n", 400),
        (b"GET /" + b"a" * MAX_LINE + b" HTTP/1.1\r\n\r\n", 414),
        (asked("/health", "GET", "a b"), 431),
        (asked("/health", "GET", "A : b"), 431),
        (asked("/health", "GET", "A: " + "b" * MAX_LINE), 431),
        (asked("/health", "GET", *(f"A{n}: b" for n in range(MAX_HEADERS + 1))), 431),
        (asked(HOOK, "POST", "Transfer-Encoding: chunked"), 411),
        (asked(HOOK, "POST", "Content-Length: -1"), 400),
        (asked(HOOK, "POST", f"Content-Length: {MAX_BODY + 1}"), 413),
    ],
)
def test_what_is_no_sound_request_is_refused_and_ends_the_connection(
    say: Say, message: bytes, status: int
) -> None:
    (answer,) = say(message, closed=True)
    assert answer.status == status
    assert answer.headers["connection"] == "close"
    assert answer.json["request_id"]


def test_who_sends_too_much_still_reads_why_it_was_refused(say: Say) -> None:
    for _ in range(10):
        (answer,) = say(asked(HOOK, "POST", body=b"x" * (MAX_BODY + 1)), closed=True)
        assert answer.status == 413


def test_headers_of_the_same_name_are_joined(say: Say) -> None:
    (answer,) = say(asked(HOOK, "POST", "Stripe-Signature: a", "Stripe-Signature: b", body=b"x"))
    assert answer.json["signature"] == "a, b"


def test_an_answer_cannot_smuggle_a_header(site: Site, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    split = {"statusCode": 200, "headers": {"X-A": "1\r\nX-B: 2"}, "body": "fine"}
    monkeypatch.setattr(site, "answer", lambda **_: split)
    (answer,) = say(asked())
    assert answer.headers["x-a"] == "1  X-B: 2"
    assert "x-b" not in answer.headers


def test_a_bug_in_the_application_is_a_problem_without_its_history(
    site: Site, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(**_: Any) -> Any:
        raise RuntimeError("410105199001011234")

    monkeypatch.setattr(site, "answer", crash)
    (answer,) = say(asked())
    assert answer.status == 500
    assert "410105" not in answer.text


def test_requests_at_once_do_not_mix(say: Say) -> None:
    def one(size: int) -> bool:
        (answer,) = say(asked(HOOK, "POST", f"Stripe-Signature: {size}", body=b"x" * size))
        found: dict[str, Any] = answer.json
        return found == {"bytes": size, "signature": str(size)}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(1, 65)))


def test_what_is_in_hand_is_answered_before_the_site_stops() -> None:
    site = Site(app=application(World()), port=0)
    began, go = threading.Event(), threading.Event()

    def slowly(**_: Any) -> dict[str, Any]:
        began.set()
        go.wait(10)
        return {"statusCode": 200, "headers": {}, "body": "done"}

    site.answer = slowly  # type: ignore[method-assign]
    threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    with socket.create_connection(("127.0.0.1", site.server_address[1]), timeout=10) as wire:
        wire.sendall(asked())
        assert began.wait(10)
        stopping = threading.Thread(target=site.finish)
        stopping.start()
        go.set()
        assert Heard(wire.makefile("rb")).text == "done"
        stopping.join(10)
        assert not stopping.is_alive()
    site.server_close()
