"""What others build on: schemas, code lists and the feed's description, open and cached."""

import json
import re
from collections.abc import Iterator
from typing import Any

import fastjsonschema
import pytest
from chalice.test import Client

from chalicelib.messaging.codelists import CODELISTS, DISTRICTS, STATISTICS_ONLY
from chalicelib.messaging.schemas import ENVELOPE, contracts
from infra.local.fixture import Stack
from tests.feed_world import entry


@pytest.fixture
def http(engine: Stack) -> Iterator[Any]:
    from app import app

    with Client(app) as client:
        yield client.http


PATHS = ("/schemas", "/schemas/envelope", "/codelists", "/asyncapi.json")


@pytest.mark.parametrize("path", PATHS)
def test_it_is_open_and_cached(http: Any, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = http.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.body) == (304, b"")


def test_every_schema_that_is_listed_can_be_read_and_used(http: Any) -> None:
    listed = json.loads(http.get("/schemas").body)["schemas"]
    assert {one["type"] for one in listed} == {
        name for name, contract in contracts().items() if contract.lane != "tourism.inside"
    }
    for one in listed:
        schema = json.loads(http.get(one["href"]).body)
        assert schema["$id"] == f"urn:tourism:schema:{one['type'].removeprefix('tourism.')}"
        fastjsonschema.compile(schema)
    event = entry(3)
    schema = json.loads(http.get(f"/schemas/{event['type']}").body)
    fastjsonschema.compile(schema)(event["data"])
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        fastjsonschema.compile(schema)({**event["data"], "guestName": "x"})


def test_the_published_envelope_is_the_one_we_check_by(http: Any) -> None:
    envelope = json.loads(http.get("/schemas/envelope").body)
    assert "\\Z" not in json.dumps(envelope), "Python's anchor means nothing elsewhere"
    assert set(envelope["properties"]) == set(ENVELOPE["properties"])
    fastjsonschema.compile(envelope)(entry(1))


@pytest.mark.parametrize("name", ["tourism.scenic.ticket.scanned.v1", "nothing", "tourism.a.b.v1"])
def test_what_stays_inside_is_nobodys_business(http: Any, name: str) -> None:
    answer = http.get(f"/schemas/{name}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_the_feed_describes_itself_without_a_loose_end(http: Any) -> None:
    document = json.loads(http.get("/asyncapi.json").body)
    assert document["asyncapi"] == "3.0.0"
    references = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)))
    assert references
    for reference in references:
        target: Any = document
        for part in reference.split("/"):
            target = target[part]
    up = document["channels"]["up"]["messages"]
    assert "scenic.entry.counted.v1" in up
    assert "agency.group.filed.v1" in up
    assert "scenic.ticket.scanned.v1" not in document["components"]["messages"]
    assert "alert.public.issued.v1" in document["channels"]["down"]["messages"]


def test_codes_are_rows_with_source_and_validity(http: Any) -> None:
    lists = {one["key"]: one for one in json.loads(http.get("/codelists").body)["codelists"]}
    assert len(lists) == len(CODELISTS)
    for one in lists.values():
        codes = [row["code"] for row in one["codes"]]
        assert one["source"]
        assert len(codes) == len(set(codes))
        assert all(row["valid_from"] and row["titles"]["zh"] and row["titles"]["en"] for row in one["codes"])
    zones = [row["code"] for row in lists["districts"]["codes"] if row["note"] == STATISTICS_ONLY]
    assert zones == ["410171", "410172", "410173"]
    assert len(DISTRICTS.codes) == 16


def test_contracts_and_code_lists_say_the_same_codes() -> None:
    lists = {one.key: {code.code for code in one.codes} for one in CODELISTS}

    def field(type: str, name: str) -> set[str]:
        return set(contracts()[f"tourism.{type}"].schema["properties"][name]["enum"])

    assert field("commerce.payment.settled.v1", "method") == lists["payment-methods"]
    assert field("commerce.order.placed.v1", "channel") == lists["channels"]
    assert field("commerce.order.placed.v1", "element") == lists["elements"]
    assert field("scenic.status.changed.v1", "status") == lists["statuses"]
    assert field("scenic.flow.observed.v1", "quality") == lists["flow-qualities"]
    assert field("safety.incident.reported.v1", "grade") == lists["incident-grades"]
    assert field("alert.public.issued.v1", "colour") == lists["alert-colours"]
