"""The figures by name: unit, target, and the table they are printed in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.package.figures import takes_ms
from tests.bench.processes import Rounds


@dataclass(frozen=True)
class Figure:
    """A number with its unit. ``most`` and ``least`` are targets; without either it is reported as found."""

    name: str
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def target(self) -> str:
        """The target as people read it."""
        if self.most is not None:
            return "0" if self.most == 0 else f"≤ {self.most:g}"
        return f"≥ {self.least:g}" if self.least is not None else ""

    def verdict(self, value: float) -> str:
        """``ok`` or ``over`` (``under`` for a least), empty without a target."""
        if self.most is not None:
            return "ok" if value <= self.most else "over"
        if self.least is not None:
            return "ok" if value >= self.least else "under"
        return ""


FIGURES = (
    Figure("machine_loop_ms", "ms CPU"),
    Figure("machine_loop_ms_at_end", "ms CPU"),
    Figure("api_cold_import_ms", "ms CPU", most=400),
    Figure("api_cold_import_rss_mb", "MB"),
    Figure("api_zip_mb", "MB", most=35),
    Figure("api_unpacked_mb", "MB", most=250),
    Figure("lake_zip_mb", "MB"),
    Figure("lake_unpacked_mb", "MB", most=250),
    Figure("seal_zip_mb", "MB"),
    Figure("seal_unpacked_mb", "MB", most=250),
    Figure("template_kb", "kB", most=500),
    Figure("api_cold_import_module_ms", "ms CPU"),
    Figure("api_cold_import_all_ms", "ms CPU"),
    Figure("api_cold_import_libraries_ms", "ms CPU"),
    Figure("ticket_order_cpu_ms", "ms CPU", most=10),
    Figure("ticket_order_engine_cpu_ms", "ms CPU"),
    Figure("ticket_order_async_cpu_ms", "ms CPU"),
    Figure("ticket_order_all_cpu_ms", "ms CPU"),
    Figure("ticket_order_cpu_ms_after_50000", "ms CPU"),
    Figure("ticket_order_growth_pct", "%", most=10),
    Figure("ticket_order_write_units", "units", most=4),
    Figure("ticket_order_write_units_pay", "units"),
    Figure("ticket_order_write_units_async", "units"),
    Figure("ticket_order_write_units_total", "units"),
    Figure("ticket_order_calls", "calls"),
    Figure("ticket_order_calls_async", "calls"),
    Figure("web_checkout_cpu_ms", "ms CPU", most=40),
    Figure("web_checkout_requests", "requests"),
    Figure("gate_check_cpu_ms", "ms CPU", most=5),
    Figure("gate_check_engine_cpu_ms", "ms CPU"),
    Figure("gate_check_async_cpu_ms", "ms CPU"),
    Figure("gate_check_write_units", "units", most=2),
    Figure("gate_check_calls", "calls"),
    Figure("offline_verify_ms", "ms CPU", most=0.2),
    Figure("hotel_booking_cpu_ms", "ms CPU", most=15),
    Figure("hotel_booking_engine_cpu_ms", "ms CPU"),
    Figure("hotel_booking_async_cpu_ms", "ms CPU"),
    Figure("availability_search_cpu_ms", "ms CPU", most=15),
    Figure("availability_search_again_cpu_ms", "ms CPU"),
    Figure("availability_search_reads", "calls", most=5),
    Figure("ari_25000_cells_s", "s"),
    Figure("ari_25000_cells_cpu_s", "s CPU"),
    Figure("night_audit_150_rooms_s", "s", most=2),
    Figure("night_audit_150_rooms_cpu_s", "s CPU"),
    Figure("hotel_last_room_oversold", "stays", most=0),
    Figure("orders_per_s_8_clients", "1/s"),
    Figure("feed_events_per_s", "1/s", least=100),
    Figure("feed_burst_events_per_s", "1/s"),
    Figure("feed_p95_s", "s", most=2),
    Figure("feed_lost", "events", most=0),
    Figure("wall_cpu_ms", "ms CPU"),
    Figure("wall_young_cpu_ms", "ms CPU"),
    Figure("wall_growth_pct", "%", most=10),
    Figure("year_build_s", "s"),
    Figure("year_build_mb", "MB", most=1024),
    Figure("year_events", "events"),
    Figure("year_said_s", "s"),
    Figure("year_lake_mb", "MB"),
    Figure("storefront_page_kb", "kB", most=150),
    Figure("engine_idle_cpu_ms_per_s", "ms CPU/s"),
    Figure("pumps_idle_cpu_ms_per_s", "ms CPU/s"),
    Figure("local_stack_mb_per_10000_orders", "MB"),
    Figure("usd_per_1000_orders", "USD"),
    Figure("usd_per_1000_web_orders", "USD"),
    Figure("usd_per_1000_gate_checks", "USD"),
    Figure("usd_per_1000_hotel_bookings", "USD"),
    Figure("usd_per_1000_events", "USD"),
    Figure("usd_per_idle_tenant_month", "USD"),
    Figure("usd_per_idle_stack_month", "USD"),
    Figure("usd_prices_verified_pct", "%"),
)

NAMES = tuple(figure.name for figure in FIGURES)


@dataclass
class Report:
    """What has been measured so far."""

    values: dict[str, float] = field(default_factory=dict)
    functions: dict[str, Mapping[str, float]] = field(default_factory=dict)

    def function(self, name: str, **found: float) -> None:
        """Keep what a function's cold start costs (see ``infra.package.figures.cold_import``)."""
        self.functions[name] = found
        self.values[f"function_import_ms_{name}"] = found["routes_ms"]
        self.values[f"function_rss_mb_{name}"] = found["rss_mb"]

    def put(self, name: str, value: float | Rounds) -> None:
        """Keep a value; of several rounds the best, and beside it the median."""
        if isinstance(value, Rounds):
            self.values[name] = _short(value.best)
            self.values[f"{name}_median"] = _short(value.median)
        else:
            self.values[name] = _short(value)

    def lines(self) -> Iterable[str]:
        """The table."""
        rows = [("figure", "value", "median", "unit", "target", "")]
        for figure in FIGURES:
            value = self.values.get(figure.name)
            if value is not None:
                median = self.values.get(f"{figure.name}_median")
                rows.append(
                    (
                        figure.name,
                        f"{value:g}",
                        "" if median is None else f"{median:g}",
                        figure.unit,
                        figure.target,
                        figure.verdict(value),
                    )
                )
        widths = [max(len(row[column]) for row in rows) for column in range(6)]
        for number, row in enumerate(rows):
            cells = [
                cell.rjust(width) if column in {1, 2} else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            yield "  ".join(cells).rstrip()
            if not number:
                yield "  ".join("─" * width for width in widths)

    def starts(self) -> Iterable[str]:
        """The table of cold starts: at ``memory`` MB a function has that part of 1769 of a processor."""
        if self.functions:
            words = ("import", "with routes", "peak", "memory", "takes")
            yield "function".ljust(29) + "".join(word.rjust(13) for word in words)
        for name, one in sorted(self.functions.items(), key=lambda pair: -pair[1]["routes_ms"]):
            takes = takes_ms(one["routes_ms"], memory=int(one["memory"]))
            times = [f"{value:.0f} ms" for value in (one["ms"], one["routes_ms"], takes)]
            sizes = [f"{value:.0f} MB" for value in (one["rss_mb"], one["memory"])]
            cells = (*times[:2], *sizes, times[2])
            yield name.ljust(29) + "".join(cell.rjust(13) for cell in cells)

    def write(self, path: Path, *, kept: Mapping[str, float]) -> None:
        """Write a flat object of numbers; ``kept`` are figures of an earlier run that stay."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**kept, **self.values}, indent=1, sort_keys=True) + "\n", "utf-8")


def _short(value: float) -> float:
    return round(value, 3) if abs(value) < 100 else round(value, 1)
