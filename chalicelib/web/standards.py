"""What others build on, open to everybody: schemas of events, code lists, the feed's own description."""

import hashlib
import json
from functools import cache, lru_cache
from typing import Any

from chalicelib.config import settings
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.events import INSIDE
from chalicelib.messaging import asyncapi, codelists
from chalicelib.messaging.schemas import contracts
from chalicelib.web.answers import Attachment
from chalicelib.web.http import Blueprint, Call, Open, endpoint

blueprint = Blueprint(__name__)
_SCHEMA = "application/schema+json"
_KEPT = "public, max-age=300"


@endpoint(blueprint, "GET", "/schemas", use_case="web.schemas", door=Open())
def list_schemas(call: Call) -> Attachment:
    """Every type of event that crosses between enterprise and bureau."""
    return _published(call, _catalogue(), "application/json")


@endpoint(blueprint, "GET", "/schemas/{type}", use_case="web.schema", door=Open())
def show_schema(call: Call) -> Attachment:
    """The JSON Schema of one type's data; ``envelope`` is what every event is wrapped in."""
    type = call.path["type"]
    text = _envelope() if type == "envelope" else _schema(type)
    if not text:
        raise Missing
    return _published(call, text, _SCHEMA)


@endpoint(blueprint, "GET", "/codelists", use_case="web.codelists", door=Open())
def list_codes(call: Call) -> Attachment:
    """What the codes in events mean, with source and validity."""
    return _published(call, _codes(), "application/json")


@endpoint(blueprint, "GET", "/asyncapi.json", use_case="web.asyncapi", door=Open())
def show_feed(call: Call) -> Attachment:
    """The AsyncAPI document of the feed."""
    return _published(call, _feed(), "application/json")


def _published(call: Call, text: str, content_type: str) -> Attachment:
    call.set_header("ETag", f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"')
    call.set_header("Cache-Control", _KEPT)
    return Attachment(text, content_type=content_type)


@cache
def _catalogue() -> str:
    public = sorted((one for one in contracts().values() if one.lane != INSIDE), key=lambda one: one.type)
    found = [
        {
            "type": one.type,
            "catalogue": one.catalogue or None,
            "lane": one.lane,
            "kinds": sorted(one.kinds) or None,
            "piiclass": one.piiclass,
            "due_minutes": None if one.due is None else int(one.due.total_seconds() // 60),
            "summary": one.summary,
            "href": f"/schemas/{one.type}",
        }
        for one in public
    ]
    return _text({"envelope": "/schemas/envelope", "schemas": found})


@lru_cache(maxsize=512)  # callers choose the name
def _schema(type: str) -> str:
    contract = contracts().get(type)
    if contract is None or contract.lane == INSIDE:
        return ""
    return _text(asyncapi.schema_document(contract))


@cache
def _envelope() -> str:
    return _text(asyncapi.schema_of_envelope())


@cache
def _codes() -> str:
    return _text(codelists.document(codelists.CODELISTS))


@cache
def _feed() -> str:
    return _text(asyncapi.document(contracts().values(), base_url=settings().base_url))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
