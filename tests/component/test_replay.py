"""A slice of the city, late, doubled, corrected and shuffled, through the real intake: every figure equals
the batch, and what was killed in the middle is taken up again.
"""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.tenancy.context import bind, duty
from chalicelib.tenancy.credentials import own_client
from infra.local.fixture import Stack
from infra.visitors.batch import standing
from infra.visitors.day import Pace, instant_of
from infra.visitors.mess import Mess
from infra.visitors.replay import BUREAU, Script, compared, delivered, play, settle, take_in, told
from tenants.bureau.domain.entry import slot_of
from tenants.bureau.store import LedgerStore, rows
from tests.feed_world import forget

SLICE = Script(
    days=2,
    scenic=1,
    hotels=1,
    homestays=1,
    agencies=1,
    pace=Pace(step=30, detail=0.12, service=2),
    mess=Mess(doubled=0.15, late=0.1, corrected=0.08),
)
SHORT = replace(SLICE, days=1, hotels=0, homestays=0, agencies=0, pace=Pace(step=20, detail=0.4, service=1))
_CHILD = """
from infra.visitors.replay import delivered, settle, take_in, told
from tests.component.test_replay import SHORT
take_in(delivered(SHORT, told(SHORT, settle(SHORT))))
"""


@pytest.fixture(autouse=True)
def clean(engine: Stack) -> Stack:
    forget()
    return engine


def test_every_figure_of_a_messy_slice_equals_the_batch() -> None:
    played = play(SLICE)
    assert played.differences == []
    assert played.delivered > played.said > 500


def test_the_proof_finds_a_lost_event_a_changed_figure_and_a_row_too_many() -> None:
    said = told(SHORT, settle(SHORT))
    take_in(delivered(SHORT, said))
    assert compared(said, proof=True) == []
    lost = said[len(said) // 2]
    with bind(duty(BUREAU, "test")):
        key = rows.feed_key(lost["tenantid"], slot_of(instant_of(lost), lost["type"]), lost["id"])
        engine = own_client("dynamodb")
        engine.delete_item(TableName=rows.table(), Key=key)
        more = {**rows.feed_key(lost["tenantid"], "2026-10-01T09#x", "stranger"), "kind": {"S": "feed"}}
        for _ in range(2):
            engine.put_item(TableName=rows.table(), Item=more)
            more["sk"] = {"S": "another"}
    found = compared(said, proof=True)
    assert any(f"'n:{lost['type']}'" in line for line in found)
    assert found[-1] == "1 rows of the ledger that nobody accounts for", "two came, one went"


def test_the_same_seed_says_the_same_and_another_seed_something_else() -> None:
    operators = settle(SLICE)
    once, twice = told(SLICE, operators), told(SLICE, operators)
    assert once == twice
    assert [one.envelope["id"] for one in delivered(SLICE, once)] == [
        one.envelope["id"] for one in delivered(SLICE, twice)
    ]
    assert told(replace(SLICE, seed=2), operators) != once
    corrected = [one for one in once if "corrects" in one]
    assert len(standing(once)) == len(once) - len(corrected)
    assert corrected


def test_an_intake_that_is_killed_in_the_middle_is_taken_up_again(tmp_path: Path) -> None:
    operators = settle(SHORT)
    said = told(SHORT, operators)
    with (tmp_path / "child.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD], env=dict(os.environ), cwd=Path.cwd(), stdout=log, stderr=log
        )
        try:
            deadline = time.monotonic() + 60
            while received(SHORT) < 75 and time.monotonic() < deadline and child.poll() is None:
                time.sleep(0.02)
        finally:
            child.kill()
            child.wait()
    assert 0 < received(SHORT) < len(said), (tmp_path / "child.log").read_text()[-800:]
    take_in(delivered(SHORT, said))
    assert compared(said, proof=True) == []
    assert received(SHORT) == len(said)


def received(script: Script) -> int:
    """How many events the bureau counts."""
    with bind(duty(BUREAU, "test")):
        ledger = LedgerStore()
        days = [script.first.replace(day=script.first.day + back) for back in range(script.days + 1)]
        return sum(one.count("received") for day in days for one in ledger.days(day))
