"""The artefact as it is shipped, built once for all tests that look at it or run it.

It is kept in ``build/artefacts`` under the hash of all that goes into it: another run, or another file of
tests, finds it there as long as nothing of that changed.
"""

import fcntl
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from infra.package.build import Made, Package, build
from infra.package.functions import Function, functions
from infra.package.staging import ROOT
from infra.package.wheels import trial
from tenants import modules

STAGE = "prod"
_KEPT = ROOT / "build" / "artefacts"
_FOLDERS = ("chalicelib", "tenants", "templates", "infra", "build/assets", ".chalice")
_FILES = ("app.py", "pyproject.toml", "requirements.txt", "requirements-lake.txt", "tests/artefact.py")
_NOT_MADE_OF = frozenset({".pyc", ".po", ".md"})


@dataclass(frozen=True)
class Artefact:
    """One build for Lambda's Python; where no interpreter of it is, for the one that runs the tests."""

    made: Made
    key: str

    @property
    def interpreter(self) -> str:
        """Runs what is in the archives."""
        return trial().interpreter

    @property
    def template(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.made.template.read_text("utf-8"))
        return read

    @property
    def functions(self) -> list[Function]:
        return functions(modules=modules(), stage=STAGE)


@cache
def artefact(*, whole: bool = False) -> Artefact:
    """``prod`` as it would be shipped now; ``whole``: with the groups' archives.

    A whole one serves those too who do not ask for one.
    """
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / ".lock").open("w") as alone:  # two runs beside each other build it once
        fcntl.flock(alone, fcntl.LOCK_EX)
        return _found(tree_key(), whole=whole)


def _found(key: str, *, whole: bool) -> Artefact:
    for name in [f"{key}-whole", *([] if whole else [key])]:
        if (_KEPT / name / "made.json").is_file():
            return Artefact(_read(_KEPT / name), key)
    for old in _KEPT.iterdir():
        if old.is_dir() and not old.name.startswith(key):
            shutil.rmtree(old, ignore_errors=True)
    place = _KEPT / (f"{key}-whole" if whole else key)
    folder = Path(tempfile.mkdtemp(dir=_KEPT))
    made = again(folder, whole=whole)
    for left in ("stage", "own"):
        shutil.rmtree(folder / left)
    (folder / "made.json").write_text(json.dumps(asdict(made), default=lambda path: path.name), "utf-8")
    folder.rename(place)
    return Artefact(_read(place), key)


def again(folder: Path, *, whole: bool = False, ready: Sequence[Package] = ()) -> Made:
    """Another build, into another folder. Groups are large, and here packed in a hurry."""
    return build(stage=STAGE, target=trial(), out=folder, whole=whole, ready=ready, level=1)


def tree_key() -> str:
    """The hash of what an artefact is made of, and by what."""
    told = hashlib.sha256(f"{sys.version}{trial()}".encode())
    for path in sorted(_sources()):
        told.update(f"{path.relative_to(ROOT)}\0".encode())
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    yield from (ROOT / name for name in _FILES)
    for folder in _FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix not in _NOT_MADE_OF:
                yield path


def _read(folder: Path) -> Made:
    said = json.loads((folder / "made.json").read_text("utf-8"))
    packages = [
        Package(**{**one, "archive": folder / one["archive"], "listing": folder / one["listing"]})
        for one in said["packages"]
    ]
    return Made(**{**said, "packages": tuple(packages), "template": folder / said["template"]})
