"""What is shipped: the archive's size, and what each function's cold start imports out of it alone."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from infra.package.build import Package
from infra.package.figures import cold_import, starts
from tests.artefact import Artefact, artefact
from tests.bench.figures import Report


def measure(_world: None, report: Report, scale: Any) -> None:
    """Sizes in MB (10^6 bytes). Functions that import the same are measured once.

    Beside the table each function has ``function_import_ms_<name>`` (CPU, every route of it included) and
    ``function_rss_mb_<name>`` (its peak) in the file.
    """
    made = artefact(whole=True)
    report.put("template_kb", made.made.template.stat().st_size / 1e3)
    for package in made.made.packages:
        size = package.archive.stat().st_size / 1e6
        report.put(f"{package.group or 'api'}_zip_mb", size)
        _measured(package, made, report, rounds=max(1, scale.imports // 2))


def _measured(package: Package, made: Artefact, report: Report, *, rounds: int) -> None:
    """The functions that run from one archive."""
    with (
        tempfile.TemporaryDirectory(prefix="songyun-unpacked-") as folder,
        zipfile.ZipFile(package.archive) as packed,
    ):
        unpacked = sum(one.file_size for one in packed.infolist()) / 1e6
        report.put(f"{package.group or 'api'}_unpacked_mb", unpacked)
        packed.extractall(folder)
        for alike in starts(one for one in made.functions if one.needs == package.group):
            found = cold_import(
                alike[0],
                folder=Path(folder),
                interpreter=made.interpreter,
                rounds=rounds,
            )
            for function in alike:
                report.function(function.name, memory=function.memory, **found)
