"""The demo hotel's guests: search, book, pay; the desk gives them a room, registers them, lets them go."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from infra.visitors.browser import Browser
from infra.visitors.client import Client, SoldOut, Unexpected
from infra.visitors.town import Town
from infra.visitors.walkers import resident

_API = "/api/v1/hotel"
_ORDER = re.compile(r"or_[0-9a-z]{26}")
_COUNTRIES = ("KR", "JP", "DE", "US")


@dataclass
class House:
    """The demo hotel as its guests and its desk see it. ``counts``: what has happened so far."""

    town: Town
    dice: random.Random
    counts: dict[str, int] = field(default_factory=dict)
    _desk: Client | None = None
    _shift: bool = False

    @property
    def slug(self) -> str:
        """Whose shop it is."""
        return str(self.town.tenant("hotel")["slug"])

    def book(self) -> str:
        """Search, choose, say who comes, pay where money is due now; the order's id. Raises ``SoldOut``."""
        browser = Browser(self.town.base_url, stripe_url=self.town.stripe_url)
        shop = f"/s/{self.slug}"
        browser.open(shop)
        search = browser.form("arrive", "depart")
        browser.open(f"{search.action}?{urlencode(search.fields)}")
        offers = re.findall(rf'href="({shop}/stay\?[^"]+)"', browser.text)
        if not offers:
            raise SoldOut(f"{shop}: nothing is free")
        browser.open(self.dice.choice(offers).replace("&amp;", "&"))
        chosen = browser.form("room", "arrive")
        browser.open(f"{chosen.action}?{urlencode(chosen.fields)}")
        phone = f"1390000{self.dice.randint(0, 9999):04d}"
        browser.submit(browser.form("csrf", "name", "phone"), name=self._name(), phone=phone)
        if any("method" in one.names for one in browser.forms()):
            browser.submit(browser.form("csrf", "method"), method="card")
            browser.until("calendar")
        else:
            browser.submit(
                next(one for one in browser.forms() if one.action.partition("?")[0].endswith("/confirm"))
            )
        found = _ORDER.search(browser.page)
        browser.close()
        if found is None:
            raise Unexpected(f"no order at {urlsplit(browser.page).path}")
        self._count("booked")
        return found[0]

    def check_in(self, order: str) -> str:
        """At the desk: a room, everybody's document, the key; the stay's id, empty if there was no room."""
        listed = self._get(f"/stays?list=arriving&text={order}")["stays"]
        if not listed:
            raise Unexpected(f"{order} is not among today's arrivals")
        stay = str(listed[0]["id"])
        known = [one["number"] for one in self._get(f"/stays/{stay}").get("guests", [])]
        for number, guest in enumerate(self._people(), start=1):
            if number in known:
                self._send("PUT", f"/stays/{stay}/guests/{number}", guest)
            else:
                self._send("POST", f"/stays/{stay}/guests", guest, expect=201)
        came = self._give_room(stay)
        self._count("checked in" if came else "overbooked")
        return stay if came else ""

    def _give_room(self, stay: str) -> bool:
        """The room that suits best, and in they go; whoever is still in it and leaves today leaves first."""
        into = {"purpose": "leisure", "dirty": True}
        given = self._send("PUT", f"/stays/{stay}/room", {"best": True}, expect=0)
        if given.get("code") == "hotel.room.none-free":
            return False  # sold over its rooms, as the house allows itself: they sleep elsewhere
        rooms = given["rooms"]
        answer = self._send("POST", f"/stays/{stay}/check-in", into, expect=0)
        if answer.get("code") == "hotel.room.occupied":
            for leaving in self._get("/stays?list=leaving")["stays"]:
                if {*leaving["rooms"]} & {*rooms}:
                    self.check_out(leaving["id"])
            answer = self._send("POST", f"/stays/{stay}/check-in", into, expect=0)
        if answer.get("state") != "in-house":
            raise Unexpected(f"check-in: {answer.get('code')}: {answer.get('detail')}")
        return True

    def check_out(self, stay: str) -> None:
        """What the bill says is still owed is paid at the desk, and the room is free again."""
        leave = f"/stays/{stay}/check-out"
        answer = self._send("POST", leave, {}, expect=0)
        if answer.get("code") == "hotel.folio.balance-open":
            folios = self._get(f"/folios?account={stay}")["folios"]
            self._open_shift()
            paid = {"means": "cash", "amount": answer["balance"]["amount"]}
            self._send("POST", f"/folios/{folios[0]['id']}/payments", paid, expect=0)
            answer = self._send("POST", leave, {}, expect=0)
        if answer.get("state") != "departed":
            raise Unexpected(f"check-out: {answer.get('code')}: {answer.get('detail')}")
        self._count("checked out")

    def _open_shift(self) -> None:
        """A drawer to put the money into; one that is open already stays."""
        if not self._shift:
            self._send("POST", "/shift", {"amount": 30_000}, expect=0)
            self._shift = True

    def _people(self) -> list[dict[str, Any]]:
        local = {
            "name": self._name(),
            "document": "resident-id",
            "number": resident(self.dice, born=self.dice.randint(1960, 2000)),
        }
        if self.dice.random() < 0.75:
            return [local]
        born = f"{self.dice.randint(1960, 2000)}-0{self.dice.randint(1, 9)}-1{self.dice.randint(0, 9)}"
        number = f"XX{self.dice.randint(1_000_000, 9_999_999)}"
        country = self.dice.choice(_COUNTRIES)
        abroad = {"name": "EXAMPLE GUEST", "document": "passport", "number": number, "sex": "f", "born": born}
        return [local, {**abroad, "country": country}]

    def _get(self, path: str) -> Any:
        answer = self._at_desk().send("GET", _API + path, headers=self._key())
        if answer.status != 200:
            raise Unexpected(f"{path}: {answer.status}: {answer.body[:200]!r}")
        return answer.json()

    def _send(self, method: str, path: str, body: dict[str, Any], *, expect: int = 200) -> Any:
        return self._at_desk().post(_API + path, body, expect=expect, method=method)

    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.town.tenant('hotel')['api_key']}"}

    def _at_desk(self) -> Client:
        if self._desk is None:
            self._desk = Client(self.town.base_url, key=self.town.tenant("hotel")["api_key"])
        return self._desk

    def _name(self) -> str:
        return "示例" + self.dice.choice("甲乙丙丁戊己庚辛壬癸")

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
