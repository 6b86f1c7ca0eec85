"""Answers: what a handler may return, and the headers that every answer carries."""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any, Self
from urllib.parse import urlsplit

from chalicelib.config import settings

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
JSON, PROBLEM, HTML = "application/json", "application/problem+json", "text/html; charset=utf-8"


class Html:
    """A page: a template and the plain values that it shows.

    ``status``: 200 where none is given, 422 for a form that ``invalid`` shows again.
    """

    def __init__(self, template: str, /, **context: Any) -> None:
        self.template, self.context = template, context
        self.status: int | None = None

    def with_status(self, status: int) -> Self:
        """This page, answered with another status: a form that is shown again with what was refused."""
        self.status = status
        return self


class Fragment(Html):
    """A piece of a page, for a script that replaces one part of it."""


class Redirect:
    """Go elsewhere: a path of this site, or the payment provider's pages; nothing else is ever sent to."""

    def __init__(self, url: str, status: int = 303) -> None:
        if not (is_local(url) or origin_of(url) in payment_origins()) or _CONTROL.search(url):
            raise ValueError("a redirect leads to a path of this site or to the payment provider")
        self.url, self.status = url, status


class Attachment:
    """A file to download or show: a contract, a receipt, a calendar."""

    def __init__(
        self,
        body: bytes | str,
        *,
        content_type: str,
        name: str = "",
        lasting: bool = False,
        status: int = 200,
    ) -> None:
        self.body, self.content_type, self.name, self.lasting = body, content_type, name, lasting
        self.status = status


Page = Html | Redirect | Attachment


def is_local(url: str) -> bool:
    """Whether ``url`` is a path of this site (``//host`` and ``/\\host`` are not)."""
    return url.startswith("/") and not url.startswith(("//", "/\\")) and not _CONTROL.search(url)


def origin_of(url: str) -> str:
    """``https://host:port`` of a URL, or the empty text."""
    try:
        split = urlsplit(url)
    except ValueError:
        return ""
    return f"{split.scheme}://{split.netloc}" if split.scheme and split.netloc else ""


@cache
def payment_origins() -> frozenset[str]:
    """Where a visitor may be sent to pay."""
    return frozenset({origin_of(settings().stripe_api_base), "https://checkout.stripe.com"} - {""})


@cache
def security_headers() -> Mapping[str, str]:
    """The headers of every answer. No inline script or style anywhere: the policy has no exception."""
    policy = {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "form-action": " ".join(["'self'", *sorted(payment_origins())]),
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if settings().secure_cookies:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def forget_headers() -> None:
    """Compute the headers anew (tests with other settings)."""
    payment_origins.cache_clear()
    security_headers.cache_clear()


def response(
    *,
    status: int,
    body: str | bytes,
    headers: Mapping[str, str],
    cookies: list[str] | None = None,
) -> dict[str, Any]:
    """The proxy response: bytes travel as base64, several cookies as several headers."""
    answer: dict[str, Any] = {
        "statusCode": status,
        "headers": {**security_headers(), **headers},
        "multiValueHeaders": {"Set-Cookie": cookies} if cookies else {},
        "body": body,
        "isBase64Encoded": False,
    }
    if isinstance(body, bytes):
        answer["body"], answer["isBase64Encoded"] = b64encode(body).decode("ascii"), True
    return answer


def cookie(name: str, value: str, *, seconds: int | None, path: str = "/") -> str:
    """A Set-Cookie value: HttpOnly, SameSite=Lax, Secure on https. ``seconds=0`` takes the cookie back."""
    parts = [f"{name}={value}", f"Path={path}", "HttpOnly", "SameSite=Lax"]
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    if settings().secure_cookies:
        parts.append("Secure")
    return "; ".join(parts)
