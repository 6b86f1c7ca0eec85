"""A clerk's day in a browser: a walk-in with a child, the key withheld and given, the bill, the audit."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.kernel.documents import check_digit
from chalicelib.kernel.period import business_day
from chalicelib.persistence import directory
from chalicelib.tenancy.context import bind, duty
from infra.local.seed import HOTEL
from tenants.hotel import inbox
from tests.journeys.browsing import DESK, Visit, barriers, browser
from tests.journeys.callers import next_number
from tests.journeys.town import Town, inside, resident

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def visits(town: Town, chromium: Browser) -> Iterator[Any]:
    opened: list[Visit] = []

    def visit(**more: Any) -> Visit:
        made = Visit(chromium, hosts=(town.stack.base_url,), **more)
        opened.append(made)
        return made

    yield visit
    for each in opened:
        each.end()


def test_a_clerk_checks_a_family_in_on_a_phone_and_out_at_the_desk(town: Town, visits: Any) -> None:
    logins = {one["login"]: one["password"] for one in town.demo["logins"]}
    clerk = "desk@songyang.example"
    login = (clerk, logins[clerk])
    name = f"示例{next_number()}"
    phone = visits()
    phone.log_in(login, then="/hotel/today")
    page = phone.page
    expect(page.locator("h1")).to_have_text("今日")
    assert barriers(page) == []
    page.locator("main").get_by_role("link", name="散客入住").click()
    page.locator("#f-children").fill("1")
    page.get_by_role("button", name="看房价").click()
    page.locator("input[name=contact]").fill(name)
    page.locator("input[name=phone]").fill("13800000000")
    _guest(page, 1, name, "410100199001011009")  # its check digit is wrong
    _guest(page, 2, "示例小", _child())
    page.get_by_role("button", name="入住并发钥匙").click()
    expect(page.locator(".field__error")).to_contain_text("证件号码有误")
    _guest(page, 1, name, resident(next_number()))
    page.get_by_role("button", name="入住并发钥匙").click()
    expect(page.get_by_text("房卡暂不能发放")).to_be_visible()
    assert barriers(page) == []

    page.locator("input[name='guests.g2.guardian_name']").fill("示例母")
    page.locator("input[name='guests.g2.guardian_phone']").fill("13900000000")
    page.locator("select[name='guests.g2.relation']").select_option("parent")
    page.get_by_role("button", name="入住并发钥匙").click()
    expect(page.locator("h1")).to_contain_text("已入住")
    expect(page.locator(".keycode")).to_have_text(re.compile(r"\d{4} \d{3} \d{3}"))
    code = page.locator(".keycode").text_content() or ""
    page.get_by_role("link", name="完成").click()
    expect(page.get_by_text("未成年")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(code)
    assert barriers(page) == []

    desk = visits(size=DESK, scripts=False)
    desk.log_in(login, then="/hotel/stays")
    page = desk.page
    page.locator("input[name=text]").fill(name)
    page.get_by_role("button", name="筛选").click()
    page.locator(".guestline__who").click()
    page.get_by_role("link", name="打开账单").click()
    page.locator("form[action$='/charges'] select[name=code]").select_option("minibar")
    page.locator("form[action$='/charges'] input[name=amount]").fill("25")
    page.locator("form[action$='/charges'] button[type=submit]").click()
    page.goto(f"{town.stack.base_url}/hotel/stays?text={name}")
    page.get_by_role("link", name="退房").click()
    expect(page.get_by_text("应收")).to_be_visible()
    page.get_by_role("button", name="收款").click()
    page.get_by_role("button", name="确认退房").click()
    expect(page.get_by_text("已退房")).to_be_visible()
    expect(page.locator("main")).to_contain_text("已离店")

    today = business_day(datetime.now(UTC))
    _morning_after(town)
    page.goto(f"{town.stack.base_url}/hotel/audit")
    page.locator(f"a[href='/hotel/audit/{today.isoformat()}']").click()
    expect(page.locator("h1")).to_be_visible()


def _guest(page: Page, place: int, name: str, number: str) -> None:
    page.locator(f"input[name='guests.g{place}.name']").fill(name)
    page.locator(f"input[name='guests.g{place}.number']").fill(number)


def _child() -> str:
    """A resident ID of nobody, of a child."""
    body = f"410100{business_day(datetime.now(UTC)) - timedelta(days=3000 + next_number() % 900):%Y%m%d}111"
    return body + check_digit(body)


def _morning_after(town: Town) -> None:
    """What the schedule does in the night: every day that is over is closed."""
    tomorrow = datetime.now(UTC) + timedelta(days=1, hours=6)
    with inside(town.stack):
        tenant = directory.by_slug(HOTEL)
        assert tenant is not None
        with bind(duty(tenant, "journeys")):
            inbox.audit_nights(tomorrow)
