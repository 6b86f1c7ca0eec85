"""Figures of the artefact: its size, and what each function's cold start costs in processor time.

``python -m infra.package.figures --stage prod`` prints them; ``make bench`` takes the dictionary.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from infra.package.functions import Function, functions, groups
from infra.package.staging import ROOT, PackagingFailure
from infra.package.wheels import PYTHON, runtime

#: Lambda imports the handler's module; the time counts from an interpreter that has just started.
_PROBE = """
import sys, time
sys.path.insert(0, sys.argv[1])
began = time.process_time()
module = __import__("app")
spent = time.process_time() - began
getattr(module, sys.argv[2])
module.app.guarded()  # imports every route that is otherwise imported when it is asked for
whole = time.process_time() - began
foreign = [
    name for name, one in list(sys.modules.items())
    if "site-packages" in (getattr(one, "__file__", None) or "")
]
# Not getrusage: its peak is that of whoever started this process, if that was larger.
status = open("/proc/self/status").read()
peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
print(spent * 1000, whole * 1000, peak, len(sys.modules), *foreign)
"""


def figures(*, stage: str = "prod", out: Path = ROOT / "build", rounds: int = 5) -> dict[str, Any]:
    """Sizes in MB (10^6 bytes), cold imports in milliseconds of processor time (the least of ``rounds``).

    Raises:
        PackagingFailure: nothing was built, or no interpreter here is of the archive's version.
    """
    archive = out / f"songyun-{stage}.zip"
    if not archive.is_file():
        raise PackagingFailure(f"There is no {archive.name}: run `make package STAGE={stage}`.")
    from tenants import modules

    planned = functions(modules=modules(), stage=stage)
    imports: dict[str, Any] = {}
    sizes: dict[str, float] = {}
    for group in ("", *groups(planned)):
        place = out / f"songyun-{stage}{f'-{group}' if group else ''}.zip"
        own = [one for one in planned if one.needs == group]
        imports |= _imports(place, own, rounds=rounds)
        word = group or "api"
        sizes[f"{word}_zip_mb"] = round(place.stat().st_size / 1e6, 2)
        with zipfile.ZipFile(place) as packed:
            sizes[f"{word}_unpacked_mb"] = round(sum(one.file_size for one in packed.infolist()) / 1e6, 2)
    asked = [one.name for one in planned if one.trigger == "http" and one.tenants == (one.name,)]
    api = [imports[name]["routes_ms"] for name in asked]
    return {
        **sizes,
        "template_kb": round((out / f"songyun-{stage}.template.json").stat().st_size / 1e3, 1),
        "api_cold_import_ms": max(api),
        "cold_import": imports,
    }


def _imports(place: Path, planned: Sequence[Function], *, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(place) as packed:
        interpreter = runtime().interpreter
        if not interpreter:
            raise PackagingFailure(f"No python{PYTHON} is here to import {place.name} with.")
        packed.extractall(folder)
        return {
            one.name: cold_import(one, folder=Path(folder), interpreter=interpreter, rounds=rounds)
            for one in planned
        }


def starts(planned: Iterable[Function]) -> list[list[Function]]:
    """Functions by what their cold start imports: those of one list import the same, out of one archive."""
    found: dict[str, list[Function]] = {}
    for one in planned:
        found.setdefault(repr((one.needs, one.serves, one.trigger == "http")), []).append(one)
    return list(found.values())


def takes_ms(processor_ms: float, *, memory: int) -> float:
    """How long work of one thread takes: at 1769 MB a function has one processor, below a part of it."""
    return processor_ms * max(1.0, 1769 / memory)


def cold_import(function: Function, *, folder: Path, interpreter: str, rounds: int = 1) -> dict[str, float]:
    """Import the function's handler in a fresh interpreter that knows the unpacked archive and nothing else.

    ``routes_ms`` has all routes of the function with it, more than any one request waits for.

    Raises:
        PackagingFailure: it cannot be imported, or something came from elsewhere.
    """
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "SONGYUN_STAGE": "prod",
        "SONGYUN_TELEMETRY": "off",
        "AWS_REGION": "cn-north-1",
        **function.serves,
    }
    best: dict[str, float] = {}
    for _ in range(rounds):
        # Isolated and without site: no installed package can stand in for one that was forgotten.
        command = [interpreter, "-I", "-S", "-c", _PROBE, str(folder), function.handler.partition(".")[2]]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PackagingFailure(f"{function.name} cannot be imported from the archive:\n{done.stderr}")
        spent, whole, memory, count, *foreign = done.stdout.split()
        if foreign:
            raise PackagingFailure(f"{function.name} imports from elsewhere: {', '.join(foreign)}")
        if not best or float(spent) < best["ms"]:
            best = {
                "ms": round(float(spent), 1),
                "routes_ms": round(float(whole), 1),
                "rss_mb": int(memory),
                "modules": int(count),
            }
    return best


def main() -> int:
    """Print the figures of a built stage."""
    parser = argparse.ArgumentParser(prog="python -m infra.package.figures")
    parser.add_argument("--stage", default="prod")
    try:
        print(json.dumps(figures(stage=parser.parse_args().stage), indent=2))
    except PackagingFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
