"""What needs no stack: the machine itself, and a cold start of the functions' code."""

from __future__ import annotations

from typing import Any

from tests.bench.cold import dearest, deployed, measured
from tests.bench.figures import Report
from tests.bench.processes import machine_loop

_LIBRARIES = "import chalice.app, pydantic, pynamodb.models, botocore.session"


def measure(_world: None, report: Report, scale: Any) -> None:
    """The yardstick, and what importing costs a fresh process that finds its bytecode.

    ``api_cold_import_ms``: the dearest route of the dearest function, as deployed. Beside it, without a
    target: the same module with all its routes at once, all modules in one process as on one computer, and
    the libraries alone, which no deployed function imports whole.
    """
    report.put("machine_loop_ms", machine_loop())
    with deployed() as environment:
        measured("import app", environment=environment, times=1)  # writes the bytecode
        start = dearest(environment)
        own = {**environment, **start.function.serves}
        cost, memory = measured(f"import app, {start.file}", environment=own, times=scale.imports)
        report.put("api_cold_import_ms", cost)
        report.put("api_cold_import_rss_mb", memory)
        whole = {"SONGYUN_MODULES": start.file.split(".")[1], "SONGYUN_ROUTES": "all"}
        for name, code, more in (
            ("api_cold_import_module_ms", "import app", whole),
            ("api_cold_import_all_ms", "import app", {"SONGYUN_ROUTES": "all"}),
            ("api_cold_import_libraries_ms", _LIBRARIES, {}),
        ):
            cost, _ = measured(code, environment={**environment, **more}, times=scale.imports)
            report.put(name, cost)


def again(_world: None, report: Report, _scale: Any) -> None:
    """The yardstick once more: a busy machine shows in the difference."""
    report.put("machine_loop_ms_at_end", machine_loop())
