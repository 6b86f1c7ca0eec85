"""Somebody at a browser without scripts: opens pages, fills their forms, pays on the provider's page."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

from infra.visitors.client import Answer, Client, Form, SoldOut, Unexpected, read_page

CARD = "4242424242424242"
_PATIENCE = 15.0
_CODE = re.compile(r'data-code="([a-z.-]+)"')
_FULL = {"commerce.stock.sold-out", "scenic.area.full"}


class Browser:
    """One person's browser. ``page``: where it stands; ``text``: what it shows."""

    def __init__(self, base_url: str, *, stripe_url: str = "") -> None:
        self._site, self._stripe = Client(base_url), Client(stripe_url) if stripe_url else None
        self.page, self.text = "", ""

    def close(self) -> None:
        """Let go of the connections."""
        self._site.close()
        if self._stripe is not None:
            self._stripe.close()

    def open(self, address: str) -> str:
        """Go to a page of the site, or where it leads; its text."""
        answer = self._look(address)
        while answer.status == 303:
            answer = self._look(answer.headers["location"])
        if answer.status != 200:
            raise Unexpected(f"{self.page}: {answer.status}: {_said(answer)}")
        self.text = answer.body.decode()
        return self.text

    def _look(self, address: str) -> Answer:
        parts = urlsplit(address)
        self.page = parts.path + (f"?{parts.query}" if parts.query else "")
        return self._site.send("GET", self.page, headers={"Accept": "text/html"})

    def form(self, *names: str) -> Form:
        """The first form of this page that has all these fields."""
        return read_page(self.text.encode(), path=self.page).form(*names)

    def forms(self) -> list[Form]:
        """All forms of this page."""
        return read_page(self.text.encode(), path=self.page).forms

    def link(self, pattern: str) -> str:
        """The address of the first link of this page that fits."""
        found = re.search(rf'href="({pattern})"', self.text)
        if found is None:
            raise Unexpected(f"{self.page}: no link like {pattern}")
        return found[1].replace("&amp;", "&")

    def submit(self, form: Form, **typed: str) -> str:
        """Send a form with what was typed, and go where it leads; the text that is shown then.

        Raises ``SoldOut`` where somebody else was quicker, ``Unexpected`` where the site sends it back else.
        """
        form.fields |= {name.replace("__", "."): value for name, value in typed.items()}
        if form.method == "get":
            self.text = self._site.submit(form).body.decode()
            return self.text
        answer = self.send(form)
        if answer.status == 200:
            self.page, self.text = urlsplit(form.action).path, answer.body.decode()
            return self.text
        if answer.status != 303:
            found = _CODE.search(answer.body.decode())
            full = answer.status == 409 and found is not None and found[1] in _FULL
            raise (SoldOut if full else Unexpected)(f"{form.action}: {answer.status}: {_said(answer)}")
        target = answer.headers["location"]
        if self._stripe is not None and "/pay/" in target and not target.startswith("/"):
            return self._pay(target)
        return self.open(target)

    def send(self, form: Form) -> Answer:
        """The bare answer to a form."""
        return self._site.submit(form, expect=0)

    def log_in(self, login: str, password: str) -> None:
        """Through the log-in page."""
        self.open("/login")
        self.submit(self.form("csrf", "email", "password"), email=login, password=password)

    def until(self, words: str) -> str:
        """Open this page again until it shows something, as people do who have paid."""
        deadline = time.monotonic() + _PATIENCE
        while words not in self.open(self.page):
            if time.monotonic() > deadline:
                raise Unexpected(f"{self.page}: never showed {words!r}")
            time.sleep(0.15)
        return self.text

    def _pay(self, target: str) -> str:
        """On the provider's page with the card that always pays, and back."""
        assert self._stripe is not None
        path = urlsplit(target).path
        page = self._stripe.get(path).body
        form = read_page(page, path=path).form("number")
        form.fields["number"] = CARD
        back = self._stripe.submit(form, expect=0)
        if back.status not in {302, 303}:
            raise Unexpected(f"{path}: {back.status}: {_said(back)}")
        return self.open(back.headers["location"])


def _said(answer: Answer) -> str:
    """The words of a page that sends one back, as far as a line of progress has room."""
    text = answer.body.decode()
    found = re.findall(r'(?:field__error|lead|notice[^>]*)">([^<]{4,80})', text)
    return "; ".join(found[:2]) or " ".join(re.sub(r"<[^>]*>", " ", text).split())[:120]
