"""What is shipped: the archive's contents, and the same bytes twice."""

import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from infra.package import archive, wheels
from infra.package.figures import cold_import
from infra.package.staging import ROOT, PackagingFailure, runtime_requirements
from tenants import modules
from tests.artefact import Artefact, again, artefact, tree_key

pytestmark = [pytest.mark.rules, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def made() -> Artefact:
    return artefact()


@pytest.fixture(scope="module")
def unpacked(made: Artefact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(made.made.archive) as packed:
        packed.extractall(folder)
    return folder


def test_the_archive_has_what_runs_and_nothing_else(made: Artefact) -> None:
    with zipfile.ZipFile(made.made.archive) as packed:
        names = set(packed.namelist())
    keys = [module.key for module in modules()]
    assert archive.faults(archive=made.made.archive, here=ROOT, modules=keys) == []
    for path in (ROOT / "chalicelib").rglob("*.py"):
        assert path.relative_to(ROOT).as_posix() in names
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*.html")}
    assert pages - names == {"templates/styleguide.html"}
    kept = [name for name in names if not name.startswith("licences/")]
    assert not [name for name in kept if name.endswith((".po", ".md"))]
    assert not [name for name in names if name.startswith(("infra/", "tests/", "build/", "chalice/cli"))]
    assert made.made.archive.stat().st_size < 35 * 1024 * 1024


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("tests/test_x.py", b"", "has no place"),
        (".chalice/deployments/prod.json", b"{}", "has no place"),
        ("moto/__init__.py", b"", "has no place"),
        ("chalicelib/.env", b"", "has no place"),
        ("chalicelib/new.py", b"", "is not compiled"),
        ("chalicelib/notes.txt", b"AKIA" + b"Q" * 16, "a secret"),
        ("chalicelib/trace.txt", f"{ROOT}/app.py".encode(), "names a folder"),
    ],
)
def test_the_check_finds_what_it_is_for(
    made: Artefact, tmp_path: Path, name: str, body: bytes, fault: str
) -> None:
    spoilt = tmp_path / "spoilt.zip"
    spoilt.write_bytes(made.made.archive.read_bytes())
    with zipfile.ZipFile(spoilt, "a") as packed:
        packed.writestr(name, body)
    found = archive.faults(archive=spoilt, here=ROOT, modules=["scenic"])
    assert any(name in one and fault in one for one in found), found


def test_functions_wheels_bytecode_and_what_tries_them_are_of_one_python(made: Artefact) -> None:
    """Lambda's, said in ``wheels.PYTHON``; a machine without it tries its own, and ships nothing."""
    version = wheels.trial().version
    tag = f"cpython-{version.replace('.', '')}"
    for package in made.made.packages:
        assert package.runtime == f"python{version}"
        with zipfile.ZipFile(package.archive) as packed:
            names = packed.namelist()
        tags = {found[0] for name in names if (found := re.search(r"cpython-\d+|abi3", name))}
        assert tags == {tag, "abi3"}, package.group
    functions = [
        one["Properties"]
        for one in made.template["Resources"].values()
        if one["Type"] == "AWS::Lambda::Function"
    ]
    assert {one["Runtime"] for one in functions} == {f"python{version}"}
    said = [made.interpreter, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
    assert subprocess.run(said, capture_output=True, text=True, check=True).stdout.strip() == version
    if wheels.runtime().interpreter:
        assert version == wheels.PYTHON
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert wheels.PYTHON in SpecifierSet(project["requires-python"])


def test_two_builds_are_the_same_to_the_byte(made: Artefact, tmp_path: Path) -> None:
    second = again(tmp_path, ready=made.made.packages[1:])
    if tree_key() != made.key:
        pytest.skip("the tree was edited between the two builds")
    assert _differing(made.made.archive, second.archive) == []
    assert second.code == made.made.code
    assert second.template.read_bytes() == made.made.template.read_bytes()


def test_every_function_is_imported_from_the_archive_alone(made: Artefact, unpacked: Path) -> None:
    for function in made.functions:
        assert cold_import(function, folder=unpacked, interpreter=made.interpreter)["ms"] > 0


def test_clients_pages_dates_and_seals_work_without_what_was_stripped(made: Artefact, unpacked: Path) -> None:
    probe = """
import sys; sys.path.insert(0, sys.argv[1])
from datetime import date
from botocore.session import get_session
keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
for service in ("dynamodb", "events", "kms", "s3", "sqs", "sts", "xray"):
    for region in ("cn-north-1", "eu-west-1"):
        get_session().create_client(service, region_name=region, **keys)
from chalicelib.web import formats, pages, i18n
for locale in i18n.LOCALES:
    for style in formats.DATE_STYLES:
        assert formats.day(date(2026, 11, 22), locale=locale, style=style)
    assert i18n.translator(locale)("没有这个地址。")
assert i18n.translator("en")("没有这个地址。") != "没有这个地址。"
import argon2, cryptography.hazmat.primitives.ciphers.aead, segno, stripe, aws_xray_sdk.core, fastjsonschema
from chalicelib.messaging.schemas import contracts
assert any(name.startswith("tourism.scenic") for name in contracts())
assert all(contract.check for contract in contracts().values())
for template in pages.environment().list_templates(extensions=["html"]):
    pages.environment().get_template(template)
from chalicelib.web import places
assert places.asset("site.css") != "/assets/site.css", "the assets' manifest is not found"
assert places.read_asset(places.asset("site.css").rpartition("/")[2]).lasting
print("fine")
"""
    command = [made.interpreter, "-I", "-S", "-c", probe, str(unpacked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=unpacked)
    assert done.stdout.strip() == "fine", done.stderr


def test_a_group_brings_its_own_packages_and_nothing_of_another() -> None:
    plain, lake, seal = (
        {line.partition("==")[0] for line in runtime_requirements(group=group)}
        for group in ("", "lake", "seal")
    )
    assert (lake - plain, seal - plain) == ({"pyarrow"}, {"typst"})
    assert plain <= lake
    with pytest.raises(PackagingFailure, match="no such group"):
        runtime_requirements(group="unheard-of")


def test_the_requirements_are_the_pinned_ones_with_their_hashes() -> None:
    found = runtime_requirements()
    assert all("==" in line and "--hash=sha256:" in line for line in found)
    names = {line.partition("==")[0] for line in found}
    assert {"botocore", "pynamodb", "pydantic", "jinja2", "stripe"} <= names
    assert names.isdisjoint({"pip", "setuptools", "chalice", "boto3", "pytest", "ministack"})


def _differing(one: Path, other: Path) -> list[str]:
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(other) as second:
        ours = {entry.filename: entry.CRC for entry in first.infolist()}
        theirs = {entry.filename: entry.CRC for entry in second.infolist()}
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
