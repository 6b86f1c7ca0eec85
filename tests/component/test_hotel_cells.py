"""A month's cells in their row: what was set is read again, whatever days are alike."""

from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.domain.sheet import FREE, Rule, Sheet
from tenants.hotel.store.cells import CellStore
from tests.inn import NOW, context

_NUMBERS = count()
_LENGTHS = st.integers(0, 60)
_RULES = st.builds(
    Rule, st.booleans(), st.booleans(), st.booleans(), _LENGTHS, _LENGTHS, _LENGTHS, _LENGTHS
).filter(lambda rule: rule != FREE)


@st.composite
def months_of_rules(draw: st.DrawFn) -> dict[int, Rule]:
    """Runs and single days: a few rules over many days, with gaps."""
    few = draw(st.lists(_RULES, min_size=1, max_size=3))
    days = draw(st.lists(st.sampled_from([FREE, *few]), min_size=31, max_size=31))
    return {day: rule for day, rule in enumerate(days, start=1) if rule != FREE}


@given(rules=months_of_rules(), prices=st.lists(st.none() | st.integers(1, 10**7), min_size=31, max_size=31))
@settings(max_examples=25)
def test_a_month_is_read_as_it_was_set(
    engine: Stack, rules: dict[int, Rule], prices: list[int | None]
) -> None:
    type = f"twin-{next(_NUMBERS)}"
    sheet = Sheet(type=type, month="203510", prices={"bar": tuple(prices)}, rules=rules, version=1)
    with bind(context()):
        work = UnitOfWork(action="test", now=NOW)
        CellStore(work).keep("inn", sheet)
        work.commit()
        read = CellStore(work).read([("inn", type, "203510")], fresh=True)
    assert read == {(type, "203510"): sheet}
