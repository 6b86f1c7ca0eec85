"""The dollars of ``make bench``: every figure from work that really ran, everything it causes included."""

from collections.abc import Iterator

import pytest

from infra.cost import Assumptions
from tests.bench import cost
from tests.bench.figures import Report
from tests.bench.orders import buyer
from tests.bench.phases import Scale
from tests.bench.tapped import tapped
from tests.bench.world import World, world

pytestmark = pytest.mark.component


@pytest.fixture(scope="module")
def running() -> Iterator[World]:
    with world() as made:
        yield made


def test_an_order_is_counted_from_the_request_to_the_citys_ledger(running: World) -> None:
    buy = buyer(running)
    with tapped(running) as tap:
        buy()
        running.stack.drain()
        tap.clear()
        buy()
        running.stack.drain()
        ran = [piece.function for piece in tap.pieces]
        used = tap.usage(Assumptions.load())
    assert ran.count("scenic") == 2  # the hold and the payment
    assert {"relay", "bureau-inbox"} <= set(ran)
    assert used["gateway_requests"] == 2
    assert used["bus_events"] >= 2
    assert used["write_units"] >= 20
    assert used["read_units"] > 0
    assert used["transfer_gb"] > 0


def test_every_dollar_figure_comes_out_and_stands_in_a_sane_order(running: World) -> None:
    report = Report()
    cost.measure(running, report, Scale.quick())
    found = report.values
    assert 0 < found["usd_per_1000_events"] < found["usd_per_1000_orders"] < 1
    assert found["usd_per_1000_gate_checks"] < found["usd_per_1000_orders"]
    assert found["usd_per_1000_orders"] < found["usd_per_1000_web_orders"] < 2
    assert 0 < found["usd_per_1000_hotel_bookings"] < 1
    assert 0 < found["usd_per_idle_tenant_month"] < found["usd_per_idle_stack_month"] < 50
    assert 0 <= found["usd_prices_verified_pct"] <= 100
