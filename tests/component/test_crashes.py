"""The process dies at every single call to the table, before it was sent and after it was applied.

Through the API, from hold to settled refund. Afterwards the client does what clients do: it begins again
with the same keys, and sends everything twice. What is then kept is what one undisturbed run keeps.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from chalicelib.commerce.orders.domain import Order, Payment, State
from chalicelib.commerce.orders.store import every
from chalicelib.kernel.ids import TenantId, new_id
from chalicelib.kernel.period import business_day, local
from chalicelib.persistence import directory
from chalicelib.persistence.directory import Credential
from chalicelib.persistence.journal import OutboxRow, envelopes_of
from chalicelib.persistence.table import LANES, tenant_key
from chalicelib.tenancy.context import Tenant, bind, duty
from chalicelib.web.application import Application
from chalicelib.web.doors import forget_callers
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tenants.scenic.domain.ticket import State as TicketState
from tenants.scenic.routes import blueprint, money
from tenants.scenic.store.tickets import TicketRow, refused
from tests.fake_shop import FakePayments
from tests.reaper import Died, Reaper, reaping
from tests.scenic_world import DAY, NOON, NOW, EngineWorld, area, person
from tests.unit.web_world import KEY, Answer, ask

PLACES = 3
OPEN = local(DAY, NOON) - timedelta(minutes=20)  # admitted already, and half the money still comes back
BACK = 4001
ORDERS = "/api/v1/scenic/orders"
EVENTS = {
    "commerce.order.placed": 1,
    "commerce.payment.settled": 2,  # in, and back
    "scenic.ticket.issued": 2,  # two, and one less
}


class Client:
    """A desk that knows its keys by heart."""

    def __init__(self, app: Application, clock: list[Any]) -> None:
        self.app, self.clock, self.answers = app, clock, Counter[int]()

    def run(self, *, times: int = 1) -> None:
        """Everything from the hold to the refund, each request sent so many times."""
        visitors = [
            {"name": found.name, "concession": "adult", "document": {"number": found.document.number}}
            for found in (person(1), person(2))
        ]
        wish = {"product": "entry", "day": DAY.isoformat(), "start": "12:00", "visitors": visitors}
        order = self._post(times, ORDERS, key="hold", body=wish)["id"]
        paid = self._post(
            times, f"{ORDERS}/{{order}}/payment", order=order, key="pay", body={"amount": _money(16002)}
        )
        self.clock[0] = OPEN
        self._post(
            times,
            "/api/v1/scenic/gates/{gate}/admissions",
            order="south",
            key="scan",
            body={"area": "main", "code": paid["tickets"][0]["code"]},
        )
        self._post(
            times,
            f"{ORDERS}/{{order}}/refund",
            order=order,
            key="refund",
            body={"tickets": [2], "amount": _money(BACK)},
        )

    def _post(self, times: int, pattern: str, *, key: str, body: Any, order: str = "") -> Any:
        path = re.sub(r"\{\w+\}", order, pattern)
        for _ in range(times):
            answer: Answer = ask(self.app, "POST", pattern, path=path, key=key, body=body)
            self.answers[answer.status] += 1
            assert answer.status in {200, 201}, answer.text
        return answer.json


def _money(fen: int) -> dict[str, Any]:
    return {"amount": fen, "currency": "CNY"}


@pytest.fixture
def reaper(engine: Stack) -> Iterator[Reaper]:
    with reaping() as made:
        yield made


@pytest.fixture(scope="module")
def app() -> Application:
    made = Application("songyun")
    made.register_blueprint(blueprint())
    return made


@pytest.fixture
def play(app: Application, reaper: Reaper) -> Iterator[Callable[..., int]]:
    """Runs the whole story for a fresh tenant with a crash; answers how many calls the first run made."""
    clock: list[Any] = [NOW]
    set_clock(lambda: clock[0])

    def story(*, at: int, moment: str) -> int:
        clock[0] = NOW
        forget_callers()
        provider = FakePayments(name="desk")
        with _tenant() as world, patch.object(money, "named", lambda _: provider):
            client = Client(app, clock)
            reaper.arm(at=at, moment=moment)
            try:
                client.run()
            except Died:
                pass
            else:
                assert at == 0 or at > reaper.calls
            made = reaper.calls
            reaper.arm(at=0, moment="")
            client.run(times=2)
            money.settle(None, now=clock[0])
            world.now = clock[0]
            _check(world, provider)
        return made

    yield story
    set_clock(None)


@contextmanager
def _tenant() -> Iterator[EngineWorld]:
    tenant = Tenant(
        id=TenantId(new_id("tn", now=NOW)),
        kind="scenic",
        slug="songlu",
        name="嵩麓",
        district="410185",
        entitlements=frozenset({"scenic.tickets"}),
    )
    credential = Credential(
        tenant=tenant,
        actor="key:desk",
        label="desk",
        means="key",
        roles=frozenset({"desk", "orders.write", "gate"}),
        expires=None,
    )
    with (
        bind(duty(tenant, "test")),
        patch.object(directory, "by_secret", lambda secret, now: credential if secret == KEY else None),
    ):
        yield EngineWorld(area(places=PLACES))


def _check(world: EngineWorld, provider: FakePayments) -> None:
    orders: list[Order] = list(every(day=business_day(NOW)))
    (order,) = orders
    assert (order.state, order.payment) == (State.CONFIRMED, Payment.PARTLY_REFUNDED)
    first, second = world.shop(world.work()).tickets.of(order.id)
    assert (first.state, second.state) == (TicketState.USED, TicketState.REFUNDED)
    row = TicketRow.find(tenant_key("TICKET", order.id[-16:]), "01")
    assert row is not None
    assert len(json.loads(row.out)) == 1
    assert refused(area="main", day=DAY) == []
    assert world.left() == PLACES - 1
    assert sum(hold.count for hold in order.holds) == 1
    assert world.shop(world.work()).orders.owed() == []
    assert order.refunded == provider.sent == BACK
    assert len(provider.refunds) == 1
    said = world.said()
    assert Counter(world.types()) == EVENTS
    assert len({one["id"] for one in said}) == len(said)
    outbox = [row for lane in range(LANES) for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)))]
    for one in said:
        assert sum(one["id"] == kept["id"] for row in outbox for kept in envelopes_of(row)) == 1
    assert (world.gauge().inside, world.gauge().entered) == (1, 1)


def test_an_undisturbed_run_keeps_what_it_should(play: Callable[..., int]) -> None:
    assert play(at=0, moment="") > 15


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_at_any_call_changes_nothing_of_what_is_kept_in_the_end(
    play: Callable[..., int], moment: str
) -> None:
    for at in itertools.count(1):
        if play(at=at, moment=moment) < at:
            break
    assert at > 15
