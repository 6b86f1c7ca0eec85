"""What is measured, in which order, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.bench import alone, cost, counted, feed, hotel, orders, pages, populated, shipped, wall, year
from tests.bench.figures import Report


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How often things are done: enough that the best of the rounds repeats itself on a quiet machine."""

    rounds: int = 3
    warm: int = 40
    orders: int = 150
    checks: int = 200
    flows: int = 25
    client_seconds: float = 8.0
    burst: int = 1500
    feed_seconds: int = 30
    tickets: int = 50_000
    imports: int = 5
    looks: int = 60
    history: int = 362
    year: int = 2_000_000
    months: int = 12

    @classmethod
    def quick(cls) -> Scale:
        """Few of everything: numbers to look at, not to compare."""
        return cls(
            rounds=2,
            warm=10,
            orders=30,
            checks=40,
            flows=5,
            client_seconds=3.0,
            burst=300,
            feed_seconds=6,
            tickets=5_000,
            imports=2,
            looks=15,
            history=40,
            year=20_000,
            months=1,
        )

    def with_feed(self, seconds: int | None) -> Scale:
        """The same with another length of the feed."""
        return self if seconds is None else replace(self, feed_seconds=max(3, min(seconds, 600)))


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One stretch of the run and the figures it yields. ``alone``: it needs no stack.
    ``asked``: it takes so long that it is measured only when it is named.
    """

    title: str
    names: tuple[str, ...]
    run: Callable[[Any, Report, Any], None]
    alone: bool = False
    asked: bool = False


PHASES = (
    Phase(
        title="this machine, and a cold start",
        names=(
            "machine_loop_ms",
            "api_cold_import_ms",
            "api_cold_import_rss_mb",
            "api_cold_import_module_ms",
            "api_cold_import_all_ms",
            "api_cold_import_libraries_ms",
        ),
        run=alone.measure,
        alone=True,
    ),
    Phase(
        title="what is shipped",
        names=("api_zip_mb", "api_unpacked_mb", "template_kb"),
        run=shipped.measure,
        alone=True,
    ),
    Phase(
        title="calls and write units, counted in this process",
        names=(
            "ticket_order_write_units",
            "ticket_order_write_units_pay",
            "ticket_order_write_units_async",
            "ticket_order_write_units_total",
            "ticket_order_calls",
            "ticket_order_calls_async",
            "gate_check_write_units",
            "gate_check_calls",
            "offline_verify_ms",
        ),
        run=counted.measure,
    ),
    Phase(
        title="what AWS would charge",
        names=(
            "usd_per_1000_orders",
            "usd_per_1000_web_orders",
            "usd_per_1000_gate_checks",
            "usd_per_1000_hotel_bookings",
            "usd_per_1000_events",
            "usd_per_idle_tenant_month",
            "usd_per_idle_stack_month",
            "usd_prices_verified_pct",
        ),
        run=cost.measure,
    ),
    Phase(
        title="orders through the API",
        names=(
            "ticket_order_cpu_ms",
            "ticket_order_engine_cpu_ms",
            "ticket_order_async_cpu_ms",
            "ticket_order_all_cpu_ms",
            "ticket_order_growth_pct",
            "engine_idle_cpu_ms_per_s",
            "pumps_idle_cpu_ms_per_s",
            "local_stack_mb_per_10000_orders",
        ),
        run=orders.measure,
    ),
    Phase(
        title="gate checks through the API",
        names=("gate_check_cpu_ms", "gate_check_engine_cpu_ms", "gate_check_async_cpu_ms"),
        run=orders.measure_gate,
    ),
    Phase(
        title="a visitor's whole way through the pages",
        names=("web_checkout_cpu_ms", "web_checkout_requests", "storefront_page_kb"),
        run=pages.measure,
    ),
    Phase(
        title="a hotel: search, three nights, prices in bulk, the last room, the night audit",
        names=(
            "hotel_booking_cpu_ms",
            "hotel_booking_engine_cpu_ms",
            "hotel_booking_async_cpu_ms",
            "availability_search_cpu_ms",
            "availability_search_again_cpu_ms",
            "availability_search_reads",
            "ari_25000_cells_s",
            "ari_25000_cells_cpu_s",
            "night_audit_150_rooms_s",
            "night_audit_150_rooms_cpu_s",
            "hotel_last_room_oversold",
        ),
        run=hotel.measure,
    ),
    Phase(title="eight clients at once", names=("orders_per_s_8_clients",), run=orders.measure_crowd),
    Phase(
        title="the feed to the city",
        names=("feed_events_per_s", "feed_burst_events_per_s", "feed_p95_s", "feed_lost"),
        run=feed.measure,
    ),
    Phase(
        title="the same orders with many sold",
        names=("ticket_order_cpu_ms_after_50000", "ticket_order_growth_pct"),
        run=populated.measure,
    ),
    Phase(
        title="the city's wall, young and with a year behind it",
        names=("wall_cpu_ms", "wall_young_cpu_ms", "wall_growth_pct"),
        run=wall.measure,
    ),
    Phase(
        title="a year of the lake with twelve monthly reports, in a process of its own",
        names=("year_build_s", "year_build_mb", "year_events", "year_said_s", "year_lake_mb"),
        run=year.measure,
        alone=True,
        asked=True,
    ),
    Phase(title="this machine once more", names=("machine_loop_ms_at_end",), run=alone.again, alone=True),
)
