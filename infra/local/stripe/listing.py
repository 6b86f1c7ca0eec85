"""Lists in Stripe's shape, paged by object id."""

from __future__ import annotations

from .calls import Call
from .errors import Json, StripeFault, no_such
from .present import present
from .store import Unit

_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(
    call: Call,
    unit: Unit,
    *,
    kind: str,
    url: str,
    where: str = "",
    values: tuple[object, ...] = (),
) -> Json:
    """One page, newest first. Reads limit, starting_after, ending_before and created."""
    params = call.params
    limit = params.integer("limit")
    limit = 10 if limit is None else limit
    if not 1 <= limit <= 100:
        raise StripeFault(
            "Invalid integer: limit must be between 1 and 100",
            code="parameter_invalid_integer",
            param="limit",
        )
    params.one_of("starting_after", "ending_before")
    forward = True
    for key, sign in (("starting_after", "<"), ("ending_before", ">")):
        ident = params.text(key)
        if ident is not None:
            cursor = unit.get(ident, account=call.account, kind=kind)
            if cursor is None:
                raise no_such(kind=kind, ident=ident, param=key, in_path=False)
            where += f" AND seq {sign} ?"
            values = (*values, cursor.seq)
            forward = key == "starting_after"
    bounds, times = _created(call)
    found = unit.find(
        kind,
        account=call.account,
        where=where + bounds,
        values=(*values, *times),
        limit=limit + 1,
        ascending=not forward,
    )
    shown = found[:limit] if forward else list(reversed(found[:limit]))
    return {
        "object": "list",
        "data": [present(unit, record) for record in shown],
        "has_more": len(found) > limit,
        "url": url,
    }


def filters(call: Call, *keys: str) -> tuple[str, tuple[object, ...]]:
    """SQL for the plain equality filters a list offers: each key is a field of the same name."""
    where, values = "", []
    for key in keys:
        wanted = call.params.text(key)
        if wanted is not None:
            where += f" AND json_extract(body, '$.{key}') = ?"
            values.append(wanted)
    return where, tuple(values)


def flags(call: Call, *keys: str) -> tuple[str, tuple[object, ...]]:
    """The same for boolean fields."""
    where, values = "", []
    for key in keys:
        wanted = call.params.flag(key)
        if wanted is not None:
            where += f" AND json_extract(body, '$.{key}') = ?"
            values.append(int(wanted))
    return where, tuple(values)


def _created(call: Call) -> tuple[str, tuple[object, ...]]:
    value = call.params.values.get("created")
    if isinstance(value, str):
        at = call.params.integer("created")
        return (" AND created = ?", (at,)) if at is not None else ("", ())
    nested = call.params.nested("created")
    if nested is None:
        return "", ()
    nested.only(*_BOUNDS)
    where, times = "", []
    for key, sign in _BOUNDS.items():
        at = nested.integer(key)
        if at is not None:
            where += f" AND created {sign} ?"
            times.append(at)
    return where, tuple(times)
