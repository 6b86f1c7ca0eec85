"""Folios in memory; money is conserved under any course of a cashier's day."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.kernel.errors import Refusal
from tenants.hotel.domain.charges import contained, night_charges, permille_on, shared
from tenants.hotel.domain.corrections import evenly
from tenants.hotel.domain.folio import Means, Sort, living
from tenants.hotel.domain.property import Tax
from tenants.hotel.usecases import folios, takings
from tests.accounts_world import MemoryMoney
from tests.folio_contract import FolioContract
from tests.hotel_world import INN, NOW


class TestFoliosInMemory(FolioContract):
    @pytest.fixture
    def world(self) -> MemoryMoney:
        world = MemoryMoney()
        world.inn()
        return world


def test_the_tax_inside_a_price() -> None:
    assert permille_on("service", NOW.date()) == 60
    assert contained(10_600, code="vat", permille=60)[0].amount == 600
    assert contained(-10_600, code="vat", permille=60)[0].amount == -600
    assert contained(10_000, code="vat", permille=0) == ()


def test_nights_add_up_to_what_the_stay_was_quoted() -> None:
    taxes = (Tax(code="vat", names={}, permille=60), Tax(code="svc", names={}, permille=150, included=False))
    nights = night_charges([33_333, 33_333, 33_334], taxes)
    assert sum(night.amount for night in nights) == 100_000
    assert sum(part.amount for night in nights for part in night.taxes) == 5_660
    assert sum(amount for night in nights for _, amount in night.levies) == 15_000
    assert night_charges([0, 0], taxes)[0].taxes == ()


@given(st.integers(1, 10**7), st.integers(2, 9), st.sampled_from([10, 30, 60, 90, 130]))
def test_even_parts_share_the_tax_to_the_fen(amount: int, parts: int, permille: int) -> None:
    amounts = evenly(amount, parts)
    taxes = contained(amount, code="vat", permille=permille)
    each = shared(taxes, amounts)
    assert sum(amounts) == amount
    assert sum(part.amount for part_taxes in each for part in part_taxes) == sum(p.amount for p in taxes)
    assert all(0 <= tax.amount <= part for part, found in zip(amounts, each, strict=True) for tax in found)


_STEP = st.tuples(
    st.sampled_from(
        ["charge", "take", "deposit", "contra", "undo", "move", "part", "apply", "back", "settle", "reopen"]
    ),
    st.integers(0, 2),
    st.integers(1, 12),
    st.integers(1, 9_999),
)


@settings(max_examples=60)
@given(st.lists(_STEP, max_size=25))
def test_money_is_conserved_whatever_a_cashier_does(steps: list[tuple[str, int, int, int]]) -> None:
    """Charges less corrections are what all folios were charged; the drawer has what came in by hand."""
    world = MemoryMoney()
    world.inn()
    bills = [world.open(f"st_{number}", room=f"30{number}").id for number in range(3)]
    for name, place, number, amount in steps:
        try:
            world.cash(_act(name, bills, place, number, amount))
        except Refusal:
            continue
    entries = world.memory.entries
    kept = [world.folio(id) for id in bills]  # proves each sum against its entries
    assert sum(one.charged for one in kept) == sum(e.amount for e in living(entries) if e.sort is Sort.CHARGE)
    assert sum(one.balance for one in kept) == sum(entry.amount for entry in entries)
    cash = -sum(entry.amount for entry in entries if entry.means is Means.CASH)
    assert world.memory.shifts[world.by, INN.id].expected == 50_000 + cash
    assert len({entry.key for entry in entries}) == len(entries)
    assert all(entry.net + entry.tax == entry.amount for entry in entries)


def _act(name: str, bills: list[str], place: int, number: int, amount: int) -> Any:
    id, other = bills[place], bills[(place + 1) % 3]
    acts = {
        "charge": lambda a: folios.charge(id, code="meals", amount=amount, accounts=a),
        "take": lambda a: takings.take(id, takings.Taking(means=Means.CASH, amount=amount), accounts=a),
        "deposit": lambda a: takings.take(
            id, takings.Taking(means=Means.CASH, amount=amount, deposit=True), accounts=a
        ),
        "contra": lambda a: folios.correct(id, number, text="", accounts=a),
        "undo": lambda a: takings.undo(id, number, text="", accounts=a),
        "move": lambda a: folios.move(id, number, to=other, text="", accounts=a),
        "part": lambda a: (
            folios.part(
                id,
                number,
                evenly(a.folios.entries(a.folios.get(id))[0].amount, 3) if number == 1 else [amount, amount],
                text="",
                accounts=a,
            )
            if a.folios.entries(a.folios.get(id))
            else None
        ),
        "apply": lambda a: takings.apply_deposit(id, number, amount, accounts=a),
        "back": lambda a: takings.give_back(id, number, amount, accounts=a),
        "settle": lambda a: folios.settle(id, accounts=a),
        "reopen": lambda a: folios.reopen(id, accounts=a),
    }
    return acts[name]
