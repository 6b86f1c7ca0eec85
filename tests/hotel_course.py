"""A course of requests to a hotel, each under a key of its own, so that it can be sent again."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.kernel.period import local
from chalicelib.tenancy.context import bind, duty
from chalicelib.web.doors import Shown
from tenants.hotel.routes import money
from tests.fake_shop import FakePayments
from tests.hotel_desk import Desk
from tests.unit.web_world import Answer, ask

PAID_AHEAD = {
    "names": {"zh": "预付价"},
    "derived": {"plan": "bar", "permille": 1000},
    "secured": "prepaid",
    "cancellation": [{"hours": 24}, {"hours": 0, "nights": 1}],
}
ONE = timedelta(days=1)
Step = tuple[datetime, Callable[[], Any]]
VISITOR = "v" * 43
CSRF = Shown(key="", session="", visitor=VISITOR, fresh=False).csrf


def moment(day: date, clock: str) -> datetime:
    """When it is so late in the house."""
    return local(day, time.fromisoformat(clock))


@dataclass
class Course:
    """Who sends it, and what must be remembered from answer to answer."""

    desk: Desk
    provider: FakePayments = field(default_factory=FakePayments)

    @property
    def steps(self) -> Sequence[Step]:
        """Each request, with its moment."""
        raise NotImplementedError

    @property
    def mended(self) -> Mapping[str, Sequence[Step]]:
        """By step: the duties that do what a death between its commits leaves, each at its moment."""
        return {}

    @property
    def looks(self) -> Collection[str]:
        """Actions that only look: each look is on record."""
        return ()

    def notes(self) -> dict[str, Any]:
        """What is remembered, the provider's books among it."""
        return {name: value for name, value in vars(self).items() if name not in {"desk", "provider"}} | {
            "books": vars(self.provider)
        }

    def recall(self, notes: Mapping[str, Any]) -> None:
        """Remember what was noted, and nothing that came after."""
        vars(self.provider).update(notes["books"])
        vars(self).update({name: value for name, value in notes.items() if name != "books"})

    def abroad(self) -> Counter[str]:
        """What the payment provider has: fen, by what became of them."""
        return Counter({"abroad:sent": self.provider.sent, "abroad:refunds": len(self.provider.refunds)})

    def post(self, pattern: str, body: Any, *, key: str, method: str = "POST", **ids: str) -> Any:
        """A request of the API; ``ids`` stand in its path."""
        return self.desk.ok(method, pattern, path=pattern.format(**ids), body=body, key=key)

    def form(self, path: str, *, key: str, staff: bool = True, query: str = "", **fields: str) -> Answer:
        """A form of a page, the desk's or a visitor's, as a browser sends it."""
        return self._page("POST", path, staff=staff, query=query, form={"csrf": CSRF, "key": key, **fields})

    def look(self, path: str, *, staff: bool = True, query: str = "") -> Answer:
        """A page."""
        return self._page("GET", path, staff=staff, query=query, form=None)

    def duty(self, act: Callable[[datetime], Any]) -> None:
        """What a schedule starts."""
        with bind(duty(self.desk.tenant, "test")):
            act(self.desk.now)

    def settle(self) -> None:
        """What is owed is sent."""
        self.duty(lambda now: money.settle(None, now=now))

    def _page(
        self, method: str, path: str, *, staff: bool, query: str, form: dict[str, str] | None
    ) -> Answer:
        fitting = [one for one in self.desk.app.routes if _fits(one, path)]
        pattern = min(fitting, key=lambda one: one.count("{"))
        return ask(
            self.desk.app,
            method,
            pattern,
            path=path + (f"?{query}" if query else ""),
            bearer=self.desk.key if staff else None,
            form=form,
            cookies={"v": VISITOR},
            key=None,
        )


def _fits(pattern: str, path: str) -> bool:
    parts = zip(pattern.split("/"), path.split("/"), strict=False)
    return pattern.count("/") == path.count("/") and all(
        mine == theirs or mine.startswith("{") for mine, theirs in parts
    )
