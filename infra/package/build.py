"""The build, from the tree to the artefacts."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.web.on_demand import index_of
from infra.package import archive, wheels
from infra.package.functions import functions, serving
from infra.package.staging import ROOT, PackagingFailure, chalice_package, stage_tree
from infra.package.template import MOST_BYTES, final_template


@dataclass(frozen=True, kw_only=True)
class Made:
    """The artefacts of one build. ``code`` is the archive's SHA-256."""

    stage: str
    runtime: str
    code: str
    archive: Path
    template: Path
    listing: Path
    functions: int

    def summary(self) -> str:
        """What was made, in the words of someone who will upload it."""
        zipped, size = self.archive.stat().st_size / 1e6, self.template.stat().st_size / 1e3
        return "\n".join(
            (
                f"  for {self.runtime} on x86_64, {self.functions} functions",
                f"  {self._shown(self.archive)}  {zipped:.1f} MB (at most {archive.MOST_ZIPPED / 1e6:.1f})",
                f"  {self._shown(self.template)}  {size:.0f} kB of {MOST_BYTES / 1e3:.0f}",
                f"  {self._shown(self.listing)}  every entry with its size",
                f"  sha256 {self.code}",
            )
        )

    def _shown(self, path: Path) -> Path:
        return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def build(*, stage: str, python: str = "", out: Path = ROOT / "build") -> Made:
    """Make archive, template and listing of ``stage`` in ``out``.

    Raises:
        PackagingFailure: something is missing, or the result is not what may be shipped.
    """
    target = wheels.runtime(wanted=python)
    if target.version not in ("3.12", "3.13"):
        print(
            f"  For Python {target.version}, which AWS ends on 2027-06-30: "
            "install a python3.12 beside it to package for that one."
        )
    staged, packaged, code = out / "stage", out / "chalice", out / "code"
    stage_tree(folder=staged)
    chalice = chalice_package(folder=staged, out=packaged, stage=stage)
    # The wheels do not change with the tree: one copy serves every build.
    site = ROOT / "build" / f"site-{target.version}"
    _install_once(requirements=staged / "runtime.txt", folder=site, target=target)
    shutil.rmtree(code, ignore_errors=True)
    shutil.copytree(site, code)
    with zipfile.ZipFile(packaged / "deployment.zip") as made:
        made.extractall(code)
    _drop_caches(code)
    (code / "routes.json").write_text(route_index(), "utf-8")
    wheels.compile_all(folder=code, target=target)
    place = out / f"songyun-{stage}.zip"
    archive.write(folder=code, archive=place)
    keys = [module.key for module in _modules()]
    if faults := archive.faults(archive=place, here=ROOT, modules=keys):
        raise PackagingFailure("The archive may not be shipped:\n  " + "\n  ".join(faults[:20]))
    template = template_of(stage=stage, chalice=chalice, runtime=target.name, code=archive.digest(place))
    written = out / f"songyun-{stage}.template.json"
    written.write_text(json.dumps(template, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    if written.stat().st_size > MOST_BYTES // 2:
        raise PackagingFailure(f"The template fills more than half of what CloudFormation takes: {written}.")
    listing = out / f"songyun-{stage}.listing.txt"
    listing.write_text(archive.listing(archive=place), "utf-8")
    shutil.rmtree(packaged)
    return Made(
        stage=stage,
        runtime=target.name,
        code=archive.digest(place),
        archive=place,
        template=written,
        listing=listing,
        functions=sum(1 for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Function"),
    )


def template_of(*, stage: str, chalice: dict[str, Any], runtime: str, code: str) -> dict[str, Any]:
    """The final template of this tree's modules and routes."""
    from app import app  # here: importing it imports every module

    modules = _modules()
    return final_template(
        stage=stage,
        modules=modules,
        functions=functions(modules=modules, stage=stage),
        serving=serving(routes=app.guarded()),
        chalice=chalice,
        runtime=runtime,
        code=code,
    )


def route_index() -> str:
    """Which file answers which address, for functions that import a route when it is asked for."""
    from app import app

    return json.dumps(index_of(app.guarded()), separators=(",", ":")) + "\n"


def _modules() -> tuple[Any, ...]:
    from tenants import modules

    return modules()


def _install_once(*, requirements: Path, folder: Path, target: wheels.Runtime) -> None:
    """The wheels, stripped; kept between builds while the pins and what is stripped stay the same."""
    stamp = folder / ".made-from"
    source = requirements.read_text("utf-8") + Path(wheels.__file__).read_text("utf-8")
    if stamp.is_file() and stamp.read_text("utf-8") == source:
        return
    wheels.install(requirements=requirements, folder=folder, target=target)
    wheels.strip(folder=folder)
    stamp.write_text(source, "utf-8")


def _drop_caches(folder: Path) -> None:
    (folder / ".made-from").unlink(missing_ok=True)
    for cache in sorted(folder.rglob("__pycache__")):
        shutil.rmtree(cache)
