"""Guests register themselves before they come, from their order's page; the desk looks at the documents."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind, duty
from chalicelib.web.orders.links import token_of
from tenants.hotel.domain.guest import Registered
from tenants.hotel.store import HotelStore
from tests.component.test_hotel_api import Desk, booking, desk, open_desk
from tests.component.test_hotel_money_pages import Clerk, said
from tests.hotel_world import resident

pytestmark = pytest.mark.component
__all__ = ["desk", "open_desk"]
ONE = "/s/{slug}/orders/{order}/guests/{stay}"
FIRST = {"name": "示例甲", "document": "resident-id", "number": resident(date(1990, 5, 20))}


def fields(place: str, **values: str) -> dict[str, str]:
    return {f"guests.{place}.{name}": value for name, value in values.items()}


@pytest.fixture
def guest(open_desk: Desk) -> Any:
    """Somebody with the link of a firm booking for today."""
    order = open_desk.ok("POST", "/bookings", body=booking(arrive="2035-10-02", depart="2035-10-04"))
    at = f"/bookings/{order['id']}/guarantee"
    open_desk.ok("POST", "/bookings/{order}/guarantee", path=at, body={})
    made: Any = Clerk(open_desk)
    with bind(duty(open_desk.tenant, "test")):
        token = token_of(order["id"], now=open_desk.now)
        hotel = HotelStore(UnitOfWork(action="test", now=open_desk.now))
        made.stay = hotel.stays.of_order(hotel.orders.get(order["id"]))[0].id
    made.order = f"/s/{open_desk.tenant.slug}/orders/{order['id']}"
    made.form, made.token = f"{made.order}/guests/{made.stay}?t={token}", token
    return made


def known(guest: Any) -> list[Any]:
    with bind(duty(guest.desk.tenant, "test")):
        hotel = HotelStore(UnitOfWork(action="test", now=guest.desk.now))
        return list(hotel.guests.of_stay(guest.stay))


def test_guests_register_before_they_come_and_the_desk_sees_their_documents(guest: Any) -> None:
    page = guest.open("/s/{slug}/orders/{order}", f"{guest.order}?t={guest.token}", key=False).text
    assert f"{guest.order}/guests?t=" in page.replace("&amp;", "&")
    shown = guest.open("/s/{slug}/orders/{order}/guests", f"{guest.order}/guests?t={guest.token}", key=False)
    assert "提交登记" in shown.text
    nobody = guest.send(ONE, guest.form, key=False, **fields("g1", name="", document="resident-id"))
    assert (nobody.status, known(guest)) == (422, [])
    assert "还没有填写任何一位住客" in said(nobody)
    wrong = guest.send(
        ONE, guest.form, key=False, **fields("g1", **{**FIRST, "number": FIRST["number"][:-1] + "0"})
    )
    assert (wrong.status, known(guest)) == (422, [])
    assert "示例甲" in wrong.text  # what was typed is there to be corrected
    child = {"name": "示例小", "document": "resident-id", "number": resident(date(2025, 3, 1), 13)}
    family = {**child, "guardian_name": "示例甲", "guardian_phone": "13800000000", "relation": "parent"}
    sent = guest.send(ONE, guest.form, key=False, **fields("g1", **FIRST), **fields("g2", **family))
    assert sent.status == 303, said(sent)
    assert [(one.state, one.told, one.minor, dict(one.relations)) for one in known(guest)] == [
        (Registered.READY, True, False, {}),
        (Registered.READY, True, True, {1: "parent"}),
    ]
    after = guest.open(ONE, guest.form, key=False).text
    assert FIRST["number"] not in after
    assert "示例甲" not in after  # masked from now on
    arrival = f"/hotel/stays/{guest.stay}/check-in"
    refused = guest.send("/hotel/stays/{stay}/check-in", arrival, room="201", purpose="leisure")
    assert (refused.status, "还没有核对证件" in said(refused)) == (409, True)
    came = guest.send("/hotel/stays/{stay}/check-in", arrival, purpose="leisure", seen="1", absent="2")
    assert came.status == 303, said(came)
    assert [(one.told, one.arrived is not None) for one in known(guest)] == [(False, True), (True, False)]
    late = guest.open(ONE, guest.form, key=False)
    assert late.status == 404  # the guests are in the house: the desk's now


def test_whom_the_desk_wrote_down_stays_and_without_the_link_there_is_nothing(guest: Any) -> None:
    desk_form = {f"guests.one.{name}": value for name, value in FIRST.items()}
    new = f"/hotel/stays/{guest.stay}/guests/new"
    assert guest.send("/hotel/stays/{stay}/guests/new", new, **desk_form).status == 303
    other = {**FIRST, "name": "示例丙"}
    refused = guest.send(ONE, guest.form, key=False, **fields("g1", **other))
    assert refused.status == 409
    assert [one.told for one in known(guest)] == [False]
    bare = urlsplit(guest.form).path
    assert guest.open(ONE, bare, key=False).status == 404
    assert guest.send(ONE, bare + "?t=" + "0" * 32, key=False, **fields("g2", **FIRST)).status == 404


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_the_form_speaks_the_guests_language(guest: Any, language: str) -> None:
    page = guest.open(ONE, guest.form, key=False, lang=language)
    assert page.status == 200
    assert f'lang="{language}"' in page.text
    assert "提交登记" not in page.text
    assert '<option value="passport" selected' in page.text  # who reads no Chinese seldom has a resident ID


def test_a_cancellation_fee_that_nobody_had_paid_is_owed_and_paid_by_its_link(guest: Any) -> None:
    path = f"{guest.order}/cancel?t={guest.token}"
    asked = guest.open("/s/{slug}/orders/{order}/cancel", path, key=False).text
    (fee,) = re.findall(r'name="fee" value="(\d+)"', asked)
    assert int(fee) > 0
    guest.send("/s/{slug}/orders/{order}/cancel", path, key=False, confirm="yes", fee=fee, back="0")
    page = guest.open("/s/{slug}/orders/{order}", f"{guest.order}?t={guest.token}", key=False)
    assert "退订费" in said(page)
    (bill,) = set(re.findall(r'href="(/s/[^"]+/bills/[^"]+)"', page.text.replace("&amp;", "&")))
    shown = said(guest.open("/s/{slug}/bills/{folio}", bill, key=False))
    assert f"¥{int(fee) / 100:,.2f}" in shown
    assert "在线付款" in shown
    assert "退订费" in said(guest.open("/hotel/folios"))
