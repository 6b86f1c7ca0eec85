"""The audit of what is pinned: weaknesses are named, and silence is never taken for safety."""

import json
from collections.abc import Sequence

import pytest

from infra.audit import Ask, Audit, pages, python, verdict

KNOWN = {"name": "jinja2", "version": "3.1.6", "vulns": []}
WEAK = {
    "name": "urllib3",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.5"]}, {"id": "PYSEC-2026-2", "fix_versions": []}],
}
SKIPPED = {"name": "attrs", "skip_reason": "not found on PyPI"}


def answering(out: object, complaint: str = "") -> Ask:
    text = out if isinstance(out, str) else json.dumps(out)

    def ask(_command: Sequence[str]) -> tuple[int, str, str]:
        return 1, text, complaint

    return ask


def test_packages_without_known_weaknesses_pass() -> None:
    found = python("requirements.txt", ask=answering({"dependencies": [KNOWN]}))
    assert list(found.said) == ["  requirements.txt: 1 packages, no known weakness"]
    assert verdict([found]) == 0


def test_each_weakness_is_named_with_the_version_that_mends_it() -> None:
    found = python("requirements.txt", ask=answering({"dependencies": [KNOWN, WEAK]}))
    assert found.weak == (
        "urllib3 1.0 has PYSEC-2026-1, mended in 2.5",
        "urllib3 1.0 has PYSEC-2026-2, mended in no version yet",
    )
    assert verdict([found]) == 1


@pytest.mark.parametrize(
    ("out", "complaint", "why"),
    [
        ({"dependencies": [KNOWN, SKIPPED]}, "", "not found on PyPI"),
        ("", "Traceback …\nConnectionError: pypi.org\n", "ConnectionError: pypi.org"),
        ("", "", "pip-audit said nothing"),
    ],
)
def test_what_could_not_be_asked_about_is_not_called_safe(out: object, complaint: str, why: str) -> None:
    found = python("requirements.txt", ask=answering(out, complaint))
    assert found.unasked == (why,)
    assert verdict([found]) == 2
    assert "no known weakness" not in "".join(found.said)


def test_the_pages_packages_are_asked_about_and_a_service_that_is_away_is_said() -> None:
    weak = {"vulnerabilities": {"jsqr": {"severity": "high", "range": "<1.4"}}}
    assert pages(ask=answering(weak)).weak == ("jsqr <1.4: high",)
    fine = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 12}}}
    assert pages(ask=answering(fine)) == Audit(lock="package-lock.json", asked=12)
    away = pages(ask=answering({"message": "request to https://registry.npmjs.org failed"}))
    assert verdict([away]) == 2
    assert verdict([away, Audit(lock="x", weak=("y",))]) == 1
