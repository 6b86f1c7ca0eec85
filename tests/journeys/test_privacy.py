"""Planted marks: after a sale, an entry and a refund no name or document number lies where it should not."""

import base64
import json
import sqlite3
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.kernel.documents import check_digit
from chalicelib.kernel.period import business_day
from tests.journeys.town import GATE, Town

pytestmark = pytest.mark.journey

#: A name of rare characters (one outside the basic plane), a document number, a passport, two phones.
NAME = "𬭎䶮"
OTHER_NAME = "Zyxwv Qponmlk"
_BODY = "41010019870605998"
NUMBER = _BODY + check_digit(_BODY)
PASSPORT = "ZQ7318842"
PHONES = ("13812340987", "15098761234")
MARKS = (NAME, OTHER_NAME, NUMBER, PASSPORT, *PHONES)


@pytest.fixture(scope="module")
def used(town: Town) -> Town:
    """The marks have gone through everything: bought, admitted, refused, refunded, mistyped, looked at."""
    scenic = town.scenic
    later = business_day(datetime.now(UTC)) + timedelta(days=6)
    named = {
        "name": NAME,
        "document": {"kind": "resident-id", "number": NUMBER},
        "concession": "adult",
    }
    foreign = {
        "name": f"{OTHER_NAME} {PHONES[0]}",
        "document": {"kind": "passport", "number": PASSPORT},
        "concession": "adult",
    }
    today = scenic.bought(named, foreign)
    for _ in range(2):
        scenic.admit(today["tickets"][0]["code"])
    order = scenic.bought(named, foreign, day=later)
    back = f"/api/v1/scenic/orders/{order['id']}/refund"
    amount = scenic.caller.get(back).json["amount"]
    assert scenic.caller.post(back, {"amount": amount}).status == 200

    # Refusals and failures see the values too, and must keep them to themselves.
    assert scenic.hold(named).status == 409
    wrong = {**named, "document": {"kind": "resident-id", "number": NUMBER[:17] + "Y"}}
    assert scenic.hold(wrong).status == 422
    assert scenic.hold({**named, "phone": PHONES[1]}).status == 422
    assert scenic.hold({**named, "name": NAME * 30}).status == 422
    assert scenic.admit(f"{NUMBER}{NUMBER}{NAME}").status in (404, 409, 422)
    scenic.caller.get(f"/api/v1/scenic/orders/{NUMBER}")
    scenic.caller.get("/api/v1/scenic/availability", product="stroll", day=NUMBER, name=PHONES[1])
    town.nobody.get(f"/s/{scenic.slug}/orders/{PHONES[0]}", t=NUMBER)
    town.nobody.get(f"/assets/{NUMBER}")
    town.nobody.get(f"/{PHONES[0]}/{NUMBER}")
    desk = scenic.session("desk")
    assert desk.get(f"/console/orders/{today['id']}").status == 200
    gate = scenic.session("gate")
    assert gate.get(f"/gate/valley/{GATE}").status == 200
    town.figures()
    return town


def test_no_log_says_who_it_was(used: Town) -> None:
    logs = sorted((used.stack.data_dir / "logs").iterdir())
    assert {log.stem for log in logs} >= {"web", "pumps"}
    assert any("scenic.hold-order" in log.read_text("utf-8") for log in logs), "there are lines to look at"
    for log in logs:
        _clean(log.read_bytes(), where=log.name)
    _clean(used.stack.said.encode(), where="what the processes wrote")


def test_no_event_says_who_it_was(used: Town) -> None:
    stack = used.stack
    ledger = list(_items(stack.client("dynamodb"), stack.environment["SONGYUN_LEDGER_TABLE"]))
    assert len(ledger) > 20
    for item in ledger:
        _clean(_flat(item), where=f"ledger {item['pk']}")
    quarantine = used.bureau.caller.get("/api/v1/bureau/quarantine", limit=200)
    _clean(quarantine.body, where="the bureau's quarantine")
    spoken = 0
    for item in _items(stack.client("dynamodb"), stack.environment["SONGYUN_APP_TABLE"]):
        for envelope in _envelopes(item):
            spoken += 1
            _clean(json.dumps(envelope, ensure_ascii=False).encode(), where=f"event {envelope['type']}")
    assert spoken > 10, "the audit keeps every event as it was sent"


def test_the_data_files_hold_the_marks_sealed_or_not_at_all(used: Town) -> None:
    folder = used.stack.data_dir
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _clean(path.read_bytes(), where=str(path.relative_to(folder)))
    data = sqlite3.connect(f"file:{folder / 'engine.sqlite3'}?mode=ro", uri=True)
    try:
        for table in ("items", "stream", "messages", "state"):
            for row in data.execute(f"SELECT * FROM {table}"):
                _clean(json.dumps(row, ensure_ascii=False, default=str).encode(), where=table)
    finally:
        data.close()


def test_who_may_see_them_sees_them(used: Town) -> None:
    """The marks are really there, sealed: else nothing above was proven."""
    desk = used.scenic.session("desk")
    today = used.scenic.caller.get("/api/v1/scenic/orders").json["orders"]
    two = next(order for order in today if sum(line["count"] for line in order["lines"]) == 2)
    page = desk.get(f"/console/orders/{two['id']}")
    csrf = page.text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    shown = desk.form(f"/console/orders/{two['id']}/people", {"csrf": csrf, "confirm": "yes"})
    assert shown.status == 200
    assert NAME in shown.text
    assert NUMBER in shown.text


def _clean(raw: bytes, *, where: str) -> None:
    for mark in MARKS:
        for seen in _spellings(mark):
            assert seen not in raw, f"{where} holds {mark!r}"


def _spellings(mark: str) -> Iterator[bytes]:
    """A mark as it might lie somewhere: in UTF-8 and UTF-16, escaped, percent-encoded, in base64."""
    plain = mark.encode()
    yield plain
    yield mark.encode("utf-16-le")
    escaped = json.dumps(mark)[1:-1]
    yield escaped.encode()
    yield escaped.upper().replace("\\U", "\\u").encode()
    yield "".join(f"%{byte:02X}" for byte in plain).encode()
    for shift in range(3):  # without the ends, which depend on what stands around it
        coded = base64.b64encode(b"\x00" * shift + plain)
        inner = coded[4 if shift else 0 : -4]
        if len(inner) >= 8:
            yield inner
            yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def _items(dynamodb: Any, table: str) -> Iterator[dict[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        yield from page["Items"]


def _flat(item: dict[str, Any]) -> bytes:
    """An item's values as bytes, with what is compressed unpacked."""
    parts = [json.dumps(item, ensure_ascii=False, default=repr).encode()]
    for value in item.values():
        raw = value.get("B")
        if raw is not None:
            parts.append(bytes(raw))
            try:
                parts.append(zlib.decompress(raw))
            except zlib.error:
                continue
    return b"\n".join(parts)


def _envelopes(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The events in an item: an outbox row's, an audit row's, or what an item carries itself."""
    events = item.get("events", {})
    text = events.get("S") or (zlib.decompress(events["B"]).decode() if "B" in events else "")
    text = text or item.get("out", {}).get("S", "")
    return list(json.loads(text)) if text else []


def test_the_scan_itself_finds_what_it_looks_for(tmp_path: Path) -> None:
    for mark in MARKS:
        for disguise in (
            mark.encode(),
            json.dumps({"name": mark}).encode(),
            base64.b64encode(f"the name is {mark} and more".encode()),
            mark.encode("utf-16-le"),
        ):
            with pytest.raises(AssertionError, match="holds"):
                _clean(b"..." + disguise + b"...", where="here")
