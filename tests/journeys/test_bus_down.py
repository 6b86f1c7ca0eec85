"""The bus is away for a while, or delivers what it should not: nothing is lost and no figure moves."""

import json
import random
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import business_day, rfc3339
from tenants.bureau.usecases.restating import entries_of
from tests.journeys.callers import eventually
from tests.journeys.ledger import ledger_of
from tests.journeys.town import PRICE, Town, inside, person

pytestmark = pytest.mark.journey


class Line(socketserver.ThreadingTCPServer):
    """The way to the bus, which can be cut."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *, to: str) -> None:
        super().__init__(("127.0.0.1", 0), _Through)
        address = urlsplit(to)
        self.target = (address.hostname or "", address.port or 0)
        self.cut = False
        self.refused = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Through(socketserver.BaseRequestHandler):
    server: Line

    def handle(self) -> None:
        if self.server.cut:
            self._refuse()
            return
        with socket.create_connection(self.server.target) as far:
            back = threading.Thread(target=self._copy, args=(far, self.request), daemon=True)
            back.start()
            self._copy(self.request, far)

    def _refuse(self) -> None:
        """First no answer at all, then a plain no: clients give up faster on the second."""
        self.server.refused += 1
        if self.server.refused <= 4:
            return
        self.request.settimeout(5)
        self.request.recv(65536)
        body = b'{"__type":"AccessDeniedException","message":"away"}'
        head = f"HTTP/1.1 403 Forbidden\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.request.sendall(head.encode() + body)

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if self.server.cut:
                    break
                target.sendall(data)
        except OSError:
            pass
        finally:
            for one in (source, target):
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


@pytest.fixture
def line(town: Town) -> Iterator[Line]:
    """The pumps reach the bus over a line of their own."""
    with Line(to=town.stack.endpoint) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        town.stack.kill_pumps()
        town.stack.pumps(variables={"AWS_ENDPOINT_URL_EVENTBRIDGE": server.url})
        yield server
        town.stack.kill_pumps()
        server.shutdown()
    town.stack.pumps()


def test_orders_and_gates_go_on_while_the_bus_is_away_and_nothing_is_missing_afterwards(
    town: Town, line: Line
) -> None:
    before = town.figures()
    line.cut = True
    orders = [town.scenic.bought(person(), person()) for _ in range(3)]
    for order in orders:
        assert town.scenic.admit(order["tickets"][0]["code"]).status == 200
    # More often than one record that makes its handler crash is given.
    eventually(lambda: line.refused >= 36, what="the relay keeps trying", seconds=120)
    assert town.scenic.bought()["state"] == "confirmed"
    waiting = town.bureau.caller.get("/api/v1/bureau/wall").json["senders"]
    assert next(one for one in waiting if one["sender"] == town.scenic.id)["sold"] == before["sold"]

    line.cut = False
    after = town.figures()
    assert after["sold"] - before["sold"] == 7
    assert after["orders"] - before["orders"] == 4
    assert after["admitted"] - before["admitted"] == 3
    assert after["paid"]["amount"] - before["paid"]["amount"] == 7 * PRICE
    left = [key for key in town.rows() if "#OUTBOX#" in key[0]]
    assert left == []


def test_events_that_come_again_in_any_order_move_no_figure(town: Town) -> None:
    for _ in range(3):
        order = town.scenic.bought()
        assert town.scenic.admit(order["tickets"][0]["code"]).status == 200
    before = town.figures()
    known = _quarantined(town)
    said = _said(town)
    assert len(said) >= 12
    random.Random(4).shuffle(said)
    _put(town, said)
    _put(town, list(reversed(said)))
    assert town.figures() == {**before, "heard": town.figures()["heard"]}
    assert _quarantined(town) == known


def _said(town: Town) -> list[dict[str, Any]]:
    """What the scenic area said today, uncovered: what the bureau shows stands for nobody."""
    today = business_day(datetime.now(UTC))
    with inside(town.stack), ledger_of(town) as ledger:
        told = ledger.day(town.scenic.id, today)
        assert told is not None
        return [dict(filed.entry.envelope) for filed in entries_of(told, day=today, ledger=ledger)]


def test_a_late_event_counts_on_its_own_day_and_is_marked(town: Town) -> None:
    today, yesterday = town.figures(), business_day(datetime.now(UTC)) - timedelta(days=1)
    before = town.figures(day=yesterday)
    late = _entry(town, at=datetime.now(UTC) - timedelta(days=1), admitted=4)
    late["dueby"] = rfc3339(datetime.now(UTC) - timedelta(hours=20))
    _put(town, [late, late])
    after = town.figures(day=yesterday)
    assert after["admitted"] - before["admitted"] == 4
    assert after["late"] - before["late"] == 1
    now = town.figures()
    assert (now["admitted"], now["late"]) == (today["admitted"], today["late"])


def _other_source(town: Town, event: dict[str, Any]) -> None:
    event["source"] = f"/tenants/{town.other.slug}/scenic"


def _other_kind(_: Town, event: dict[str, Any]) -> None:
    event["tenantkind"] = "hotel"


def _nobody(_: Town, event: dict[str, Any]) -> None:
    event["tenantid"] = "tn_" + "z" * 26


def _named_person(_: Town, event: dict[str, Any]) -> None:
    event["data"]["visitorName"] = "somebody"


def _negative(_: Town, event: dict[str, Any]) -> None:
    event["data"]["admitted"] = -5


def _words(_: Town, event: dict[str, Any]) -> None:
    event["data"]["admitted"] = "many"


def _no_data(_: Town, event: dict[str, Any]) -> None:
    del event["data"]


def _tomorrow(_: Town, event: dict[str, Any]) -> None:
    event["time"] = rfc3339(datetime.now(UTC) + timedelta(days=1))


def _unheard(_: Town, event: dict[str, Any]) -> None:
    event["type"] = "tourism.scenic.nonsense.happened.v1"


def _ahead(_: Town, event: dict[str, Any]) -> None:
    event["type"] = "tourism.scenic.entry.counted.v2"


def _personal(_: Town, event: dict[str, Any]) -> None:
    event["piiclass"] = "p3"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_other_source, "feed.sender.forged"),
        (_other_kind, "feed.sender.forged"),
        (_nobody, "feed.sender.unknown"),
        (_named_person, "feed.schema"),
        (_negative, "feed.schema"),
        (_words, "feed.schema"),
        (_no_data, "feed.schema"),
        (_tomorrow, "feed.time.future"),
        (_unheard, "feed.type.unknown"),
        (_ahead, "feed.version.ahead"),
        (_personal, "feed.personal"),
    ],
)
def test_a_forged_or_malformed_event_is_set_aside_with_its_reason_and_counts_nowhere(
    town: Town, spoil: Callable[[Town, dict[str, Any]], None], code: str
) -> None:
    before, other, known = town.figures(), town.figures(of=town.other), _quarantined(town)
    event = _entry(town, at=datetime.now(UTC), admitted=7)
    spoil(town, event)
    _put(town, [event])
    after = town.figures()
    fresh = [aside for aside in _quarantined(town) if aside not in known]
    assert [aside["code"] for aside in fresh] == [code]
    assert fresh[0]["words"]
    told = fresh[0]["sender"]
    if code.startswith("feed.sender"):
        assert told == "-", "nobody is blamed for what a forger said"
    assert {**after, "quarantined": 0} == {**before, "quarantined": 0}
    assert after["quarantined"] - before["quarantined"] == (told == town.scenic.id and not fresh[0]["parked"])
    assert town.figures(of=town.other) == other


def _entry(town: Town, *, at: datetime, admitted: int) -> dict[str, Any]:
    """A gate's minute as the first tenant would say it."""
    return {
        "specversion": "1.0",
        "id": new_id("ev", now=at),
        "source": f"/tenants/{town.scenic.slug}/scenic",
        "type": "tourism.scenic.entry.counted.v1",
        "time": rfc3339(at),
        "subject": "valley",
        "dataschema": "urn:tourism:schema:scenic.entry.counted.v1",
        "datacontenttype": "application/json",
        "tenantid": town.scenic.id,
        "tenantkind": "scenic",
        "district": "410185",
        "piiclass": "p0",
        "status": "actual",
        "recordedtime": rfc3339(at),
        "data": {
            "area": "valley",
            "gate": "north",
            "minute": at.strftime("%Y-%m-%dT%H:%M:00Z"),
            "admitted": admitted,
            "refused": {},
        },
    }


def _put(town: Town, envelopes: list[dict[str, Any]]) -> None:
    """Put envelopes on the bus directly, as nobody but the relay may."""
    events = town.stack.client("events")
    for start in range(0, len(envelopes), 10):
        answer = events.put_events(
            Entries=[
                {
                    "EventBusName": town.stack.environment["SONGYUN_BUS"],
                    "Source": "tourism.up",
                    "DetailType": envelope["type"],
                    "Detail": json.dumps(envelope, ensure_ascii=False),
                }
                for envelope in envelopes[start : start + 10]
            ]
        )
        assert answer["FailedEntryCount"] == 0
    town.stack.drain(timeout=60)


def _quarantined(town: Town) -> list[dict[str, Any]]:
    return [
        aside for page in _pages(town, "/api/v1/bureau/quarantine?limit=200") for aside in page["quarantine"]
    ]


def _pages(town: Town, address: str) -> Iterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = town.bureau.caller.get(address + (f"&cursor={cursor}" if cursor else "")).json
        yield page
        cursor = page["next"]
        if not cursor:
            return
