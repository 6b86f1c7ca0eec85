"""What an operator types after a deployment, as ``infra/README.md`` says it, tried on the artefact."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from infra.package.staging import ROOT
from tests.artefact import STAGE
from tests.journeys.artefact_town import Tenants, waiting
from tests.journeys.artefact_world import World
from tests.journeys.callers import eventually

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

GUIDE = (ROOT / "infra" / "README.md").read_text("utf-8")


def typed(world: World, tool: str, *words: str) -> subprocess.CompletedProcess[str]:
    """One of our tools in a process of its own, with the operator's credentials."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SONGYUN_", "AWS_"))}
    theirs = {name: value for name, value in world.environment.items() if name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", tool, *words],
        env={**kept, **theirs, "SONGYUN_DATA_KEY": world.environment["SONGYUN_DATA_KEY"]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_guide_names_tools_that_are_there_and_words_that_they_take() -> None:
    """Every ``python -m infra.…`` of the guide, with each option it shows: the tool's or its verb's."""
    shown = re.findall(r"\.venv/bin/python\s+-m (infra\.\w+)((?:\s+[^`]*?)?)`", GUIDE)
    assert {tool for tool, _ in shown} >= {"infra.register", "infra.restore", "infra.redrive"}
    for tool, words in shown:
        said = ""
        for ways in ([], re.findall(r"(?<![-\w])(?:rows|events|list|issue|revoke)\b", words)[:1]):
            command = [sys.executable, "-m", tool, *ways, "--help"]
            told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert told.returncode == 0, told.stderr
            said += told.stdout
        for option in re.findall(r"--[a-z]+", words):
            assert option in said, (tool, option)


def test_the_first_enterprise_is_registered_and_its_key_opens_its_door(shipped: World) -> None:
    words = (
        "--stage",
        STAGE,
        "--kind",
        "scenic",
        "--slug",
        "registered",
        "--name",
        "嵩门",
        "--district",
        "410185",
    )
    made = typed(shipped, "infra.register", *words, "--email", "owner@registered.example")
    assert made.returncode == 0, made.stderr
    said = json.loads(made.stdout)
    assert said["login"] == "owner@registered.example"
    assert len(said["password"]) >= 12
    assert shipped.caller(key=said["api_key"]).get("/api/v1/scenic/orders").status == 200
    again = typed(shipped, "infra.register", *words, "--email", "other@registered.example")
    assert again.returncode == 1
    assert again.stderr.startswith("control.")


def test_a_dead_letter_goes_back_to_its_module_and_is_counted_once(
    shipped: World, shipped_tenants: Tenants
) -> None:
    area, bureau = shipped_tenants.scenic, shipped_tenants.bureau
    area.pay(area.hold().json)

    def sold() -> list[Any]:
        asked = {"sender": area.id, "type": "tourism.scenic.ticket.issued.v1"}
        found: list[Any] = bureau.caller.get("/api/v1/bureau/events", **asked).json["events"]
        return found

    eventually(lambda: bool(sold()), what="the city knows of a sale", seconds=90)
    before = len(sold())
    sqs, dead = shipped.client("sqs"), f"songyun-{STAGE}-bureau-inbox-dead"
    envelope = sold()[0]["envelope"]
    letter = {"detail-type": envelope["type"], "source": "tourism.up", "detail": envelope}
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=dead)["QueueUrl"], MessageBody=json.dumps(letter))
    moved = typed(shipped, "infra.redrive", "--stage", STAGE, "--module", "bureau")
    assert moved.returncode == 0, moved.stderr
    assert moved.stdout.splitlines()[-1] == "1 messages moved back"
    inbox = dead.removesuffix("-dead")
    eventually(lambda: waiting(shipped, inbox) == 0, what="the inbox has taken it", seconds=60)
    assert waiting(shipped, dead) == 0
    assert len(sold()) == before
    nobody = typed(shipped, "infra.redrive", "--stage", STAGE, "--module", "nobody")
    assert nobody.returncode == 1
    assert "bureau" in nobody.stderr
