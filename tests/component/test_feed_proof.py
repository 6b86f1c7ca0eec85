"""The nightly proof on the real ledger: slices that are kept, and what an officer reads of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Clash
from infra.local.fixture import Stack
from tenants.bureau.domain.proof import advanced, begun
from tenants.bureau.store import LedgerStore
from tenants.bureau.store.proofs import ProofStore
from tenants.bureau.usecases.proving import prove
from tests.feed_office import Desk, desk
from tests.feed_world import BUREAU, DAY, SHAOLIN, SONGYANG, acting_for, entry, later, take

NIGHT = DAY + timedelta(days=1)
MORNING = later(hours=16)  # half past two of the night after


@pytest.fixture
def office(engine: Stack) -> Iterator[Desk]:
    with desk(clock=lambda: MORNING) as made:
        yield made


def test_a_proof_goes_on_where_another_run_left_it_and_is_read_in_the_morning(office: Desk) -> None:
    take(entry(5), entry(7, by=SONGYANG))
    page = f"/bureau/reporting?day={DAY}"
    assert "数字已核验" not in office.page(page)
    with acting_for(BUREAU):
        looks = iter((False, False, True, True, True))
        kept = ProofStore(MORNING)
        first = prove(now=MORNING, ledger=LedgerStore(), proofs=kept, enough=lambda: next(looks))
        assert (first.proven, first.done) == (1, None)
        assert kept.of(NIGHT) == first
    assert "已完成 1 家次" in office.page(page)
    with acting_for(BUREAU):
        last = prove(now=MORNING, ledger=LedgerStore(), proofs=ProofStore(MORNING), enough=lambda: False)
    assert (last.proven, last.differing) == (2, ())
    assert "数字已核验" in office.page(page)


def test_a_sender_whose_figures_were_changed_by_hand_is_named(office: Desk) -> None:
    from tenants.bureau.store import rows

    take(entry(5))
    with acting_for(BUREAU):
        rows.client().update_item(
            TableName=rows.table(),
            Key=rows.day_key(DAY, SHAOLIN.id),
            UpdateExpression="ADD #n :one",
            ExpressionAttributeNames={"#n": "c:admitted"},
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
        prove(now=MORNING, ledger=LedgerStore(), proofs=ProofStore(MORNING), enough=lambda: False)
    page = office.page(f"/bureau/reporting?day={DAY}")
    assert "有 1 家单位的数字" in page
    assert SHAOLIN.name in page


def test_of_two_runs_at_once_one_gives_way(office: Desk) -> None:
    with acting_for(BUREAU):
        store, proof = ProofStore(MORNING), begun(NIGHT, now=MORNING)
        store.keep(proof, before=None)
        store.keep(advanced(proof, senders=["a"], differing=[]), before=proof)
        with pytest.raises(Clash):
            store.keep(advanced(proof, senders=["b"], differing=[]), before=proof)
        with pytest.raises(Clash):
            store.keep(proof, before=None)
