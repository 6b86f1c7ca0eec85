"""The OpenAPI 3.1 document of ``/api/v1``, made from the routes and their models."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter

from chalicelib.web.doors import SESSION, VISITOR, Member, Open, Public
from chalicelib.web.registry import Route

_Mode = Literal["validation", "serialization"]
_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{(\w+)\}")
_TEXT = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "pattern": r"^[^/\\%\u0000-\u001f\u007f]+$",
}
_SLUG = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,62}$", "examples": ["songshan"]}
_PROBLEMS: Mapping[int, str] = {
    400: "The request cannot be read, or its Idempotency-Key is missing.",
    401: "No valid session or API key.",
    403: "The caller's role, the tenant's plan or its suspension forbids this.",
    404: "There is nothing at this address for this caller.",
    409: "The present state forbids this; `code` says which state.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Fields do not satisfy the model, or the Idempotency-Key was used for another request.",
    429: "Too many requests; wait for Retry-After seconds.",
    500: "Something failed that nobody foresaw; it was alarmed under the request id in `instance`.",
    503: "Temporarily unavailable; repeat after Retry-After seconds with the same Idempotency-Key.",
}


def document(routes: Iterable[Route], *, version: str = "1") -> dict[str, Any]:
    """The document of every API route among ``routes``, in the order of their paths."""
    chosen = sorted((route for route in routes if route.api), key=lambda route: (route.path, route.method))
    schemas, refs = _schemas(chosen)
    paths: dict[str, dict[str, Any]] = {}
    for route in chosen:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Songyun 嵩云 API",
            "version": version,
            "description": (
                "Money is in fen. Instants are RFC 3339 in UTC, days are local dates (Asia/Shanghai). "
                "Every refusal is application/problem+json with a stable `code`. Every request that "
                "changes something carries an Idempotency-Key; its answer is kept for 24 hours."
            ),
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({_tag(route) for route in chosen})],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": _problem_schema()},
            "responses": {f"Problem{status}": _problem_response(status) for status in _PROBLEMS},
            "parameters": {"IdempotencyKey": _key_parameter()},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "an API key, sk_…"},
                "session": {"type": "apiKey", "in": "cookie", "name": SESSION},
                "visitor": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": VISITOR,
                    "description": "32-64 random letters, digits, - or _; given out with every answer",
                },
            },
        },
    }


def _operation(route: Route, schemas: dict[str, Any], refs: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.use_case,
        "tags": [_tag(route)],
        "summary": route.summary or route.use_case,
        "parameters": [
            *(_path_parameter(name) for name in _PARAMETER.findall(route.path)),
            *_query_parameters(route, schemas, refs),
        ],
        "responses": _responses(route, refs),
        "security": _security(route),
    }
    if route.description:
        operation["description"] = route.description
    if isinstance(route.door, Member) and route.door.roles:
        operation["x-roles"] = list(route.door.roles)
    if route.entitlement is not None:
        operation["x-entitlement"] = route.entitlement
    if route.changes and not route.keyless:
        operation["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})
    if route.body is not None:
        schema = refs[route.body, "validation"]
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if not operation["parameters"]:
        del operation["parameters"]
    return operation


def _responses(route: Route, refs: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if route.changes:
        done["headers"] = {
            "Idempotent-Replayed": {
                "description": "`true` when this is the kept answer of an earlier request",
                "schema": {"type": "string", "enum": ["true"]},
            }
        }
    if route.status != 204:
        schema = refs.get((route.answers, "serialization"), {"type": "object"})
        done["content"] = {"application/json": {"schema": schema}}
    possible = {400, 404, 429, 500, 503}
    if not isinstance(route.door, Open):
        possible |= {403}
    if isinstance(route.door, Member):
        possible |= {401}
    if route.query is not None:
        possible |= {422}
    if route.changes:
        possible |= {409, 413, 415, 422, 403}
    return {
        str(route.status): done,
        **{str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(possible)},
    }


def _security(route: Route) -> list[dict[str, list[str]]]:
    match route.door:
        case Member():
            return [{"key": []}, {"session": []}]
        case Public():
            return [{"visitor": []}] if route.changes else [{"visitor": []}, {}]
        case Open():
            return []


def _schemas(routes: list[Route]) -> tuple[dict[str, Any], dict[Any, dict[str, Any]]]:
    """Component schemas, and for each (model, mode) the reference to it."""
    wanted: dict[tuple[Any, _Mode], None] = {}
    for route in routes:
        for model in (route.body, route.query):
            if model is not None:
                wanted[model, "validation"] = None
        if route.answers is not None:
            wanted[route.answers, "serialization"] = None
    inputs = [(model, mode, TypeAdapter(model)) for model, mode in wanted]
    refs, definitions = TypeAdapter.json_schemas(inputs, ref_template=_REF)
    schemas: dict[str, Any] = definitions.get("$defs", {})
    named = {name: _named(name) for name in schemas}
    if len(set(named.values())) != len(named):
        raise ValueError("two models would have one name")
    return (
        {named[name]: _renamed(schema, named) for name, schema in schemas.items()},
        {at: _renamed(schema, named) for at, schema in refs.items()},
    )


def _named(name: str) -> str:
    """A model by its own name; where another has it too, by its module and file before it. A generated
    client's classes are called so, and no folder of ours is anybody's business: ``HotelFolioTakenView``."""
    *place, own = name.split("__")
    if not place:
        return name
    owner = place[1] if place[0] == "tenants" else "core"
    words = [owner, *place[-1].removeprefix("models").removeprefix("api").split("_")]
    return "".join(word.capitalize() for word in words) + own


def _renamed(schema: Any, named: Mapping[str, str]) -> Any:
    if isinstance(schema, list):
        return [_renamed(one, named) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _REF.format(model=named[value.rpartition("/")[2]])
        if key == "$ref" and isinstance(value, str)
        else _renamed(value, named)
        for key, value in schema.items()
    }


def _query_parameters(
    route: Route, schemas: dict[str, Any], refs: Mapping[Any, dict[str, Any]]
) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = refs[route.query, "validation"]
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    required = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": _not_null(about),
            **({"description": about["description"]} if "description" in about else {}),
        }
        for name, about in schema.get("properties", {}).items()
    ]


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is absent rather than null."""
    inner: list[dict[str, Any]] = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(inner) == 1 and len(schema["anyOf"]) == 2:
        return {k: v for k, v in schema.items() if k not in {"anyOf", "default"}} | inner[0]
    return schema


def _path_parameter(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": _SLUG if name == "slug" else _TEXT,
    }


def _key_parameter() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "One value per intention; repeat it when you repeat the request.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,80}$"},
        "example": "order-2026-10-01-000123",
    }


def _problem_response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": _PROBLEMS[status],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in {429, 503}:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 0}}}
    return response


def _problem_schema() -> dict[str, Any]:
    fault = {
        "type": "object",
        "properties": {
            "at": {"type": "string", "description": "JSON pointer into the request"},
            "code": {"type": "string"},
            "detail": {"type": "string"},
        },
        "required": ["at", "code", "detail"],
    }
    return {
        "type": "object",
        "description": "RFC 9457. Further members are facts of this code.",
        "properties": {
            "type": {"type": "string", "examples": ["urn:songyun:problem:scenic.slot.full"]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "in the caller's language"},
            "code": {"type": "string", "description": "stable for ever"},
            "remedy": {"type": "string", "description": "what to do next"},
            "instance": {"type": "string", "description": "the request's id"},
            "errors": {"type": "array", "items": fault},
        },
        "required": ["type", "title", "status", "detail", "code", "instance"],
    }


def _tag(route: Route) -> str:
    return route.use_case.partition(".")[0]
