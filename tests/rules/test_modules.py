"""The laws that hold for every module: what its folder holds, what it publishes, how it is reached."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chalicelib.control import routes as control_routes
from chalicelib.kernel.events import DOWN
from chalicelib.kernel.module import Module
from chalicelib.messaging import schemas
from chalicelib.web.body import from_json
from chalicelib.web.doors import Member, Open, Public
from chalicelib.web.registry import ROUTES, Route
from tenants import kinds, modules
from tests.rules.sources import ROOT, files, syntax

MODULES = modules()
LANES, CLASSES = {"up", "down", "inside", "out"}, {"p0", "p1"}
_TYPE = re.compile(r"^tourism\.[a-z]+(\.[a-z]+){1,2}\.v[1-9][0-9]*$")


@pytest.fixture(params=MODULES, ids=lambda module: module.key)
def module(request: pytest.FixtureRequest) -> Module:
    found: Module = request.param
    return found


def contract_of(module: Module) -> Mapping[str, Any]:
    """The module's own contract, as written."""
    found: Mapping[str, Any] = json.loads(module.contract.read_text("utf-8"))
    return found


@pytest.mark.parametrize("part", ["manifest", "domain", "usecases", "store", "routes"])
def test_a_module_has_the_same_inside_as_every_other(module: Module, part: str) -> None:
    folder = ROOT / "tenants" / module.key
    assert (folder / f"{part}.py").is_file() or (folder / part / "__init__.py").is_file()


@pytest.mark.parametrize("file", ["README.md", "events.json"])
def test_a_module_says_what_it_is(module: Module, file: str) -> None:
    assert len((ROOT / "tenants" / module.key / file).read_text("utf-8")) > 200


def test_a_module_that_listens_has_an_inbox_and_one_that_does_not_has_none(module: Module) -> None:
    folder = ROOT / "tenants" / module.key
    has = (folder / "inbox.py").is_file() or (folder / "inbox").is_dir()
    assert (module.inbox is not None) == bool(module.consumes)
    assert has or module.inbox is None
    assert bool(module.sources) == bool(module.consumes)


def test_what_comes_from_above_reaches_every_kind_once() -> None:
    """By its own module, or carried for it until it has one; a new module takes its kind from ``carries``."""
    carried = [kind for module in modules() for kind in module.carries]
    listening = [module.key for module in modules() if DOWN in module.sources and not module.carries]
    authority = [module.key for module in modules() if module.carries]
    assert sorted(carried + listening + authority) == sorted(kinds())


def test_a_key_is_the_folders_name(module: Module) -> None:
    assert (ROOT / "tenants" / module.key).is_dir()
    assert re.fullmatch(r"[a-z]{3,20}", module.key)


def test_every_type_a_module_publishes_is_in_a_contract_it_may_say(module: Module) -> None:
    for type_ in module.publishes:
        found = schemas.contracts()[type_]
        assert not found.kinds or module.key in found.kinds


def test_every_type_a_module_says_is_among_those_it_publishes(module: Module) -> None:
    said = {
        keyword.value.value
        for path in files(f"tenants/{module.key}")
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Event"
        for keyword in node.keywords
        if keyword.arg == "type" and isinstance(keyword.value, ast.Constant)
    }
    assert said <= set(module.publishes)


def test_a_contract_is_whole(module: Module) -> None:
    for type_, entry in contract_of(module).items():
        assert _TYPE.match(type_), type_
        if set(entry) == {"kinds"}:
            continue
        assert entry["piiclass"] in CLASSES
        assert entry["lane"].rsplit(".", 1)[-1] in LANES
        assert entry["due_minutes"] is None or entry["due_minutes"] > 0
        assert entry["summary"]
        assert entry["schema"]["type"] == "object"
        assert entry["schema"]["additionalProperties"] is False, type_


@pytest.mark.parametrize("type_", sorted(schemas.contracts()))
def test_no_event_has_a_field_for_a_person(type_: str) -> None:
    assert list(schemas.personal_fields(schemas.contracts()[type_].schema)) == []


@pytest.mark.parametrize("field", ["name", "visitorName", "phone", "idNumber", "passport", "email"])
def test_a_field_for_a_person_would_be_seen(field: str) -> None:
    schema = {"type": "object", "properties": {"inner": {"properties": {field: {"type": "string"}}}}}
    assert list(schemas.personal_fields(schema)) != []


@pytest.fixture(scope="module")
def application() -> Any:
    from app import app

    return app


def test_every_route_that_is_served_was_declared_with_a_door(application: Any) -> None:
    declared = {(route.path, route.method) for route in ROUTES}
    served = {(path, method) for path, methods in application.routes.items() for method in methods}
    assert served <= declared
    assert len(served) > 30
    assert all(isinstance(route.door, Member | Open | Public) for route in ROUTES)


def test_every_route_is_served_once(application: Any) -> None:
    served = [(path, method) for path, methods in application.routes.items() for method in methods]
    assert len(served) == len(set(served))


def _changing(application: Any) -> list[Route]:
    served = {(path, method) for path, methods in application.routes.items() for method in methods}
    return [route for route in ROUTES if route.changes and (route.path, route.method) in served]


def test_every_post_of_the_api_demands_an_idempotency_key(application: Any) -> None:
    for route in _changing(application):
        if route.path.startswith("/api/v1/"):
            assert route.api, route.path
            assert not route.keyless, route.path


def test_only_webhooks_and_protocols_of_others_are_keyless(application: Any) -> None:
    for route in _changing(application):
        if route.keyless:
            begin = "/hooks/" if isinstance(route.door, Open) else "/partners/"
            assert route.path.startswith(begin), route.path


def test_a_door_for_protocols_of_others_names_its_kind_and_its_roles(application: Any) -> None:
    for route in _changing(application):
        if isinstance(route.door, Member) and route.door.basic:
            assert route.door.kind, route.path
            assert route.door.roles, route.path


def test_a_member_route_of_a_module_names_its_kind(application: Any) -> None:
    kinds = {module.key for module in MODULES}
    for route in application.guarded():
        kind = route.path.removeprefix("/api/v1/").split("/")[0]
        if route.api and kind in kinds and isinstance(route.door, Member):
            assert route.door.kind == kind, f"{route.method} {route.path}"


def test_no_body_field_chooses_the_tenant(application: Any) -> None:
    """Control's own routes excepted: there the platform's operator acts on tenants."""
    assert control_routes.blueprint is not None
    for route in _changing(application):
        fields = set(route.body.model_fields) if route.body is not None else set()
        if route.use_case.split(".")[0] in {module.key for module in MODULES}:
            assert not fields & {"tenant", "tenant_id", "tenantid"}, route.path


def _said_at_the_edge(application: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of every schema of a body or query, with the route that takes it."""

    def parts(node: Any) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict):
            yield node
            node = list(node.values())
        for inner in node if isinstance(node, list) else ():
            yield from parts(inner)

    for route in application.guarded():
        for model in (route.body, route.query):
            if model is not None:
                for part in parts(model.model_json_schema()):
                    yield f"{route.method} {route.path}", part


def test_digits_and_clocks_at_the_edge_are_plain(application: Any) -> None:
    """``\\d`` of a pattern is any script's digit (``२०२६``), and a time may carry a zone: both crash what
    reads them. ``[0-9]`` and ``WallTime`` say what is meant."""
    asked = list(_said_at_the_edge(application))
    assert sum("pattern" in part for _, part in asked) > 100
    for where, part in asked:
        assert part.get("format") != "time", where
        assert not re.search(r"\\[dws]", str(part.get("pattern", ""))), (where, part["pattern"])


def test_a_statutory_route_asks_for_no_entitlement(application: Any) -> None:
    sold = {feature for module in MODULES for feature in module.entitlements}
    duties = {duty for module in MODULES for duty in module.duties}
    assert not sold & duties
    for route in ROUTES:
        if route.entitlement is not None and route.use_case.split(".")[0] in {m.key for m in MODULES}:
            assert route.entitlement in sold, route.path


def test_a_body_is_read_strictly() -> None:
    assert from_json(b'{"a": 1}') == {"a": 1}
    with pytest.raises(Exception, match="malformed"):
        from_json(b'{"a": 1, "a": 2}')
