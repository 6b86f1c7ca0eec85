"""The hotel's pages over the ports in memory: a browser without scripts, a visitor's or a clerk's."""

import html
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from types import ModuleType
from typing import Any
from unittest.mock import patch

from chalicelib.commerce.orders import store as order_store
from chalicelib.persistence import directory, vault
from chalicelib.persistence.directory import Credential
from chalicelib.web.application import Application
from chalicelib.web.doors import Shown, forget_callers
from chalicelib.web.http import set_clock
from chalicelib.web.orders.finding import forget_tries
from tenants.hotel.routes import blueprint
from tests.fake_hotel import FakeHotel
from tests.fake_shop import FakeVault
from tests.fakes import Work
from tests.hotel_world import MemoryWorld, tenant
from tests.unit.web_world import Answer, ask

VISITOR, SESSION = "v" * 43, "s" * 43
CSRF = Shown(key="", session="", visitor=VISITOR, fresh=False).csrf
DESK_CSRF = Shown(key="", session=SESSION, visitor=VISITOR, fresh=False).csrf
SHOP = "/s/inn-h"


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
    """The hotel with a web before it."""

    def __init__(self) -> None:
        super().__init__()
        self.set_up()
        self.app = Application("songyun")
        self.app.register_blueprint(blueprint())
        self.roles = frozenset({"owner"})
        self.keys = 0
        self.looks: list[tuple[str, str]] = []

    def look(
        self, pattern: str, path: str = "", *, staff: bool = False, language: str = "zh", **more: Any
    ) -> Answer:
        """A GET."""
        return self._ask("GET", pattern, path, staff=staff, language=language, **more)

    def send(
        self, pattern: str, path: str = "", *, staff: bool = False, key: str = "", **form: Any
    ) -> Answer:
        """A form; ``__`` in a name is a dot."""
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


@contextmanager
def hotel_web() -> Iterator[Place]:
    """A hotel with three twins and two kings, its pages served from memory."""
    made = Place()
    MemoryWork.world = made
    known = {"inn-h": tenant("h")}

    def credential(secret: str, *, now: Any) -> Credential | None:
        if secret != SESSION:
            return None
        return Credential(
            tenant=known["inn-h"],
            actor="member:m",
            label="店长",
            means="session",
            roles=made.roles,
            expires=None,
        )

    def ending(*, day: date, tail: str) -> str | None:
        return next((order.id for order in made.memory.orders.values() if order.id.endswith(tail)), None)

    set_clock(lambda: made.now)
    forget_callers()
    forget_tries()
    with ExitStack() as stack:
        for face in _faces():
            for name, fake in _fakes(made).items():
                if hasattr(face, name):
                    stack.enter_context(patch.object(face, name, fake))
        stack.enter_context(patch("chalicelib.web.call.UnitOfWork", MemoryWork))
        stack.enter_context(patch("chalicelib.web.serve.raise_stored_answer", stored_answer))
        stack.enter_context(patch.object(directory, "by_slug", known.get))
        stack.enter_context(patch.object(directory, "names_of", lambda _: {}))
        stack.enter_context(patch.object(directory, "by_secret", credential))
        stack.enter_context(patch.object(order_store, "ending", ending))
        stack.enter_context(patch.object(vault, "blind", lambda value, *, now: FakeVault().blind(value)))
        yield made
    set_clock(None)
    forget_callers()


def _faces() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith("tenants.hotel.routes.")]


def _fakes(made: Place) -> dict[str, Any]:
    return {
        "HotelStore": FakeHotel,
        "UnitOfWork": MemoryWork,
        "new_unit": lambda now: made.unit,
        "decided": lambda *, day: [],
        "members": lambda _tenant: [],
        "named": lambda _name: made.payments,
        "provider_for": lambda _method: made.payments,
    }


def words(answer: Answer) -> str:
    """What the page says, as a reader sees it (full-width marks as typed)."""
    body = re.sub(r"<(script|style).*?</\1>", "", answer.text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"\s+", " ", text).translate(str.maketrans("，；：！？（）", ",;:!?()"))


def links(answer: Answer) -> list[str]:
    """Every link of the page, as a browser follows it."""
    return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', answer.text)]
