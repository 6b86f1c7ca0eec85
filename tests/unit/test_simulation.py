"""The model of AWS's limits: nothing appears, nothing vanishes, and no limit is passed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.persistence.table import LANES
from infra.package.gateway import _THROTTLE
from infra.package.lambdas import _QUEUE_BATCH, _QUEUE_CONCURRENCY, _STREAM_BATCH
from infra.simulation import play
from infra.simulation.flows import Function, Worker, bus_rate, relay_rate
from infra.simulation.parameters import Parameters
from infra.simulation.report import day_lines, flood_lines, limits, limits_table
from infra.simulation.table import Demand, Table

pytestmark = pytest.mark.unit

SHIPPED = Parameters.load()
PARTITION = SHIPPED.limit("partition_writes")

demands = st.lists(
    st.builds(
        Demand,
        group=st.sampled_from(("orders", "locks", "stock", "figures")),
        keys=st.integers(1, 5_000),
        writes=st.floats(0, 50_000),
        reads=st.floats(0, 100_000),
    ),
    max_size=4,
    unique_by=lambda demand: demand.group,
)


@given(demands)
def test_what_is_asked_is_served_or_throttled_and_nothing_else(asked: list[Demand]) -> None:
    served = Table(SHIPPED).second(asked)
    wished = sum(demand.writes + demand.reads for demand in asked)
    assert served.writes + served.reads + served.throttled == pytest.approx(wished)
    assert all(-1e-9 <= served.share(demand.group) <= 1 + 1e-9 for demand in asked)


@given(demands)
def test_no_table_serves_more_than_its_partitions_can(asked: list[Demand]) -> None:
    table = Table(SHIPPED)
    served = table.second(asked)
    assert served.writes <= table.ceiling * (1 + 1e-9)
    reads = SHIPPED.limit("partition_reads")
    assert served.writes / PARTITION + served.reads / reads <= table.partitions * (1 + 1e-9)


@given(st.floats(0, 1e6))
def test_one_key_never_gets_more_than_one_partition(writes: float) -> None:
    warm = SHIPPED.but(limits={"new_table_writes": 40_000})
    served = Table(warm).second([Demand(group="figures", keys=1, writes=writes)])
    assert served.writes <= PARTITION * (1 + 1e-9)


@given(st.floats(1, 40_000), st.integers(0, 6))
def test_spreading_over_more_keys_never_serves_less_of_many(writes: float, doublings: int) -> None:
    def served(keys: int) -> float:
        return Table(SHIPPED).second([Demand(group="orders", keys=keys, writes=writes)]).writes

    assert served(1) <= served(1_000_000) * (1 + 1e-9)
    assert served(2**doublings) <= served(1_000_000) * (1 + 1e-9)


@given(demands, st.floats(1.0, 10.0))
def test_asking_more_of_everything_never_serves_less(asked: list[Demand], times: float) -> None:
    more = [
        Demand(group=demand.group, keys=demand.keys, writes=demand.writes * times, reads=demand.reads * times)
        for demand in asked
    ]
    plain, louder = Table(SHIPPED).second(asked), Table(SHIPPED).second(more)
    assert louder.writes >= plain.writes * (1 - 1e-9)


def test_a_table_doubles_what_it_saw_half_an_hour_ago_up_to_its_quota_and_never_shrinks() -> None:
    table, ceilings = Table(SHIPPED), []
    for minute in range(4 * 60):
        load = 1e6 if minute < 3 * 60 else 0.0
        for _ in range(60):
            table.second([Demand(group="locks", keys=1_000_000, writes=load)])
        ceilings.append(table.ceiling)
    assert ceilings[29] == 4_000
    assert ceilings[31] == 8_000
    assert ceilings == sorted(ceilings)
    assert ceilings[-1] == SHIPPED.limit("table_writes")


@given(st.lists(st.floats(0, 30_000), max_size=30), st.floats(1, 500))
def test_a_functions_environments_grow_no_faster_than_allowed(requests: list[float], ms: float) -> None:
    function, before = Function(SHIPPED), 0.0
    for wanted in requests:
        served = function.second(wanted, ms=ms)
        assert 0 <= served <= wanted
        assert function.environments - before <= SHIPPED.limit("function_scaling") / 10 + 1e-6
        assert function.environments <= SHIPPED.limit("function_concurrency") + 1e-6
        assert served * ms / 1000 <= function.environments + 1e-6
        before = function.environments


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), max_size=50))
def test_work_that_waits_is_done_or_still_waits(turns: list[tuple[float, float]]) -> None:
    worker = Worker()
    for arriving, able in turns:
        assert worker.second(arriving, able=able) <= able
    assert worker.done + worker.backlog == pytest.approx(sum(arriving for arriving, _ in turns))
    assert worker.most >= worker.backlog


def test_the_peak_day_is_the_facts_day_and_ends_with_nothing_under_way() -> None:
    assert SHIPPED.events == pytest.approx(1_820_000, rel=0.001)
    assert max(SHIPPED.hours) == pytest.approx(0.15, abs=0.005)
    day = play.day(SHIPPED)
    assert day.busiest == pytest.approx(76, abs=2)
    assert day.filed + day.left == pytest.approx(day.events)
    assert day.left < 1
    assert day.throttled == 0
    assert day.longest_delay < 60


@settings(max_examples=10)
@given(st.integers(100, 30_000), st.sampled_from((500, 2_000, 10_000)))
def test_a_flood_never_sells_more_than_there_is(places: int, stage: int) -> None:
    asked = SHIPPED.but(limits={"gateway_stage": stage})
    asked = Parameters(**{**vars(asked), "flood": {**asked.flood, "places": places, "seconds": 60}})
    flood = play.flood(asked)
    assert 0 < flood.sold <= places
    assert (flood.sold_out_after is None) == (flood.sold < places)


def test_raising_the_limits_sells_out_sooner_and_turns_fewer_away() -> None:
    shipped, raised = play.flood(SHIPPED), play.flood(SHIPPED.raised())
    assert shipped.sold == raised.sold == SHIPPED.flood["places"]
    assert shipped.sold_out_after is not None
    assert raised.sold_out_after is not None
    assert raised.sold_out_after < shipped.sold_out_after
    assert raised.refused_by_gateway < shipped.refused_by_gateway


def test_our_own_limits_in_the_data_are_those_of_the_code() -> None:
    assert SHIPPED.limit("gateway_stage") == _THROTTLE["prod"][0]
    assert SHIPPED.limit("inbox_concurrency") == _QUEUE_CONCURRENCY
    assert SHIPPED.limit("inbox_batch") == _QUEUE_BATCH
    assert SHIPPED.limit("stream_batch") == _STREAM_BATCH
    assert SHIPPED.costs["order_lanes"] == SHIPPED.costs["outbox_lanes"] == LANES


def test_every_limit_says_where_it_is_known_from_and_the_tables_name_what_to_raise() -> None:
    for name, limit in SHIPPED.limits.items():
        assert limit.value > 0, name
        assert limit.source, name
        assert limit.ask, name
    found, raised = limits(SHIPPED), limits(SHIPPED.raised())
    short = {lies.what for lies in found if not lies.enough}
    assert "our own throttle before the functions" in short
    assert "a table that has seen no such day" in short
    lines = list(limits_table(found, raised))
    assert len(lines) == len(found) + 1
    for line, lies in zip(lines[1:], found, strict=True):
        assert ("!" in line and lies.ask in line) or lies.enough
    day, flood = play.day(SHIPPED), play.flood(SHIPPED)
    assert any("events" in line for line in day_lines(day))
    assert any("9 s" in line for line in flood_lines(flood, flood))


def test_the_feed_has_room_above_the_busiest_hour() -> None:
    asked = {lies.what: lies for lies in limits(SHIPPED) if lies.unit == "events"}
    assert len(asked) == 5
    assert all(lies.limit > 2 * lies.asked for lies in asked.values())
    assert relay_rate(SHIPPED, shards=8) == pytest.approx(2 * relay_rate(SHIPPED, shards=4))
    assert bus_rate(SHIPPED) == 1_100


def test_an_unknown_name_is_an_error_and_not_a_new_parameter() -> None:
    with pytest.raises(KeyError):
        SHIPPED.but(limits={"no_such_limit": 1})
    with pytest.raises(KeyError):
        SHIPPED.but(costs={"no_such_cost": 1})
