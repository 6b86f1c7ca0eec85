"""What the platform itself answers: its health, its API's document, its assets. No tenant is involved."""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import rfc3339
from chalicelib.web import places
from chalicelib.web.answers import Attachment
from chalicelib.web.http import Blueprint, Call, Open, endpoint, page
from chalicelib.web.registry import Route

blueprint = Blueprint(__name__)


@endpoint(blueprint, "GET", "/health", use_case="web.health", door=Open())
def health(call: Call) -> dict[str, Any]:
    """Whether this process answers. It asks nothing of others: a busy table must not restart a function."""
    return {"status": "ok", "now": rfc3339(call.now)}


@page(blueprint, "GET", "/openapi.json", use_case="web.openapi", door=Open())
def show_document(call: Call) -> Attachment:
    """The API's document."""
    text, tag = _document(call.routes)
    call.set_header("ETag", tag)
    call.set_header("Cache-Control", "public, max-age=300")
    return Attachment(text, content_type="application/json")


@page(blueprint, "GET", "/assets/{name}", use_case="web.asset", door=Open())
def show_asset(call: Call) -> Attachment:
    """A built asset (on AWS the content network answers before this does)."""
    asset = places.read_asset(call.path["name"])
    if asset is None:
        raise Missing
    call.set_header("ETag", f'"{hashlib.sha256(asset.body).hexdigest()[:32]}"')
    text = asset.content_type.startswith(("text/", "image/svg", "application/json"))
    return Attachment(
        asset.body.decode() if text else asset.body,
        content_type=asset.content_type,
        lasting=asset.lasting,
    )


@cache
def _document(every: Callable[[], list[Route]]) -> tuple[str, str]:
    from chalicelib.web import openapi  # only who asks for the document pays for making it

    text = json.dumps(openapi.document(every()), ensure_ascii=False, separators=(",", ":"))
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
