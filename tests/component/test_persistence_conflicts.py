"""The unit of work where others write too and answers are lost: tried again, applied once."""

from collections.abc import Iterator
from typing import Any

import pytest
from pynamodb.transactions import TransactWrite

from chalicelib.commerce.stock import Claim, Slot, Stock
from chalicelib.commerce.stock.hints import Hints
from chalicelib.commerce.stock.store import BucketStore
from chalicelib.kernel.errors import Clash
from chalicelib.kernel.ids import new_id
from chalicelib.persistence.journal import (
    audited,
)
from chalicelib.persistence.table import connection, tenant_key
from chalicelib.persistence.unit_of_work import Command
from chalicelib.tenancy.credentials import tenant_dynamodb
from chalicelib.tenancy.wire import Reply
from tests.boxes import BoxRow, box, find, tenant_bound, work
from tests.scenic_world import DAY, NOW

__all__ = ["tenant_bound"]


class Conflicts:
    """Answers the first calls of an operation as DynamoDB does when somebody's transaction is under way."""

    def __init__(self, operation: str, times: int) -> None:
        self.operation, self.times, self.sent = operation, times, 0

    def __call__(self, operation: str, *_: Any) -> Reply | None:
        if operation != self.operation:
            return None
        self.sent += 1
        if self.sent > self.times:
            return None
        kind = "com.amazonaws.dynamodb.v20120810#"
        if self.operation == "TransactWriteItems":
            reasons = '[{"Code":"None"},{"Code":"TransactionConflict","Message":"busy"},{"Code":"None"}]'
            body = f'{{"__type":"{kind}TransactionCanceledException","CancellationReasons":{reasons}}}'
        else:
            body = f'{{"__type":"{kind}TransactionConflictException","message":"busy"}}'
        return Reply(400, {"content-type": "application/x-amz-json-1.0"}, body.encode())


@pytest.fixture
def conflicts() -> Iterator[Any]:
    made: list[Conflicts] = []

    def begin(operation: str, times: int) -> Conflicts:
        made.append(Conflicts(operation, times))
        tenant_dynamodb().before.append(made[-1])
        return made[-1]

    yield begin
    for one in made:
        tenant_dynamodb().before.remove(one)


def test_a_transaction_that_meets_another_comes_again(conflicts: Any) -> None:
    met = conflicts("TransactWriteItems", 3)
    act = work(Command(key="k", digest="d"))
    act.create(box())
    act.commit()
    assert met.sent == 4
    assert find() is not None
    assert len(list(audited(day=DAY))) == 1


def test_a_transaction_that_meets_others_for_ever_is_a_clash(conflicts: Any) -> None:
    met = conflicts("TransactWriteItems", 99)
    act = work()
    act.create(box())
    with pytest.raises(Clash):
        act.commit()
    assert met.sent == 8
    assert find() is None


def test_a_single_write_that_meets_a_transaction_comes_again(conflicts: Any) -> None:
    box().put()
    met = conflicts("UpdateItem", 3)
    BoxRow(tenant_key("BOX", "one"), "-").update([BoxRow.left.set(BoxRow.left - 1)])
    assert met.sent == 4
    kept = find()
    assert kept is not None
    assert kept.left == 4


@pytest.fixture
def lost_answers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The next answer is lost on its way back: the engine has done what was asked, the client sends again."""
    wire = tenant_dynamodb().wire
    exchange, lost = wire._exchange, [1]

    def lose(message: bytes) -> Any:
        answer = exchange(message)
        if lost[0]:
            lost[0] -= 1
            raise ConnectionResetError
        return answer

    monkeypatch.setattr(wire, "_exchange", lose)
    return lost


def test_a_transaction_whose_answer_was_lost_is_applied_once(lost_answers: list[int]) -> None:
    act = work(Command(key="k", digest="d"))
    act.update(BoxRow(tenant_key("BOX", "one"), "-"), [BoxRow.left.set((BoxRow.left | 0) + 1)])
    act.commit()
    assert lost_answers == [0]
    kept = find()
    assert kept is not None
    assert kept.left == 1
    assert len(list(audited(day=DAY))) == 1


def test_a_transaction_without_a_name_of_its_own_is_given_one(lost_answers: list[int]) -> None:
    with TransactWrite(connection=connection()) as transaction:
        transaction.save(box(), condition=BoxRow.pk.does_not_exist())
    assert lost_answers == [0]
    assert find() is not None


@pytest.mark.parametrize("slots", [1, 2])
def test_a_claim_whose_answer_was_lost_is_one_claim(lost_answers: list[int], slots: int) -> None:
    wanted = [Slot(resource="main", slot=str(number), capacity=1) for number in range(slots)]
    lost_answers[0] = 0
    BucketStore().read(wanted[0], [0], exact=True)
    stock = Stock(BucketStore(), who="t", hints=Hints())
    for slot in wanted:
        stock.left(slot, now=NOW)
    lost_answers[0] = 1
    claims = [Claim(slot=slot, count=1) for slot in wanted]
    holds = stock.hold(claims, order=new_id("or", now=NOW), until=NOW, now=NOW)
    assert lost_answers == [0]
    assert len(holds) == slots
    assert [BucketStore().read(slot, [0], exact=True)[0].left for slot in wanted] == [0] * slots
