"""Webhook endpoints: who is told, of what, under which secret."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .calls import API_VERSION, Call
from .errors import Json, StripeFault, missing
from .listing import page
from .present import present
from .store import Record, Unit, new_id

DEFAULT_ID = "we_standin_default"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EVENT_NAME = re.compile(r"\*|[a-z0-9_]+(\.[a-z0-9_]+)+")


def reachable(url: str, *, param: str) -> str:
    """A webhook's address: on this machine only, for a stand-in has no business elsewhere."""
    host = urlsplit(url).hostname or ""
    if host not in LOOPBACK and not host.endswith(".localhost"):
        raise StripeFault(
            f"Invalid URL: the local stand-in delivers to this machine only ({', '.join(LOOPBACK)}).",
            code="url_invalid",
            param=param,
        )
    return url


def create(call: Call, unit: Unit) -> Json:
    """POST /v1/webhook_endpoints: the only answer that shows the secret."""
    params = call.params
    params.only("url", "enabled_events", "description", "metadata", "connect", "api_version")
    url = params.url("url")
    if url is None:
        raise missing("url")
    secret = new_id("whsec_", length=32)
    record = _endpoint(
        unit,
        ident=new_id("we_1"),
        account=call.account,
        url=reachable(url, param="url"),
        events=_events(call) or ["*"],
        secret=secret,
    )
    if not params.texts("enabled_events"):
        raise missing("enabled_events")
    record.private["connect"] = bool(params.flag("connect"))
    record.body["description"] = params.text("description")
    record.body["metadata"] = params.metadata()
    unit.add(record)
    return {**present(unit, record), "secret": secret}


def retrieve(call: Call, unit: Unit) -> Json:
    """GET /v1/webhook_endpoints/{id}"""
    return present(unit, call.subject(unit, kind="webhook_endpoint"))


def update(call: Call, unit: Unit) -> Json:
    """POST /v1/webhook_endpoints/{id}"""
    params = call.params
    params.only("url", "enabled_events", "description", "metadata", "disabled")
    record = call.subject(unit, kind="webhook_endpoint")
    url = params.url("url")
    if url is not None:
        record.body["url"] = reachable(url, param="url")
    if "enabled_events" in params:
        record.body["enabled_events"] = _events(call)
    if "description" in params:
        record.body["description"] = params.text("description")
    disabled = params.flag("disabled")
    if disabled is not None:
        record.body["status"] = "disabled" if disabled else "enabled"
    record.body["metadata"] = params.metadata(before=record.body["metadata"])
    unit.save(record)
    return present(unit, record)


def delete(call: Call, unit: Unit) -> Json:
    """DELETE /v1/webhook_endpoints/{id}: what is still pending for it is given up."""
    record = call.subject(unit, kind="webhook_endpoint")
    _remove(unit, record)
    return {"id": record.id, "object": "webhook_endpoint", "deleted": True}


def listed(call: Call, unit: Unit) -> Json:
    """GET /v1/webhook_endpoints"""
    call.params.only("limit", "starting_after", "ending_before")
    return page(call, unit, kind="webhook_endpoint", url="/v1/webhook_endpoints")


def settle_default(unit: Unit, *, url: str | None, secret: str | None, events: list[str]) -> None:
    """The endpoint of the command line: hears the platform and every connected account."""
    record = unit.get(DEFAULT_ID, account="", kind="webhook_endpoint")
    if url is None or secret is None:
        if record is not None:
            _remove(unit, record)
        return
    fresh = _endpoint(unit, ident=DEFAULT_ID, account="", url=url, events=events, secret=secret)
    fresh.private["everyone"] = True
    fresh.body["description"] = "From the stand-in's command line"
    if record is None:
        unit.add(fresh)
    else:
        fresh.body["created"] = record.body["created"]
        unit.save(fresh)


def _remove(unit: Unit, record: Record) -> None:
    """With it goes what was still on its way to it."""
    unit.remove(record)
    unit.sql.execute(
        "UPDATE deliveries SET state = 'failed', last_error = 'endpoint removed', done_at = ?"
        " WHERE endpoint = ? AND state = 'pending'",
        (unit.instant, record.id),
    )


def _events(call: Call) -> list[str]:
    names = call.params.texts("enabled_events", most=300)
    for index, name in enumerate(names):
        if not _EVENT_NAME.fullmatch(name):
            raise StripeFault(f"Invalid enabled_events[{index}]: {name}", param=f"enabled_events[{index}]")
    return names


def _endpoint(unit: Unit, *, ident: str, account: str, url: str, events: list[str], secret: str) -> Record:
    return Record(
        kind="webhook_endpoint",
        id=ident,
        account=account,
        body={
            "id": ident,
            "object": "webhook_endpoint",
            "api_version": API_VERSION,
            "application": None,
            "created": unit.now,
            "description": None,
            "enabled_events": events,
            "livemode": False,
            "metadata": {},
            "status": "enabled",
            "url": url,
        },
        private={"secret": secret},
    )
