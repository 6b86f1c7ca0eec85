"""The laws that hold for every file: who may speak to what, and who may import whom."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.sources import ALL, PRODUCT, ROOT, files, name, places, syntax

LAWS = {
    "no table is ever scanned": (r"\.scan\(|\.rate_limited_scan\(", ()),
    "clients are made where credentials are resolved": (
        r"boto3\.(client|resource|Session)|create_client\(",
        ("chalicelib/tenancy/credentials.py",),
    ),
    "the environment is read once": (r"os\.(environ|getenv)|from os import", ("chalicelib/config.py",)),
    "events go to the bus through one door": (
        r"put_events|own_bus",
        ("chalicelib/messaging/bus.py", "chalicelib/tenancy/credentials.py"),
    ),
    "now is an argument": (
        r"datetime\.now\(|utcnow|date\.today\(|time\.time\(",
        ("chalicelib/web/moment.py", "chalicelib/telemetry.py"),
    ),
    "no address of an account is written down": (r"arn:aws", ()),
    "only works, claims of several slots and the control plane make transactions": (
        r"TransactWrite\(",
        (
            "chalicelib/persistence/unit_of_work.py",
            "chalicelib/commerce/stock/store.py",
            "chalicelib/control/store.py",
        ),
    ),
    "nothing is printed": (r"\bprint\(", ()),
    "personal data is opened with a reason": (r"\.reveal\(\s*\)", ()),
}


@pytest.mark.parametrize("law", LAWS)
def test_law(law: str) -> None:
    pattern, but = LAWS[law]
    assert places(pattern, *PRODUCT, but=but) == []


@pytest.mark.parametrize("law", [law for law, (_, but) in LAWS.items() if but])
def test_the_one_exception_of_a_law_is_still_one(law: str) -> None:
    """An exception that nothing needs any more would hide the next breach."""
    pattern, but = LAWS[law]
    found = {place.rsplit(":", 1)[0] for place in places(pattern, *PRODUCT)}
    assert found == set(but)


def test_the_import_laws_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Contracts: \d+ kept, 0 broken", done.stdout)


@pytest.mark.parametrize("path", files(*ALL), ids=name)
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 350


@pytest.mark.parametrize("path", files(*PRODUCT, "infra"), ids=name)
def test_no_module_is_a_drawer_for_anything(path: Path) -> None:
    assert path.stem.strip("_") not in {
        "utils",
        "util",
        "helpers",
        "helper",
        "manager",
        "managers",
        "base",
        "misc",
        "common",
    }


def _keys(path: Path) -> Iterator[tuple[int, ast.expr]]:
    """Every first argument of ``SomethingRow(…)`` and of a look-up on one: the partition key."""
    for node in ast.walk(syntax(path)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func
        row = isinstance(called, ast.Name) and called.id.endswith("Row")
        look = (
            isinstance(called, ast.Attribute)
            and called.attr in {"query", "find", "get", "count", "exists"}
            and isinstance(called.value, ast.Name)
            and called.value.id.endswith("Row")
        )
        if row or look:
            yield node.lineno, node.args[0]


_OWN_TABLE = ("chalicelib/control/", "chalicelib/persistence/directory.py")
"""Rows of the control table: its keys belong to the platform, not to a tenant."""


def test_every_partition_key_is_made_for_the_bound_tenant() -> None:
    written = [
        f"{name(path)}:{line}"
        for path in files(*PRODUCT)
        if not name(path).startswith(_OWN_TABLE)
        for line, key in _keys(path)
        if isinstance(key, ast.Constant | ast.JoinedStr | ast.BinOp)
    ]
    assert written == []


def test_the_tenants_prefix_is_written_in_one_place() -> None:
    written = places(r"[\"']T#|[\"']T[\"'],", *PRODUCT, but=("chalicelib/persistence/table.py",))
    assert {place.rsplit(":", 1)[0] for place in written} <= {
        "chalicelib/messaging/relay.py"
    }  # which reads it


def test_the_rule_about_keys_sees_what_it_forbids() -> None:
    wrong = ast.parse("OrderRow('ORDER#1', '-')\nOrderRow.query(f'T#{t}')\nOrderRow.find('a' + b, '-')")
    nodes = [node for node in ast.walk(wrong) if isinstance(node, ast.Call)]
    assert len(nodes) == 3
    assert all(isinstance(node.args[0], ast.Constant | ast.JoinedStr | ast.BinOp) for node in nodes)
    seen = [path for path in files("chalicelib", "tenants") if any(True for _ in _keys(path))]
    assert len(seen) > 5


def test_no_file_names_a_machine_or_its_folders() -> None:
    folders = r"/(home|root|work|Users)/[a-z]"
    assert places(folders, *ALL, but=("tests/rules/",)) == []


@pytest.mark.parametrize("path", files("chalicelib", "tenants"), ids=name)
def test_words_that_are_said_at_once_are_marked_for_the_catalogues(path: Path) -> None:
    """``translate("…")`` says a text that no catalogue was asked for: it is Chinese on every foreign page."""
    assert not re.findall(r'\b(?:translate|say)\(\s*f?"[^"]*[\u4e00-\u9fff]', path.read_text("utf-8"))
