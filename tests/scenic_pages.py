"""The scenic pages over the ports in memory: a browser without scripts, a visitor's or the staff's."""

import html
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from chalicelib.commerce.orders import store as order_store
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.period import business_day
from chalicelib.persistence import directory, vault
from chalicelib.persistence.directory import Credential
from chalicelib.web.application import Application
from chalicelib.web.doors import Shown, forget_callers
from chalicelib.web.http import set_clock
from chalicelib.web.orders.finding import forget_tries
from tenants.scenic.routes import (
    blueprint,
    console,
    console_areas,
    console_money,
    console_order,
    console_sell,
    gate,
    money,
    pages,
    pages_find,
    pages_order,
    pages_party,
)
from tests.fake_shop import FakeShop, FakeVault, fake_unit
from tests.fakes import Work
from tests.scenic_world import DAY, MemoryWorld, area, person, tenant
from tests.unit.web_world import Answer, ask

VISITOR, SESSION = "v" * 43, "s" * 43
SHOP = "/s/songlu-a"
FACES = (
    pages,
    pages_find,
    pages_party,
    pages_order,
    console,
    console_areas,
    console_money,
    console_order,
    console_sell,
    gate,
)
CSRF = Shown(key="", session="", visitor=VISITOR, fresh=False).csrf
DESK_CSRF = Shown(key="", session=SESSION, visitor=VISITOR, fresh=False).csrf
DESK = frozenset({"desk"})


class MemoryWork(Work):
    """The unit of work of a call, on the world that the test has made."""

    world: "Place"

    def __init__(self, *, action: str, now: Any, command: Any = None) -> None:
        super().__init__(self.world.memory, action=action, now=now, command=command)

    def witness(self, subject: str) -> None:
        self.join(lambda: True, lambda: self.world.looks.append((self.action, subject)))


def stored_answer(command: Any, *, now: Any) -> None:
    """What a command was answered before, if it was carried out."""
    if command.key in MemoryWork.world.memory.commands:
        MemoryWork(action="again", now=now, command=command).commit()


class Place(MemoryWorld):
    """The world with a web before it."""

    def __init__(self) -> None:
        super().__init__(replace(area(places=3), place=(34.5, 113.0)))
        self.app = Application("songyun")
        self.app.register_blueprint(blueprint())
        self.roles = DESK
        self.keys = 0
        self.looks: list[tuple[str, str]] = []
        self.called: dict[str, str] = {}

    def look(self, pattern: str, path: str = "", *, staff: bool = False, language: str = "zh") -> Answer:
        """A GET."""
        return self._ask("GET", pattern, path, staff=staff, language=language)

    def send(
        self, pattern: str, path: str = "", *, staff: bool = False, key: str = "", **form: Any
    ) -> Answer:
        """A form."""
        self.keys += 1
        fields = {
            "csrf": DESK_CSRF if staff else CSRF,
            "key": key or f"k{self.keys}",
            **{name.replace("__", "."): value for name, value in form.items()},
        }
        return self._ask("POST", pattern, path, staff=staff, form=fields)

    def _ask(
        self, method: str, pattern: str, path: str, *, staff: bool, language: str = "zh", **more: Any
    ) -> Answer:
        cookies = {"v": VISITOR, "lang": language} | ({"songyun": SESSION} if staff else {})
        return ask(self.app, method, pattern, path=path, bearer=None, key=None, cookies=cookies, **more)

    def party(self, *serials: int, start: str = "12:00", language: str = "zh", **counts: int) -> Answer:
        """Send the visitors' form for adults."""
        fields: dict[str, Any] = {}
        for index, serial in enumerate(serials):
            fields[f"visitors__{index}__concession"] = "adult"
            fields[f"visitors__{index}__name"] = f"示例{serial}"
            fields[f"visitors__{index}__number"] = person(serial).document.number
        query = urlencode({"day": DAY.isoformat(), "start": start, **(counts or {"adult": len(serials)})})
        return self.send(VISITORS, f"{SHOP}/p/entry/visitors?{query}", **fields)

    def bought(self, *serials: int) -> str:
        """The link of a held order."""
        return self.party(*serials).headers["Location"]


SHOP_FRONT = "/s/{slug}"
CHOOSE = "/s/{slug}/p/{product}"
VISITORS = "/s/{slug}/p/{product}/visitors"
ORDER = "/s/{slug}/orders/{order}"
GATE = "/gate/{area}/{gate}"


def step(link: str, name: str) -> str:
    """The link of a step of an order."""
    return link.replace("?", f"/{name}?")


def words(answer: Answer) -> str:
    """What the page says, as a reader sees it (full-width marks as typed)."""
    body = re.sub(r"<(script|style).*?</\1>", "", answer.text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"\s+", " ", text).translate(str.maketrans("，；：！？（）", ",;:!?()"))


@contextmanager
def scenic_web() -> Iterator[Place]:
    """A scenic area, its pages served from memory."""
    made = Place()
    MemoryWork.world = made
    tenants = {"songlu-a": tenant("a")}

    def credential(secret: str, *, now: Any) -> Credential | None:
        if secret != SESSION:
            return None
        return Credential(
            tenant=tenants["songlu-a"],
            actor="member:m",
            label="售票员",
            means="session",
            roles=made.roles,
            expires=None,
        )

    def placed(day: date) -> list[Any]:
        orders = made.memory.orders.values()
        return [order for order in orders if business_day(order.placed) == day]

    def ending(*, day: date, tail: str) -> str | None:
        return next((order.id for order in placed(day) if order.id.endswith(tail)), None)

    set_clock(lambda: made.now)
    forget_callers()
    forget_tries()
    with ExitStack() as stack:
        for face in FACES:
            stack.enter_context(patch.object(face, "ScenicShop", FakeShop))
        for face in (gate, console_areas, money):
            stack.enter_context(patch.object(face, "new_unit", lambda now: fake_unit(made.memory, now)))
        stack.enter_context(patch.object(money, "ScenicShop", FakeShop))
        stack.enter_context(patch.object(money, "UnitOfWork", MemoryWork))
        stack.enter_context(patch.object(money, "named", lambda _name: made.payments))
        stack.enter_context(patch.object(pages_order, "named", lambda _name: made.payments))
        stack.enter_context(patch.object(console_order, "UnitOfWork", MemoryWork))
        stack.enter_context(patch("chalicelib.web.call.UnitOfWork", MemoryWork))
        stack.enter_context(patch("chalicelib.web.serve.raise_stored_answer", stored_answer))
        stack.enter_context(patch.object(directory, "by_slug", tenants.get))
        stack.enter_context(patch.object(directory, "names_of", lambda _: made.called))
        stack.enter_context(patch.object(directory, "by_secret", credential))
        stack.enter_context(patch.object(vault, "blind", lambda value, *, now: FakeVault().blind(value)))
        stack.enter_context(patch.object(order_store, "every", lambda *, day: iter(placed(day))))
        stack.enter_context(patch.object(order_store, "ending", ending))
        stack.enter_context(patch.object(console, "minutes", lambda *, area, day: []))
        stack.enter_context(patch.object(console_areas, "refused", lambda *, area, day: []))
        yield made
    set_clock(None)
    forget_callers()


def paid(place: Place, *serials: int) -> str:
    """The link of a paid order."""
    link = place.bought(*serials)
    for order in list(place.memory.orders.values()):
        if order.receipt is None:
            place.receive(order, ref=f"in-{order.id}")
    return link


def code_of(place: Place) -> tuple[str, str]:
    """The code and the typed number of the only ticket."""
    (ticket,) = place.memory.tickets.values()
    code = place.shop(place.work()).tickets.code(ticket.pass_())
    return code, f"{short_number(ticket.order)}-1"
