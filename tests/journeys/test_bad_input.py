"""Whatever is sent: a clear 4xx, never a 5xx nor a stack trace, and nothing has changed."""

import contextlib
import http.client
import json
import socket
import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.journeys.callers import Answer
from tests.journeys.refusals import ORDERS, TRACES, order_asked, refused
from tests.journeys.town import AREA, GATE, Town, person

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("unchanged")]


def _nested(levels: int) -> bytes:
    return b'{"product":' + b"[" * levels + b"]" * levels + b"}"


_RAW = {
    "nothing": b"",
    "half a document": b'{"product": "str',
    "a list": b"[]",
    "a number": b"12",
    "null": b"null",
    "not a number": b'{"product": NaN}',
    "infinity": b'{"product": -Infinity}',
    "a number beyond all numbers": b'{"product": 1e999}',
    "a whole number of ten thousand digits": b'{"product": ' + b"9" * 10_000 + b"}",
    "the same key twice": b'{"product": "stroll", "product": "entry"}',
    "a NUL": b'{"product": "a\\u0000b"}',
    "half a character": b'{"product": "\\ud800"}',
    "no UTF-8": b'{"product": "\xff\xfe"}',
    "UTF-16": '{"product": "stroll"}'.encode("utf-16"),
    "fifty levels": _nested(50),
    "a hundred thousand levels": _nested(100_000),
    "markup": b"<order/>",
    "a form": b"product=stroll",
}


@pytest.mark.parametrize("raw", _RAW.values(), ids=_RAW.keys())
def test_a_body_that_is_no_order_is_refused(town: Town, raw: bytes) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
    refused(town.scenic.caller.ask("POST", ORDERS, raw, headers), 400, 422)


@pytest.mark.parametrize("size", [300_000, 900_000, 2_000_000])
def test_a_huge_body_is_refused(town: Town, size: int) -> None:
    body = json.dumps(order_asked(product="a" * size)).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
    address = urlsplit(town.stack.base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.putrequest("POST", ORDERS)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Authorization", f"Bearer {town.scenic.caller.key}")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        connection.send(body)
        response = connection.getresponse()
        answer = Answer(
            status=response.status,
            headers={name.lower(): value for name, value in response.getheaders()},
            body=response.read(),
        )
    finally:
        connection.close()
    refused(answer, 413)


_WRONG = {
    "an unknown product": {"product": "moon"},
    "a product of another type": {"product": 7},
    "an empty product": {"product": ""},
    "a path for a product": {"product": "../../etc/passwd"},
    "a day that is none": {"day": "2026-02-31"},
    "a day long ago": {"day": "1999-01-01"},
    "a day far ahead": {"day": "2999-01-01"},
    "a day in another calendar": {"day": "今天"},
    "a day as a number": {"day": 20261122},
    "a time that is none": {"start": "25:61"},
    "a time that begins no session": {"start": "03:07"},
    "a time with a zone": {"start": "00:00+05:00"},
    "no visitors": {"visitors": []},
    "ten visitors": {"visitors": [person() for _ in range(10)]},
    "visitors as words": {"visitors": "everybody"},
    "a visitor as a list": {"visitors": [[]]},
    "a visitor without a name": {"visitors": [person() | {"name": ""}]},
    "a name of spaces": {"visitors": [person() | {"name": "   "}]},
    "a name of control characters": {"visitors": [person() | {"name": "a\u0007\u202eb"}]},
    "a document of an unknown kind": {
        "visitors": [person() | {"document": {"kind": "badge", "number": "12345"}}]
    },
    "a document with a wrong check digit": {"visitors": [person(number="410100199001011009")]},
    "a document of another script": {"visitors": [person(number="４１０１００１９９００１０１１００８")]},
    "an unknown class": {"visitors": [person(concession="king")]},
    "the same person twice": {"visitors": [person(number="41010019900101100X")] * 2},
    "a field nobody knows": {"tenant": "tn_" + "a" * 26},
}


@pytest.mark.parametrize("changes", _WRONG.values(), ids=_WRONG.keys())
def test_an_order_with_a_wrong_field_is_refused(town: Town, changes: dict[str, Any]) -> None:
    problem = refused(town.scenic.caller.post(ORDERS, order_asked(**changes)))
    if problem["code"] == "core.invalid":
        assert problem["errors"], "it says which field"


_PATHS = [
    "/api/v1/scenic/orders/%2e%2e",
    "/api/v1/scenic/orders/..%2f..%2fcatalogue",
    "/api/v1/scenic/orders/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/api/v1/scenic/orders/a%2Fb",
    "/api/v1/scenic/orders/a%5Cb",
    "/api/v1/scenic/orders/a%00b",
    "/api/v1/scenic/orders/%252e%252e",
    "/api/v1/scenic/orders/%ff%fe",
    "/api/v1/scenic/orders/%c0%ae%c0%ae",
    "/api/v1/scenic/orders/%zz",
    "/api/v1/scenic/orders/%",
    "/api/v1/scenic/orders/" + "a" * 5_000,
    "/api/v1/scenic/orders/or_" + "0" * 26,
    "/api/v1/scenic/orders/" + "%E5%B5%A9" * 60,
    "/api/v1/scenic/orders/T%23tn_x%23ORDER",
    "/api/v1/scenic/areas/nowhere/flow",
    "/api/v1/scenic/areas/%20/flow",
    "/api/v1/nothing/here",
    "/api/v1/scenic//orders",
    "//elsewhere.example/api/v1/scenic/orders",
    "/api/v1/scenic/orders/../orders",
    "/assets/..%2f..%2fapp.py",
    "/assets/%2e%2e",
    "/assets/manifest.json%00.css",
    "/assets/nothing.css",
    "/api/v2/scenic/orders",
    "/hooks/unknown",
]


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path[:50])
def test_a_tricky_address_leads_nowhere(town: Town, path: str) -> None:
    answer = town.scenic.caller.ask("GET", path)
    assert answer.status in (400, 404, 414), (answer.status, answer.text[:300])
    assert not any(trace in answer.text for trace in TRACES)
    assert answer.kind in ("application/problem+json", "text/html")


@pytest.mark.parametrize(
    "query",
    [
        "day=yesterday",
        "limit=0",
        "limit=201",
        "limit=ten",
        "limit=1&limit=2",
        "day=2026-11-22&day=2026-11-23",
        "unknown=1",
        "day=%00",
        "day=%ff",
        "limit=" + "9" * 400,
        "day=" + "a" * 9_000,
    ],
    ids=lambda query: query[:30],
)
def test_a_query_that_makes_no_sense_is_refused(town: Town, query: str) -> None:
    refused(town.scenic.caller.ask("GET", f"{ORDERS}?{query}"), 400, 413, 414, 422)


@pytest.mark.parametrize("cursor", ["x", "%7B%7D", "e30", "====", "a" * 3_000, "eyJhdCI6IFtdfQ"])
def test_a_cursor_that_nobody_gave_out_is_refused(town: Town, cursor: str) -> None:
    path = f"/api/v1/bureau/events?sender={town.scenic.id}&cursor={cursor}"
    refused(town.bureau.caller.ask("GET", path), 400, 422)


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "json",
        "\x80",
    ],
)
def test_a_body_of_another_kind_is_refused(town: Town, kind: str) -> None:
    headers = {"Content-Type": kind, "Idempotency-Key": uuid.uuid4().hex}
    body = json.dumps(order_asked()).encode()
    refused(town.scenic.caller.ask("POST", ORDERS, body, headers), 415)


@pytest.mark.parametrize(
    "key", [None, "", " ", "a" * 81, "two words", "ключ".encode().decode("latin-1"), "{}"]
)
def test_a_request_without_a_proper_key_is_refused(town: Town, key: str | None) -> None:
    headers = {"Content-Type": "application/json"} | ({} if key is None else {"Idempotency-Key": key})
    body = json.dumps(order_asked()).encode()
    refused(town.scenic.caller.ask("POST", ORDERS, body, headers), 400)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_a_method_that_an_address_does_not_know_is_refused(town: Town, method: str) -> None:
    answer = town.scenic.caller.ask(method, ORDERS)
    assert answer.status in (403, 404, 405), (answer.status, answer.text[:200])
    assert not any(trace in answer.text for trace in TRACES)
    if answer.status == 405:
        assert "POST" in answer.headers["allow"]


def test_a_browser_that_asks_for_another_site_is_granted_nothing(town: Town) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answer = town.scenic.caller.ask("OPTIONS", ORDERS, None, headers)
    assert answer.status < 500
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("code", ["", "x", "x" * 19, "x" * 201, "0" * 40, "%" * 40, "A" * 140, "😀" * 30])
def test_a_code_that_is_no_ticket_opens_no_gate(town: Town, code: str) -> None:
    refused(town.scenic.admit(code))


def test_a_gate_or_area_that_is_not_there_admits_nobody(town: Town) -> None:
    caller = town.scenic.caller
    body = {"area": AREA, "code": "A" * 120}
    refused(caller.post("/api/v1/scenic/gates/back/admissions", body), 404)
    refused(caller.post(f"/api/v1/scenic/gates/{GATE}/admissions", body | {"area": "moon"}), 404)
    refused(caller.post(f"/api/v1/scenic/gates/{GATE}/exits", {"area": AREA, "count": 0}), 422)
    refused(caller.post(f"/api/v1/scenic/gates/{GATE}/exits", {"area": AREA, "count": 10**30}), 422)
    refused(caller.put(f"/api/v1/scenic/areas/{AREA}/status", {"status": "gone"}), 422)


def test_what_is_no_http_gets_an_answer_or_a_closed_line_and_the_site_goes_on(town: Town) -> None:
    address = urlsplit(town.stack.base_url)
    for raw in (
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon here\r\n\r\n",
    ):
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=20) as line:
            # Whoever has heard enough may hang up before all is said: that, too, is no answer.
            head = b""
            with contextlib.suppress(OSError):
                line.sendall(raw)
                line.shutdown(socket.SHUT_WR)
            with contextlib.suppress(OSError):
                head = line.recv(65536)
        assert not head or head.split(b" ")[1][:1] in b"4", (raw[:60], head[:100])
        assert b"Traceback" not in head
    assert town.nobody.get("/health").status == 200
