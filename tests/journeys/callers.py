"""Callers: who speaks HTTP to the running product, with which credential, and what was answered."""

import http.client
import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

_PROBLEM = "application/problem+json"
_connections = threading.local()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    def problem(self) -> dict[str, Any]:
        """The problem document; the answer must be one."""
        assert self.kind == _PROBLEM, (self.status, self.kind, self.text[:300])
        document: dict[str, Any] = self.json
        assert document["status"] == self.status
        assert document["code"]
        assert document["detail"]
        return document


class Gone(Exception):
    """No answer: whether it was done is not known."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Someone with a credential (an API key, cookies, or nothing) before the site at ``base_url``."""

    base_url: str
    key: str = ""
    cookies: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> Answer:
        return self.ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, body: Any, *, key: str = "") -> Answer:
        """A JSON request under an Idempotency-Key (a fresh one where none is given)."""
        return self.send("POST", path, body, key=key)

    def put(self, path: str, body: Any) -> Answer:
        return self.send("PUT", path, body)

    def send(self, method: str, path: str, body: Any, *, key: str = "") -> Answer:
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key or uuid.uuid4().hex}
        return self.ask(method, path, raw, headers)

    def form(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        given = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", path, urlencode(fields).encode(), given)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request over this thread's kept connection.

        Raises:
            Gone: the connection broke before the answer was whole.
        """
        sent = {**self.headers, **(headers or {})}
        if self.key:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        if self.cookies:
            sent.setdefault("Cookie", self.cookies)
        connection = self._connection()
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Gone(f"{method} {path}: {error!r}") from error
        if response.will_close:
            connection.close()
        lowered = {name.lower(): value for name, value in response.getheaders()}
        cookies = response.headers.get_all("set-cookie") or []
        lowered["set-cookie"] = "; ".join(cookie.partition(";")[0] for cookie in cookies)
        return Answer(status=response.status, headers=lowered, body=text)

    def _connection(self) -> http.client.HTTPConnection:
        kept: dict[str, http.client.HTTPConnection] = _connections.__dict__.setdefault("kept", {})
        if self.base_url not in kept:
            address = urlsplit(self.base_url)
            kept[self.base_url] = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        return kept[self.base_url]

    def with_headers(self, **headers: str) -> "Caller":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


def hang_up() -> None:
    """Forget this thread's kept connections: who answered them may be dead."""
    for connection in _connections.__dict__.pop("kept", {}).values():
        connection.close()


def eventually(holds: Callable[[], bool], *, what: str, seconds: float = 30.0) -> None:
    """Wait until something becomes true; what it is stands in the failure."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


_numbers = itertools.count(1)
_lock = threading.Lock()


def next_number() -> int:
    """A number that no other visitor of this run has."""
    with _lock:
        return next(_numbers)
