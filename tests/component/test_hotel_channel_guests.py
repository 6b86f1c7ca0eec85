"""Guests of a channel on the engine: pages, API, and two clerks at once over one entry."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Refusal
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind, duty
from tenants.hotel.domain.channel import Busy
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import channel_guests, channels
from tenants.hotel.usecases.channels import Feed
from tests.component.test_hotel_api import Desk, desk, open_desk
from tests.component.test_hotel_money_pages import Clerk, said
from tests.hotel_world import DAY

pytestmark = pytest.mark.component
__all__ = ["desk", "open_desk"]
ADDRESS = "https://calendar.example/one.ics"
HOME, ENTRY = "/hotel/channels", "/hotel/channels/{channel}/entries/{closure}"


class Calendar:
    """Another platform's."""

    def __init__(self, *busy: Busy) -> None:
        self.busy = busy

    def read(self, address: str, *, tag: str) -> Feed:
        return Feed(busy=self.busy)


def hotel_of(desk: Desk) -> HotelStore:
    return HotelStore(UnitOfWork(action="test", now=desk.now))


def read(desk: Desk, *busy: Busy) -> None:
    with bind(duty(desk.tenant, "test")):
        hotel = hotel_of(desk)
        (channel,) = hotel.channels.all()
        channels.sync(channel, feeds=Calendar(*busy), hotel=hotel, unit=new_unit(desk.now))


@pytest.fixture
def sold(open_desk: Desk) -> Busy:
    """Two nights of a twin that a platform has sold."""
    with bind(duty(open_desk.tenant, "test")), new_unit(open_desk.now)("test") as hotel:
        channels.connect(name="示例平台", type="twin", address=ADDRESS, hotel=hotel)
    busy = Busy("a@示例", DAY, DAY + timedelta(days=2))
    read(open_desk, busy)
    return busy


def test_the_desk_writes_down_who_comes_and_looks_after_what_was_called_off(
    open_desk: Desk, sold: Busy
) -> None:
    clerk = Clerk(open_desk)
    page = re.findall(r'href="(/hotel/channels/ch_[^"/]+)"', clerk.open(HOME).text)[0]
    shown = clerk.open(HOME + "/{channel}", page)
    assert "已占房" in said(shown)
    (entry,) = re.findall(rf'href="({page}/entries/[^"]+)"', shown.text)
    form = clerk.open(ENTRY, entry)
    assert "登记渠道客人" in said(form)
    assert "换到king" in said(form)
    move = HOME + "/{channel}/conflicts/{closure}", entry.replace("/entries/", "/conflicts/")
    assert clerk.did(*move, type="king") == f"{HOME}?done=placed"
    assert "换到twin" in said(clerk.open(ENTRY, entry))
    assert clerk.did(*move, type="twin") == f"{HOME}?done=placed"
    wrong = clerk.send(ENTRY, entry, contact="示例丁", phone="12", plan="bar", amount="许多", adults="2")
    assert (wrong.status, 'value="示例丁"' in wrong.text, 'value="许多"' in wrong.text) == (422, True, True)
    many = clerk.send(
        ENTRY, entry, contact="示例丁", phone="13800000000", plan="bar", amount="520", adults="9"
    )
    assert (many.status, "最多住" in said(many), 'value="示例丁"' in many.text) == (422, True, True)
    led = clerk.did(ENTRY, entry, contact="示例丁", phone="13800000000", plan="bar", amount="520", adults="2")
    stay = led.partition("?")[0]
    booked = said(clerk.open("/hotel/stays/{stay}", stay))
    assert all(words in booked for words in ("示例丁", "待入住", "2 晚"))
    assert clerk.open(ENTRY, entry).headers["Location"] == stay, "an entry that is a booking leads to it"
    assert "已登记预订" in said(clerk.open(HOME + "/{channel}", page))
    read(open_desk)
    assert "1 笔渠道预订已被平台取消或改期" in said(clerk.open("/hotel/today"))
    asked = clerk.open(HOME)
    assert "平台已取消或改期" in said(asked)
    assert f'href="{stay}"' in asked.text
    (decide,) = re.findall(r'action="(/hotel/channels/dropped/[^"]+)"', asked.text)
    assert clerk.did(HOME + "/dropped/{order}", decide) == f"{HOME}?done=decided"
    assert "平台已取消或改期" not in said(clerk.open(HOME))
    assert "渠道预订已被" not in said(clerk.open("/hotel/today"))


def test_a_system_does_the_same_through_the_api(open_desk: Desk, sold: Busy) -> None:
    (channel,) = open_desk.ok("GET", "/channels")["channels"]
    at = f"/channels/{channel['id']}/entries"
    (entry,) = open_desk.ok("GET", "/channels/{channel}/entries", path=at)["entries"]
    assert (entry["type"], entry["conflict"], entry["booking"]) == ("twin", False, "")
    body = {
        "contact": {"name": "示例丁", "phone": "13800000000"},
        "plan": "bar",
        "price": {"amount": 52_000, "currency": "CNY"},
    }
    post: tuple[str, str] = ("POST", "/channels/{channel}/entries/{entry}/booking")
    made = open_desk.ok(*post, path=f"{at}/{entry['id']}/booking", body=body, key="one")
    again = open_desk.ok(*post, path=f"{at}/{entry['id']}/booking", body=body, key="two")
    assert made["id"] == again["id"]
    assert (made["state"], made["channel"], made["total"]["amount"]) == ("confirmed", "ota", 52_000)
    read(open_desk)
    (dropped,) = open_desk.ok("GET", "/dropped-bookings")["dropped"]
    assert dropped["booking"] == made["id"]
    path = f"/dropped-bookings/{made['id']}/decision"
    assert open_desk.ok("POST", "/dropped-bookings/{order}/decision", path=path, body={}) == {"dropped": []}
    assert open_desk.ok("GET", "/dropped-bookings") == {"dropped": []}


def test_two_clerks_at_once_make_one_booking(open_desk: Desk, sold: Busy) -> None:
    from chalicelib.commerce.orders.usecases import Mark

    with bind(duty(open_desk.tenant, "test")):
        hotel = hotel_of(open_desk)
        (channel,) = hotel.channels.all()
        (entry,) = hotel.channels.closures(channel.id)
        contact = {"name": "示例丁", "phone": "13800000000"}

    def clerk(number: int) -> Any:
        guest = channel_guests.Guest(plan="bar", rooms=52_000, contact=contact)
        mark = Mark(command=f"clerk{number}", digest="d")
        with bind(duty(open_desk.tenant, "test")):
            for _ in range(3):
                try:
                    return channel_guests.take_over(
                        channel.id, entry, guest, mark=mark, unit=new_unit(open_desk.now)
                    ).id
                except Refusal:  # somebody was quicker: the door asks again
                    continue
        return None

    with ThreadPoolExecutor(6) as pool:
        made = set(pool.map(clerk, range(6)))
    assert len(made) == 1
    with bind(duty(open_desk.tenant, "test")):
        hotel = hotel_of(open_desk)
        taken = hotel.calendar.nights("inn", DAY, DAY + timedelta(days=1), fresh=True)
        assert [
            taken[("type:twin", (DAY + timedelta(days=ahead)).isoformat())].taken for ahead in (0, 1)
        ] == [1, 1]
        assert len(hotel.stays.of_order(hotel.orders.get(made.pop()))) == 1
