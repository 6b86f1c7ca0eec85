"""Events: written in the transaction of what they tell, delivered afterwards."""

from __future__ import annotations

from .calls import API_VERSION, Call
from .errors import Json
from .listing import page
from .present import present
from .store import Record, Unit, new_id


def emit(unit: Unit, kind: str, *, subject: Record, before: Json | None = None) -> Record:
    """Record that something happened to ``subject``, and queue it for every endpoint that asked.

    ``before`` are the previous values of changed fields, told with ``*.updated`` events only.
    """
    data: Json = {"object": present(unit, subject)}
    if before is not None:
        data["previous_attributes"] = before
    body: Json = {
        "id": new_id("evt_1"),
        "object": "event",
        "api_version": API_VERSION,
        "created": unit.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": unit.request_id, "idempotency_key": unit.idempotency_key},
        "type": kind,
    }
    if subject.account:
        body["account"] = subject.account
    event = unit.add(Record(kind="event", id=body["id"], account=subject.account, body=body))
    for endpoint in unit.find("webhook_endpoint", account=None):
        if _wants(endpoint, event=event):
            unit.sql.execute(
                "INSERT INTO deliveries (event, account, endpoint, state, next_at, created)"
                " VALUES (?, ?, ?, 'pending', ?, ?)",
                (event.id, event.account, endpoint.id, unit.instant, unit.instant),
            )
            unit.stirred = True
    return event


def _wants(endpoint: Record, *, event: Record) -> bool:
    body, private = endpoint.body, endpoint.private
    if body["status"] != "enabled":
        return False
    chosen = body["enabled_events"]
    if "*" not in chosen and event.body["type"] not in chosen:
        return False
    if private.get("everyone"):
        return True
    # A Connect endpoint of the platform hears its connected accounts; any other only its own account.
    if private.get("connect"):
        return bool(event.account)
    return endpoint.account == event.account


def retrieve(call: Call, unit: Unit) -> Json:
    """GET /v1/events/{id}"""
    return present(unit, call.subject(unit, kind="event"))


def listed(call: Call, unit: Unit) -> Json:
    """GET /v1/events"""
    call.params.only(
        "type", "types", "created", "delivery_success", "limit", "starting_after", "ending_before"
    )
    where, values = "", []
    kind = call.params.text("type")
    kinds = call.params.texts("types", most=20) or ([kind] if kind else [])
    if kinds:
        tests = []
        for wanted in kinds:
            tests.append("json_extract(body, '$.type') GLOB ?")
            values.append(wanted)
        where = f" AND ({' OR '.join(tests)})"
    succeeded = call.params.flag("delivery_success")
    if succeeded is not None:
        late = "SELECT 1 FROM deliveries WHERE deliveries.event = objects.id AND state != 'delivered'"
        where += f" AND {'NOT ' if succeeded else ''}EXISTS ({late})"
    return page(call, unit, kind="event", url="/v1/events", where=where, values=tuple(values))
