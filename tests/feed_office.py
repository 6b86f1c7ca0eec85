"""An officer at a desk, for tests of the doors: a key, a fixed clock, requests through the application."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from chalice.test import Client

from chalicelib.persistence.directory import CredentialRow, fingerprint
from chalicelib.web.http import set_clock
from tests.feed_world import BUREAU, NOW, forget, settle

READER = "sk_" + "r" * 43


class Desk:
    """Asks as an officer; ``at`` is what the clock says."""

    def __init__(self, http: Any) -> None:
        self._http = http

    def get(self, path: str, *, lang: str = "zh") -> Any:
        """The raw answer."""
        return self._http.get(path, headers={"Authorization": f"Bearer {READER}", "Accept-Language": lang})

    def json(self, path: str) -> Any:
        """A 200 as JSON."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.body
        return answer.json_body

    def page(self, path: str, *, lang: str = "zh") -> str:
        """A 200 as text."""
        joined = f"{path}{'&' if '?' in path else '?'}lang={lang}"
        answer = self.get(joined)
        assert answer.status_code == 200, answer.body
        return str(answer.body.decode())


@contextmanager
def desk(*, clock: Callable[[], datetime] = lambda: NOW) -> Iterator[Desk]:
    """The city's directory, and an officer who may read."""
    from app import app

    forget()
    settle()
    CredentialRow(
        f"CREDENTIAL#{fingerprint(READER)}",
        "-",
        tenant=BUREAU.id,
        actor="mb_1",
        label="王科长",
        means="key",
        roles={"bureau.read"},
    ).put()
    set_clock(clock)
    with Client(app) as client:
        yield Desk(client.http)
    set_clock(None)
