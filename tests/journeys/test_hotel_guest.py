"""A guest's nights in a real browser: booked, paid, a door opened, handed back; and the bureau reads them."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.kernel.period import business_day, local
from chalicelib.persistence import directory
from chalicelib.tenancy.context import bind, duty
from infra.local.people import resident_id
from infra.local.seed import HOTEL
from infra.local.seed_inn import INN
from tenants.hotel.domain.night_audit import DayFigures
from tenants.hotel.store import new_unit
from tests.journeys.browsing import DESK, Visit, barriers, browser
from tests.journeys.one_process import Running, running

pytestmark = pytest.mark.journey

_PHONE = "13900004321"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def house() -> Iterator[Running]:
    with running() as made:
        yield made


@pytest.fixture
def visits(house: Running, chromium: Browser) -> Iterator[Any]:
    opened: list[Visit] = []

    def visit(**more: Any) -> Visit:
        hosts = (house.stack.base_url, house.stack.stripe_url, house.doors_url)
        opened.append(Visit(chromium, hosts=hosts, **more))
        return opened[-1]

    yield visit
    for each in opened:
        each.end()


def test_a_guest_books_opens_the_door_leaves_and_the_bureau_reads_the_night(
    house: Running, visits: Any
) -> None:
    page = visits().page
    tonight = business_day(house.now())
    number = _book(house, page, tonight)
    _ask_for_other_dates(page, tonight)

    kiosk = visits(size={"width": 1080, "height": 1440})
    code, room = _move_in(house, kiosk, number)
    _open_the_door(house, visits().page, room, code)
    _ask_for_towels(kiosk.page)

    for night in range(3):
        house.move_to(local(tonight + timedelta(days=night + 1), time(2, 10)))
        house.perform("audit_nights")
    house.move_to(local(tonight + timedelta(days=3), time(10, 30)))
    _leave(house, visits(), room, code)
    _read_the_night(house, visits(size=DESK), tonight + timedelta(days=2))


def _book(house: Running, page: Page, tonight: date) -> str:
    """Three nights from tonight on, in English, paid by card; the booking's number."""
    page.goto(f"{house.stack.base_url}/s/{HOTEL}?lang=en")
    page.fill("input[name=arrive]", tonight.isoformat())
    page.fill("input[name=depart]", (tonight + timedelta(days=3)).isoformat())
    page.get_by_role("button", name="See available rooms").click()
    page.get_by_role("link", name=re.compile("Choose King room Saver")).click()
    page.get_by_role("button", name="Continue").click()
    page.fill("input[name=name]", "示例安")
    page.fill("input[name=phone]", _PHONE)
    page.get_by_role("button", name="Book").click()
    assert barriers(page) == []
    page.get_by_role("button", name="card").click()
    page.wait_for_url(f"{house.stack.stripe_url}/**")
    page.locator("input[name=number]").fill("4242 4242 4242 4242")
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{house.stack.base_url}/**")
    expect(page.locator(".order-qr svg")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Expected").first).to_be_visible()
    return (page.locator(".ticket__code").text_content() or "").strip()


def _ask_for_other_dates(page: Page, tonight: date) -> None:
    """One night more is quoted to the fen; who leaves it at that has changed nothing."""
    paid = _amount(page.locator(".bill").first.inner_text())
    page.get_by_role("link", name="Change the dates").click()
    page.fill("input[name=depart]", (tonight + timedelta(days=4)).isoformat())
    page.get_by_role("button", name="See the difference").click()
    more = page.get_by_role("button", name=re.compile("Change the dates and pay"))
    assert 20_000 < _amount(more.inner_text()) < paid
    assert barriers(page) == []
    page.get_by_role("link", name="Leave it").click()
    expect(page.locator(".bill").first).to_contain_text(f"{paid / 100:,.2f}")


def _move_in(house: Running, kiosk: Visit, number: str) -> tuple[str, str]:
    """At the machine in the lobby, which the desk has logged in: the code and the room."""
    page = kiosk.page
    kiosk.log_in(house.logins["desk@songyang.example"], then="/kiosk")
    page.clock.install()
    page.get_by_role("link", name="办理入住").click()
    page.fill("input[name=number]", number)
    page.clock.run_for(272_000)  # nobody has touched it: it asks, and keeps what was typed
    page.get_by_role("alertdialog").get_by_role("button", name="继续").click()
    page.clock.run_for(200_000)
    expect(page.locator("input[name=number]")).to_have_value(number)
    page.fill("input[name=phone]", "0000")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("[role=alert], .notice").first).to_contain_text("没有找到")
    page.fill("input[name=number]", number)
    page.fill("input[name=phone]", _PHONE[-4:])
    page.get_by_role("button", name="下一步").click()
    page.fill("input[name=name]", "示例安")
    page.fill("input[name=document_number]", resident_id(born=date(1991, 5, 20), serial=811))
    page.get_by_role("button", name="登记这位住客").click()
    page.fill("input[name=signed]", "示例安")
    page.locator("input[name=agree]").check()
    page.get_by_role("button", name="入住", exact=True).click()
    code = re.sub(r"\D", "", page.locator(".kiosk__code").inner_text())
    room = re.sub(r"\D", "", page.locator("h1").inner_text())
    assert (len(code), room[0]) == (10, "3")
    found = [one for one in barriers(page) if not one.startswith("meta-refresh")]
    assert found == []  # but that the machine in the lobby forgets a code that nobody looks at
    return code, room


def _open_the_door(house: Running, page: Page, room: str, code: str) -> None:
    """Its network is cut: the code proves itself. Another door does not open."""
    page.goto(house.doors_url)
    _at(page, room).get_by_role("button", name="断开网络").click()
    for typed, said in ((f"{int(code) ^ 1:010d}", "密码不对"), (code, "欢迎")):
        _at(page, room).locator("input[name=code]").fill(typed)
        _at(page, room).get_by_role("button", name="开门").click()
        expect(_at(page, room).locator("p")).to_contain_text(said)
    _at(page, "402").locator("input[name=code]").fill(code)
    _at(page, "402").get_by_role("button", name="开门").click()
    expect(_at(page, "402").locator("p.no")).to_be_visible()


def _at(page: Page, room: str) -> Any:
    return page.locator("form.door").filter(has=page.locator("h2", has_text=re.compile(f"^{room}$")))


def _ask_for_towels(page: Page) -> None:
    page.goto(page.locator("[data-address]").get_attribute("data-address") or "")  # as a phone reads the code
    page.select_option("select[name=kind]", "towels")
    page.fill("textarea[name=note]", "两条,谢谢")
    page.get_by_role("button", name="告诉前台").click()
    expect(page.locator(".request")).to_contain_text("两条,谢谢")
    assert barriers(page) == []


def _leave(house: Running, kiosk: Visit, room: str, code: str) -> None:
    """On another day somebody has logged the machine in again."""
    page = kiosk.page
    kiosk.log_in(house.logins["desk@songyang.example"], then="/kiosk/out")
    page.fill("input[name=room]", room)
    page.fill("input[name=code]", code)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="确认退房").click()
    expect(page.locator("h1")).to_contain_text("谢谢")
    page.goto(f"{house.stack.base_url}/kiosk/out")
    page.fill("input[name=room]", room)
    page.fill("input[name=code]", code)
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("main")).to_contain_text("房号与房门密码不符")


def _read_the_night(house: Running, officer: Visit, night: date) -> None:
    """The bureau's page says how full the hotel was, from the audit that ran by itself."""
    house.stack.drain(timeout=60)
    officer.log_in(house.logins["officer@bureau.example"], then="/bureau/lodging")
    (said,) = _audited(house, night)
    expect(officer.page.locator("main")).to_contain_text(f"出租 {said.let} / 可供 {said.available} 间")
    share = f"{100 * said.let / said.available:.1f}".removesuffix(".0")
    expect(officer.page.locator("main")).to_contain_text(f"{share}%")
    assert said.let >= 1
    assert barriers(officer.page) == []


def _audited(house: Running, night: date) -> Sequence[DayFigures]:
    """The night as the hotel's own audit has it."""
    tenant = directory.by_slug(HOTEL)
    assert tenant is not None
    with bind(duty(tenant, "journey")), new_unit(house.now())("journey.look") as hotel:
        return hotel.accounts.audits.figures(INN, night, night)


def _amount(text: str) -> int:
    """The last amount in a text, in fen."""
    return round(float(re.findall(r"[\d,]+\.\d\d", text)[-1].replace(",", "")) * 100)
