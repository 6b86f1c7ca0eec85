"""Our adapter against the stand-in, through the real SDK: what a payer who begins again meets."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.config import settings
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Charge
from chalicelib.payments.stripe import StripeCheckout, forget_client
from chalicelib.tenancy.context import bind
from tests.component.stripe_standin import BACK, StandIn
from tests.hotel_world import context

pytestmark = pytest.mark.component
CHARGE = Charge(
    order="or_1",
    amount=Money(8800),
    title="账单",
    method="card",
    success_url=BACK,
    cancel_url=BACK,
    locale="zh",
    expires=datetime.now(UTC) + timedelta(minutes=40),
)


@pytest.fixture
def checkout(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StripeCheckout]:
    standin = StandIn(data=tmp_path_factory.mktemp("stripe")).start()
    monkeypatch.setenv("STRIPE_API_BASE", standin.origin)
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_songyun")
    settings.cache_clear()
    forget_client()
    with bind(context()):
        yield StripeCheckout()
    monkeypatch.undo()
    settings.cache_clear()
    forget_client()
    standin.kill()


def test_the_same_payment_begun_twice_is_one_and_begun_again_later_is_another(
    checkout: StripeCheckout,
) -> None:
    """Who goes back and begins again finds the order as it was: its key is the same, the moment is not."""
    first = checkout.start(CHARGE, key="or_1-1-card")
    assert checkout.start(CHARGE, key="or_1-1-card") == first
    later = replace(CHARGE, expires=CHARGE.expires + timedelta(minutes=1), locale="en")
    assert checkout.start(later, key="or_1-1-card") != first
