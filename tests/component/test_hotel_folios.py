"""Folios on the engine: the same promises, and what they ask of the table."""

from collections.abc import Iterator

import pytest

from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.usecases import folios
from tests.accounts_world import EngineMoney
from tests.folio_contract import FolioContract
from tests.hotel_world import context

pytestmark = pytest.mark.component


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineMoney]:
    with bind(context()):
        world = EngineMoney()
        world.inn()
        yield world


class TestFoliosOnTheEngine(FolioContract):
    pass


def test_a_charge_costs_a_few_calls(world: EngineMoney) -> None:
    bill = world.open()
    world.charge(bill.id, 100)
    with metered() as meter:
        world.charge(bill.id, 200)
    assert meter.calls <= 4, meter.operations  # charges of the house, folio, business day, one transaction


def test_a_closed_folio_leaves_the_desks_list_and_is_still_found(world: EngineMoney) -> None:
    bill = world.open()
    world.charge(bill.id, 100)
    world.take(bill.id, 100)
    world.cash(lambda a: folios.settle(bill.id, accounts=a))
    settled = world.folio(bill.id)
    world.cash(lambda a: a.folios.keep(settled.closed(), before=settled))
    accounts = world.accounts(world.work())
    assert accounts.folios.open() == []
    assert [one.state for one in accounts.folios.windows("st_1")] == ["closed"]
    assert world.folio(bill.id).charged == 100
    assert len(world.entries(bill.id)) == 2
