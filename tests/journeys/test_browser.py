"""A visitor buys on a phone, the gate lets them in, and the bureau's wall shows it: in a real browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browsing import DESK, Visit, barriers, browser
from tests.journeys.callers import eventually, next_number
from tests.journeys.town import AREA, GATE, PRICE, PRODUCT, Town, resident

pytestmark = pytest.mark.journey

_CARD = "4242 4242 4242 4242"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def visits(town: Town, chromium: Browser) -> Iterator[Any]:
    """Opens browsers; whatever was wrong in any of them fails the test at its end."""
    opened: list[Visit] = []

    def visit(**more: Any) -> Visit:
        made = Visit(chromium, hosts=(town.stack.base_url, town.stack.stripe_url), **more)
        opened.append(made)
        return made

    yield visit
    for each in opened:
        each.end()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_visitor_buys_on_a_phone_enters_and_moves_the_wall(town: Town, visits: Any, scripts: bool) -> None:
    before = town.figures()
    visitor = visits(scripts=scripts)
    page = visitor.page
    _choose(town, page, people=1)
    _name(page, 0, "王小明", "410100199001011009")  # its check digit is wrong
    page.get_by_role("button", name="提交订单").click()
    expect(page.locator(".field__error")).to_contain_text("证件号码有误")
    document = resident(next_number())
    _name(page, 0, "王小明", document)
    page.get_by_role("button", name="提交订单").click()

    expect(page.locator("h1")).to_contain_text("订单")
    expect(page.get_by_text("待付款").first).to_be_visible()
    expect(page.locator("[data-countdown]")).to_be_visible()
    page.get_by_role("button", name="银行卡").click()
    page.wait_for_url(f"{town.stack.stripe_url}/**")
    page.locator("input[name=number]").fill(_CARD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{town.stack.base_url}/**")
    ticket = page.locator(".ticket").first
    expect(ticket.locator("svg").first).to_be_visible(timeout=30_000)
    expect(ticket).not_to_contain_text("王小明")
    number = (ticket.locator(".ticket__code").text_content() or "").strip()
    assert re.search(r"\d{4}-[0-9A-Z]{6}", number)

    gate = visits(scripts=scripts)
    gate.log_in(town.scenic.logins["gate"], then=f"/gate/{AREA}/{GATE}")
    _scan(gate.page, number)
    expect(gate.page.locator("[data-verdict]")).to_have_attribute("data-verdict", re.compile("admit|check"))
    _scan(gate.page, number)
    expect(gate.page.locator("[data-verdict=refuse]")).to_contain_text("北门")

    page.reload()
    expect(page.locator(".ticket--used")).to_be_visible()
    _find_again(town, visits(scripts=scripts).page, number.rpartition("-")[0], document, axe=scripts)

    after = town.figures()
    assert after["sold"] - before["sold"] == 1
    assert after["admitted"] - before["admitted"] == 1
    assert after["refused"] - before["refused"] == 1
    assert after["paid"]["amount"] - before["paid"]["amount"] == PRICE
    officer = visits(scripts=scripts, size=DESK)
    officer.log_in(town.bureau.logins["officer"], then="/bureau/wall")
    total = town.bureau.caller.get("/api/v1/bureau/wall").json
    expect(officer.page.locator("main")).to_contain_text(f"{total['admitted']:,}")
    expect(officer.page.locator("main")).to_contain_text(f"{total['sold']:,}")
    officer.page.locator("main a", has_text="明细").first.click()
    officer.page.locator("main a[href*='/bureau/events?']").first.click()
    expect(officer.page.locator("main")).to_contain_text("tourism.")


def test_wrong_people_get_words(town: Town, visits: Any) -> None:
    page = visits().page
    number = resident(next_number())
    _choose(town, page, people=2)
    for place, name in enumerate(("李雷", "韩梅梅")):
        _name(page, place, name, number)
    page.get_by_role("button", name="提交订单").click()
    expect(page.locator("[role=alert]")).to_contain_text("同一")
    assert page.locator("input[name='visitors.1.name']").input_value() == "韩梅梅"
    _name(page, 1, "韩梅梅", resident(next_number()))
    page.get_by_role("button", name="提交订单").click()
    expect(page.locator("h1")).to_contain_text("订单")

    other = visits().page
    _choose(town, other, people=1)
    _name(other, 0, "李雷", number)
    other.get_by_role("button", name="提交订单").click()
    expect(other.locator("[role=alert]")).to_contain_text(re.compile(f"已有一份预订.*{number[-4:]}"))
    assert number not in other.url


def test_money_that_arrives_without_its_visitor_still_makes_tickets(town: Town, chromium: Browser) -> None:
    visit = Visit(chromium, hosts=(town.stack.base_url, town.stack.stripe_url))
    page = visit.page
    _choose(town, page, people=1)
    _name(page, 0, "赵不归", resident(next_number()))
    page.get_by_role("button", name="提交订单").click()
    page.get_by_role("button", name="银行卡").click()
    page.wait_for_url(f"{town.stack.stripe_url}/**")
    page.route(f"{town.stack.base_url}/**", lambda route: route.abort())
    page.locator("input[name=number]").fill(_CARD)
    page.locator("button[type=submit]").click(no_wait_after=True)
    eventually(
        lambda: _latest(town)["state"] == "confirmed",
        what="the provider's own message confirms the order",
        seconds=60,
    )
    visit.context.close()


def test_a_declined_card_says_so_and_another_one_pays(town: Town, visits: Any) -> None:
    page = visits().page
    _choose(town, page, people=1)
    _name(page, 0, "钱不够", resident(next_number()))
    page.get_by_role("button", name="提交订单").click()
    page.get_by_role("button", name="银行卡").click()
    page.wait_for_url(f"{town.stack.stripe_url}/**")
    page.locator("input[name=number]").fill("4000 0000 0000 0002")
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{town.stack.stripe_url}/**")
    page.locator("input[name=number]").fill(_CARD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{town.stack.base_url}/**")
    expect(page.locator(".ticket").first).to_be_visible(timeout=30_000)


def test_no_page_puts_a_serious_barrier_in_anybodys_way(town: Town, visits: Any) -> None:
    found: dict[str, list[str]] = {}
    page = visits().page
    _choose(town, page, people=1, found=found)
    found["visitors"] = barriers(page)
    _name(page, 0, "孙无障", "1")
    page.get_by_role("button", name="提交订单").click()
    found["visitors with errors"] = barriers(page)
    _name(page, 0, "孙无障", resident(next_number()))
    page.get_by_role("button", name="提交订单").click()
    expect(page.locator("[data-countdown]")).to_be_visible()
    found["held order"] = barriers(page)
    page.get_by_role("button", name="银行卡").click()
    page.locator("input[name=number]").fill(_CARD)
    page.locator("button[type=submit]").click()
    expect(page.locator(".ticket").first).to_be_visible(timeout=30_000)
    found["order with tickets"] = barriers(page)
    page.get_by_role("link", name="申请退票").click()
    found["refund"] = barriers(page)

    gate = visits()
    gate.page.goto(f"{town.stack.base_url}/login")
    found["log-in"] = barriers(gate.page)
    gate.log_in(town.scenic.logins["gate"], then=f"/gate/{AREA}/{GATE}")
    found["gate"] = barriers(gate.page)
    _scan(gate.page, "0000-AAAAAA")
    expect(gate.page.locator("[data-verdict=refuse]")).to_be_visible()
    found["gate that refuses"] = barriers(gate.page)

    desk = visits(size=DESK)
    desk.log_in(town.scenic.logins["desk"], then="/console")
    for place in ("/console", "/console/sell", "/console/areas"):
        desk.page.goto(f"{town.stack.base_url}{place}")
        found[place] = barriers(desk.page)
    officer = visits(size=DESK)
    officer.log_in(town.bureau.logins["officer"], then="/bureau/wall")
    for place in ("/bureau/wall", "/bureau", "/bureau/quarantine", "/bureau/reconciliation"):
        officer.page.goto(f"{town.stack.base_url}{place}")
        found[place] = barriers(officer.page)
    assert {place: what for place, what in found.items() if what} == {}


def _find_again(town: Town, page: Page, number: str, document: str, *, axe: bool) -> None:
    """On another phone: from the front page to the tickets, by the order's number and a document on it."""
    page.goto(f"{town.stack.base_url}/")
    page.get_by_role("link", name="找回订单").click()
    page.locator(f"a[href='/s/{town.scenic.slug}/find']").click()
    assert not axe or barriers(page) == []  # axe waits for timers, which stand still without scripts
    page.fill("input[name=number]", number)
    page.fill("input[name=proof]", resident(next_number()))
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_text("没有找到符合的订单")).to_be_visible()
    assert not axe or barriers(page) == []
    page.fill("input[name=proof]", document)
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".ticket--used")).to_be_visible()


def _choose(town: Town, page: Page, *, people: int, found: dict[str, list[str]] | None = None) -> None:
    """From the shop's front to the boxes for the visitors."""
    page.goto(f"{town.stack.base_url}/s/{town.scenic.slug}")
    if found is not None:
        found["shop"] = barriers(page)
    page.get_by_role("link", name="北谷散步票").click()
    page.wait_for_url(f"**/p/{PRODUCT}**")
    if found is not None:
        found["choose"] = barriers(page)
    page.locator("label", has=page.locator("input[name=start]")).first.click()
    page.locator("input[name=adult]").fill(str(people))
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/visitors?**")


def _name(page: Page, place: int, name: str, number: str) -> None:
    page.locator(f"input[name='visitors.{place}.name']").fill(name)
    page.locator(f"input[name='visitors.{place}.number']").fill(number)


def _scan(page: Page, code: str) -> None:
    """As a scanner gun does it: type, Enter; then wait for the answer's fresh form key."""
    key = page.locator("form[data-gate] input[name=key]")
    before = key.get_attribute("value")
    page.locator("input[name=code]").fill(code)
    page.locator("input[name=code]").press("Enter")
    expect(key).not_to_have_attribute("value", before or "")


def _latest(town: Town) -> dict[str, Any]:
    orders = town.scenic.caller.get("/api/v1/scenic/orders", limit=1).json["orders"]
    newest: dict[str, Any] = orders[0]
    return newest
