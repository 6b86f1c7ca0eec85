"""The archive: the same bytes for the same input, listed, and checked for what must and must not be in it."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
#: How hard it is packed: 9 takes three times as long for one per cent.
LEVEL = 6
#: Lambda's own limits: what a function may be as an archive handed over S3, and unpacked.
MOST_UNPACKED = 250 * 1024 * 1024
#: Our own: a cold start reads it all once. Archives of a group serve schedules, where nobody waits.
MOST_ZIPPED, MOST_ZIPPED_GROUP = 35 * 1024 * 1024, 110 * 1024 * 1024

_NEEDED = (
    "app.py",
    "routes.json",
    "chalice/app.py",
    "chalicelib/config.py",
    "chalicelib/commerce/events.json",
    "tenants/__init__.py",
    "templates/base.html",
    "assets/manifest.json",
    *(f"templates/i18n/{language}/LC_MESSAGES/songyun.mo" for language in ("en", "ja", "ko")),
)
_DEVELOPMENT = {
    *("pytest", "moto", "ministack", "hypothesis", "mypy", "ruff", "playwright", "coverage", "cfnlint"),
    *("schemathesis", "pip", "setuptools", "wheel", "boto3", "inquirer", "importlinter", "infra"),
}
_FORBIDDEN_NAMES = re.compile(
    r"(^|/)(tests?|deployments|\.chalice|\.git|\.local|node_modules)/"
    r"|(^|/)(\.env[^/]*|conftest\.py|test_[^/]*\.py|id_(rsa|ed25519)[^/]*|[^/]*\.(pem|key|p12|sqlite3?))$"
)
#: A certificate bundle is the one file of that ending that belongs here.
_PERMITTED = frozenset({"botocore/cacert.pem", "certifi/cacert.pem"})
_SECRET = re.compile(
    rb"(AKIA|ASIA)[A-Z0-9]{16}\b|sk_live_[A-Za-z0-9]{16}|whsec_[A-Za-z0-9]{24}"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY-----\n"
)


def most_zipped(group: str) -> int:
    """Bytes that an archive may have. ``group``: of optional dependencies in it, if any."""
    return MOST_ZIPPED_GROUP if group else MOST_ZIPPED


def write(*, files: Mapping[str, Path], archive: Path, level: int = LEVEL) -> None:
    """Pack ``files`` by the names they get: entries in order, one date and one mode for all."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as packed:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, 3
            packed.writestr(entry, path.read_bytes(), compresslevel=level)


def faults(
    *, archive: Path, here: Path, modules: Iterator[str] | list[str], group: str = "", compiled: bool = True
) -> list[str]:
    """What is wrong with an archive; nothing: an empty list. ``here``: a folder no file may name."""
    found: list[str] = []
    with zipfile.ZipFile(archive) as packed:
        entries = {entry.filename: entry for entry in packed.infolist()}
        needed = [
            *_NEEDED,
            *(f"tenants/{key}/{name}" for key in modules for name in ("manifest.py", "events.json")),
        ]
        found += [f"{name} is missing" for name in needed if name not in entries]
        found += [f"{name} has no place here" for name in entries if _out_of_place(name)]
        if compiled:
            found += [f"{name} is not compiled" for name in entries if _uncompiled(name, entries)]
        if sum(entry.file_size for entry in entries.values()) > MOST_UNPACKED:
            found.append("it is larger unpacked than Lambda takes")
        if archive.stat().st_size > most_zipped(group):
            found.append(f"it is larger than {most_zipped(group) // 1024 // 1024} MB")
        mark = f"{here}/".encode()
        for name in entries:
            body = packed.read(name)
            if mark in body:
                found.append(f"{name} names a folder of the machine that made it")
            if _ours(name) and _SECRET.search(body):
                found.append(f"{name} looks as if it held a secret")
    return found


def listing(*, archive: Path) -> str:
    """Every entry with its sizes; before them the sums by first folder, largest first."""
    with zipfile.ZipFile(archive) as packed:
        entries = sorted(packed.infolist(), key=lambda entry: entry.filename)
    sums: Counter[str] = Counter()
    for entry in entries:
        sums[entry.filename.partition("/")[0]] += entry.compress_size
    lines = [f"sha256 {digest(archive)}", f"zipped {archive.stat().st_size}"]
    lines.append(f"unpacked {sum(entry.file_size for entry in entries)}")
    lines += [f"{size:>10}  {name}" for name, size in sums.most_common()]
    lines += ["", "    zipped   unpacked"]
    lines += [f"{entry.compress_size:>10} {entry.file_size:>10}  {entry.filename}" for entry in entries]
    return "\n".join(lines) + "\n"


def digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _out_of_place(name: str) -> bool:
    top = name.partition("/")[0]
    return (
        top.removesuffix(".py") in _DEVELOPMENT
        or (_FORBIDDEN_NAMES.search(name) is not None and name not in _PERMITTED)
        or (
            name.startswith("chalice/")
            and name.removesuffix(".py").count("/") > 1
            and "__pycache__" not in name
        )
    )


def _uncompiled(name: str, entries: dict[str, zipfile.ZipInfo]) -> bool:
    folder, _, file = name.rpartition("/")
    if not file.endswith(".py"):
        return False
    stem = f"{folder}/" if folder else ""
    beside = f"{stem}__pycache__/{file.removesuffix('.py')}.cpython-3"
    return not any(f"{beside}{minor}.pyc" in entries for minor in (11, 12, 13))


def _ours(name: str) -> bool:
    return name.startswith(("app", "chalicelib/", "tenants/", "templates/", "assets/"))
