"""The build, from the tree to the artefacts."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.config import settings
from chalicelib.web.on_demand import index_of
from chalicelib.web.printing import FONTS
from infra.package import archive, wheels
from infra.package.edge import without_edge
from infra.package.functions import functions, groups, serving
from infra.package.lambdas import Code
from infra.package.staging import (
    ROOT,
    PackagingFailure,
    chalice_package,
    runtime_requirements,
    stage_tree,
)
from infra.package.template import MOST_BYTES, final_template

#: In a kept folder of wheels: what it was made from.
_STAMP = ".made-from"
#: What the template names where a group's archive was not built (tests that look at the rest).
UNBUILT = "not-built"


@dataclass(frozen=True, kw_only=True)
class Package:
    """One archive, for a runtime. ``group``: of optional dependencies in it; ``code``: its SHA-256."""

    group: str
    runtime: str
    code: str
    archive: Path
    listing: Path


@dataclass(frozen=True, kw_only=True)
class Made:
    """The artefacts of one build; the first package is the one of all functions that need no group."""

    stage: str
    packages: tuple[Package, ...]
    template: Path
    functions: int

    @property
    def gateway(self) -> Path:
        """The template for where CloudFront's parts are not known."""
        return self.template.with_name(f"songyun-{self.stage}.gateway.template.json")

    @property
    def archive(self) -> Path:
        """The archive of all functions that need no group."""
        return self.packages[0].archive

    @property
    def code(self) -> str:
        """Its SHA-256."""
        return self.packages[0].code

    def runtime(self, group: str = "") -> str:
        """Lambda's word for the Python that a group's archive is for."""
        return next(package.runtime for package in self.packages if package.group == group)

    def summary(self) -> str:
        """What was made, in the words of someone who will upload it."""
        size = self.template.stat().st_size / 1e3
        lines = [f"  {self.functions} functions on x86_64"]
        for package in self.packages:
            zipped, most = package.archive.stat().st_size / 1e6, archive.most_zipped(package.group) / 1e6
            lines += [
                f"  {self._shown(package.archive)}  {zipped:.1f} MB (at most {most:.1f}), {package.runtime}",
                f"      sha256 {package.code}",
                f"  {self._shown(package.listing)}  every entry with its size",
            ]
        lines += [
            f"  {self._shown(self.template)}  {size:.0f} kB of {MOST_BYTES / 1e3:.0f}",
            f"  {self._shown(self.gateway)}  the same without CloudFront, for China",
        ]
        return "\n".join(lines)

    def _shown(self, path: Path) -> Path:
        return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def build(
    *,
    stage: str,
    target: wheels.Runtime | None = None,
    out: Path = ROOT / "build",
    whole: bool = True,
    ready: Sequence[Package] = (),
    level: int = archive.LEVEL,
) -> Made:
    """Make archives, template and listings of ``stage`` in ``out``.

    ``target``: Lambda's Python, or what can be tried on this machine. ``whole``: with the archives of
    optional groups, which are large, but for those that are ``ready``. ``level``: how hard those are packed.

    Raises:
        PackagingFailure: something is missing, or the result is not what may be shipped.
    """
    target = target or wheels.runtime()
    if not target.interpreter:
        print(
            f"  No python{target.version} is on this computer, which is Lambda's: the archives go without "
            "bytecode, and each cold start compiles everything. Install one (your system's package "
            f"python{target.version}, or pyenv, or uv) before you package what will be deployed."
        )
    modules = _modules()
    wanted = groups(functions(modules=modules, stage=stage))
    staged, packaged, own = out / "stage", out / "chalice", out / "own"
    stage_tree(folder=staged)
    chalice = chalice_package(folder=staged, out=packaged, stage=stage)
    shutil.rmtree(own, ignore_errors=True)
    with zipfile.ZipFile(packaged / "deployment.zip") as made:
        made.extractall(own)
    shutil.rmtree(packaged)
    _drop_caches(own)
    (own / "routes.json").write_text(route_index(), "utf-8")
    wheels.compile_all(folder=own, target=target)
    same: dict[str, Any] = {"stage": stage, "own": own, "out": out}
    packages = [_package("", **same, target=target, level=archive.LEVEL)]
    packages += ready
    missing = [group for group in wanted if group not in {one.group for one in ready}]
    packages += [_package(group, **same, target=target, level=level) for group in missing if whole]
    codes = {group: Code(sha=UNBUILT, runtime=target.name) for group in wanted}
    codes |= {one.group: Code(sha=one.code, runtime=one.runtime) for one in packages}
    template = template_of(stage=stage, chalice=chalice, codes=codes)
    written = out / f"songyun-{stage}.template.json"
    _write(template, written)
    _write(without_edge(template), out / f"songyun-{stage}.gateway.template.json")
    if written.stat().st_size > MOST_BYTES // 2:
        raise PackagingFailure(f"The template fills more than half of what CloudFormation takes: {written}.")
    return Made(
        stage=stage,
        packages=tuple(packages),
        template=written,
        functions=sum(1 for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Function"),
    )


def _write(template: dict[str, Any], place: Path) -> None:
    place.write_text(json.dumps(template, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def template_of(*, stage: str, chalice: dict[str, Any], codes: Mapping[str, Code]) -> dict[str, Any]:
    """The final template of this tree's modules and routes. ``codes``: by group of archive."""
    from app import app  # here: importing it imports every module

    modules = _modules()
    return final_template(
        stage=stage,
        modules=modules,
        functions=functions(modules=modules, stage=stage),
        serving=serving(routes=app.guarded()),
        chalice=chalice,
        codes=codes,
    )


def site_of(group: str, *, target: wheels.Runtime, requirements: Sequence[str]) -> Path:
    """The folder of the wheels of a group (none: everybody's), stripped and compiled, kept between builds.

    ``requirements``: pinned; of a group only those that are not everybody's.
    """
    folder = ROOT / "build" / f"site-{target.version}{f'-{group}' if group else ''}"
    listed, stamp = folder.with_suffix(folder.suffix + ".txt"), folder / _STAMP
    text = "\n".join(requirements) + "\n"
    source = f"{text}{target}{Path(wheels.__file__).read_text('utf-8')}"
    if stamp.is_file() and stamp.read_text("utf-8") == source:
        return folder
    listed.parent.mkdir(exist_ok=True)
    listed.write_text(text, "utf-8")
    wheels.install(requirements=listed, folder=folder, target=target)
    listed.unlink()
    wheels.strip(folder=folder)
    wheels.compile_all(folder=folder, target=target)
    stamp.write_text(source, "utf-8")
    return folder


def _package(
    group: str,
    *,
    stage: str,
    own: Path,
    target: wheels.Runtime,
    out: Path,
    level: int,
) -> Package:
    everybodys = runtime_requirements()
    files = _files(site_of("", target=target, requirements=everybodys))
    if group:
        files = {name: path for name, path in files.items() if _top(name) not in wheels.NOT_IN_GROUPS}
        besides = [line for line in runtime_requirements(group=group) if line not in everybodys]
        files |= _files(site_of(group, target=target, requirements=besides))
    files |= _files(own)
    if group == "seal":
        files |= _fonts()
    if not target.interpreter:  # bytecode of another version would only lie there
        files = {name: path for name, path in files.items() if "__pycache__" not in name}
    name = f"songyun-{stage}{f'-{group}' if group else ''}"
    place, listing = out / f"{name}.zip", out / f"{name}.listing.txt"
    archive.write(files=files, archive=place, level=level)
    keys = [module.key for module in _modules()]
    if faults := archive.faults(
        archive=place, here=ROOT, modules=keys, group=group, compiled=bool(target.interpreter)
    ):
        raise PackagingFailure(f"{place.name} may not be shipped:\n  " + "\n  ".join(faults[:20]))
    listing.write_text(archive.listing(archive=place), "utf-8")
    return Package(
        group=group, runtime=target.name, code=archive.digest(place), archive=place, listing=listing
    )


def route_index() -> str:
    """Which file answers which address, for functions that import a route when it is asked for."""
    from app import app

    return json.dumps(index_of(app.guarded()), separators=(",", ":")) + "\n"


def _files(folder: Path) -> dict[str, Path]:
    """By its name in an archive, each file of ``folder``."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    found.pop(_STAMP, None)
    return found


def _top(name: str) -> str:
    return name.partition("/")[0]


def _fonts() -> dict[str, Path]:
    """The Chinese fonts of this computer, for documents; they are in no package registry of Python."""
    for place in (settings().fonts, *FONTS):
        found = sorted(Path(place).glob("NotoSans*[CS][JC]*.[to]t[cf]")) if place else []
        wanted = [path for path in found if path.stem.endswith(("-Regular", "-Bold"))]
        if wanted:
            return {f"fonts/{path.name}": path for path in wanted}
    print(
        "  No Chinese fonts are on this computer (Debian: fonts-noto-cjk, or say SONGYUN_FONTS): "
        "the archive of sealed documents has none, and its functions will make tables only."
    )
    return {}


def _modules() -> tuple[Any, ...]:
    from tenants import modules

    return modules()


def _drop_caches(folder: Path) -> None:
    for cache in sorted(folder.rglob("__pycache__")):
        shutil.rmtree(cache)
