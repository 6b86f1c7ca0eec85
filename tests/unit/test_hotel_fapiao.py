"""Invoices in memory, against the simulated platform with a dictionary for its table."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.hotel.domain.fapiao import Fapiao, uscc
from tenants.hotel.store import tax_simulator
from tenants.hotel.store.tax_simulator import TaxSimulator
from tests.accounts_world import MemoryMoney
from tests.fapiao_contract import FapiaoContract, seller


class TaxedMoney(MemoryMoney):
    """A hotel with a platform whose operator is logged in."""

    def tax(self, now: datetime) -> TaxSimulator:
        return TaxSimulator(now)

    def log_in(self) -> None:
        TaxSimulator(self.now).log_in()

    def log_out(self) -> None:
        tax_simulator._write("OPERATOR", {**TaxSimulator(self.now).operator(), "until": ""})

    def confirm(self, fapiao: Fapiao) -> None:
        assert fapiao.red is not None
        TaxSimulator(self.now).confirm(fapiao.red)


class TestFapiaosInMemory(FapiaoContract):
    @pytest.fixture
    def world(self, monkeypatch: pytest.MonkeyPatch) -> TaxedMoney:
        kept: dict[str, Any] = {}
        monkeypatch.setattr(tax_simulator, "_read", kept.get)
        monkeypatch.setattr(tax_simulator, "_write", lambda ref, value: kept.update({ref: dict(value)}))
        world = TaxedMoney()
        world.inn()
        seller(world)
        world.log_in()
        return world


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(st.text(st.sampled_from(_ALPHABET), min_size=17, max_size=17), st.integers(0, 16))
def test_a_company_number_has_one_check_character_and_it_sees_a_wrong_one(body: str, place: int) -> None:
    fitting = [last for last in _ALPHABET if uscc(body + last)]
    assert len(fitting) == 1
    other = "A" if body[place] != "A" else "B"
    assert not uscc(body[:place] + other + body[place + 1 :] + fitting[0])


@pytest.mark.parametrize("right", ["91410100MA45EXAM0W", "91410100MA45DEM0XB"])
def test_check_characters_as_the_registry_computes_them(right: str) -> None:
    assert uscc(right)


@pytest.mark.parametrize("wrong", ["", "9141", "91410100MA45EXAM0I", "91410100ma45exam0w"])
def test_other_texts_are_no_company_number(wrong: str) -> None:
    assert not uscc(wrong)
