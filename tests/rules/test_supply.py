"""What the product is made of is known, no secret lies in the tree, and CI runs the same verbs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import sbom, secret_scan
from infra.package.staging import ROOT, runtime_requirements
from infra.package.wheels import PYTHON

pytestmark = [pytest.mark.rules, pytest.mark.timeout(300)]

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
#: The one thing that no lock of ours brings.
FONTS = "sudo apt-get install --yes fonts-noto-cjk"
#: Each in a form its provider gives; put together here, so that this file has none itself.
PLANTED = {
    "AWS": "AKIA" + "Z7Q4" * 4,
    "Stripe": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "GitHub": "ghp_" + "a1B2" * 9,
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "basic auth": "https://clerk:" + "hunter2secret@songyun.example/",
}


def test_no_secret_lies_in_the_tree() -> None:
    assert [str(one) for one in secret_scan.scan(secret_scan.tracked())] == []


def test_what_is_kept_is_text_that_was_written_here() -> None:
    """Packages, pictures and archives come from elsewhere or are made: none of them is committed."""
    assert [one.name for one in secret_scan.tracked() if b"\0" in one.read_bytes()] == []


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_found(kind: str, tmp_path: Path) -> None:
    planted, plain = tmp_path / "settings.py", tmp_path / "plain.py"
    planted.write_text(f'first = 1\nvalue = "{PLANTED[kind]}"\n', "utf-8")
    plain.write_text('first = 1\nvalue = "nothing to see"\n', "utf-8")
    (found,) = secret_scan.scan([plain, planted])
    assert (found.path, found.line) == (planted, 2)
    assert PLANTED[kind] not in str(found)


def test_the_bills_of_materials_name_everything_that_is_pinned() -> None:
    made = sbom.boms()
    assert made == sbom.boms(), "the same locks, the same documents"
    for name, group in (("functions", ""), ("groups", "lake"), ("groups", "seal")):
        listed = {(one["name"].lower(), one.get("version")) for one in made[name]["components"]}
        for line in runtime_requirements(group=group):
            wanted = re.match(r"([\w.-]+)==([^ ;\\]+)", line)
            assert wanted is not None, line
            assert (wanted[1].lower(), wanted[2]) in listed, line
    assert {one["name"] for one in made["pages"]["components"]} >= {"esbuild", "jsqr"}
    for document in made.values():
        assert document["bomFormat"] == "CycloneDX"
        assert all(one.get("purl", "").startswith("pkg:") for one in document["components"])
        for one in document["components"]:
            assert one["licenses"], one["name"]
            # What would oblige whoever passes the product on to publish it whole.
            assert not re.search(r"\bA?GPL", json.dumps(one["licenses"])), one["name"]


def _steps(workflow: Path) -> list[dict[str, Any]]:
    said = yaml.safe_load(workflow.read_text("utf-8"))
    return [step for job in said["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_ci_runs_the_verbs_of_the_makefile_and_pinned_actions_only(workflow: Path) -> None:
    verbs = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for step in _steps(workflow):
        if "uses" in step:
            assert re.search(r"^[\w-]+/[\w-]+@[0-9a-f]{40}$", step["uses"]), step
        else:
            word, verb, *_ = step["run"].split()
            assert (word, verb in verbs) == ("make", True) or step["run"] == FONTS, step
    said = yaml.safe_load(workflow.read_text("utf-8"))
    assert said["permissions"] == {"contents": "read"}
    text = workflow.read_text("utf-8")
    assert "secrets." not in text
    assert "pull_request_target" not in text


def test_ci_has_the_python_that_is_packaged_for_and_it_is_one_that_sets_up() -> None:
    set_up = [
        step["with"] for path in WORKFLOWS for step in _steps(path) if "setup-python" in step.get("uses", "")
    ]
    assert {one["python-version"] for one in set_up} == {PYTHON}
    assert f"python{PYTHON} " in (ROOT / "infra" / "local" / "setup.sh").read_text("utf-8")


def test_ci_checks_tests_packages_and_audits() -> None:
    runs = " ".join(step.get("run", "") for path in WORKFLOWS for step in _steps(path))
    for verb in ("check", "test", "package", "sbom", "audit", "secrets"):
        assert f"make {verb}" in runs
    assert json.dumps(runs)
