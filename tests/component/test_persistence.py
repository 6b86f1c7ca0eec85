"""The unit of work on the engine: one transaction or nothing, one command once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Clash, KeyReused
from chalicelib.persistence.journal import (
    CommandRow,
    audited,
    envelopes_of,
    find_command,
)
from chalicelib.persistence.table import tenant_key
from chalicelib.persistence.unit_of_work import AlreadyDone, Command, UnitOfWork, replay
from chalicelib.tenancy.context import bind
from tests.boxes import BoxRow, Full, box, find, happened, outbox, tenant_bound, work
from tests.scenic_world import DAY, NOW, context

__all__ = ["tenant_bound"]


def test_state_outbox_audit_and_command_are_written_together() -> None:
    act = work(Command(key="k", digest="d"))
    act.create(box())
    act.publish(happened(), happened("box"))
    act.commit({"id": 7})
    assert find() is not None
    (audit,) = audited(day=DAY)
    assert (audit.action, audit.actor, audit.door, audit.subject) == (
        "test.act",
        "key:desk",
        "member",
        "box",
    )
    said = envelopes_of(audit)
    assert [one["type"] for one in said] == ["tourism.test.box.filled.v1"] * 2
    (waiting,) = outbox()
    assert waiting.sk == audit.sk
    assert envelopes_of(waiting) == said
    assert {one["tenantid"] for one in said} == {context().tenant.id}
    stored = find_command(key="k", now=NOW)
    assert stored is not None
    assert (stored.digest, stored.answer) == ("d", '{"id":7}')


@pytest.mark.parametrize("refused", ["create", "put", "update", "delete", "check"])
def test_one_condition_that_does_not_hold_undoes_everything(refused: str) -> None:
    box("there").put()
    act = work(Command(key="k", digest="d"))
    act.create(box("new"))
    act.publish(happened())
    row = BoxRow(tenant_key("BOX", "there"), "-")
    match refused:
        case "create":
            act.create(box("there"), otherwise=Full(left=0))
        case "put":
            act.put(box("there"), BoxRow.left == 1, otherwise=Full(left=0))
        case "update":
            act.update(row, [BoxRow.left.set(0)], BoxRow.left >= 6, otherwise=Full(left=0))
        case "delete":
            act.delete(row, BoxRow.left == 1, otherwise=Full(left=0))
        case _:
            act.check(row, BoxRow.left == 1, otherwise=Full(left=0))
    with pytest.raises(Full) as told:
        act.commit("answer")
    assert told.value.facts == {"left": 0}
    assert find("new") is None
    there = find("there")
    assert there is not None
    assert there.left == 5
    assert list(audited(day=DAY)) == []
    assert outbox() == []
    assert find_command(key="k", now=NOW) is None


def test_the_refusal_raised_is_that_of_the_write_that_failed() -> None:
    """pynamodb sends checks, deletes, puts and updates in that order, whatever order they were given in."""
    box("a").put()
    act = work()
    act.update(BoxRow(tenant_key("BOX", "a"), "-"), [BoxRow.left.set(1)], BoxRow.left == 5)
    act.put(box("b"), otherwise=Full(which="put"))
    act.delete(BoxRow(tenant_key("BOX", "c"), "-"), otherwise=Full(which="delete"))
    act.check(BoxRow(tenant_key("BOX", "d"), "-"), BoxRow.pk.exists(), otherwise=Full(which="check"))
    with pytest.raises(Full) as told:
        act.commit()
    assert told.value.facts == {"which": "check"}


def test_a_condition_without_a_refusal_of_its_own_is_a_clash() -> None:
    box().put()
    act = work()
    act.create(box())
    with pytest.raises(Clash):
        act.commit()


def test_the_same_command_again_is_answered_from_memory() -> None:
    command = Command(key="k", digest="d")
    replay(command, now=NOW)
    first = work(command)
    first.create(box())
    first.commit({"id": 7, "name": "嵩"})
    again = work(command)
    again.create(box("other"))
    with pytest.raises(AlreadyDone) as done:
        again.commit({"id": 8})
    assert done.value.answer == {"id": 7, "name": "嵩"}
    with pytest.raises(AlreadyDone):
        replay(command, now=NOW + timedelta(hours=23))
    assert find("other") is None


def test_the_same_key_with_another_body_is_refused() -> None:
    first = work(Command(key="k", digest="d"))
    first.create(box())
    first.commit()
    again = work(Command(key="k", digest="e"))
    again.create(box("other"))
    with pytest.raises(KeyReused):
        again.commit()
    with pytest.raises(KeyReused):
        replay(Command(key="k", digest="e"), now=NOW)
    assert find("other") is None


def test_a_key_belongs_to_its_caller() -> None:
    for actor in ("key:a", "key:b"):
        with bind(context(actor=actor)):
            act = work(Command(key="k", digest="d"))
            act.create(box(actor))
            act.commit(actor)
    with bind(context(actor="key:b")), pytest.raises(AlreadyDone) as done:
        replay(Command(key="k", digest="d"), now=NOW)
    assert done.value.answer == "key:b"


def test_a_command_is_forgotten_after_a_day() -> None:
    first = work(Command(key="k", digest="d"))
    first.create(box())
    first.commit()
    tomorrow = NOW + timedelta(hours=24)
    replay(Command(key="k", digest="e"), now=tomorrow)
    act = UnitOfWork(action="test.act", now=tomorrow, command=Command(key="k", digest="e"))
    act.create(box("other"))
    act.commit("new")
    assert find("other") is not None


def test_of_the_same_command_twenty_times_at_once_one_is_carried_out() -> None:
    ready = threading.Barrier(20)

    def act(number: int) -> Any:
        with bind(context()):
            mine = work(Command(key="k", digest="d"))
            mine.update(BoxRow(tenant_key("BOX", "one"), "-"), [BoxRow.left.set((BoxRow.left | 0) + 1)])
            ready.wait()
            try:
                mine.commit(number)
            except AlreadyDone as done:
                return done.answer
            return number

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(act, range(20)))
    assert len(set(answers)) == 1
    kept = find()
    assert kept is not None
    assert kept.left == 1
    assert len(list(audited(day=DAY))) == 1


def test_more_writes_than_fit_are_refused_before_anything_is_sent() -> None:
    act = work()
    for number in range(100):
        act.create(box(str(number)))
    with pytest.raises(ValueError, match="101 writes"):
        act.commit()
    assert find("0") is None
    fits = work()
    for number in range(99):
        fits.create(box(str(number)))
    fits.commit()
    assert find("98") is not None


def test_a_work_that_was_committed_is_empty() -> None:
    act = work()
    assert act.empty
    act.create(box())
    assert not act.empty
    act.commit()
    assert act.empty


def test_a_stored_command_has_a_time_to_live() -> None:
    act = work(Command(key="k", digest="d"))
    act.create(box())
    act.commit()
    row = CommandRow.find(tenant_key("COMMAND", "key:desk", "k"), "-")
    assert row is not None
    assert row.ttl == int((NOW + timedelta(hours=24)).timestamp())


def test_what_was_held_ahead_goes_back_when_the_work_is_refused_and_only_then() -> None:
    back: list[str] = []
    done = work()
    done.if_refused(lambda: back.append("done"))
    done.create(box(), otherwise=Full())
    done.commit()
    assert back == []
    refused = work()
    refused.if_refused(lambda: back.append("refused"))
    refused.create(box(), otherwise=Full())
    with pytest.raises(Full):
        refused.commit()
    assert back == ["refused"]
