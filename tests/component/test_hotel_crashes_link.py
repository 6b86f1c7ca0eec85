"""A guest's link and a provider's money: the process dies at every write, and each message comes twice."""

import pytest

from chalicelib.kernel.money import Money
from chalicelib.tenancy.context import bind, duty
from infra.local.fixture import Stack
from tenants.hotel.domain.folio import State, summed
from tenants.hotel.store import new_unit
from tests.hotel_course import ONE
from tests.hotel_deaths import deaths, said_once
from tests.hotel_desk import DAY, Desk
from tests.hotel_story_link import Link
from tests.kept import Kept, places

pytestmark = pytest.mark.component


def test_a_death_moves_no_fen_twice_and_leaves_none_behind(desk: Desk, engine: Stack) -> None:
    story, kept = Link(desk), Kept(engine)
    with story.provided():
        story.prepare()
        assert deaths(story, story.steps, kept=kept) > 80
        story.late_bill_money()  # the provider says so once more, long after it has it back
    bill, provider = f"{story.stay}.1", story.provider
    with bind(duty(desk.tenant, "test")), new_unit(desk.now)("test") as hotel:
        order, folio = hotel.orders.get(story.order), hotel.accounts.folios.get(bill)
        entries = hotel.accounts.folios.entries(folio)
        assert summed(folio, entries) == folio
        assert (folio.state, folio.balance, folio.charged) == (State.CLOSED, 0, 170_000)
        assert (order.total, order.paid) == (Money(80_000), Money(75_000))
        assert hotel.orders.owed() == []
    paid_ahead, billed, cash = 3 * 80_000 + 80_000, 2 * 10_000, 89_000
    assert provider.sent == paid_ahead + billed + cash - 170_000
    backs = sorted((ref, amount.amount) for ref, amount in provider.refunds.values())
    assert backs == [
        ("bill", 4_000),
        ("first", 5_000),
        ("first", 80_000),
        ("late", 10_000),
        ("second", 80_000),
        ("third", 80_000),
    ]
    assert places(kept.photograph()) == {  # left, held for good, held for a while
        ("type:twin", f"{DAY}"): (2, 1, 0),
        ("type:twin", f"{DAY + ONE}"): (2, 1, 0),
        ("type:twin", f"{DAY + 2 * ONE}"): (3, 0, 0),
    }
    types = said_once(desk, DAY - ONE, *(DAY + night * ONE for night in range(4)))
    assert types == {
        "commerce.order.placed": 1,
        "commerce.payment.settled": 12,  # five that a provider had, one in cash; six that went back
        "lodging.availability.changed": 12,  # two nights, one more, one less, a room less; three audits
        "lodging.stay.checkedin": 1,
        "lodging.stay.checkedout": 1,
        "lodging.nightaudit.closed": 3,
    }
