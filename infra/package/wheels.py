"""The pinned wheels for Lambda's platform, without what a function never reads, and compiled."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.package.staging import PackagingFailure

#: The Python of every function, and the minor version of the C library beside it on Lambda. Said here alone:
#: wheels, bytecode and the template follow, and tests hold CI's interpreter against it.
PYTHON, _GLIBC = "3.12", 34
#: Services whose descriptions stay: what the code and the X-Ray SDK speak to, and S3, to which files will go.
SERVICES = frozenset({"dynamodb", "events", "kms", "s3", "sqs", "sts", "xray"})
#: Locales whose dates the pages write, with what they inherit from.
LOCALES = frozenset(
    {"root", "en", "en_001", "en_US", "ja", "ja_JP", "ko", "ko_KR", "zh", "zh_Hans", "zh_Hans_CN"}
)
#: Packages that ask at import which version they are: their METADATA stays.
_ASK_THEMSELVES = frozenset({"duckdb"})
#: Of pyarrow, what rows to columns and back does not need: services, other formats, C++ for its users.
_NO_ARROW = re.compile(
    r"^(_(flight|s3fs|gcsfs|azurefs|hdfs|orc|dataset_orc|substrait|pyarrow_cpp_tests)\."
    r"|lib(arrow_flight|arrow_python_flight|arrow_s3)\.|(flight|orc|substrait)\.py$"
    r"|lib(arrow|parquet)\w*\.so$|lib\w+\.so\.\d+\.\d+\.\d+$)"
)
#: What a function of a group never imports: money is taken elsewhere.
NOT_IN_GROUPS = frozenset({"stripe"})
#: Where Lambda unpacks the archive: what tracebacks of compiled code name.
TASK_ROOT = "/var/task"
_SUPERFLUOUS_FOLDERS = {"tests", "test", "testing", "__pycache__", "bin"}
_SUPERFLUOUS_ENDINGS = (".pyi", ".pyx", ".pxd", ".pxi", ".h", ".c", ".typed")


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """A Python to package for, and an interpreter here that compiles for it (none: each cold start does).

    ``glibc``: the minor version of the platform's C library.
    """

    version: str
    interpreter: str
    glibc: int

    @property
    def name(self) -> str:
        """Lambda's word for it."""
        return f"python{self.version}"


def runtime() -> Runtime:
    """What is shipped: Lambda's Python."""
    return Runtime(version=PYTHON, interpreter=_interpreter(PYTHON), glibc=_GLIBC)


def trial() -> Runtime:
    """What can be tried on this machine: the same, or where no interpreter of it is, this process's own."""
    target, here = runtime(), int(platform.libc_ver()[1].partition(".")[2] or 0)
    if target.interpreter and here >= target.glibc:
        return target
    return Runtime(version="{}.{}".format(*sys.version_info), interpreter=sys.executable, glibc=here)


def install(*, requirements: Path, folder: Path, target: Runtime) -> None:
    """Unpack the wheels of ``requirements`` for Lambda into ``folder``, checked by their hashes."""
    shutil.rmtree(folder, ignore_errors=True)
    tags = [f"manylinux_2_{minor}_x86_64" for minor in range(target.glibc, 16, -1)]
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--no-deps", "--require-hashes", "--only-binary=:all:", "--implementation", "cp"),
        *("--python-version", target.version, "--target", str(folder), "--requirement", str(requirements)),
        *(word for tag in [*tags, "manylinux2014_x86_64"] for word in ("--platform", tag)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagingFailure(f"The wheels for {target.name} could not be had:\n{done.stderr}")


def strip(*, folder: Path) -> None:
    """Take out what no function reads. Licences stay, each under its package's name."""
    for information in sorted(folder.glob("*.dist-info")):
        _keep_licences(information, folder / "licences")
        if information.name.partition("-")[0] in _ASK_THEMSELVES:
            for path in [path for path in information.iterdir() if path.name != "METADATA"]:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        else:
            shutil.rmtree(information)
    _strip_arrow(folder / "pyarrow")
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and path.name in _SUPERFLUOUS_FOLDERS:
            shutil.rmtree(path)
        elif path.is_file() and _is_superfluous(path.name):
            path.unlink()
    if (folder / "botocore").is_dir():
        _strip_botocore(folder / "botocore" / "data")
    for path in (folder / "babel" / "locale-data").glob("*.dat"):
        if path.stem not in LOCALES:
            path.unlink()


def _is_superfluous(name: str) -> bool:
    return name.endswith(_SUPERFLUOUS_ENDINGS) or name.startswith(("test_", "conftest."))


def compile_all(*, folder: Path, target: Runtime) -> None:
    """Compile every source: /var/task cannot be written, so each cold start would do it again.

    The check is by neither date nor hash: the archive's dates are fixed and its files cannot change.
    """
    if not target.interpreter:
        return
    command = [
        *(target.interpreter, "-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash"),
        *("-s", str(folder), "-p", TASK_ROOT, str(folder)),
    ]
    # Sets of constants are written in the order of their hashes.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagingFailure(f"Not everything compiles for {target.name}:\n{done.stdout}{done.stderr}")


def _interpreter(version: str) -> str:
    """The first interpreter of ``version`` that answers, of the PATH, pyenv or uv; none: an empty text."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")  # a shim there may be switched off
    uv = Path.home() / ".local" / "share" / "uv"
    elsewhere = [
        *sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}")),
        *sorted(uv.glob(f"python/cpython-{version}.*/bin/python{version}")),
    ]
    for place in (sys.executable, shutil.which(f"python{version}"), *map(str, elsewhere)):
        if place and _version_of(place) == version:
            return place
    return ""


def _version_of(interpreter: str) -> str:
    words = [interpreter, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def _keep_licences(information: Path, licences: Path) -> None:
    name = information.name.partition("-")[0]
    for path in sorted(information.rglob("*")):
        if path.is_file() and path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE")):
            licences.mkdir(exist_ok=True)
            shutil.copyfile(path, licences / f"{name}-{path.name}")


def _strip_arrow(folder: Path) -> None:
    if not folder.is_dir():
        return
    for name in ("include", "src"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in folder.iterdir():
        if path.is_file() and _NO_ARROW.match(path.name):
            path.unlink()


def _strip_botocore(data: Path) -> None:
    for service in sorted(path for path in data.iterdir() if path.is_dir()):
        if service.name not in SERVICES:
            shutil.rmtree(service)
            continue
        for version in service.iterdir():
            (version / "examples-1.json").unlink(missing_ok=True)
    missing = SERVICES - {path.name for path in data.iterdir()}
    if missing:
        raise PackagingFailure(f"botocore no longer describes {', '.join(sorted(missing))}.")
