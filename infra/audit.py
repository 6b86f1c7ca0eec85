"""Known weaknesses of what is pinned: ``python -m infra.audit`` asks PyPI's and npm's advisories.

Not to be told is not to be safe: a service that is not reached, or that does not know a package, makes the
audit fail in words and with a code of its own. Exit: 0 nothing known, 1 weaknesses, 2 not everything could be
asked about.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.txt", "requirements-lake.txt")

#: Runs a command and says its exit code, what it printed, and what it complained of.
Ask = Callable[[Sequence[str]], tuple[int, str, str]]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What one lock came to. ``weak``: lines about weaknesses; ``unasked``: why something is not known."""

    lock: str
    asked: int = 0
    weak: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()

    @property
    def said(self) -> Iterator[str]:
        """In words."""
        for line in self.weak:
            yield f"  {self.lock}: {line}"
        if self.unasked:
            yield f"  {self.lock}: {len(self.unasked)} could not be asked about, e.g. {self.unasked[0]}"
        elif not self.weak:
            yield f"  {self.lock}: {self.asked} packages, no known weakness"


def python(lock: str, *, ask: Ask) -> Audit:
    """The packages of a requirements lock, by pip-audit."""
    options = ("--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json")
    _, out, complaint = ask([sys.executable, "-m", "pip_audit", *options, "--requirement", lock])
    found = _json(out)
    if "dependencies" not in found:
        return Audit(lock=lock, unasked=(_last(complaint, "pip-audit said nothing"),))
    known: list[Mapping[str, Any]] = found["dependencies"]
    return Audit(
        lock=lock,
        asked=len(known),
        weak=tuple(
            f"{one['name']} {one['version']} has {weakness['id']}, mended in "
            f"{', '.join(weakness.get('fix_versions') or ['no version yet'])}"
            for one in known
            for weakness in one.get("vulns", ())
        ),
        unasked=tuple(str(one["skip_reason"]) for one in known if "skip_reason" in one),
    )


def pages(lock: str = "package-lock.json", *, ask: Ask) -> Audit:
    """The packages that the pages are built with, by npm."""
    _, out, complaint = ask(["npm", "audit", "--json"])
    found = _json(out)
    if "vulnerabilities" not in found:
        return Audit(lock=lock, unasked=(str(found.get("message") or _last(complaint, "npm said nothing")),))
    return Audit(
        lock=lock,
        asked=int(found.get("metadata", {}).get("dependencies", {}).get("total", 0)),
        weak=tuple(
            f"{name} {one.get('range', '')}: {one.get('severity', 'unrated')}"
            for name, one in found["vulnerabilities"].items()
        ),
    )


def verdict(audits: Sequence[Audit]) -> int:
    """The exit code of all together: what is known to be weak weighs more than what is not known."""
    return 1 if any(one.weak for one in audits) else 2 if any(one.unasked for one in audits) else 0


def _asked(command: Sequence[str]) -> tuple[int, str, str]:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, "", str(error)
    return done.returncode, done.stdout, done.stderr


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _last(text: str, otherwise: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else otherwise


def main() -> int:
    """Ask about every lock."""
    audits = [*(python(lock, ask=_asked) for lock in LOCKS), pages(ask=_asked)]
    for audit in audits:
        print(*audit.said, sep="\n")
    code = verdict(audits)
    if code == 2:
        print(
            "\nNot everything was asked about: the advisories (pypi.org, registry.npmjs.org) were not "
            "reached, or do not know these packages. This says nothing about their safety: run `make audit` "
            "again where the internet is.",
            file=sys.stderr,
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
