"""What use cases may consume: counted, so the same on any machine. Times are for ``make bench``."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from chalicelib.commerce.orders.usecases import Mark
from chalicelib.kernel.documents import DocumentKind, document
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.telemetry import metered
from tenants.scenic.domain.product import Visitor
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale
from tests.bench.counted import Cost, Inside, inside
from tests.bench.orders import today
from tests.bench.pages import heaviest
from tests.bench.population import populate
from tests.bench.world import ALL_DAY, PRODUCT, World, world

pytestmark = pytest.mark.component

CALLS = {
    "scenic.hold-order": 5,  # the gauge of today, the command, the person, the places, the order
    "scenic.pay-at-desk": 1,  # one transaction; what was just held need not be read
    "scenic.admit": 2,  # the place inside, the ticket
    "scenic.show-order": 2,  # the order, its tickets
    "scenic.show-availability": 14,  # the gauge, and 1,200 buckets of 30,000 places, a hundred at once
}
"""Requests to DynamoDB; a hold may look at the buckets once more, which it does once a second."""

REMEMBERED = 3
"""Requests by which a process looks again, every five seconds, at the catalogue that it remembers."""

WRITES = {"scenic.hold-order": 4, "scenic.pay-at-desk": 20, "scenic.admit": 2}
SINGLE = {"PutItem", "UpdateItem", "DeleteItem"}
TIMES = 6


@dataclass
class Shop:
    """The running stack and the application in this process."""

    world: World
    app: Inside


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with world() as made, inside(made) as app:
        for _ in range(2):  # keys, credentials and the catalogue are in memory from here on
            use(app)
        yield Shop(made, app)


def use(app: Inside) -> None:
    """Every use case that has a budget, once."""
    order = app.order()
    app.get("/api/v1/scenic/orders/{order}", order=order["id"])
    app.check(order["tickets"][0]["code"])
    app.availability()


def spent(shop: Shop) -> dict[str, list[Cost]]:
    """The costs of several runs, by use case."""
    shop.app.costs.clear()
    for _ in range(TIMES):
        use(shop.app)
    return {name: shop.app.of(name) for name in CALLS}


def test_a_hold_writes_four_small_rows(shop: Shop) -> None:
    with shop.world.acting(), metered() as meter:
        hold(shop.world)
    written = [operation for operation in meter.operations if operation in SINGLE]
    assert meter.writes <= 4
    assert "TransactWriteItems" not in meter.operations
    assert meter.writes == len(written), "a row passed 1 kB: a write of one key costs one unit"


def test_use_cases_keep_to_their_calls_and_write_units(shop: Shop) -> None:
    within_budget(spent(shop))


def test_they_cost_the_same_after_thousands_of_sales(shop: Shop) -> None:
    populate(shop.world, tickets=4000, now=datetime.now(UTC), hot=2)
    use(shop.app)
    left = {session["start"]: session["left"] for session in shop.app.availability()["sessions"]}
    assert 9_900 < left["00:00"] <= 10_000  # of 12,000, half of the four thousand are gone
    within_budget(spent(shop))


def test_the_pages_of_the_shop_are_light(shop: Shop) -> None:
    shop.world.start("web")
    assert heaviest(shop.world) <= 150


def within_budget(costs: dict[str, list[Cost]]) -> None:
    for name, calls in CALLS.items():
        found = [cost.calls for cost in costs[name]]
        assert len(found) == TIMES
        assert min(found) <= calls, name
        assert sorted(found)[TIMES // 2] <= calls + (name == "scenic.hold-order"), name
        assert max(found) <= calls + REMEMBERED, name
    for name, units in WRITES.items():
        assert max(cost.writes for cost in costs[name]) <= units, name


def hold(world: World) -> None:
    """A hold as the API makes it, without the API."""
    now = datetime.now(UTC)
    visitor = Visitor(
        name="示例游客", document=document(DocumentKind.RESIDENT, world.person()), concession="adult"
    )
    booking = sale.Booking(
        product=PRODUCT, day=today(), start=ALL_DAY, visitors=(visitor,), channel="api", locale="zh"
    )
    work = UnitOfWork(action="test.hold", now=now)
    sale.hold(booking, mark=Mark(command=secrets.token_hex(12), digest="0" * 32), shop=ScenicShop(work))
