"""From a stored object to the one shown: computed fields, and ``expand``."""

from __future__ import annotations

from .errors import Json, StripeFault
from .store import Record, Unit

MOST_EXPANSIONS = 20
DEEPEST_EXPANSION = 4


def present(unit: Unit, record: Record) -> Json:
    """The object as Stripe would show it."""
    body = dict(record.body)
    if record.kind == "checkout.session":
        # Computed, not stored: the stand-in may come back on another port.
        is_open = body["status"] == "open"
        body["url"] = f"{unit.origin}/c/pay/{record.id}" if is_open else None
    elif record.kind == "event":
        row = unit.sql.execute(
            "SELECT COUNT(*) FROM deliveries WHERE event = ? AND state != 'delivered'", (record.id,)
        ).fetchone()
        body["pending_webhooks"] = int(row[0])
    return body


def line_items(session: Record) -> list[Json]:
    """The line items of a Checkout Session."""
    return [dict(item) for item in session.private["line_items"]]


def expand(unit: Unit, body: Json, *, paths: list[str], account: str) -> Json:
    """Replace ids by their objects along each dotted path."""
    if len(paths) > MOST_EXPANSIONS:
        raise StripeFault("Too many expansions requested.", param="expand")
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST_EXPANSION + (steps[0] == "data"):
            raise StripeFault(
                f"You cannot expand more than {DEEPEST_EXPANSION} levels of a property. Property: {path}",
                param="expand",
            )
        _expand(unit, body, steps=steps, account=account, path=path)
    return body


def _expand(unit: Unit, node: Json, *, steps: list[str], account: str, path: str) -> None:
    step, rest = steps[0], steps[1:]
    if node.get("object") == "list" and step == "data":
        for item in node["data"]:
            if rest:
                _expand(unit, item, steps=rest, account=account, path=path)
        return
    if step == "line_items" and node.get("object") == "checkout.session":
        session = unit.get(node["id"], account=account)
        items = line_items(session) if session else []
        node[step] = {
            "object": "list",
            "data": items,
            "has_more": False,
            "url": f"/v1/checkout/sessions/{node['id']}/line_items",
        }
    elif step == "refunds" and node.get("object") == "charge":
        found = unit.find(
            "refund",
            account=account,
            where=" AND json_extract(body, '$.charge') = ?",
            values=(node["id"],),
        )
        node[step] = {
            "object": "list",
            "data": [present(unit, refund) for refund in found],
            "has_more": False,
            "url": f"/v1/charges/{node['id']}/refunds",
        }
    elif step not in node:
        raise StripeFault(f"This property cannot be expanded ({path}).", param="expand")
    value = node.get(step)
    if isinstance(value, str):
        found_record = unit.get(value, account=account)
        if found_record is None:
            raise StripeFault(f"This property cannot be expanded ({path}).", param="expand")
        value = node[step] = present(unit, found_record)
    if rest and isinstance(value, dict):
        below: Json = dict(value)
        node[step] = below
        _expand(unit, below, steps=rest, account=account, path=path)
