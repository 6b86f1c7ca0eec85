"""A cold start as deployed: what importing costs before the dearest route of the dearest function can answer.

A deployed function imports a route's file when it is first asked for. So a start is the application and one
such file; the files of a function are compared in forks of one process that has imported the application.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.package.build import route_index
from infra.package.functions import Function, functions, serving
from tenants import modules
from tests.bench.processes import Rounds, child_cost

ROOT = Path(__file__).resolve().parents[2]

_COMPARE = """
import json, os, sys, time
import app
found = {"": time.process_time() * 1000}
for file in sys.argv[1:]:
    reader, writer = os.pipe()
    if not os.fork():
        began = time.process_time()
        __import__(file)
        os.write(writer, str((time.process_time() - began) * 1000).encode())
        os._exit(0)
    os.wait()
    found[file] = float(os.read(reader, 40))
print(json.dumps(found))
"""


@dataclass(frozen=True, kw_only=True)
class Start:
    """One function and the file of its dearest route; ``cost`` as compared, in CPU milliseconds."""

    function: Function
    file: str
    cost: float


@contextmanager
def deployed() -> Iterator[dict[str, str]]:
    """The environment of a function in the checkout: with the index of routes that the build writes."""
    with tempfile.TemporaryDirectory(prefix="songyun-index-") as folder:
        index = Path(folder) / "routes.json"
        index.write_text(route_index(), "utf-8")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SONGYUN_")}
        yield {
            **inherited,
            "AWS_REGION": "cn-north-1",
            "PYTHONDONTWRITEBYTECODE": "",
            "SONGYUN_ROUTE_INDEX": str(index),
        }


def files_of(stage: str = "prod") -> dict[Function, list[str]]:
    """The files of each function's routes."""
    from app import app

    routes = app.guarded()
    at = serving(routes=routes)
    found = defaultdict[str, set[str]](set)
    for route in routes:
        found[at[route.method, route.path]].add(route.handler.__module__)
    return {
        function: sorted(found[function.name])
        for function in functions(modules=modules(), stage=stage)
        if function.trigger == "http"
    }


def dearest(environment: Mapping[str, str]) -> Start:
    """The dearest start of all functions."""
    starts = []
    for function, files in files_of().items():
        done = subprocess.run(
            [sys.executable, "-c", _COMPARE, *files],
            env={**environment, **function.serves},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        costs = json.loads(done.stdout)
        base = costs.pop("")
        file = max(costs, key=costs.__getitem__)
        starts.append(Start(function=function, file=file, cost=base + costs[file]))
    return max(starts, key=lambda start: start.cost)


def measured(code: str, *, environment: Mapping[str, str], times: int) -> tuple[Rounds, float]:
    """CPU milliseconds of fresh interpreters that run ``code``, and their peak memory (MB)."""
    found = [
        child_cost([sys.executable, "-c", code], environment=environment, cwd=ROOT) for _ in range(times)
    ]
    return Rounds([cpu for cpu, _ in found]), min(peak for _, peak in found)
