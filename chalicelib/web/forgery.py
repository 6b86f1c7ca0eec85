"""Forgery: a state-changing request of a browser must come from our own page."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from chalicelib.config import settings
from chalicelib.web.incoming import Incoming
from chalicelib.web.refusals import Forged


def require_form(incoming: Incoming, *, given: Any, csrf: str) -> None:
    """Require a form's ``csrf`` field (constant time) and, where the browser tells it, our origin."""
    _refuse_foreign(incoming)
    if not _same(given, csrf):
        raise Forged


def require_same_origin(incoming: Incoming, *, csrf: str) -> None:
    """Require of an API request with cookies that a browser or its ``X-CSRF-Token`` vouches for it.

    Without any cookie of ours nobody's rights are borrowed, so nothing has to be vouched for.
    """
    _refuse_foreign(incoming)
    if not incoming.header("cookie"):
        return
    if incoming.header("sec-fetch-site") or incoming.header("origin"):
        return
    if incoming.header("content-type").partition(";")[0].strip().lower() == "application/json":
        return  # no other site can send this type without a preflight, which we never grant
    if not _same(incoming.header("x-csrf-token"), csrf):
        raise Forged


def _same(given: Any, csrf: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), csrf.encode())


def _refuse_foreign(incoming: Incoming) -> None:
    site = incoming.header("sec-fetch-site")
    if site and site not in {"same-origin", "none"}:
        raise Forged
    origin = incoming.header("origin")
    if not origin:
        return
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        raise Forged from None
    if not host or host not in {incoming.host, urlsplit(settings().base_url).netloc}:
        raise Forged
