"""The artefact as it is shipped, built once for all tests that look at it or run it."""

import json
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from infra.package.build import Made, build
from infra.package.functions import Function, functions
from infra.package.staging import ROOT
from tenants import modules

STAGE = "prod"


@dataclass(frozen=True)
class Artefact:
    """One build for the interpreter that runs the tests: so it can run here."""

    made: Made
    sources: dict[str, int]

    @property
    def template(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.made.template.read_text("utf-8"))
        return read

    @property
    def functions(self) -> list[Function]:
        return functions(modules=modules(), stage=STAGE)


@cache
def artefact(*, whole: bool = False) -> Artefact:
    """Build ``prod`` into a folder that goes with the process; ``whole``: with the groups' archives."""
    _folders.append(tempfile.TemporaryDirectory(prefix="songyun-artefact-"))
    folder = Path(_folders[-1].name)
    return Artefact(again(folder, whole=whole), sources())


def again(folder: Path, *, whole: bool = False) -> Made:
    """Another build, into another folder. Groups are large, and here packed in a hurry."""
    return build(
        stage=STAGE, python="{}.{}".format(*sys.version_info), out=folder, whole=whole, level=1, here=True
    )


def sources() -> dict[str, int]:
    """When each file that is packaged was last written."""
    return {
        str(path): path.stat().st_mtime_ns
        for folder in ("chalicelib", "tenants", "templates", "build/assets")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".po")
    }


_folders: list[tempfile.TemporaryDirectory[str]] = []
