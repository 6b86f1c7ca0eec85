"""What needs no stack: the machine itself, and a cold start of the functions' code."""

from __future__ import annotations

import os
import sys
from typing import Any

from tests.bench.figures import Report
from tests.bench.processes import Rounds, child_cost, machine_loop
from tests.bench.world import ROOT


def measure(_world: None, report: Report, scale: Any) -> None:
    """The yardstick, and what importing the application costs a fresh process that finds its bytecode."""
    report.put("machine_loop_ms", machine_loop())
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SONGYUN_")},
        "AWS_REGION": "cn-north-1",
        "PYTHONDONTWRITEBYTECODE": "",
    }
    command = [sys.executable, "-c", "import app"]
    child_cost(command, environment=environment, cwd=ROOT)  # writes the bytecode
    costs = [child_cost(command, environment=environment, cwd=ROOT) for _ in range(scale.imports)]
    report.put("api_cold_import_ms", Rounds([cpu for cpu, _ in costs]))
    report.put("api_cold_import_rss_mb", min(peak for _, peak in costs))


def again(_world: None, report: Report, _scale: Any) -> None:
    """The yardstick once more: a busy machine shows in the difference."""
    report.put("machine_loop_ms_at_end", machine_loop())
