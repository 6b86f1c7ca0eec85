"""The day and the flood, played."""

from __future__ import annotations

from dataclasses import dataclass

from infra.simulation.flows import Function, Worker, bus_rate, inbox_rate, relay_rate
from infra.simulation.parameters import Parameters
from infra.simulation.table import Demand, Table

_PER_MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Day:
    """How a day went. Rates a second; delays in seconds; ``left``: events under way at midnight."""

    events: float
    busiest: float
    filed: float
    left: float
    longest_delay: float
    table_peak: float
    ledger_peak: float
    throttled: float


@dataclass(frozen=True, kw_only=True)
class Flood:
    """How a release went. ``sold_out_after``: seconds, or None if it never was."""

    asked: float
    sold: float
    refused_by_gateway: float
    refused_by_functions: float
    throttled_units: float
    sold_out_after: int | None
    environments: float
    answered_from_memory: float
    busiest_partition: float
    reads_peak: float


def day(parameters: Parameters) -> Day:
    """1,440 minutes, each as sixty like seconds, through table, stream, bus, queue and ledger."""
    costs, app, ledger = parameters.costs, Table(parameters), Table(parameters)
    relay, inbox = Worker(), Worker()
    per_row = costs["outbox_writes"] + costs["audit_writes"] + costs["state_writes"]
    figures = 2 * costs["figures_row_kb"]
    busiest = delay = app_peak = ledger_peak = throttled = total = 0.0
    senders = int(parameters.day["senders"])
    for share in parameters.hours:
        rate = parameters.events * share / 3600
        rows = rate * parameters.day["rows_per_event"]
        busiest = max(busiest, rate)
        for _ in range(3600 // _PER_MINUTE):
            served = app.second(
                [Demand(group="outbox", keys=senders * int(costs["outbox_lanes"]), writes=rows * per_row)]
            )
            app_peak, throttled = max(app_peak, served.writes), throttled + served.throttled * _PER_MINUTE
            able = min(relay_rate(parameters, shards=app.partitions), bus_rate(parameters))
            sent = relay.second(rate * _PER_MINUTE, able=able * _PER_MINUTE)
            files = inbox_rate(parameters, writes=parameters.limit("partition_writes"), key_writes=figures)
            filed = inbox.second(sent, able=files * _PER_MINUTE) / _PER_MINUTE
            kept = ledger.second(
                [
                    Demand(group="ledger", keys=100_000, writes=filed * costs["ledger_writes"]),
                    Demand(group="figures of the day", keys=1, writes=filed * figures),
                ]
            )
            ledger_peak = max(ledger_peak, kept.writes)
            throttled += kept.throttled * _PER_MINUTE
            total += rate * _PER_MINUTE
            delay = max(delay, relay.backlog / able + inbox.backlog / files)
    return Day(
        events=total,
        busiest=busiest,
        filed=inbox.done,
        left=relay.backlog + inbox.backlog,
        longest_delay=delay,
        table_peak=app_peak,
        ledger_peak=ledger_peak,
        throttled=throttled,
    )


def flood(parameters: Parameters) -> Flood:
    """The seconds of a release. Who is refused or throttled asks again some seconds later."""
    wish, costs = parameters.flood, parameters.costs
    table, function = Table(parameters), Function(parameters)
    buckets = int(-(-wish["places"] // wish["bucket"]))
    again = [0.0] * (int(wish["seconds"]) + int(wish["tries_again_after"]) + 1)
    sold = gateway = functions = throttled = asked = memory = reads_peak = busiest = 0.0
    over: int | None = None
    for second in range(int(wish["seconds"])):
        wanted = wish["holds_per_second"] + again[second]
        asked += wish["holds_per_second"]
        let = min(wanted, parameters.limit("gateway_stage"), parameters.limit("gateway_account"))
        gateway += wanted - let
        left = wish["places"] - sold
        ms = costs["hold_ms"] if left > 0 else costs["lost_ms"]
        served = function.second(let, ms=ms)
        functions += let - served
        if left > 0:
            done = table.second(_buying(served, buckets=buckets, parameters=parameters))
            # A hold is a chain of four writes: the narrowest decides.
            held = served * min(done.share(group) for group in ("locks", "stock", "orders"))
            sold += min(left, held)
            failed = served - held
            if sold >= wish["places"]:
                over = second + 1
        else:
            done = table.second(
                _looking(served, function.environments, buckets=buckets, parameters=parameters)
            )
            failed, memory = 0.0, memory + max(0.0, served - function.environments)
        throttled += done.throttled
        reads_peak, busiest = max(reads_peak, done.reads), max(busiest, done.busiest)
        again[second + int(wish["tries_again_after"])] += (wanted - let) + (let - served) + failed
    return Flood(
        asked=asked,
        sold=sold,
        refused_by_gateway=gateway,
        refused_by_functions=functions,
        throttled_units=throttled,
        sold_out_after=over,
        environments=function.environments,
        answered_from_memory=memory,
        busiest_partition=busiest,
        reads_peak=reads_peak,
    )


def _buying(holds: float, *, buckets: int, parameters: Parameters) -> list[Demand]:
    costs = parameters.costs
    each = costs["hold_writes"] / 4
    return [
        Demand(group="locks", keys=1_000_000, writes=holds * each * 2),
        Demand(group="stock", keys=buckets, writes=holds * each),
        Demand(group="orders", keys=int(costs["order_lanes"]), writes=holds * each),
        # A look at a window of buckets, once a second in each environment.
        Demand(group="window", keys=buckets, reads=costs["lost_probe_window"] / 2),
    ]


def _looking(asks: float, environments: float, *, buckets: int, parameters: Parameters) -> list[Demand]:
    """Sold out: each environment looks at all buckets once a second, all others are told from memory."""
    costs = parameters.costs
    looks = min(asks, environments)
    per_look = costs["lost_probe_window"] / 2 + buckets * 1.5
    return [
        Demand(group="locks", keys=1_000_000, writes=looks * costs["lost_probe_writes"]),
        Demand(group="stock", keys=buckets, reads=looks * per_look),
        Demand(group="commands", keys=1_000_000, reads=(asks - looks) * costs["lost_reads"]),
    ]
