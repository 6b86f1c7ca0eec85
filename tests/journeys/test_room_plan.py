"""The room plan in a real browser: dragged by mouse, thumb and keys, refused in words, undone; no scripts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.browsing import DESK, Visit, barriers, browser
from tests.journeys.callers import Caller
from tests.journeys.town import Town

pytestmark = pytest.mark.journey

API = "/api/v1/hotel"
REPAIR = "208"  # the demo hotel's, for five nights from today
HOLD = 500  # ms, longer than a thumb must rest


class House:
    """The demo hotel: makes stays of three nights from the day after tomorrow, and opens the plan there."""

    def __init__(self, town: Town, chromium: Browser) -> None:
        self._town, self._chromium, self._visits = town, chromium, list[Visit]()
        tenant = next(one for one in town.demo["tenants"] if one["kind"] == "hotel")
        login = next(one for one in town.demo["logins"] if one["login"].startswith("desk@songyang"))
        self.api = Caller(base_url=town.stack.base_url, key=tenant["api_key"])
        self.login = (login["login"], login["password"])
        tonight = self.api.get(f"{API}/room-plan").json["days"][1]
        self.day = date.fromisoformat(tonight) + timedelta(days=2)

    def stay(self, name: str, *, room: str = "", nights: int = 3) -> str:
        """A guaranteed booking of a twin; its stay."""
        asked = {
            "arrive": self.day.isoformat(),
            "depart": (self.day + timedelta(days=nights)).isoformat(),
            "rooms": [{"type": "twin", "plan": "standard", "adults": 1}],
            "contact": {"name": name, "phone": "13900000001"},
        }
        booking = self.api.post(f"{API}/bookings", asked).json
        assert self.api.post(f"{API}/bookings/{booking['id']}/guarantee", {}).status == 200
        plan = self.api.get(f"{API}/room-plan", first=self.day.isoformat()).json
        stay = next(one["id"] for one in plan["unassigned"] if one["booking"] == booking["id"])
        if room:
            assert self.api.put(f"{API}/stays/{stay}/room", {"room": room}).status == 200
        return str(stay)

    def rooms(self, stay: str) -> list[str]:
        """The rooms of a stay, as the API says."""
        return [one["room"] for one in self.api.get(f"{API}/stays/{stay}").json["segments"]]

    def plan(self, **more: Any) -> Page:
        """The clerk looks at the plan of these nights."""
        visit = Visit(self._chromium, hosts=(self._town.stack.base_url,), **more)
        self._visits.append(visit)
        path = f"/hotel/plan?first={self.day.isoformat()}&type=twin"
        visit.log_in(self.login, then="/hotel/plan")
        visit.page.goto(f"{self._town.stack.base_url}{path}")
        return visit.page

    def end(self) -> None:
        for visit in self._visits:
            visit.end()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def house(town: Town, chromium: Browser) -> Iterator[House]:
    made = House(town, chromium)
    yield made
    made.end()


def bar(page: Page, stay: str) -> Locator:
    return page.locator(f"[data-stay='{stay}']")


def row(page: Page, room: str) -> Locator:
    return page.locator(f"tr[data-room='{room}']")


def centre(found: Locator) -> tuple[float, float]:
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def night(page: Page, room: str, number: int) -> tuple[float, float]:
    """Where the plan shows a night of a room; nights are counted from the first shown."""
    return centre(page.locator("th[data-day]").nth(number))[0], centre(row(page, room))[1]


def drag(page: Page, source: tuple[float, float], target: tuple[float, float]) -> None:
    page.mouse.move(*source)
    page.mouse.down()
    page.mouse.move(source[0] + 12, source[1] + 12)
    page.mouse.move(*target, steps=4)
    page.mouse.up()


def test_a_stay_is_dragged_to_a_room_refused_another_undone_and_made_longer(house: House) -> None:
    stay = house.stay("拖拽甲")
    page = house.plan(size={"width": 1280, "height": 1400})
    assert barriers(page) == []
    drag(page, centre(page.locator("[data-tray]").locator(f"[data-stay='{stay}']")), night(page, "204", 0))
    expect(row(page, "204").locator(".bar")).to_contain_text("拖拽甲")
    said = page.locator("[data-plan-said]")
    expect(said).to_contain_text("已排到 204 房")
    assert house.rooms(stay) == ["204"]

    drag(page, centre(bar(page, stay)), night(page, REPAIR, 0))
    expect(said).to_contain_text(f"{REPAIR} 房在所选日期已排给别的客人或正在维修")
    expect(row(page, "204").locator(".bar")).to_contain_text("拖拽甲")
    expect(page.locator(".plan__ghost")).to_have_count(0)
    assert house.rooms(stay) == ["204"]

    drag(page, centre(bar(page, stay)), night(page, "205", 1))
    expect(row(page, "205").locator(".bar")).to_contain_text("拖拽甲")
    page.get_by_role("button", name="撤销").click()
    expect(row(page, "204").locator(".bar")).to_contain_text("拖拽甲")
    assert house.rooms(stay) == ["204"]

    drag(page, centre(bar(page, stay).locator("[data-edge]")), night(page, "204", 4))
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("加收房费")
    assert barriers(page) == []
    dialog.get_by_role("button", name="按此价延住").click()
    expect(said).to_contain_text("已延住到")
    expect(row(page, "204").locator("td[colspan='5']")).to_be_visible()


def test_keys_lift_a_stay_and_put_it_down_elsewhere(house: House) -> None:
    stay = house.stay("键盘乙", room="201")
    page = house.plan(size=DESK)
    bar(page, stay).focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-plan-said]")).to_contain_text("拿起 键盘乙")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-plan-said]")).to_contain_text("202 房")
    page.keyboard.press("Escape")
    expect(page.locator("[data-plan-said]")).to_contain_text("没有改动")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(row(page, "202").locator(".bar")).to_contain_text("键盘乙")
    expect(bar(page, stay)).to_be_focused()
    assert house.rooms(stay) == ["202"]


def test_a_thumb_rests_and_drags_and_a_quick_one_scrolls(house: House) -> None:
    stay = house.stay("手指丙", room="203")
    page = house.plan()
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def swipe(start: tuple[float, float], end: tuple[float, float], *, rest: int) -> None:
        touch("touchStart", start)
        page.wait_for_timeout(rest)
        for step in range(1, 9):
            touch(
                "touchMove",
                (start[0] + (end[0] - start[0]) * step / 8, start[1] + (end[1] - start[1]) * step / 8),
            )
            page.wait_for_timeout(16)
        touch("touchEnd")

    box = page.locator(".plan__scroll")
    box.evaluate("box => { box.scrollIntoView(); box.scrollTop = 0; }")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    source, up = centre(bar(page, stay)), night(page, "201", 0)
    swipe(source, (source[0], up[1] - 40), rest=0)
    page.wait_for_timeout(300)
    assert house.rooms(stay) == ["203"]
    box.evaluate("box => { box.scrollTop = 0; box.scrollLeft = 0; }")
    page.wait_for_timeout(300)
    x, y = centre(bar(page, stay))
    swipe((min(x, 300), y), (min(x, 300), night(page, "206", 0)[1]), rest=HOLD)
    expect(row(page, "206").locator(".bar")).to_contain_text("手指丙")
    assert house.rooms(stay) == ["206"]


def test_without_scripts_links_and_forms_give_a_room_and_take_it_back(house: House) -> None:
    stay = house.stay("无脚本丁", nights=1)
    page = house.plan(scripts=False)
    page.locator("[data-tray] li", has_text="无脚本丁").get_by_role("link", name="排房").click()
    expect(page.locator("main")).to_contain_text("为 无脚本丁 选房")
    row(page, "207").get_by_role("link", name="排").first.click()
    page.get_by_role("button", name="排到这间").click()
    expect(row(page, "207").locator(".bar")).to_contain_text("无脚本丁")
    assert house.rooms(stay) == ["207"]
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[data-tray]")).to_contain_text("无脚本丁")
    row(page, "207").get_by_role("link", name="空").first.click()
    page.locator("li", has_text="无脚本丁").get_by_role("button", name="排到这间").click()
    expect(row(page, "207").locator(".bar")).to_contain_text("无脚本丁")
    page.goto(page.url)
    assert house.rooms(stay) == ["207"]
