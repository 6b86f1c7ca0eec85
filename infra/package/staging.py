"""The staging copy: what is packaged lies in ``build/stage``, and the tree stays as it is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]

#: Declared as dependencies, and not needed by a deployed function: Chalice brings its two files of
#: run time itself, and nothing imports boto3 (everything speaks through botocore).
NOT_DEPLOYED = frozenset({"chalice", "boto3"})
#: Templates that are pictures of the style for us, not pages.
_SAMPLES = frozenset({"styleguide.html"})


class PackagingFailure(Exception):
    """The artefact cannot be made; the message is one sentence that says what to do."""


def stage_tree(*, folder: Path, root: Path = ROOT) -> None:
    """Copy what Chalice packages into ``folder``, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    manifest = root / "build" / "assets" / "manifest.json"
    if not manifest.is_file():
        raise PackagingFailure("The pages' assets are not built: run `make assets`.")
    _copy(root / "chalicelib", folder / "chalicelib", keep=_is_code)
    _copy(root / "tenants", folder / "vendor" / "tenants", keep=_is_code)
    _copy(root / "templates", folder / "vendor" / "templates", keep=_is_template)
    _copy(root / "build" / "assets", folder / "vendor" / "assets", keep=_is_asset)
    _copy(root / ".chalice", folder / ".chalice", keep=lambda path: path.suffix == ".json")
    shutil.rmtree(folder / ".chalice" / "deployments", ignore_errors=True)
    shutil.copyfile(root / "app.py", folder / "app.py")
    # Chalice installs for the interpreter that runs it. The wheels are chosen by infra/package/wheels.py
    # for the runtime that was asked for, so Chalice is shown a file without requirements.
    (folder / "requirements.txt").write_text("# see infra/package/wheels.py\n", "utf-8")


def runtime_requirements(*, root: Path = ROOT, group: str = "") -> list[str]:
    """The pinned requirements, with their hashes, that a deployed function imports.

    ``group``: of optional dependencies that come besides; they have a lock of their own.
    """
    pins = _pins((root / ("requirements-lake.txt" if group else "requirements.txt")).read_text("utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    if group and group not in project["optional-dependencies"]:
        raise PackagingFailure(f"A schedule needs {group!r}: pyproject.toml has no such group.")
    besides = project["optional-dependencies"][group] if group else []
    listed = [*project["dependencies"], *besides]
    declared = {str(canonicalize_name(Requirement(text).name)) for text in listed}
    wanted, found = declared - NOT_DEPLOYED, set[str]()
    while wanted:
        name = wanted.pop()
        if name not in pins:
            raise PackagingFailure(f"{name} is not pinned: run `make lock`.")
        found.add(name)
        wanted |= set(_required_by(name)) - found
    return [pins[name] for name in sorted(found)]


def chalice_package(*, folder: Path, out: Path, stage: str) -> dict[str, Any]:
    """Run ``chalice package``; the template it writes. Its archive lies in ``out``.

    Our resources are not merged by Chalice: the queue ``scenic-inbox`` and the handler
    ``scenic_inbox`` have one logical id, and its merge makes one broken resource of the two.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    # Chalice changes into the project's folder: every path it is given must be absolute.
    command = [
        *(sys.executable, "-c", "from chalice.cli import main; main()"),
        *("--project-dir", str(folder.resolve()), "package"),
        *("--stage", stage, "--template-format", "json", str(out.resolve())),
    ]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SONGYUN_", "AWS_", "STRIPE_", "PYTHONPATH"))
    }
    # Chalice wants a region even though it asks nobody.
    environment |= {
        "AWS_DEFAULT_REGION": "us-east-1",
        "SONGYUN_TELEMETRY": "off",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:  # it may leave an archive behind even then: only the exit code tells
        raise PackagingFailure(f"Chalice could not package:\n{done.stdout}{done.stderr}")
    template: dict[str, Any] = json.loads((out / "sam.json").read_text("utf-8"))
    return template


def _copy(source: Path, target: Path, *, keep: Callable[[Path], bool]) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and keep(path):
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _is_code(path: Path) -> bool:
    return path.suffix in {".py", ".sql"} or path.name == "events.json"


def _is_template(path: Path) -> bool:
    return (path.suffix == ".html" and path.name not in _SAMPLES) or path.suffix in {".mo", ".typ"}


def _is_asset(path: Path) -> bool:
    return not path.name.startswith(".")


def _pins(text: str) -> dict[str, str]:
    """Name → the requirement as it stands, with its hashes."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = (line.partition(" # ")[0].strip() for line in joined.splitlines())
    pinned = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]
    return {canonicalize_name(re.split(r"[=\[ ;]", line, maxsplit=1)[0]): line for line in pinned}


def _required_by(name: str) -> Iterator[str]:
    for text in metadata.requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": "", "sys_platform": "linux"}):
            yield canonicalize_name(requirement.name)
