"""A browser, watched: what it complains of, whom it asks, and what axe finds wrong with a page."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

_ROOT = Path(__file__).resolve().parents[2]
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(
            "these journeys need a browser, and `make test` could not install one: apt-get install chromium"
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield started
        started.close()


class Visit:
    """One person's browser: a context that remembers every complaint and every host.

    ``hosts``: the site, then others that may be asked.
    """

    def __init__(
        self, browser: Browser, *, hosts: tuple[str, ...], scripts: bool = True, size: Any = None
    ) -> None:
        self._site = hosts[0]
        self._hosts = {urlsplit(host).netloc for host in hosts}
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            viewport=size or PHONE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            has_touch=size is None,
        )
        self.context.set_default_timeout(30_000)
        self.context.on("request", lambda request: self._asked(request.url))
        self.page: Page = self.context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).netloc not in self._hosts:
            self.elsewhere.append(url)

    def _said(self, message: Any) -> None:
        # A page that answers 4xx with words is meant to: the browser notes it as a failed resource.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text[:200]}")

    def log_in(self, login: tuple[str, str], *, then: str) -> None:
        """Through the log-in page to ``then``."""
        self.page.goto(f"{self._site}/login?next={then}")
        self.page.fill("input[name=email]", login[0])
        self.page.fill("input[name=password]", login[1])
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(f"**{then}")

    def end(self) -> None:
        """Close, and fail if anything was wrong on the way."""
        self.context.close()
        assert self.elsewhere == [], f"another host is asked: {self.elsewhere}"
        assert self.complaints == [], f"the browser complains: {self.complaints}"


@cache
def _axe() -> str:
    return (_ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def barriers(page: Page) -> list[str]:
    """Serious and critical findings of axe on the page as it stands."""
    page.evaluate(_axe())
    found = page.evaluate("async () => (await axe.run({preload: false})).violations")
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
