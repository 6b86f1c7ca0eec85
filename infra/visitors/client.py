"""A visitor and an integrator: one kept-alive connection each, nothing that costs more than it must."""

from __future__ import annotations

import http.client
import json
import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit


class Unexpected(Exception):
    """The site answered otherwise than it should; the message shows what it said."""


class SoldOut(Unexpected):
    """The site answered as it should: of what was wanted nothing is left, or nobody more may come in."""


@dataclass
class Answer:
    """Status, headers (lower case) and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """One connection to the site; ``key`` makes it an integrator's, cookies make it a browser."""

    def __init__(self, base_url: str, *, key: str = "") -> None:
        address = urlsplit(base_url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self._key = key
        self.cookies: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def post(self, path: str, body: dict[str, Any], *, expect: int, method: str = "POST") -> Any:
        """A JSON command with an Idempotency-Key of its own."""
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_urlsafe(16),
        }
        answer = self.send(method, path, headers=headers, body=json.dumps(body).encode())
        return _expected(answer, expect, path).json()

    def get(self, path: str, *, expect: int = 200) -> Answer:
        """A page or a file."""
        return _expected(self.send("GET", path, headers={"Accept": "text/html"}), expect, path)

    def submit(self, form: Form, *, expect: int = 303) -> Answer:
        """Send a form as a browser without scripts does; ``expect`` 0 takes any answer."""
        fields = urlencode(form.fields)
        if form.method == "get":
            path = urlsplit(form.action).path
            return self.get(f"{path}?{fields}")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        answer = self.send("POST", form.action, headers=headers, body=fields.encode())
        return _expected(answer, expect, form.action)

    def send(self, method: str, path: str, *, headers: dict[str, str], body: bytes | None = None) -> Answer:
        """One request."""
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self._ask(method, path, headers=headers, body=body)
        content = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, found, content)

    def _ask(
        self, method: str, path: str, *, headers: dict[str, str], body: bytes | None
    ) -> http.client.HTTPResponse:
        """Once more on a new connection where the site has let go of one that rested: commands have keys of
        their own, so what was done after all is not done twice."""
        rested = self._connection.sock is not None
        try:
            return self._once(method, path, headers=headers, body=body)
        except (OSError, http.client.HTTPException) as problem:
            self._connection.close()  # whatever it was, the next request begins anew
            if not rested or not isinstance(problem, ConnectionError | http.client.BadStatusLine):
                raise
        return self._once(method, path, headers=headers, body=body)

    def _once(
        self, method: str, path: str, *, headers: dict[str, str], body: bytes | None
    ) -> http.client.HTTPResponse:
        self._connection.request(method, path, body=body, headers=headers)
        return self._connection.getresponse()


def _expected(answer: Answer, status: int, path: str) -> Answer:
    if status and answer.status != status:
        raise Unexpected(f"{path}: {answer.status} instead of {status}: {answer.body[:300]!r}")
    return answer


@dataclass
class Form:
    """A form with the values it starts with: hidden fields, checked boxes, chosen options."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass
class Sheet:
    """What a page refers to: its forms, styles and scripts."""

    forms: list[Form]
    assets: list[str]

    def form(self, *names: str) -> Form:
        """The first form that has all these fields."""
        for form in self.forms:
            if form.names.issuperset(names):
                return form
        raise Unexpected(f"no form with {names} among {[sorted(form.names) for form in self.forms]}")


def read_page(html: bytes, *, path: str) -> Sheet:
    """The forms and assets of a page at ``path``."""
    reader = _Reader(path)
    reader.feed(html.decode())
    return Sheet(reader.forms, reader.assets)


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path, self._select = path, ""
        self.forms: list[Form] = []
        self.assets: list[str] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action") or self._path, given.get("method", "get").lower())
            self.forms.append(self._open)
        elif tag == "link" and given.get("rel") in {"stylesheet", "modulepreload"}:
            self.assets.append(given["href"])
        elif tag == "script" and given.get("src"):
            self.assets.append(given["src"])
        elif self._open is not None:
            self._field(tag, given, self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _field(self, tag: str, given: dict[str, str], form: Form) -> None:
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            form.fields[self._select] = given.get("value", "")
        if not name or "disabled" in given:
            return
        form.names.add(name)
        if tag == "input":
            chosen = given.get("type", "text") not in {"radio", "checkbox"} or "checked" in given
            if chosen:
                form.fields[name] = given.get("value", "")
