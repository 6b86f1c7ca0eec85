"""The kiosk on the engine: find, register, sign, key; hand the room back; strangers learn nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from chalicelib.commerce.orders.domain import Fulfilment, Order
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.tenancy.context import TenantContext, bind
from chalicelib.web.application import Application
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from infra.local.people import resident_id
from tenants.hotel.domain.device import Device, DeviceKind
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases import devices, folios, registration, setting
from tests.hotel_desk import hotel_app, opened_hotel
from tests.hotel_world import CONTACT, DAY, INN, EngineWorld
from tests.unit.web_world import VISITOR, Answer, ask

pytestmark = pytest.mark.component
GROWN, CHILD, OTHER = (
    resident_id(born=DAY.replace(year=1990), serial=7),
    resident_id(born=DAY.replace(year=2025), serial=9),
    resident_id(born=DAY.replace(year=1992), serial=13),
)


@dataclass
class Machine:
    """A kiosk and whoever stands before it."""

    app: Application
    world: EngineWorld
    order: Order
    key: str
    number: int = 0

    @property
    def stay(self) -> Stay:
        found: Stay = self.world.hotel(self.world.work()).stays.of_order(self.world.order(self.order))[0]
        return found

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def send(self, path: str, **form: str) -> Answer:
        self.number += 1
        return self._ask("POST", path, {"csrf": self.csrf, "key": f"k{self.number}", **form})

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/kiosk/in").text)
        assert found is not None
        return found[1]

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        set_clock(lambda: self.world.now)
        bare = path.partition("?")[0]
        pattern = re.sub(r"/stays/st_[^/]+", "/stays/{stay}", bare)
        return ask(
            self.app,
            method,
            pattern,
            path=path,
            form=form,
            key=None,
            bearer=self.key,
            cookies={"v": VISITOR},
            headers={"accept-language": "en"},
        )

    def found(self, phone: str = CONTACT["phone"][-4:]) -> Answer:
        return self.send("/kiosk/in", number=short_number(self.order.id), phone=phone)

    def register(self, path: str, name: str, document: str, **more: str) -> Answer:
        step = path.replace("?", "/guests?")
        form = {"name": name, "document": "resident-id", "document_number": document, **more}
        return self.send(step, **form)


@pytest.fixture
def machine(engine: Stack) -> Iterator[Machine]:
    tenant, key = opened_hotel("kiosk-inn", "kiosk")
    app = hotel_app()
    with bind(TenantContext(tenant=tenant, actor="key:kiosk", door="member", roles=frozenset({"kiosk"}))):
        world = EngineWorld()
        world.set_up()
        for room in ("201", "202", "203"):
            lock = Device(id=f"dv_{room}", site=INN.id, kind=DeviceKind.LOCK, name=room, place=room)
            world.do(lambda hotel, lock=lock: devices.register(lock, property=INN, offline=True, hotel=hotel))
        order = world.pay(world.hold(nights=2, plan="fixed"))  # nothing is owed when they leave
        world.now = INN.arrival(DAY)
        yield Machine(app=app, world=world, order=order, key=key)
    set_clock(None)


def test_a_guest_checks_in_and_out_without_the_desk(machine: Machine) -> None:
    assert "Check in" in machine.get("/kiosk").text
    path = machine.found().headers["Location"]
    assert "Please register every guest" in machine.get(path).text
    assert machine.register(path, "示例甲", GROWN).status == 303
    page = machine.get(path).text
    assert GROWN not in page
    assert f"…{GROWN[-4:]}" in page
    signed = machine.send(path.replace("?", "/check-in?"), signed="示例甲", agree="yes")
    assert signed.status == 303, signed.text
    shown = machine.get(signed.headers["Location"]).text
    stay = machine.stay
    assert (stay.state, stay.room) == (StayState.IN_HOUSE, "201")
    assert "Room 201" in shown
    code = re.search(r"\d{4} \d{3} \d{3}", shown)
    assert code is not None

    wrong = machine.send("/kiosk/out", room="201", code="0000000000")
    assert "do not match" in wrong.text
    assert "Check out of room 201?" in machine.send("/kiosk/out", room="201", code=code[0]).text
    machine.world.now = INN.departure(stay.depart)
    bye = machine.send("/kiosk/out/confirmed", room="201", code=code[0], confirm="yes")
    assert "Thank you" in bye.text
    assert machine.stay.state is StayState.DEPARTED


def test_who_owes_does_not_leave_at_the_machine_and_a_second_tap_leaves_once(machine: Machine) -> None:
    path = machine.found().headers["Location"]
    machine.register(path, "示例甲", GROWN)
    signed = machine.send(path.replace("?", "/check-in?"), signed="示例甲", agree="yes")
    code = re.search(r"\d{4} \d{3} \d{3}", machine.get(signed.headers["Location"]).text)
    assert code is not None
    bill, world = f"{machine.stay.id}.1", machine.world
    world.do(lambda hotel: folios.charge(bill, code="minibar", amount=900, accounts=hotel.accounts))
    world.now = INN.departure(machine.stay.depart)
    leaves = {"room": "201", "code": code[0], "confirm": "yes"}
    owing = machine.send("/kiosk/out/confirmed", **leaves)
    assert (owing.status, "check out at the desk" in owing.text) == (409, True)
    assert machine.stay.state is StayState.IN_HOUSE, "nothing of the refused work was written"
    world.pay_up(machine.stay.id)
    left = machine.send("/kiosk/out/confirmed", **leaves)
    machine.number -= 1  # the same form again
    again = machine.send("/kiosk/out/confirmed", **leaves)
    assert ["Thank you" in one.text for one in (left, again)] == [True, True]
    assert machine.stay.state is StayState.DEPARTED
    assert world.order(machine.order).fulfilment is Fulfilment.USED


def test_a_stranger_with_half_of_it_learns_nothing(machine: Machine) -> None:
    other = machine.found(phone="9999")
    nothing = machine.send("/kiosk/in", number="1010-AAAAAA", phone="0000")
    assert "No booking that arrives today was found" in other.text
    assert "No booking that arrives today was found" in nothing.text
    path = machine.found().headers["Location"]
    assert machine.get(path[:-1] + ("0" if path[-1] != "0" else "1")).status == 404
    assert machine.get(path.partition("?")[0]).status == 404


def test_what_is_typed_wrong_is_said_beside_its_box_and_the_rest_is_kept(machine: Machine) -> None:
    wrong = machine.send("/kiosk/in", number="1010-AAAAAA", phone="12")
    assert (wrong.status, 'id="f-phone-error"' in wrong.text, "1010-AAAAAA" in wrong.text) == (
        422,
        True,
        True,
    )
    path = machine.found().headers["Location"]
    short = machine.register(path, "示例甲", "123")
    assert (short.status, 'id="f-document_number-error"' in short.text) == (422, True)
    assert 'value="示例甲"' in short.text
    sign = machine.send(path.replace("?", "/check-in?"), signed="示例甲")
    assert sign.status == 422
    out = machine.send("/kiosk/out", room="201", code="1")
    assert (out.status, 'id="f-code-error"' in out.text, 'value="201"' in out.text) == (422, True, True)


def test_no_key_before_a_minors_guardian_is_recorded(machine: Machine) -> None:
    path = machine.found().headers["Location"]
    machine.register(path, "示例甲", GROWN)
    machine.register(path, "示例乙", CHILD)
    page = machine.get(path).text
    assert "A minor: please give the guardian" in page
    sign = path.replace("?", "/check-in?")
    refused = machine.send(sign, signed="示例甲", agree="yes")
    assert machine.stay.state is StayState.EXPECTED
    assert "Room 201" not in refused.text
    machine.register(
        path,
        "示例乙",
        CHILD,
        number="2",
        guardian_name="示例甲",
        guardian_phone="13800000000",
        relation="parent",
    )
    assert machine.send(sign, signed="示例甲", agree="yes").status == 303
    assert machine.stay.state is StayState.IN_HOUSE


def test_wrong_entries_are_answered_in_words_and_change_nothing(machine: Machine) -> None:
    path = machine.found().headers["Location"]
    assert machine.register(path, "示例甲", "410100199010101234").status == 409
    assert machine.world.hotel(machine.world.work()).guests.of_stay(machine.stay.id) == []
    machine.register(path, "示例甲", GROWN)
    refused = machine.send(path.replace("?", "/check-in?"), signed="别人", agree="yes")
    assert "The signature must be the name" in refused.text
    assert machine.stay.state is StayState.EXPECTED


def test_who_is_still_there_goes_on_with_everything_that_was_typed(machine: Machine) -> None:
    page = machine.get("/kiosk/in").text
    assert 'formaction="/kiosk/in/still" formnovalidate' in page
    assert 'content="300; url=/kiosk"' in page
    again = machine.send("/kiosk/in/still", number="1122-K7", phone="12")
    assert (again.status, 'value="1122-K7"' in again.text, "field--wrong" in again.text) == (200, True, False)
    out = machine.send("/kiosk/out/still", room="201", code="12 34")
    assert all(f'value="{typed}"' in out.text for typed in ("201", "12 34"))
    path = machine.found().headers["Location"]
    still = path.replace("?", "/still?")
    half = machine.send(still, name="示例甲", document_number=GROWN[:9])
    assert all(f'value="{typed}"' in half.text for typed in ("示例甲", GROWN[:9]))
    assert machine.world.hotel(machine.world.work()).guests.of_stay(machine.stay.id) == []
    assert machine.send(still[:-1] + ("0" if still[-1] != "0" else "1"), name="x").status == 404
    machine.register(path, "示例乙", CHILD)
    card = machine.send(still, number="1", guardian_name="示例丙")
    own, _, new = card.text.partition('id="f-name"')
    assert ('value="示例丙"' in own, 'value="示例丙"' in new) == (True, False)


def test_a_room_that_is_not_clean_is_not_given(machine: Machine) -> None:
    world = machine.world
    for room in ("201", "202", "203"):
        world.do(lambda hotel, room=room: hotel.board.enter(INN.id, room, f"st_{room}"))
        world.do(lambda hotel, room=room: hotel.board.leave(INN.id, room, f"st_{room}"))
    path = machine.found().headers["Location"]
    machine.register(path, "示例甲", GROWN)
    refused = machine.send(path.replace("?", "/check-in?"), signed="示例甲", agree="yes")
    assert "still being cleaned" in refused.text
    assert machine.stay.state is StayState.EXPECTED


def test_who_registered_before_coming_only_shows_the_documents(machine: Machine) -> None:
    people = [
        registration.Entry(values={"name": name, "document": "resident-id", "number": id}, number=number)
        for number, (name, id) in enumerate((("示例甲", GROWN), ("示例丙", OTHER)), start=1)
    ]
    machine.world.do(lambda hotel: registration.tell_before(machine.stay.id, people, hotel=hotel))
    path = machine.found().headers["Location"]
    documents = path.replace("?", "/documents?")
    assert machine.get(path).text.count("Document to be shown") == 2
    assert "Show your documents" in machine.get(path).text
    assert "Sign" not in machine.get(path).text.split("Show your documents")[1]
    early = machine.send(path.replace("?", "/check-in?"), signed="示例甲", agree="yes")
    assert "not been checked" in early.text or machine.stay.state is StayState.EXPECTED
    wrong = machine.send(documents, shown=resident_id(born=DAY.replace(year=1991), serial=3))
    assert "No guest of this room registered with this document" in wrong.text
    assert machine.send(documents, shown=f" {GROWN[:6]} {GROWN[6:]}").status == 303
    assert machine.get(path).text.count("Document to be shown") == 1
    assert machine.send(documents, shown=OTHER).status == 303
    assert machine.send(path.replace("?", "/check-in?"), signed="示例甲", agree="yes").status == 303
    assert machine.stay.state is StayState.IN_HOUSE


def test_a_kiosk_belongs_to_one_house(machine: Machine) -> None:
    other = replace(INN, id="annex", names={"zh": "别院"})  # comes first, so the machine stands there
    machine.world.do(lambda hotel: setting.set_property(other, hotel=hotel))
    assert "This booking is for 嵩云居" in machine.found().text
