"""The demo scenic area's visitors: through its shop to a ticket, through its gate, out again, money back."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from chalicelib.kernel.documents import check_digit
from chalicelib.kernel.period import SHANGHAI
from infra.visitors.browser import Browser
from infra.visitors.client import SoldOut
from infra.visitors.town import Town

GATES = ("south", "east")
_TICKET = re.compile(r'ticket__code">([0-9]{4}-[0-9A-Z]{6}-[0-9]+)<')
_VERDICT = re.compile(r'data-verdict="(\w+)"')
_START = re.compile(r'name="start" value="(\d\d:\d\d)"(?![^>]*disabled)')
_BORN = {"adult": 1988, "youth": 2013, "senior": 1952}


@dataclass
class Party:
    """People who came together: their order's page, their tickets, how many are inside."""

    order: str
    codes: list[str]
    inside: int = 0


@dataclass
class Area:
    """The demo area as its visitors and its gate see it. ``counts``: what has happened so far."""

    town: Town
    dice: random.Random
    counts: dict[str, int] = field(default_factory=dict)
    _gate: Browser | None = None

    @property
    def slug(self) -> str:
        """Whose shop it is."""
        return str(self.town.tenant("scenic")["slug"])

    def buy(self) -> Party:
        """Page, session, who comes, hold, payment: tickets. Raises ``SoldOut``."""
        browser = Browser(self.town.base_url, stripe_url=self.town.stripe_url)
        shop = f"/s/{self.slug}"
        browser.open(shop)
        browser.open(browser.link(f'{shop}/p/entry[^"]*'))
        wanted = self._classes()
        start = _now(_START.findall(browser.text))
        form = browser.form("start", "adult")
        fields = {**form.fields, **{name: str(wanted.count(name)) for name in set(wanted)}, "start": start}
        browser.open(f"{form.action}?{urlencode(fields)}")
        party = browser.form("csrf", "visitors.0.name")
        for row in range(len(wanted)):
            party.fields[f"visitors.{row}.name"] = self._name()
            party.fields[f"visitors.{row}.number"] = self._number(party.fields[f"visitors.{row}.concession"])
        browser.submit(party)
        if browser.forms() and any("method" in one.names for one in browser.forms()):
            browser.submit(browser.form("csrf", "method"), method="card")
        else:
            browser.submit(browser.form("csrf", "key"))  # it costs nothing: claimed
        order, text = browser.page, browser.until('ticket__code">')
        browser.close()
        codes = _TICKET.findall(text)
        self._count("tickets", len(codes))
        return Party(order=order, codes=codes)

    def enter(self, party: Party) -> None:
        """Each ticket at the gate, once; what the gate says is counted."""
        gate = self._at_gate(self.dice.choice(GATES))
        for code in party.codes:
            word = _VERDICT.findall(gate.submit(gate.form("csrf", "code"), code=code))
            admitted = bool(word) and word[0] in {"admit", "check"}
            party.inside += admitted
            self._count("admitted" if admitted else "refused")

    def leave(self, party: Party) -> None:
        """Out again, counted by the gate's keys: by fives and by ones."""
        left = party.inside
        while left > 0:
            some = 5 if left >= 5 else 1
            gate = self._at_gate(self.dice.choice(GATES))
            gate.submit(next(one for one in gate.forms() if one.fields.get("count") == str(some)))
            left -= some
            self._count("left", some)
        party.inside = 0

    def refund(self, party: Party) -> int:
        """One ticket back, for the amount that the page names (fen; nothing once its session runs)."""
        browser = Browser(self.town.base_url)
        browser.open(party.order)
        browser.open(browser.link('[^"]*/refund[^"]*'))
        browser.submit(browser.form("ticket"), ticket=party.codes[0].rpartition("-")[2])
        agreed = browser.form("csrf", "agreed")
        browser.submit(agreed)
        browser.close()
        del party.codes[0]  # grown-ups come first: theirs cost something
        self._count("refunded")
        return int(agreed.fields["agreed"])

    def _at_gate(self, gate: str) -> Browser:
        if self._gate is None:
            self._gate = Browser(self.town.base_url)
            self._gate.log_in(*self.town.login("gate", "scenic"))
        self._gate.open(f"/gate/songlu/{gate}")
        return self._gate

    def _classes(self) -> list[str]:
        adults = self.dice.choices((1, 2, 3), weights=(20, 60, 20))[0]
        more = self.dice.choices(([], ["youth"], ["senior"], ["youth", "youth"]), weights=(55, 20, 15, 10))[0]
        return ["adult"] * adults + more

    def _name(self) -> str:
        return "示例" + self.dice.choice("子丑寅卯辰巳午未申酉戌亥")

    def _number(self, concession: str) -> str:
        return resident(self.dice, born=_BORN[concession])

    def _count(self, what: str, n: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + n


def resident(dice: random.Random, *, born: int) -> str:
    """An ID number that is valid in form and issued to nobody: a prefecture's code, a die's serial."""
    day = date(born, dice.randint(1, 12), dice.randint(1, 28))
    body = f"410100{day:%Y%m%d}{dice.randint(1, 999):03d}"
    return body + check_digit(body)


def order_of_capacity(inside: int) -> dict[str, Any]:
    """The city's order that lets nobody more in than there are, and a few."""
    return {"kind": "capacity", "area": "songlu", "cap": max(1, inside + 2), "reason": "crowd"}


def _now(starts: Sequence[str]) -> str:
    """The session that runs, or the next."""
    clock = f"{datetime.now(SHANGHAI):%H:%M}"
    if not starts:
        raise SoldOut("no session is on sale")
    return max((one for one in starts if one <= clock), default=min(starts))
