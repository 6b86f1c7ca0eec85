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
from infra.package.functions import functions, groups, serving
from infra.package.lambdas import Code
from infra.package.staging import ROOT, PackagingFailure, chalice_package, stage_tree
from infra.package.template import MOST_BYTES, final_template

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
        return "\n".join((*lines, f"  {self._shown(self.template)}  {size:.0f} kB of {MOST_BYTES / 1e3:.0f}"))

    def _shown(self, path: Path) -> Path:
        return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def build(
    *,
    stage: str,
    python: str = "",
    out: Path = ROOT / "build",
    whole: bool = True,
    ready: Sequence[Package] = (),
    level: int = 9,
    here: bool = False,
) -> Made:
    """Make archives, template and listings of ``stage`` in ``out``.

    ``whole``: with the archives of optional groups, which are large, but for those that are ``ready``.
    ``level``: how hard those are packed. ``here``: they will only be tried on this machine.

    Raises:
        PackagingFailure: something is missing, or the result is not what may be shipped.
    """
    target = wheels.runtime(wanted=python)
    if target.version not in ("3.12", "3.13"):
        print(
            f"  For Python {target.version}, which AWS ends on 2027-06-30: "
            "install a python3.12 beside it to package for that one."
        )
    modules = _modules()
    wanted = groups(functions(modules=modules, stage=stage))
    staged, packaged, own = out / "stage", out / "chalice", out / "own"
    stage_tree(folder=staged, groups=wanted)
    chalice = chalice_package(folder=staged, out=packaged, stage=stage)
    shutil.rmtree(own, ignore_errors=True)
    with zipfile.ZipFile(packaged / "deployment.zip") as made:
        made.extractall(own)
    shutil.rmtree(packaged)
    _drop_caches(own)
    (own / "routes.json").write_text(route_index(), "utf-8")
    wheels.compile_all(folder=own, target=target)
    packages = [_package("", stage=stage, own=own, target=target, out=out, level=9)]
    packages += ready
    missing = [group for group in wanted if group not in {one.group for one in ready}]
    for group in missing if whole else ():
        theirs = wheels.group_runtime(target, here=here)
        packages.append(_package(group, stage=stage, own=own, target=theirs, out=out, level=level))
    codes = {group: Code(sha=UNBUILT, runtime=target.name) for group in wanted}
    codes |= {one.group: Code(sha=one.code, runtime=one.runtime) for one in packages}
    template = template_of(stage=stage, chalice=chalice, codes=codes)
    written = out / f"songyun-{stage}.template.json"
    written.write_text(json.dumps(template, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    if written.stat().st_size > MOST_BYTES // 2:
        raise PackagingFailure(f"The template fills more than half of what CloudFormation takes: {written}.")
    return Made(
        stage=stage,
        packages=tuple(packages),
        template=written,
        functions=sum(1 for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Function"),
    )


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


def site_of(group: str, *, target: wheels.Runtime, requirements: Path) -> Path:
    """The folder of the wheels of a group (none: everybody's), stripped and compiled, kept between builds."""
    folder = ROOT / "build" / f"site-{target.version}{f'-{group}' if group else ''}"
    stamp = folder / ".made-from"
    source = requirements.read_text("utf-8") + Path(wheels.__file__).read_text("utf-8")
    if stamp.is_file() and stamp.read_text("utf-8") == source:
        return folder
    wheels.install(requirements=requirements, folder=folder, target=target)
    wheels.strip(folder=folder)
    if group:
        for name in wheels.NOT_IN_GROUPS:
            shutil.rmtree(folder / name, ignore_errors=True)
    wheels.compile_all(folder=folder, target=target)
    stamp.write_text(source, "utf-8")
    return folder


def _package(group: str, *, stage: str, own: Path, target: wheels.Runtime, out: Path, level: int) -> Package:
    requirements = out / "stage" / f"runtime{f'-{group}' if group else ''}.txt"
    site = site_of(group, target=target, requirements=requirements)
    code = out / "code"
    shutil.rmtree(code, ignore_errors=True)
    shutil.copytree(site, code)
    (code / ".made-from").unlink()
    if group == "seal":
        _add_fonts(code)
    shutil.copytree(own, code, dirs_exist_ok=True)
    if not target.interpreter:  # bytecode of another version would only lie there
        _drop_caches(code)
    name = f"songyun-{stage}{f'-{group}' if group else ''}"
    place, listing = out / f"{name}.zip", out / f"{name}.listing.txt"
    archive.write(folder=code, archive=place, level=level)
    shutil.rmtree(code)
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


def _add_fonts(code: Path) -> None:
    """The Chinese fonts of this computer, for documents; they are in no package registry of Python."""
    for place in (settings().fonts, *FONTS):
        found = sorted(Path(place).glob("NotoSans*[CS][JC]*.[to]t[cf]")) if place else []
        wanted = [path for path in found if path.stem.endswith(("-Regular", "-Bold"))]
        if wanted:
            (code / "fonts").mkdir()
            for path in wanted:
                shutil.copyfile(path, code / "fonts" / path.name)
            return
    print(
        "  No Chinese fonts are on this computer (Debian: fonts-noto-cjk, or say SONGYUN_FONTS): "
        "the archive of sealed documents has none, and its functions will make tables only."
    )


def _modules() -> tuple[Any, ...]:
    from tenants import modules

    return modules()


def _drop_caches(folder: Path) -> None:
    for cache in sorted(folder.rglob("__pycache__")):
        shutil.rmtree(cache)
