"""What needs no stack: the machine itself, and a cold start of the functions' code."""

from __future__ import annotations

import os
import sys
from typing import Any

from tenants import modules
from tests.bench.figures import Report
from tests.bench.processes import Rounds, child_cost, machine_loop
from tests.bench.world import ROOT


def measure(_world: None, report: Report, scale: Any) -> None:
    """The yardstick, and what importing the application costs a fresh process that finds its bytecode.

    A deployed function serves one module (``SONGYUN_MODULES``): the cold start is that of the dearest one.
    All modules in one process, as on one computer, is kept beside it.
    """
    report.put("machine_loop_ms", machine_loop())
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SONGYUN_")},
        "AWS_REGION": "cn-north-1",
        "PYTHONDONTWRITEBYTECODE": "",
    }
    command = [sys.executable, "-c", "import app"]

    def costs(modules: str) -> list[tuple[float, float]]:
        served = {**environment, "SONGYUN_MODULES": modules}
        return [child_cost(command, environment=served, cwd=ROOT) for _ in range(scale.imports)]

    child_cost(command, environment=environment, cwd=ROOT)  # writes the bytecode
    functions = [costs(module.key) for module in modules()]
    dearest = max(functions, key=lambda found: min(cpu for cpu, _ in found))
    report.put("api_cold_import_ms", Rounds([cpu for cpu, _ in dearest]))
    report.put("api_cold_import_rss_mb", min(peak for _, peak in dearest))
    report.put("api_cold_import_all_ms", Rounds([cpu for cpu, _ in costs("")]))


def again(_world: None, report: Report, _scale: Any) -> None:
    """The yardstick once more: a busy machine shows in the difference."""
    report.put("machine_loop_ms_at_end", machine_loop())
