"""TTLock's cloud: spoken to as its documentation says, held against a small twin of it on loopback."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from tenants.hotel.domain.device import Device, DeviceKind, Via
from tenants.hotel.domain.key import Command, CommandState, Holder, Op, Window
from tenants.hotel.routes.partners.ttlock import Account, LockRefused, TTLock
from tenants.hotel.usecases import devices, keys
from tests.hotel_world import INN, NOW, MemoryWorld

pytestmark = pytest.mark.component
LOCK = Device(
    id="dv_201", site=INN.id, kind=DeviceKind.LOCK, name="201", place="201", via=Via.TTLOCK, remote="9001"
)


class Cloud:
    """What their cloud keeps: codes by number. ``offline``: the gateway is."""

    def __init__(self) -> None:
        self.codes: dict[int, dict[str, str]] = {}
        self.offline, self.asked = False, []  # type: ignore[var-annotated]
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                cloud.asked.append(self.path)
                answer = json.dumps(cloud.answer(self.path, form)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        if form.get("accessToken") != "token" or form.get("clientId") != "client" or "date" not in form:
            return {"errcode": 10003, "errmsg": "invalid token"}
        if path == "/v3/lock/listKeyboardPwd":
            found = [{"keyboardPwdId": id, **code} for id, code in sorted(self.codes.items())]
            start = (int(form["pageNo"]) - 1) * int(form["pageSize"])
            return {"list": found[start : start + int(form["pageSize"])]}
        if self.offline:
            return {"errcode": -2012, "errmsg": "gateway offline"}
        if path == "/v3/keyboardPwd/add" and form["addType"] == "2":
            assert int(form["startDate"]) < int(form["endDate"])
            number = len(self.codes) + 24242
            self.codes[number] = form
            return {"keyboardPwdId": number}
        if path == "/v3/keyboardPwd/delete" and form["deleteType"] == "2":
            self.codes.pop(int(form["keyboardPwdId"]))
            return {"errcode": 0, "errmsg": "none error message"}
        return {"errcode": 1, "errmsg": "what?"}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    made = Cloud()
    yield made
    made.server.shutdown()
    made.server.server_close()


def maker(cloud: Cloud, *, token: str = "token") -> TTLock:
    return TTLock(Account(client="client", token=token, cloud=cloud.address), now=NOW)


def command(op: Op, grant: str = "gr_1") -> Command:
    window = Window(NOW, NOW + timedelta(hours=20))
    return Command(id="cm_1", site=INN.id, device=LOCK.id, op=op, grant=grant, window=window, made=NOW)


def test_a_code_is_written_once_and_taken_out_once_however_often_it_is_said(cloud: Cloud) -> None:
    for _ in range(2):
        maker(cloud).carry(command(Op.ISSUE), device=LOCK, code="1234567890")
    (kept,) = cloud.codes.values()
    assert (kept["keyboardPwd"], kept["keyboardPwdName"], kept["lockId"]) == ("1234567890", "gr_1", "9001")
    for _ in range(2):
        maker(cloud).carry(command(Op.REVOKE), device=LOCK, code="")
    assert cloud.codes == {}


def test_a_code_is_found_among_many(cloud: Cloud) -> None:
    cloud.codes = {number: {"keyboardPwdName": f"gr_{number}"} for number in range(1, 251)}
    maker(cloud).carry(command(Op.REVOKE, "gr_250"), device=LOCK, code="")
    assert 250 not in cloud.codes
    assert len(cloud.codes) == 249


def test_what_their_cloud_says_no_to_is_refused_with_its_number(cloud: Cloud) -> None:
    with pytest.raises(LockRefused) as refused:
        maker(cloud, token="other").carry(command(Op.ISSUE), device=LOCK, code="1234567890")
    assert refused.value.facts == {"why": "10003"}
    with pytest.raises(LockRefused):
        maker(cloud).carry(command(Op.READ_LOG), device=LOCK, code="")


def test_a_gateway_that_is_away_gets_its_code_when_it_is_back(cloud: Cloud) -> None:
    world = MemoryWorld()
    world.set_up()
    world.do(lambda hotel: devices.register(LOCK, property=INN, offline=True, hotel=hotel))
    wanted = keys.Wanted(
        owner="staff",
        holder=Holder.STAFF,
        rooms=("201",),
        window=Window(world.now, world.now + timedelta(hours=9)),
    )
    world.do(lambda hotel: keys.issue(wanted, property=INN, hotel=hotel))

    def carry() -> int:
        hotel = world.hotel(world.work())
        return devices.carry(property=INN, maker=maker(cloud), via=Via.TTLOCK, hotel=hotel, unit=world.unit)

    cloud.offline = True
    assert carry() == 0
    (waiting,) = world.memory.keys.queue.values()
    assert (waiting.state, waiting.error) == (CommandState.QUEUED, "hotel.lock.refused")
    assert carry() == 0  # not before its two minutes are over
    cloud.offline = False
    world.now += timedelta(minutes=2)
    assert carry() == 1
    assert [code["keyboardPwdName"] for code in cloud.codes.values()] == [waiting.grant]
    assert world.memory.keys.queue == {}
