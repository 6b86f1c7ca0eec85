"""Pages of channels, devices and guests' requests on the engine: opened by a clerk, without scripts."""

import re
from datetime import timedelta

import pytest

from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind, duty
from tenants.hotel.domain.channel import Busy
from tenants.hotel.domain.request import RequestKind
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.store.requests import RequestStore
from tenants.hotel.usecases import capping, channels, placing, registration, requests
from tenants.hotel.usecases import desk as front
from tests.component.test_hotel_api import Desk, booking, desk, open_desk
from tests.component.test_hotel_money_pages import Clerk
from tests.hotel_world import DAY, adult

pytestmark = pytest.mark.component
__all__ = ["desk", "open_desk"]
CHANNELS, DEVICES, REQUESTS = "/hotel/channels", "/hotel/devices", "/hotel/requests"


def store(desk: Desk) -> HotelStore:
    return HotelStore(UnitOfWork(action="test", now=desk.now))


def test_a_channel_is_connected_oversold_rebooked_and_removed(open_desk: Desk) -> None:
    clerk = Clerk(open_desk)
    assert "还没有接入渠道" in clerk.open(CHANNELS).text
    wrong = clerk.send(CHANNELS, name="示例平台", type="twin", address="http://10.0.0.8/a.ics")
    assert (wrong.status, "公网" in wrong.text or "地址" in wrong.text) == (422, True)
    shaped = clerk.send(CHANNELS, name="示例平台", type="twin", address="webcal:a.ics")
    assert (shaped.status, 'value="webcal:a.ics"' in shaped.text) == (422, True)
    made = clerk.send(CHANNELS, name="示例平台", type="twin")
    page = made.headers["Location"].partition("?")[0]
    one = CHANNELS + "/{channel}"
    unnamed = clerk.send(one, page, name="", address="https://示例 .cn")
    assert (unnamed.status, 'value="https://示例 .cn"' in unnamed.text) == (422, True)
    shown = clerk.send(one + "/address", page + "/address")
    (address,) = re.findall(r'value="(https?://[^"]+\.ics)"', shown.text)
    assert f"/calendars/{page.rpartition('/')[2]}/" in address
    assert address not in clerk.open(one, page).text
    with bind(duty(open_desk.tenant, "test")):
        unit = new_unit(open_desk.now)
        capping.cap("inn", {("twin", DAY): 0}, hotel=store(open_desk), unit=unit)
        channel = store(open_desk).channels.all()[0]
        entry = Busy("x@示例", DAY, DAY + timedelta(days=1))
        with unit("test") as inner:
            inner.channels.close(
                channels._taken(channel, entry, house=inner.setup.house(), hotel=inner), before=None
            )
    listed = clerk.open(CHANNELS).text
    assert "重复预订" in listed
    assert "1 个房型房晚" in listed
    (action,) = re.findall(rf'action="({page}/conflicts/[^"]+)"', listed)
    full = clerk.send(one + "/conflicts/{closure}", action, type="twin")
    assert (full.status, "已订满" in full.text) == (409, True)
    moved = clerk.send(one + "/conflicts/{closure}", action, type="king")
    assert moved.headers["Location"] == f"{CHANNELS}?done=placed"
    assert "重复预订" not in clerk.open(CHANNELS).text
    assert "1 个房型房晚" in clerk.open(CHANNELS + "/caps/lifting").text
    assert clerk.send(CHANNELS + "/caps/lifting", confirm="yes").status == 303
    assert "1 个房晚" in clerk.open(one + "/removal", page + "/removal").text
    assert clerk.send(one + "/removal", page + "/removal", confirm="yes").status == 303
    assert "还没有接入渠道" in clerk.open(CHANNELS).text


def test_devices_are_registered_watched_and_inspected(open_desk: Desk) -> None:
    clerk = Clerk(open_desk)
    assert "还没有登记设备" in clerk.open(DEVICES).text
    lost = clerk.send(DEVICES, kind="lock", name="幽灵", place="999")
    assert (lost.status, "没有 999 这个房号" in lost.text, 'value="幽灵"' in lost.text) == (404, True, True)
    shaped = clerk.send(DEVICES, kind="lift", name="1 号电梯", place="?", floors="1;2")
    assert (shaped.status, 'value="1 号电梯"' in shaped.text, 'value="1;2"' in shaped.text) == (
        422,
        True,
        True,
    )
    lock = clerk.send(DEVICES, kind="lock", name="201 门锁", place="201", offline="yes")
    assert re.search(r'value="[0-9a-f]{40}"', lock.text)
    again = clerk.send(DEVICES, kind="lock", name="201 门锁", place="201")
    assert (again.status, "已登记过" in again.text) == (409, True)
    due = (open_desk.now + timedelta(days=10)).date().isoformat()
    lift = clerk.send(DEVICES, kind="lift", name="1 号电梯", place="L1", floors="1, 2、3", inspect=due)
    page = lift.headers["Location"].partition("?")[0]
    assert "检验将在三十天内到期" in clerk.open(DEVICES + "/{device}", page).text
    assert "1 号电梯" in clerk.open(DEVICES, DEVICES + "?look=inspect").text
    form = {"on": "2035-10-02", "next": "2035-10-01"}
    wrong = clerk.send(DEVICES + "/{device}/inspection", page + "/inspection", **form)
    assert (wrong.status, 'value="2035-10-01"' in wrong.text) == (422, True)
    form["next"] = "2036-10-01"
    assert clerk.send(DEVICES + "/{device}/inspection", page + "/inspection", **form).status == 303
    assert "1 号电梯" not in clerk.open(DEVICES, DEVICES + "?look=inspect").text
    assert "没有符合条件的设备" in clerk.open(DEVICES, DEVICES + "?text=none").text
    assert "2036-10-01" in clerk.open(DEVICES + ".csv").text
    assert "2036-10-01" not in clerk.open(DEVICES + ".csv", DEVICES + ".csv?kind=lock").text


def test_requests_are_taken_done_and_exported(open_desk: Desk) -> None:
    clerk = Clerk(open_desk)
    order = open_desk.ok("POST", "/bookings", body=booking(arrive="2035-10-02", depart="2035-10-04"))
    open_desk.ok("POST", "/bookings/{order}/guarantee", path=f"/bookings/{order['id']}/guarantee", body={})
    with bind(duty(open_desk.tenant, "test")):
        unit = new_unit(open_desk.now)
        stay = store(open_desk).stays.of_order(store(open_desk).orders.get(order["id"]))[0]
        with unit("test") as inner:
            placing.assign(stay.id, placing.Wish(room="201"), hotel=inner)
        with unit("test") as inner:
            registration.save(stay.id, registration.Entry(values=adult()), hotel=inner)
        with unit("test") as inner:
            front.check_in(stay.id, hotel=inner)
        work = UnitOfWork(action="test", now=open_desk.now)
        hotel = HotelStore(work)
        asked = requests.ask(
            hotel.stays.get(stay.id),
            kind=RequestKind.TOWELS,
            note="两条浴巾",
            at=None,
            requests=RequestStore(work),
            hotel=hotel,
        )
        work.commit()
    open_desk.now += timedelta(minutes=20)
    shown = clerk.open(REQUESTS).text
    assert "两条浴巾" in shown
    assert "已等 20 分钟" in shown
    move = REQUESTS + "/{stay}/{request}"
    path = f"{REQUESTS}/{stay.id}/{asked.id}"
    assert clerk.send(move, path, state="taken", list="asked").status == 303
    assert "两条浴巾" in clerk.open(REQUESTS, REQUESTS + "?list=taken").text
    assert clerk.send(move, path, state="done", list="taken").status == 303
    late = clerk.send(move, path, state="cancelled", list="taken")
    assert (late.status, "已办结" in late.text) == (409, True)
    assert "两条浴巾" in clerk.open(REQUESTS, REQUESTS + "?list=over").text
    assert "没有找到" in clerk.open(REQUESTS, REQUESTS + "?list=over&text=999").text
    table = clerk.open(REQUESTS + ".csv").text
    assert "201" in table
    assert "两条浴巾" not in table


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_the_pages_speak_the_readers_language(open_desk: Desk, language: str) -> None:
    clerk = Clerk(open_desk)
    for path in (CHANNELS, DEVICES, REQUESTS):
        page = clerk.open(path, lang=language)
        assert page.status == 200
        assert f'lang="{language}"' in page.text
