"""The cost model: prices as data, sums that add up, and functions billed as Lambda bills them."""

import json
from dataclasses import replace
from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.telemetry import line_of
from infra.cost import Assumptions, Piece, PriceTable, Usage, bill, usage_of
from infra.cost.stack import at_rest
from infra.cost.work import WHOLE_PROCESSOR, stored
from tenants import modules

pytestmark = pytest.mark.unit

TABLE, ASSUMED = PriceTable.load(), Assumptions.load()
TRIGGERS: tuple[Literal["http", "stream", "queue", "schedule"], ...] = ("http", "stream", "queue", "schedule")

usages = st.dictionaries(st.sampled_from(sorted(TABLE.items)), st.floats(0, 1e9)).map(Usage)
pieces = st.builds(
    Piece,
    function=st.just("scenic"),
    trigger=st.sampled_from(TRIGGERS),
    memory=st.integers(128, 3008),
    cpu_ms=st.floats(0, 5_000),
    calls=st.integers(0, 50),
    write_units=st.floats(0, 100),
    read_units=st.floats(0, 100),
    published=st.integers(0, 100),
    published_bytes=st.integers(0, 100_000),
    received=st.integers(0, 10),
    log_bytes=st.integers(0, 10_000),
    answer_bytes=st.integers(0, 1_000_000),
    provider_calls=st.integers(0, 2),
)


def test_every_price_says_what_for_and_where_it_was_read() -> None:
    assert TABLE.region == "us-east-1"
    assert TABLE.read <= date(2026, 11, 22)
    for name, price in TABLE.items.items():
        assert price.amount > 0, name
        assert price.per >= 1, name
        assert price.unit, name
        assert price.source, name
        assert not (price.verified and "remembered" in price.source), name


@given(usages, usages)
def test_two_bills_add_up_to_the_bill_of_both(one: Usage, other: Usage) -> None:
    both = bill(one, TABLE).total + bill(other, TABLE).total
    assert bill(one + other, TABLE).total == pytest.approx(both)


@given(usages, st.floats(0, 1000))
def test_a_thousand_times_the_work_costs_a_thousand_times_as_much(used: Usage, times: float) -> None:
    assert bill(used * times, TABLE).total == pytest.approx(bill(used, TABLE).total * times)


@given(usages)
def test_the_lines_of_a_bill_are_its_total_the_dearest_first(used: Usage) -> None:
    made = bill(used, TABLE)
    costs = [line.cost for line in made.lines]
    assert costs == sorted(costs, reverse=True)
    assert made.total == pytest.approx(sum(costs))
    assert 0 <= made.verified_share <= 1 + 1e-9
    assert len(list(made.shown(currency="USD"))) == len(costs) + 1


def test_what_has_no_price_is_not_free() -> None:
    with pytest.raises(KeyError, match="lunches"):
        bill(Usage.of(lunches=1), TABLE)
    with pytest.raises(ValueError, match="write_units"):
        Usage.of(write_units=-1)


@given(pieces)
def test_whatever_a_piece_of_work_uses_has_a_price(piece: Piece) -> None:
    used = usage_of(piece, ASSUMED)
    assert bill(used, TABLE).total > 0
    assert used["function_requests"] == 1
    assert used["gateway_requests"] == (piece.trigger == "http")
    assert used["queue_requests"] == (piece.received + 2 if piece.trigger == "queue" else 0)


@given(pieces, pieces)
def test_more_of_anything_never_costs_less(one: Piece, other: Piece) -> None:
    more = replace(
        one,
        cpu_ms=one.cpu_ms + other.cpu_ms,
        calls=one.calls + other.calls,
        write_units=one.write_units + other.write_units,
        published=one.published + other.published,
        log_bytes=one.log_bytes + other.log_bytes,
    )
    assert bill(usage_of(more, ASSUMED), TABLE).total >= bill(usage_of(one, ASSUMED), TABLE).total


@pytest.mark.parametrize("share", [2, 4, 8])
def test_half_a_processor_takes_twice_as_long_and_costs_the_same_for_computing(share: int) -> None:
    whole = Piece(function="x", trigger="schedule", memory=WHOLE_PROCESSOR, cpu_ms=4_000)
    part = replace(whole, memory=WHOLE_PROCESSOR // share)
    assert part.billed_ms(ASSUMED) == pytest.approx(whole.billed_ms(ASSUMED) * share, rel=0.01)
    seconds = [usage_of(piece, ASSUMED)["function_gb_seconds"] for piece in (whole, part)]
    assert seconds[0] == pytest.approx(seconds[1], rel=0.01)


def test_waiting_is_paid_by_memory_so_a_function_that_waits_is_cheaper_with_less() -> None:
    waits = Piece(function="x", trigger="schedule", memory=1769, cpu_ms=0, calls=20)
    assert waits.billed_ms(ASSUMED) == 20 * ASSUMED["table_call_ms"]
    less = replace(waits, memory=512)
    assert less.billed_ms(ASSUMED) == waits.billed_ms(ASSUMED)
    assert bill(usage_of(less, ASSUMED), TABLE).total < bill(usage_of(waits, ASSUMED), TABLE).total


def test_rows_are_paid_twice_by_the_month_once_as_a_table_and_once_as_a_backup() -> None:
    kept = stored(table_bytes=1e9, assumed=ASSUMED)
    assert kept["table_gb_months"] == kept["backup_gb_months"] == ASSUMED["kept_months"]


def test_an_installation_at_rest_pays_for_being_watched_and_for_looking_into_empty_queues() -> None:
    used = at_rest(modules=list(modules()), stage="prod", assumed=ASSUMED)
    queues = sum(module.inbox is not None for module in modules())
    looks = 365 / 12 * 24 * 3600 / 20 * 5
    assert used["queue_requests"] == pytest.approx(queues * looks, rel=0.001)
    assert used["alarm_months"] > 40
    assert bill(used, TABLE).total < 50


def test_a_line_is_a_metric_of_its_module_and_never_of_a_tenant() -> None:
    line = json.loads(line_of("scenic.hold-order", {"latency": 12.5, "writes": 4.0, "tenant": "tn_1"}))
    (said,) = line["_aws"]["CloudWatchMetrics"]
    assert said["Dimensions"] == [["module"]]
    assert {one["Name"] for one in said["Metrics"]} == {"latency", "writes"}
    assert (line["module"], line["usecase"], line["tenant"]) == ("scenic", "scenic.hold-order", "tn_1")
    quiet = json.loads(line_of("scenic.close_day", {"done": 3}))
    assert "_aws" not in quiet
    counted = json.loads(line_of("bureau.watch", {"gaps": 2}, metrics={"gaps": "Count"}))
    assert counted["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "gaps", "Unit": "Count"}]
