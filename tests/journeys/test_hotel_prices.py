"""The owner of a hotel changes prices in a browser, and guests read the new ones."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.kernel.period import business_day
from tests.journeys.browsing import DESK, Visit, barriers, browser
from tests.journeys.callers import eventually
from tests.journeys.town import Town

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def test_a_bulk_change_is_seen_first_then_written_and_guests_read_it(town: Town, chromium: Browser) -> None:
    hotel = next(each for each in town.demo["tenants"] if each["kind"] == "hotel")
    owner = next(
        (login["login"], login["password"])
        for login in town.demo["logins"]
        if login["tenant"] == hotel["slug"] and login["login"].startswith("owner@")
    )
    day = business_day(datetime.now(UTC)) + timedelta(days=30)
    site = town.stack.base_url
    search = f"{site}/s/{hotel['slug']}/rooms?arrive={day}&depart={day + timedelta(days=1)}&adults=2"

    desk = Visit(chromium, hosts=(site,), scripts=False, size=DESK)
    desk.log_in(owner, then="/hotel/prices")
    page = desk.page
    page.goto(f"{site}/hotel/prices/change?type=twin&day={day}")
    page.select_option("#f-how", "set")
    page.fill("#f-amount", "1234")
    page.get_by_role("button", name="看会改什么").click()
    expect(page.locator("main")).to_contain_text("¥1,234")
    guest = Visit(chromium, hosts=(site,))
    guest.page.goto(search)
    assert "¥1,234" not in (guest.page.locator("main").text_content() or "")  # it was only shown
    page.get_by_role("button", name="确认写入").click()
    page.wait_for_url(re.compile(r"/hotel/prices\?month=.*done=changed"))

    def told() -> bool:
        guest.page.goto(search)
        return "¥1,234" in (guest.page.locator("main").text_content() or "")  # dearer plans are folded

    eventually(told, what="the new price in the search")
    desk.end()
    guest.end()

    looked = Visit(chromium, hosts=(site,), size=DESK)
    looked.log_in(owner, then=f"/hotel/prices?month={day:%Y-%m}")
    expect(looked.page.locator(".rates").get_by_text("1234").first).to_be_visible()
    assert barriers(looked.page) == []
    looked.end()
