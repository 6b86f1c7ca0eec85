"""The very artefact, deployed onto the engine: everything is there, and answers from the archive alone."""

import subprocess
import zipfile
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from infra.package.archive import MOST_UNPACKED
from tests.artefact import STAGE, Artefact
from tests.journeys.artefact_town import Tenants, logged_in
from tests.journeys.artefact_world import EDGE_TOKEN, NOT_ASKED, NOT_HERE, World, summed, woken
from tests.pdf_glyphs import drawn

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

#: What the engine makes and does not do. IAM is the one that matters: see test_artefact_verdict.py.
NOT_DONE = {
    "IAM": "any call is allowed; what IAM would have said is tried with our own evaluator",
    "TTL": "CloudFormation leaves it off; rows are compared with the clock when they are read",
    "stream mapping": "a batch is repeated whole: no bisection, no single failures, no destination by count",
    "alarms": "kept, never raised",
    "X-Ray": "no segments",
    "KMS": "any session may use the key",
    "API description": "its own answers and binary types are not read from it: the test gives, and decodes",
    "CloudFront": "kept, serves nothing: its token and headers are sent by the test",
}


def test_the_whole_final_template_becomes_resources_but_for_the_listed(
    shipped_artefact: Artefact, shipped: World
) -> None:
    from ministack.services.cloudformation import provisioners

    resources = shipped_artefact.template["Resources"].values()
    types = {one["Type"] for one in resources}
    unknown = {kind for kind in types if kind not in provisioners._RESOURCE_HANDLERS}
    assert unknown == set(NOT_HERE)
    made_here = {
        one["ResourceType"]
        for page in shipped.client("cloudformation")
        .get_paginator("list_stack_resources")
        .paginate(StackName="songyun")
        for one in page["StackResourceSummaries"]
        if one["ResourceStatus"] == "CREATE_COMPLETE"
    }
    assert types - set(NOT_HERE) - NOT_ASKED - made_here == set()
    assert {name.rstrip("0123456789") for name in summed(shipped_artefact.template)} == {
        "FunctionThrottles",
        *(f"{table}TableThrottles" for table in ("App", "Control", "Ledger")),
    }
    assert made_here & NOT_ASKED == set()
    assert len(NOT_DONE) == 8


def test_each_function_answers_under_its_alias_from_the_archive_alone(
    shipped_artefact: Artefact, shipped: World
) -> None:
    for function in shipped_artefact.functions:
        about = shipped.client("lambda").get_function(
            FunctionName=function.physical(stage=STAGE), Qualifier="live"
        )["Configuration"]
        assert about["Handler"] == function.handler
        assert about["Runtime"] == shipped_artefact.made.runtime(function.needs)
        assert about["Role"].endswith(f"role/{function.physical(stage=STAGE)}")
        assert about["Environment"]["Variables"].get("SONGYUN_MODULES", "") == function.modules
    health = shipped.caller().get("/health")
    assert (health.status, health.json["status"]) == (200, "ok")
    document = shipped.caller().get("/openapi.json").json
    assert {"/api/v1/scenic/orders", "/api/v1/hotel/bookings", "/api/v1/bureau/wall"} <= set(
        document["paths"]
    )


def test_a_shop_answers_under_a_host_of_its_own_when_the_content_network_vouches_for_it(
    shipped: World, shipped_tenants: Tenants
) -> None:
    area = shipped_tenants.scenic
    own = {"X-Edge-Token": EDGE_TOKEN, "X-Forwarded-Host": f"{area.slug}.shop.songyun.example"}
    other = {**own, "X-Forwarded-Host": "another.shop.songyun.example"}
    guessed = {**other, "X-Edge-Token": "guessed"}

    def status(headers: dict[str, str]) -> int:
        return shipped.caller().ask("GET", f"/s/{area.slug}", headers=headers).status

    assert (status(own), status(other), status(guessed)) == (200, 404, 200)


def test_an_unknown_path_is_a_404_that_the_gateway_answers(shipped: World) -> None:
    lost = shipped.caller().get("/nowhere/at/all")
    assert lost.status == 404
    assert lost.json["code"] == "core.path.unknown"


def test_pages_and_a_login_come_from_the_archive(shipped: World, shipped_tenants: Tenants) -> None:
    area = shipped_tenants.scenic
    shop = shipped.caller().get(f"/s/{area.slug}", lang="en")
    assert shop.status == 200, shop.text
    assert "Valley stroll" in shop.text
    style = next(
        part for part in shop.text.split('"') if part.startswith("/assets/site-") and part.endswith(".css")
    )
    assert shipped.caller().get(style).kind == "text/css"
    console = logged_in(shipped, area).get("/console")
    assert console.status == 200, console.text


def test_every_schedule_runs_from_its_archive(
    shipped: World, shipped_artefact: Artefact, shipped_tenants: Tenants
) -> None:
    kinds = {one.kind for one in vars(shipped_tenants).values()}
    for function in shipped_artefact.functions:
        for time in function.times:
            totals = woken(shipped, time.name)
            here = len(function.tenants) == 1 and function.tenants[0] in kinds
            assert totals.get("done", 0) == here, (time.name, totals)
    assert {one.needs for one in shipped_artefact.functions} == {"", "lake", "seal"}


_COLUMNS = """
import io, pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq
out = io.BytesIO()
pq.write_table(pa.table({'a': ['x', 'y']}), out, compression='zstd')
read = pq.read_table(pa.BufferReader(out.getvalue()))
assert read.filter(pc.is_in(read['a'], value_set=pa.array(['x']))).num_rows == 1
"""
_PAPER = """
import base64
from datetime import datetime, UTC
from chalicelib.web import printing
assert [str(place) for place in printing._fonts()] == [sys.argv[1] + '/fonts'], printing._fonts()
words = ('code', 'period', 'scope', 'issuer', 'sha', 'sealed', 'through', 'query', 'address')
rows = {'tables': [], 'changed': [], 'version': 1, 'final': True, 'events': 3, 'replaced': 1, 'refused': 1}
data = {**dict.fromkeys(words, '嵩'), **rows, 'title': '郑州文旅每日简报'}
made = printing.pdf('report', data, made=datetime(2026, 11, 22, tzinfo=UTC))
print(base64.b64encode(made).decode())
"""


def test_columns_are_written_by_what_is_in_the_archive_alone(
    shipped_artefact: Artefact, tmp_path: Path
) -> None:
    _alone(shipped_artefact, "lake", _COLUMNS, folder=tmp_path)


def test_paper_is_printed_with_the_archives_own_chinese_font_and_no_empty_box(
    shipped_artefact: Artefact, tmp_path: Path
) -> None:
    paper = b64decode(_alone(shipped_artefact, "seal", _PAPER, folder=tmp_path))
    glyphs = drawn(paper)
    assert glyphs
    assert all(name.startswith("NotoSansCJKsc-") and 0 not in each for name, each in glyphs.items()), glyphs
    assert "郑州文旅每日简报" in PdfReader(BytesIO(paper)).pages[0].extract_text()


def _alone(artefact: Artefact, group: str, code: str, *, folder: Path) -> str:
    """What ``code`` prints in an interpreter that knows the group's archive and nothing else."""
    package = next(one for one in artefact.made.packages if one.group == group)
    with zipfile.ZipFile(package.archive) as packed:
        assert sum(one.file_size for one in packed.infolist()) < MOST_UNPACKED
        packed.extractall(folder)
    said = f"import sys; sys.path.insert(0, sys.argv[1])\n{code}"
    done = subprocess.run(
        [artefact.interpreter, "-I", "-S", "-c", said, str(folder)],
        env={"SONGYUN_FONTS": str(folder / "fonts"), "SONGYUN_TELEMETRY": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
