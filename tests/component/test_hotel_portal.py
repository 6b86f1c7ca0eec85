"""The room's page on the engine: a key and requests while the guests are in, nothing for anybody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from chalicelib.tenancy.context import Tenant, TenantContext, bind
from chalicelib.web.application import Application
from chalicelib.web.doors import Shown
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tenants.hotel.domain.device import Device, DeviceKind
from tenants.hotel.domain.request import Film, Guide, RequestState
from tenants.hotel.domain.stay import Stay
from tenants.hotel.store.requests import RequestStore
from tenants.hotel.usecases import devices
from tests.hotel_desk import hotel_app, opened_hotel
from tests.hotel_world import DAY, INN, EngineWorld
from tests.unit.web_world import VISITOR, Answer, ask, visitor

pytestmark = pytest.mark.component
PAGE = "/s/{slug}/stays/{stay}"
CSRF = Shown(key="", session="", visitor=VISITOR, fresh=False).csrf


@dataclass
class Room:
    """A stay, its link, and whoever opens it."""

    app: Application
    world: EngineWorld
    tenant: Tenant
    stay: Stay
    key: str
    number: int = 0

    @property
    def link(self) -> str:
        set_clock(lambda: self.world.now)
        pattern = "/api/v1/hotel/stays/{stay}/room-page"
        answer = ask(self.app, "GET", pattern, path=pattern.format(stay=self.stay.id), bearer=self.key)
        assert answer.status == 200, answer.text
        url: str = answer.json["url"]
        return url

    def look(self, link: str, **more: str) -> Answer:
        return visitor(self.app, "GET", PAGE, path=link, headers={"accept-language": "en", **more})

    def send(self, step: str, **form: str) -> Answer:
        self.number += 1
        parts = urlsplit(self.link)
        sent = {"csrf": CSRF, "key": f"k{self.number}", **form}
        return visitor(
            self.app, "POST", PAGE + step, path=f"{parts.path}{step}?{parts.query}", form=sent, key=None
        )


@pytest.fixture
def room(engine: Stack) -> Iterator[Room]:
    tenant, key = opened_hotel("portal-inn", "desk")
    app = hotel_app()
    with bind(TenantContext(tenant=tenant, actor="key:desk", door="member", roles=frozenset({"desk"}))):
        world = EngineWorld()
        world.set_up()
        lock = Device(id="dv_201", site=INN.id, kind=DeviceKind.LOCK, name="201", place="201")
        world.do(lambda hotel: devices.register(lock, property=INN, offline=True, hotel=hotel))
        order = world.guarantee(world.hold(nights=2))
        stay = world.hotel(world.work()).stays.of_order(world.order(order))[0]
        stay = world.assign(stay, "201")
        yield Room(app=app, world=world, tenant=tenant, stay=stay, key=key)
    set_clock(None)


def test_before_arrival_the_page_says_from_when_and_shows_no_key(room: Room) -> None:
    page = room.look(room.link)
    assert page.status == 200
    assert "Check-in from 14:00" in page.text
    assert "Door code" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert room.send("/requests", kind="towels").status == 409


def test_a_guest_in_the_house_sees_the_key_asks_and_calls_off(room: Room) -> None:
    room.world.now = INN.arrival(DAY)
    room.world.come(room.stay)
    work = room.world.work()
    guide = Guide(network="songyun", password="heron", films=(Film(titles={"zh": "嵩山四季"}, minutes=12),))
    RequestStore(work).keep_guide(INN.id, guide)
    work.commit()
    page = room.look(room.link)
    for words in ("Door code", "songyun · heron", "嵩山四季", "No requests yet"):
        assert words in page.text
    assert room.send("/requests", kind="towels", note="two, please").status == 303
    (asked,) = RequestStore(room.world.work()).open(INN.id)
    assert b"two, please" not in asked.note
    assert "two, please" in room.look(room.link).text
    assert room.send("/requests/cancel", request=asked.id).status == 303
    assert RequestStore(room.world.work()).open(INN.id) == []
    assert room.send("/requests/cancel", request=asked.id).status == 409
    again = room.send("/requests", kind="wake-up", note="knock, please")
    assert again.status == 422
    assert 'id="f-at-error"' in again.text
    assert "knock, please" in again.text  # what was typed is still there
    assert room.send("/requests", kind="wake-up", at="06:30").status == 303
    (wake,) = RequestStore(room.world.work()).open(INN.id)
    assert wake.at is not None
    assert 0 < (wake.at - room.world.now).total_seconds() <= 86_400


def test_the_desk_takes_a_request_and_the_guest_sees_it(room: Room) -> None:
    room.world.now = INN.arrival(DAY)
    room.world.come(room.stay)
    room.send("/requests", kind="repair")
    (asked,) = RequestStore(room.world.work()).open(INN.id)
    pattern = "/api/v1/hotel/stays/{stay}/requests/{request}"
    path = pattern.format(stay=room.stay.id, request=asked.id)
    for state, words in (("taken", "In progress"), ("done", "Done")):
        moved = ask(room.app, "POST", pattern, path=path, body={"state": state}, key=state, bearer=room.key)
        assert moved.json["state"] == state
        assert words in room.look(room.link).text
    assert RequestStore(room.world.work()).of_stay(room.stay.id)[0].state is RequestState.DONE


def test_after_departure_the_page_shows_nothing_of_the_room(room: Room) -> None:
    room.world.now = INN.arrival(DAY)
    room.world.come(room.stay)
    room.world.go(room.stay)
    page = room.look(room.link)
    assert "This stay is over" in page.text
    assert "Door code" not in page.text


def test_a_link_that_is_not_its_own_leads_nowhere(room: Room) -> None:
    link = room.link
    for wrong in (
        link[:-1] + ("0" if link[-1] != "0" else "1"),
        link.partition("?")[0],
        link.replace("st_", "or_"),
    ):
        assert room.look(wrong).status == 404
