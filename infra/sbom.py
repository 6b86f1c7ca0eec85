"""What the product is made of, as CycloneDX from the locks: ``python -m infra.sbom`` → ``build/sbom``.

``functions.cdx.json`` is what every function imports, ``groups.cdx.json`` what some schedules need besides,
``pages.cdx.json`` what the pages are built from. Each component bears the licence that its own package
states, as it is installed here. The same locks give the same bytes; nothing is asked of the internet.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "sbom"
#: CycloneDX's version that both makers write.
_SPEC = "1.5"


def boms() -> dict[str, dict[str, Any]]:
    """Each document by its name."""
    return {
        "functions": _python("requirements.txt"),
        "groups": _python("requirements-lake.txt"),
        "pages": _pages(),
    }


def _python(lock: str) -> dict[str, Any]:
    command = [
        *(sys.executable, "-m", "cyclonedx_py", "requirements", lock, "--pyproject", "pyproject.toml"),
        *("--output-reproducible", "--spec-version", _SPEC, "--output-format", "JSON"),
    ]
    document = _steady(_said(command))
    for component in document["components"]:
        component["licenses"] = _licences(component["name"])
    return document


def _licences(name: str) -> list[dict[str, Any]]:
    """What the installed package says of itself: an SPDX expression, else its classifiers, else its words."""
    about: dict[str, Any] = metadata.metadata(name).json
    if expression := about.get("license_expression"):
        return [{"expression": expression}]
    told = [one for one in about.get("classifier", ()) if one.startswith("License ::")]
    classified = [one.rpartition(" :: ")[2] for one in told]
    words = about.get("license", "").strip().splitlines()[:1]
    return [{"license": {"name": one}} for one in classified or words]


def _pages() -> dict[str, Any]:
    return _steady(_said(["npm", "sbom", "--package-lock-only", "--sbom-format", "cyclonedx"]))


def _said(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} made no bill of materials:\n{done.stderr}")
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _steady(document: dict[str, Any]) -> dict[str, Any]:
    """Without what is different each time it is made."""
    document.pop("serialNumber", None)
    document.get("metadata", {}).pop("timestamp", None)
    return document


def main() -> int:
    """Write them all."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name, document in boms().items():
        place = OUT / f"{name}.cdx.json"
        place.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
        print(f"  {place.relative_to(ROOT)}  {len(document.get('components', []))} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
