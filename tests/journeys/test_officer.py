"""An officer's morning in a browser: who has reported, a figure's way home, rooms, a return, a report."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.kernel.period import business_day
from infra.visitors import town as playing
from infra.visitors.browser import Browser as Plain
from infra.visitors.cast import cast
from infra.visitors.day import Pace, day_of
from infra.visitors.post import Sender, Tally
from infra.visitors.said import Envelope
from tenants.bureau.domain.deadlines import books_close
from tests.journeys.browsing import DESK, PHONE, Visit, barriers, browser
from tests.journeys.town import Town, inside

pytestmark = pytest.mark.journey


@dataclass(frozen=True, kw_only=True)
class Yesterday:
    """Two hotels with systems of their own: what one said of yesterday, and who said nothing."""

    day: date
    told: str
    sender: str
    silent: str
    said: list[Envelope]

    @property
    def audit(self) -> dict[str, Any]:
        """Its night audit: of the night before."""
        found = [one["data"] for one in self.said if one["type"].endswith("nightaudit.closed.v1")]
        return dict(found[-1])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def yesterday(town: Town) -> Yesterday:
    """A day of one hotel through the HTTPS door, closed; another one registered that says nothing."""
    now = datetime.now(UTC)
    day = business_day(now) - timedelta(days=1)
    place = playing.Town(
        base_url=town.stack.base_url,
        stripe_url=town.stack.stripe_url,
        data_dir=town.stack.data_dir,
        demo=dict(town.demo),
    )
    wanted = cast(seed=7, scenic=0, hotels=7, homestays=0, agencies=0)[5:]
    with inside(town.stack):
        (told, key), (silent, _) = playing.register(place, wanted, now=now)
    said = day_of(told, day, seed=7, pace=Pace(detail=0.3, service=0.3))
    tally = Tally()
    Sender(town.stack.base_url, key, tally).send([one for one in said if one["time"] <= now.isoformat()])
    assert (tally.outcomes["accepted"], tally.failed) == (len(said), 0), tally.codes
    town.stack.drain(timeout=90)
    return Yesterday(day=day, told=told.name, sender=told.id, silent=silent.name, said=said)


@pytest.fixture
def officer(town: Town, chromium: Browser) -> Iterator[Visit]:
    visit = Visit(chromium, hosts=(town.stack.base_url,), size=DESK)
    visit.log_in(town.bureau.logins["leader"], then="/bureau")
    yield visit
    visit.end()


def test_the_morning_names_who_has_not_reported_and_a_figure_leads_to_its_events(
    town: Town, officer: Visit, yesterday: Yesterday
) -> None:
    page, site = officer.page, town.stack.base_url
    page.get_by_role("link", name="报送情况").first.click()
    expect(page.locator("h1")).to_be_visible()
    in_time = datetime.now(UTC) < books_close(yesterday.day)
    _row(page, yesterday.told, "齐全" if in_time else "日结迟到")  # it was told just now
    _row(page, yesterday.silent, "未上报")
    arrived = [one for one in yesterday.said if one["type"].endswith("stay.checkedin.v1")]
    guests = sum(one["data"]["partySize"] for one in arrived)
    assert guests
    page.goto(f"{site}/bureau/lodging?day={yesterday.day}&name={yesterday.told}")
    line = page.locator("main tr", has_text=yesterday.told)
    expect(line).to_contain_text(f"{guests:,}")
    line.locator("a").first.click()
    expect(page.locator("main")).to_contain_text(f"{guests:,}")
    behind = page.locator("main tr", has_text="客人入住")
    expect(behind).to_contain_text(str(len(arrived)))
    behind.locator("a").click()
    expect(page.locator("main")).to_contain_text("tourism.lodging.stay.checkedin.v1")
    newest = max(arrived, key=lambda one: str(one["id"]))
    expect(page.locator("main")).to_contain_text(newest["id"])
    assert barriers(page) == []


def test_last_nights_rooms_of_a_hotel_are_read_on_the_lodging_page(
    town: Town, chromium: Browser, officer: Visit, yesterday: Yesterday
) -> None:
    audit = yesterday.audit
    share = f"{audit['roomsSold'] / audit['roomsAvailable']:.1%}"
    for size in (DESK, PHONE):
        officer.page.set_viewport_size(size)  # type: ignore[arg-type]
        officer.page.goto(f"{town.stack.base_url}/bureau/lodging?day={yesterday.day}&name={yesterday.told}")
        row = officer.page.locator("main tr", has_text=yesterday.told)
        expect(row).to_contain_text(f"{audit['roomsSold']:,} / {audit['roomsAvailable']:,}")
        expect(row).to_contain_text(share)
        width = officer.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], "nothing runs out of the page"


def test_a_return_is_accepted_after_the_unit_has_filled_and_signed_it(
    town: Town, officer: Visit, yesterday: Yesterday
) -> None:
    del yesterday
    hotel = playing.Town(
        base_url=town.stack.base_url, stripe_url="", data_dir=town.stack.data_dir, demo=dict(town.demo)
    )
    clerk, owner, district = (_person(hotel, *who) for who in _UNIT)
    clerk.open(clerk.link('/console/returns/[^"?]+'))
    return_page = clerk.page
    clerk.submit(clerk.form("csrf", "values.staff"), **_filled(clerk))
    owner.open(return_page)
    owner.submit(next(one for one in owner.forms() if one.action.endswith("/sign")))
    town.stack.drain(timeout=60)
    district.open(district.link('/bureau/returns/hotel-month_[^"?]+'))
    there = district.page
    district.submit(next(one for one in district.forms() if one.fields.get("outcome") == "checked"))
    officer.page.goto(f"{town.stack.base_url}/bureau/returns")
    officer.page.get_by_role("link", name="嵩阳酒店").first.click()
    assert there in officer.page.url
    officer.page.get_by_role("button", name="受理", exact=True).click()
    expect(officer.page.locator("main")).to_contain_text("已受理")
    town.stack.drain(timeout=60)
    assert "已受理" in owner.open(return_page)


def test_a_report_is_sealed_downloaded_and_verified_by_its_file(
    town: Town, officer: Visit, yesterday: Yesterday, tmp_path: Any
) -> None:
    page, site = officer.page, town.stack.base_url
    page.goto(f"{site}/bureau/reports")
    page.locator("form[method=post] select[name=code]").select_option("R03")
    page.locator("form[method=post] input[name=day]").fill(yesterday.day.isoformat())
    page.get_by_role("button", name="生成并封存").click()
    expect(page.locator("h1")).to_contain_text("每日简报")
    expect(page.locator("main")).to_contain_text(yesterday.told)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 PDF").click()
    kept = tmp_path / "brief.pdf"
    waiting.value.save_as(kept)
    assert kept.read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name="核验这份报告").click()
    page.locator("input[type=file]").set_input_files(kept)
    page.get_by_role("button", name="核验文件").click()
    expect(page.locator("main")).to_contain_text("是原件")
    expect(page.locator("main")).to_contain_text(f"{yesterday.day.day}日")
    page.locator("input[name=sha]").fill(hashlib.sha256(kept.read_bytes() + b" ").hexdigest())
    page.get_by_role("button", name="核验校验值").click()
    expect(page.locator("main")).to_contain_text("不是封存的原件")


_UNIT = (
    ("desk", "hotel", "/console/returns"),
    ("owner", "hotel", "/console/returns"),
    ("dengfeng", "bureau", "/bureau/returns"),
)


def _person(place: playing.Town, who: str, kind: str, then: str) -> Plain:
    made = Plain(place.base_url)
    made.log_in(*place.login(who, kind))
    made.open(then)
    return made


def _filled(clerk: Plain) -> dict[str, str]:
    """What the page did not know by itself."""
    form = clerk.form("csrf", "values.staff")
    empty = [name for name in form.names if name.startswith("values.") and not form.fields.get(name)]
    return {name.replace(".", "__"): "30" if name == "values.staff" else "0" for name in empty}


def _row(page: Page, name: str, state: str) -> None:
    expect(page.locator("main tr", has_text=name).first).to_contain_text(state)
