"""What is hired: the process dies at every write of every request, and each is sent twice."""

import pytest

from chalicelib.tenancy.context import bind, duty
from infra.local.fixture import Stack
from tenants.hotel.domain.folio import summed
from tenants.hotel.store import new_unit
from tests.hotel_course import ONE
from tests.hotel_deaths import deaths, said_once
from tests.hotel_desk import DAY, Desk
from tests.hotel_story_hires import Hires
from tests.kept import Kept, places

pytestmark = pytest.mark.component
KEPT = {"hall": 0, "car": 0, "bicycle": 0, "evening": 0, "later": 7}


def test_a_death_charges_no_hire_twice_and_lets_none_out_twice(desk: Desk, engine: Stack) -> None:
    story, kept = Hires(desk), Kept(engine)
    story.prepare()
    assert deaths(story, story.steps, kept=kept) > 60
    bill, orders = f"{story.stay}.1", story.orders
    with bind(duty(desk.tenant, "test")), new_unit(desk.now)("test") as hotel:
        folios = hotel.accounts.folios
        bills = {
            id: folios.get(id) for id in (bill, *(f"{orders[key]}.1" for key in ("hall", "car", "evening")))
        }
        entries = {id: folios.entries(one) for id, one in bills.items()}
        assert all(summed(one, entries[id]) == one for id, one in bills.items())
        assert [(one.balance, one.deposits) for one in bills.values()] == [
            (8_000 - 5_000 + 14_000, 0),  # the guest's: what came early back, what came late
            (-20_000, 20_000),  # the hall: an hour and a half, paid by the deposit; the rest is theirs
            (7_500, 0),  # the car was paid; fifty kilometres were not
            (40_000, 0),  # nobody came
        ]
        states = {key: hotel.hires.get(story.hire(key, days=days)).state for key, days in KEPT.items()}
        assert hotel.orders.owed() == []
    assert {key: str(state) for key, state in states.items()} == {
        "hall": "ended",
        "car": "ended",
        "bicycle": "ended",
        "evening": "unused",
        "later": "cancelled",
    }
    left = {at: counts for at, counts in places(kept.photograph()).items() if at[0].startswith("extra:")}
    assert left == {  # left, held for good, held for a while
        **{("extra:hall", f"{DAY}T{hour}"): (1, 0, 0) for hour in (10, 11)},  # moved
        **{("extra:hall", f"{DAY}T{hour}"): (0, 1, 0) for hour in (12, 13, 18, 19)},
        **{("extra:bicycle", f"{DAY}T{hour:02}"): (2, 1, 0) for hour in (9, 12)},
        **{("extra:bicycle", f"{DAY}T{hour}"): (0, 3, 0) for hour in (10, 11)},
        ("extra:car", f"{DAY}"): (1, 1, 0),
        ("extra:car", f"{DAY + 7 * ONE}"): (2, 0, 0),  # let go
    }
    types = said_once(desk, DAY - ONE, DAY, DAY + ONE)
    assert types == {
        "commerce.order.placed": 6,
        "commerce.payment.settled": 4,  # two cars, a deposit, and one car back
        "lodging.availability.changed": 2,
        "lodging.stay.checkedin": 1,
    }
