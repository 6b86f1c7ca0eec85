"""The API's document: valid, complete, and a promise that is compared with what was promised before."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

import app as composed
from chalicelib.web import openapi
from chalicelib.web.application import Application
from chalicelib.web.registry import ROUTES
from infra import contracts
from tests.unit.web_world import world_of_web

pytestmark = pytest.mark.unit


@pytest.fixture
def small() -> Iterator[dict[str, Any]]:
    with world_of_web() as (app, _):
        yield openapi.document(app.guarded())


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return openapi.document(composed.app.guarded())


def test_the_document_is_valid(whole: dict[str, Any], small: dict[str, Any]) -> None:
    from schemathesis.specs.openapi.definitions import OPENAPI_31

    for document in (whole, small):
        jsonschema_rs.Draft202012Validator(OPENAPI_31).validate(document)
        for name, schema in document["components"]["schemas"].items():
            jsonschema_rs.meta.validate(schema)
            assert schema, name


def test_every_reference_leads_somewhere(whole: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for reference in references(whole):
        target: Any = whole
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


def test_a_model_is_called_by_a_name_and_not_by_its_place_in_our_folders(whole: dict[str, Any]) -> None:
    names = set(whole["components"]["schemas"])
    assert [name for name in names if not name.replace("-", "").isalnum()] == []
    assert {"HotelFolioTakenView", "HotelGuestsTakenView", "ScenicAvailabilityView"} <= names


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_operation_has_its_own_name_and_its_guard(whole: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(whole)]
    assert len(names) == len(set(names))
    for path, _, operation in operations(whole):
        assert path.startswith("/api/v1/")
        assert "security" in operation


def test_every_write_takes_an_idempotency_key(whole: dict[str, Any]) -> None:
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    for _, method, operation in operations(whole):
        assert (key in operation.get("parameters", [])) == (method != "get")


def test_every_route_of_the_application_is_in_the_registry_with_a_door() -> None:
    guarded = composed.app.guarded()
    assert guarded
    assert all(any(route is known for known in ROUTES) for route in guarded)
    assert all(route.door is not None and "." in route.use_case for route in guarded)


def test_variables_at_the_same_place_have_the_same_name() -> None:
    """API Gateway knows one variable per level: two names there cannot be deployed."""
    names: dict[str, str] = {}
    for route in composed.app.guarded():
        parts = route.path.split("/")
        for level, part in enumerate(parts):
            if part.startswith("{"):
                before = "/".join(parts[:level])
                assert names.setdefault(before, part) == part, route.path


def test_the_document_says_what_the_models_say(small: dict[str, Any]) -> None:
    operation = small["paths"]["/api/v1/scenic/orders"]["post"]
    assert operation["security"] == [{"key": []}, {"session": []}]
    assert operation["x-roles"] == ["orders.write"]
    assert operation["x-entitlement"] == "scenic.tickets"
    assert {"201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503"} <= set(
        operation["responses"]
    )
    listed = small["paths"]["/api/v1/scenic/orders"]["get"]["parameters"]
    limit = next(one for one in listed if one["name"] == "limit")
    assert limit["schema"]["maximum"] == 200
    assert not limit["required"]
    assert "/hooks/pay" not in small["paths"]


def test_the_snapshot_is_kept(whole: dict[str, Any]) -> None:
    then = json.loads(contracts.SNAPSHOT.read_text("utf-8"))
    assert contracts.api_breaks(then, whole) == []


def change(document: dict[str, Any], *path: str) -> Any:
    target: Any = document
    for part in path:
        target = target[part]
    return target


ORDERS = ("paths", "/api/v1/scenic/orders")


def test_growing_breaks_nobody(small: dict[str, Any]) -> None:
    new = copy.deepcopy(small)
    schemas = new["components"]["schemas"]
    schemas["HoldOrder"]["properties"]["gift"] = {"type": "boolean"}
    schemas["OrderView"]["properties"]["state"] = {"type": "string"}
    schemas["OrderView"]["required"].append("state")
    schemas["HoldOrder"]["properties"]["quantity"]["maximum"] = 20
    new["paths"]["/api/v1/new"] = {"get": change(new, *ORDERS, "get")}
    assert contracts.api_breaks(small, new) == []


@pytest.mark.parametrize(
    "breaking",
    [
        lambda new: change(new, "paths").pop("/api/v1/scenic/orders"),
        lambda new: change(new, *ORDERS).pop("get"),
        lambda new: change(new, "components", "schemas", "HoldOrder", "properties").pop("slot"),
        lambda new: change(new, "components", "schemas", "HoldOrder", "required").append("note"),
        lambda new: change(new, "components", "schemas", "HoldOrder", "properties", "quantity").update(
            maximum=5
        ),
        lambda new: change(new, "components", "schemas", "Visitor", "properties", "name").update(
            type="integer"
        ),
        lambda new: change(new, "components", "schemas", "OrderView", "properties").pop("id"),
        lambda new: change(new, "components", "schemas", "OrderView", "required").remove("total"),
        lambda new: change(new, "components", "schemas", "MoneyView", "properties", "amount").update(
            type="number"
        ),
        lambda new: change(new, *ORDERS, "post", "responses").pop("201"),
        lambda new: change(new, *ORDERS, "get", "parameters").append(
            {"name": "park", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
        lambda new: change(new, *ORDERS, "get", "parameters").pop(),
    ],
)
def test_shrinking_breaks_somebody(small: dict[str, Any], breaking: Any) -> None:
    new = copy.deepcopy(small)
    breaking(new)
    assert contracts.api_breaks(small, new)


EVENTS = {
    "tourism.scenic.entry.counted.v1": {
        "lane": "tourism.up",
        "piiclass": "p0",
        "schema": {
            "type": "object",
            "required": ["gate", "admitted"],
            "properties": {
                "gate": {"type": "string"},
                "admitted": {"type": "integer", "minimum": 0},
                "reason": {"enum": ["full", "used"]},
            },
        },
    }
}


def test_events_only_grow() -> None:
    new = copy.deepcopy(EVENTS)
    schema: Any = new["tourism.scenic.entry.counted.v1"]["schema"]
    schema["properties"]["area"] = {"type": "string"}
    schema["properties"]["reason"]["enum"].append("void")
    new["tourism.scenic.entry.counted.v2"] = new["tourism.scenic.entry.counted.v1"]
    assert contracts.event_breaks(EVENTS, new) == []
    assert contracts.event_breaks(new, EVENTS)


@pytest.mark.parametrize(
    "breaking",
    [
        lambda event: event["schema"]["properties"].pop("gate"),
        lambda event: event["schema"]["required"].remove("admitted"),
        lambda event: event["schema"]["properties"]["admitted"].update(type="string"),
        lambda event: event["schema"]["properties"]["reason"]["enum"].remove("used"),
        lambda event: event["schema"]["properties"]["admitted"].pop("minimum"),
        lambda event: event.update(lane="tourism.down"),
    ],
)
def test_an_event_that_shrinks_breaks_its_consumers(breaking: Any) -> None:
    new = copy.deepcopy(EVENTS)
    breaking(new["tourism.scenic.entry.counted.v1"])
    assert contracts.event_breaks(EVENTS, new)


def test_the_document_is_served_and_cached() -> None:
    event = {
        "requestContext": {
            "httpMethod": "GET",
            "resourcePath": "/openapi.json",
            "path": "/openapi.json",
        },
        "headers": {},
        "pathParameters": {},
        "multiValueQueryStringParameters": None,
        "body": None,
    }
    answer = composed.app(event, None)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["openapi"] == "3.1.0"
    assert "Set-Cookie" not in answer["multiValueHeaders"]
    event["headers"] = {"if-none-match": answer["headers"]["ETag"]}
    assert composed.app(event, None)["statusCode"] == 304


def test_lambda_finds_every_event_handler_by_its_name() -> None:
    """Chalice names a handler ``app.<function>``: the loop has to set each one on the module."""
    assert isinstance(composed.app, Application)
    for source in composed.app.event_sources:
        module, _, name = source.handler_string.partition(".")
        assert module == "app"
        assert callable(getattr(composed, name)), name


def test_the_configuration_names_only_functions_that_are() -> None:
    config = json.loads((contracts.ROOT / ".chalice" / "config.json").read_text("utf-8"))
    functions = {source.name for source in composed.app.event_sources}
    assert set(config["lambda_functions"]) <= functions


@pytest.mark.parametrize(
    ("before", "after", "owner", "breaks"),
    [
        (["hotel"], ["hotel", "homestay"], "", False),
        (["hotel", "homestay"], ["hotel"], "", True),
        (None, ["hotel"], "", True),
        (["hotel"], None, "", False),
        (None, ["hotel"], "hotel", False),
        (None, ["homestay"], "hotel", True),
        (["hotel", "agency"], None, "hotel", True),
    ],
)
def test_who_could_say_an_event_still_can(
    before: list[str] | None, after: list[str] | None, owner: str, breaks: bool
) -> None:
    def entry(kinds: list[str] | None) -> dict[str, Any]:
        return {"tourism.a.b.c.v1": {"lane": "tourism.up", **({"kinds": kinds} if kinds else {})}}

    assert bool(contracts.event_breaks(entry(before), entry(after), owner=owner)) is breaks
