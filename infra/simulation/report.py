"""What the simulation says, as tables: where each limit lies, how the day and the flood went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.simulation.flows import inbox_rate, relay_rate
from infra.simulation.parameters import Parameters
from infra.simulation.play import Day, Flood
from infra.simulation.table import Table


@dataclass(frozen=True, kw_only=True)
class Lies:
    """One limit against what is asked of it, both a second and in the same unit."""

    what: str
    unit: str
    asked: float
    limit: float
    name: str
    ask: str

    @property
    def enough(self) -> bool:
        """Whether it holds."""
        return self.limit >= self.asked


def limits(parameters: Parameters) -> list[Lies]:
    """Where each limit lies: first those of a release (holds a second), then those of the feed (events)."""
    return [*_of_holds(parameters), *_of_events(parameters)]


def _of_holds(parameters: Parameters) -> Iterator[Lies]:
    costs, wish = parameters.costs, parameters.flood
    buckets = -(-wish["places"] // wish["bucket"])
    partition = parameters.limit("partition_writes")
    partitions = Table(parameters).partitions
    look = costs["lost_probe_window"] / 2 + buckets * 1.5
    found = (
        ("our own throttle before the functions", "gateway_stage", parameters.limit("gateway_stage")),
        ("the account's gateway", "gateway_account", parameters.limit("gateway_account")),
        (
            "functions at once",
            "function_concurrency",
            parameters.limit("function_concurrency") * 1000 / costs["hold_ms"],
        ),
        (
            "a table that has seen no such day",
            "new_table_writes",
            min(parameters.limit("new_table_writes"), parameters.limit("table_writes"))
            / costs["hold_writes"],
        ),
        ("the table's quota", "table_writes", parameters.limit("table_writes") / costs["hold_writes"]),
        (
            "the day's orders in their lanes",
            "partition_writes",
            costs["order_lanes"] * partition / (costs["hold_writes"] / 4),
        ),
        ("the slot's buckets", "partition_writes", buckets * partition / (costs["hold_writes"] / 4)),
        (
            "the gauge, for a session of today",
            "partition_reads",
            parameters.limit("partition_reads") / costs["gauge_reads"],
        ),
    )
    for what, name, limit in found:
        yield Lies(
            what=what,
            unit="holds",
            asked=wish["holds_per_second"],
            limit=limit,
            name=name,
            ask=parameters.limits[name].ask,
        )
    environments = min(
        parameters.limit("function_concurrency"), wish["holds_per_second"] * costs["hold_ms"] / 1000
    )
    yield Lies(
        what="looks after the last place",
        unit="looks",
        asked=environments,
        limit=partitions * parameters.limit("partition_reads") / look,
        name="partition_reads",
        ask="warm the table; larger buckets; tell the sold-out slot by one row",
    )


def _of_events(parameters: Parameters) -> Iterator[Lies]:
    busiest = parameters.events * max(parameters.hours) / 3600
    figures = 2 * parameters.costs["figures_row_kb"]
    partition = parameters.limit("partition_writes")
    shards = Table(parameters).partitions
    endless = inbox_rate(parameters, writes=1e12, key_writes=figures)
    found = (
        (
            "the relay, a batch at a time for each shard",
            "stream_parallel",
            relay_rate(parameters, shards=shards),
        ),
        ("PutEvents, ten entries a call", "bus_puts", parameters.limit("bus_puts") * 10),
        ("deliveries of the bus", "bus_invocations", parameters.limit("bus_invocations")),
        ("the bureau's functions", "inbox_concurrency", endless),
        ("the day's figures, one partition", "partition_writes", partition / figures),
    )
    for what, name, limit in found:
        yield Lies(
            what=what,
            unit="events",
            asked=busiest,
            limit=limit,
            name=name,
            ask=parameters.limits[name].ask,
        )


def limits_table(shipped: Sequence[Lies], raised: Sequence[Lies]) -> Iterator[str]:
    """Both side by side; ``!`` where a limit lies below what is asked."""
    yield f"{'':44} {'asked/s':>9} {'as shipped':>11}  {'raised':>10}   what to raise"
    for one, other in zip(shipped, raised, strict=True):
        first, second = (" " if each.enough else "!" for each in (one, other))
        what = "" if one.enough and other.enough else one.ask
        numbers = f"{one.asked:>9,.0f} {one.limit:>11,.0f}{first} {other.limit:>10,.0f}{second}"
        yield f"{one.what:44} {numbers}  {what}".rstrip()


def day_lines(day: Day) -> Iterator[str]:
    """The day in words."""
    yield f"events                  {day.events:>12,.0f}   busiest hour {day.busiest:.0f}/s"
    yield f"filed by midnight       {day.filed:>12,.0f}   under way {day.left:.0f}"
    yield f"longest delay           {day.longest_delay:>12.1f} s"
    yield f"app table, peak         {day.table_peak:>12,.0f} write units/s"
    yield f"ledger table, peak      {day.ledger_peak:>12,.0f} write units/s"
    yield f"throttled               {day.throttled:>12,.0f} units"


def flood_lines(shipped: Flood, raised: Flood) -> Iterator[str]:
    """The release in words, as shipped and raised."""

    def sold_out(flood: Flood) -> str:
        return "never" if flood.sold_out_after is None else f"{flood.sold_out_after} s"

    rows = (
        ("holds asked for", f"{shipped.asked:,.0f}", f"{raised.asked:,.0f}"),
        ("places sold", f"{shipped.sold:,.0f}", f"{raised.sold:,.0f}"),
        ("sold out after", sold_out(shipped), sold_out(raised)),
        ("turned away by the gateway (429)", *_counts(shipped, raised, "refused_by_gateway")),
        ("turned away by functions (429)", *_counts(shipped, raised, "refused_by_functions")),
        ("units throttled", *_counts(shipped, raised, "throttled_units")),
        ("answered from memory: sold out", *_counts(shipped, raised, "answered_from_memory")),
        ("environments of the function", *_counts(shipped, raised, "environments")),
        ("read units a second, peak", *_counts(shipped, raised, "reads_peak")),
        ("busiest partition, times its limit", *_times(shipped, raised)),
    )
    yield f"{'':38} {'as shipped':>14} {'raised':>14}"
    for what, one, other in rows:
        yield f"{what:38} {one:>14} {other:>14}"


def _counts(one: Flood, other: Flood, name: str) -> tuple[str, str]:
    return f"{getattr(one, name):,.0f}", f"{getattr(other, name):,.0f}"


def _times(one: Flood, other: Flood) -> tuple[str, str]:
    return f"{one.busiest_partition:.1f}", f"{other.busiest_partition:.1f}"
