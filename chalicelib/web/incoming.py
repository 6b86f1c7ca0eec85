"""Incoming: one HTTP request as Lambda's proxy event gives it, decoded exactly once.

API Gateway and Chalice's local server both hand over path parameters undecoded; queries come decoded.
"""

import hmac
import re
import uuid
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from chalicelib.config import settings
from chalicelib.kernel.errors import Malformed, TooLarge

PATH_PART = 200
_QUERY = 8_000
_TRICKS = re.compile(r"[\x00-\x1f\x7f/\\%]")
_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class Incoming:
    """What arrived: method, path, headers (lower-case names), query lists, raw body, who connected.

    ``host`` and ``address`` are the visitor's, also where a content network stands between: it is known by a
    token that only it and we have; nobody else is believed about either. ``routes`` asks the application for
    every route of its own.
    """

    __slots__ = ("_event", "address", "headers", "host", "id", "method", "path", "pattern", "routes")

    def __init__(
        self, event: Mapping[str, Any], context: Any, *, routes: Callable[[], list[Any]] = list
    ) -> None:
        about = event.get("requestContext") or {}
        self._event = event
        self.routes = routes
        self.method: str = about.get("httpMethod") or event.get("httpMethod") or "GET"
        self.pattern: str = about.get("resourcePath") or ""
        self.path: str = event.get("path") or about.get("path") or "/"
        self.headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        near: str = (about.get("identity") or {}).get("sourceIp") or "-"
        at_edge = self._by_edge()
        self.address: str = (self.header("x-viewer-address") if at_edge else "") or near
        self.host: str = (self.header("x-forwarded-host") if at_edge else "") or self.header("host")
        given = about.get("requestId") or getattr(context, "aws_request_id", None) or ""
        self.id: str = given if _ID.match(given) else uuid.uuid4().hex

    def _by_edge(self) -> bool:
        token = settings().edge_token
        return bool(token) and hmac.compare_digest(self.header("x-edge-token").encode(), token.encode())

    def header(self, name: str) -> str:
        """A header's value, or the empty text."""
        value: str = self.headers.get(name, "")
        return value

    @property
    def query(self) -> dict[str, list[str]]:
        """Decoded query parameters, all values of each."""
        given = self._event.get("multiValueQueryStringParameters") or {}
        if sum(len(name) + sum(map(len, values)) for name, values in given.items()) > _QUERY:
            raise TooLarge
        return dict(given)

    def parameters(self) -> dict[str, str]:
        """Path parameters, URL-decoded once.

        Refused: bytes that are no UTF-8, control characters, encoded slashes and backslashes, and a percent
        sign that is left after decoding (whoever decodes twice would see something else than we did).
        """
        return {name: _decoded(raw) for name, raw in (self._event.get("pathParameters") or {}).items()}

    def body(self, *, limit: int) -> bytes:
        """The raw body, refused above ``limit`` bytes."""
        raw = self._event.get("body") or b""
        if len(raw) > limit * 4 // 3 + 4:
            raise TooLarge(limit=limit)
        if self._event.get("isBase64Encoded"):
            raw = b64decode(raw)
        elif isinstance(raw, str):
            raw = raw.encode("utf-8", "surrogatepass")
        if len(raw) > limit:
            raise TooLarge(limit=limit)
        return bytes(raw)

    def cookies(self) -> dict[str, str]:
        """Cookies by name; of a name sent twice the first counts."""
        found: dict[str, str] = {}
        for part in self.header("cookie")[:8_000].split(";"):
            name, equals, value = part.strip().partition("=")
            if equals:
                found.setdefault(name, value)
        return found

    @property
    def url(self) -> str:
        """Path and query as they may be asked for again."""
        query = self.query
        if not query:
            return self.path
        from urllib.parse import urlencode

        return f"{self.path}?{urlencode(query, doseq=True)}"


def _decoded(raw: str) -> str:
    if len(raw) > PATH_PART * 3:
        raise Malformed
    try:
        value = unquote(raw, errors="strict") if "%" in raw else raw
    except UnicodeDecodeError:
        raise Malformed from None
    if not value or len(value) > PATH_PART or value in {".", ".."} or _TRICKS.search(value):
        raise Malformed
    return value
