"""A day's business through the packaged code alone, and all of it in the bureau's ledger."""

from base64 import b64decode
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pyarrow.parquet as parquet
import pytest
from pypdf import PdfReader

from chalicelib.kernel.period import business_day
from infra.local.seed_inn import inn
from tenants import modules
from tests.artefact import STAGE
from tests.hotel_world import adult
from tests.journeys.artefact_town import Tenants, asked_for_return, booked, waiting
from tests.journeys.artefact_world import World, woken
from tests.journeys.callers import eventually
from tests.journeys.town import PRICE
from tests.pdf_glyphs import drawn

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]


def test_a_ticket_is_sold_admitted_and_counted_by_the_city(shipped: World, shipped_tenants: Tenants) -> None:
    area, bureau = shipped_tenants.scenic, shipped_tenants.bureau
    held = area.hold()
    assert held.status == 201, held.text
    paid = area.pay(held.json)
    assert paid.status == 200, paid.text
    (ticket,) = paid.json["tickets"]
    first = area.admit(ticket["code"], key="first-scan")
    assert (first.status, first.json["admitted"]) == (200, True)
    assert area.admit(ticket["code"], gate="west").problem()["code"] == "scenic.ticket.used"

    def line() -> dict[str, Any]:
        wall = bureau.caller.get("/api/v1/bureau/wall").json
        return next((one for one in wall["senders"] if one["sender"] == area.id), {})

    eventually(
        lambda: (line().get("sold"), line().get("admitted"), line().get("refused")) == (1, 1, 1),
        what=f"the city knows of one ticket, one entry and one refusal: {line()}",
        seconds=90,
    )
    told = line()
    assert told["paid"]["amount"] == PRICE
    behind = bureau.caller.get(told["events"]["sold"]).json["events"]
    assert [event["envelope"]["data"]["quantity"] for event in behind] == [1]
    assert behind[0]["envelope"]["subject"]
    _nothing_died(shipped)


def test_a_night_is_booked_the_guest_checks_in_and_the_city_knows(
    shipped: World, shipped_tenants: Tenants
) -> None:
    hotel, bureau = shipped_tenants.hotel, shipped_tenants.bureau
    tonight = inn().night_of(datetime.now(UTC))
    order = booked(hotel, arrive=tonight)
    listed = hotel.caller.get(
        "/api/v1/hotel/stays", list="arriving", day=tonight.isoformat(), text=order["id"]
    )
    (stay,) = listed.json["stays"]
    at = f"/api/v1/hotel/stays/{stay['id']}"
    for method, what, body in (
        ("PUT", "room", {"best": True}),
        ("POST", "guests", {**adult(), "name": "示例乙"}),
        ("POST", "check-in", {"purpose": "leisure"}),
    ):
        done = hotel.caller.send(method, f"{at}/{what}", body)
        assert done.status in {200, 201}, done.text
    assert hotel.caller.get(at).json["state"] == "in-house"

    def came() -> list[dict[str, Any]]:
        asked = {"sender": hotel.id, "type": "tourism.lodging.stay.checkedin.v1"}
        found: list[dict[str, Any]] = bureau.caller.get("/api/v1/bureau/events", **asked).json["events"]
        return found

    eventually(lambda: len(came()) == 1, what="the city knows who came", seconds=90)
    (event,) = came()
    assert event["envelope"]["tenantid"] == hotel.id
    assert event["counts"] is True
    assert "示例" not in f"{event}"
    assert adult()["number"] not in f"{event}"
    _nothing_died(shipped)


def test_the_ledger_lands_as_columns_and_a_sealed_report_is_printed(
    shipped: World, shipped_tenants: Tenants
) -> None:
    """By the two archives that bring packages of their own: Parquet, and a PDF with Chinese in it."""
    area, bureau = shipped_tenants.scenic, shipped_tenants.bureau
    held = area.hold()
    area.pay(held.json)

    def heard() -> list[Any]:
        asked = {"sender": area.id, "type": "tourism.scenic.ticket.issued.v1"}
        found: list[Any] = bureau.caller.get("/api/v1/bureau/events", **asked).json["events"]
        return found

    eventually(lambda: bool(heard()), what="the city knows of the sale", seconds=90)
    assert woken(shipped, "bureau-land")["done"] == 1
    bucket, s3 = shipped.outputs["FilesBucket"], shipped.client("s3")
    kept = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix=f"{bureau.id}/")["Contents"]]
    files = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in kept if key.endswith(".parquet")]
    assert files, kept
    senders = {sender for one in files for sender in parquet.read_table(BytesIO(one))["sender"].to_pylist()}
    assert area.id in senders

    today = business_day(datetime.now(UTC)).isoformat()
    sealed = bureau.caller.post("/api/v1/bureau/reports", {"code": "R03", "day": today})
    assert sealed.status == 201, sealed.text
    at = f"/api/v1/bureau/reports/{sealed.json['seal']['id']}/file"
    waits = bureau.caller.get(at, form="pdf")
    assert waits.problem()["code"] == "bureau.report.not-ready", "pages have no printer"
    assert woken(shipped, "bureau-reports")["done"] == 1
    printed = bureau.caller.get(at, form="pdf")
    assert (printed.status, printed.kind) == (200, "application/pdf")
    paper = b64decode(printed.body)  # the engine knows no binary types out of an API's description
    assert "每日简报" in PdfReader(BytesIO(paper)).pages[0].extract_text()
    assert all(0 not in glyphs for glyphs in drawn(paper).values())


def test_a_statutory_return_is_printed_when_the_desk_asks_for_it(
    shipped: World, shipped_tenants: Tenants
) -> None:
    """By the one function behind pages that has the printer; the page around it comes from another."""
    hotel = shipped_tenants.hotel
    id = asked_for_return(shipped, hotel)
    table = hotel.caller.get(f"/console/returns/{id}/file", form="csv")
    assert "hotel-month" in b64decode(table.body).decode("utf-8-sig")
    printed = hotel.caller.get(f"/console/returns/{id}/file", form="pdf")
    assert (printed.status, printed.kind) == (200, "application/pdf")
    paper = b64decode(printed.body)
    assert "填报单位：试运行" in PdfReader(BytesIO(paper)).pages[0].extract_text()
    assert all(0 not in glyphs for glyphs in drawn(paper).values())


def _nothing_died(world: World) -> None:
    for module in modules():
        if module.inbox is not None:
            assert waiting(world, f"songyun-{STAGE}-{module.key}-inbox-dead") == 0
    assert waiting(world, f"songyun-{STAGE}-relay-dead") == 0
