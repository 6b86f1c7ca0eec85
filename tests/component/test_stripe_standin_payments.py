"""The stand-in's payments and refunds, seen through the real SDK."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.component.stripe_standin import BACK, StandIn, payment_params, until

pytestmark = pytest.mark.component


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    running = StandIn(data=tmp_path_factory.mktemp("stripe")).start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def shop(standin: StandIn) -> Any:
    return standin.client()


def test_a_card_pays(shop: Any) -> None:
    paid = shop.payment_intents.create(payment_params(metadata={"order": "7"}, expand=["latest_charge"]))
    charge = paid.latest_charge
    assert (paid.status, paid.amount_received, charge.paid, charge.captured) == (
        "succeeded",
        10000,
        True,
        True,
    )
    assert (charge.payment_method_details.card.last4, charge.metadata["order"]) == ("4242", "7")
    plain = shop.payment_intents.retrieve(paid.id)
    assert plain.latest_charge == charge.id
    assert shop.charges.retrieve(charge.id).payment_intent == paid.id


@pytest.mark.parametrize(
    ("method", "code", "decline"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ],
)
def test_a_declined_card_is_a_card_error(shop: Any, method: str, code: str, decline: str) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        shop.payment_intents.create(payment_params(method))
    error: Any = refusal.value.error
    assert (refusal.value.http_status, error.code, error.decline_code if decline else None) == (
        402,
        code,
        decline,
    )
    assert str(refusal.value.request_id).startswith("req_")
    left = shop.payment_intents.retrieve(error.payment_intent.id)
    assert (left.status, left.last_payment_error.code) == ("requires_payment_method", code)
    assert (
        shop.payment_intents.confirm(left.id, {"payment_method": "pm_card_visa", "return_url": BACK}).status
        == "succeeded"
    )


def test_inline_card_data_takes_test_numbers_only(shop: Any) -> None:
    def data(number: str) -> dict[str, Any]:
        card = {"number": number, "exp_month": 12, "exp_year": 2034, "cvc": "123"}
        return {**payment_params(payment_method=None), "payment_method_data": {"type": "card", "card": card}}

    def create(number: str) -> Any:
        return shop.payment_intents.create({k: v for k, v in data(number).items() if v is not None})

    assert create("5555555555554444").status == "succeeded"
    with pytest.raises(stripe.CardError, match="number is incorrect"):
        create("4242424242424241")


def test_three_d_secure_asks_first(standin: StandIn, shop: Any) -> None:
    waiting = shop.payment_intents.create(payment_params("pm_card_threeDSecure2Required"))
    assert (waiting.status, waiting.next_action.type) == ("requires_action", "redirect_to_url")
    back = standin.submit(waiting.next_action.redirect_to_url.url, answer="agree")
    assert back.startswith(BACK)
    assert "redirect_status=succeeded" in back
    assert shop.payment_intents.retrieve(waiting.id).status == "succeeded"
    with pytest.raises(stripe.CardError) as refusal:
        shop.payment_intents.create(
            payment_params("pm_card_authenticationRequired", error_on_requires_action=True)
        )
    assert refusal.value.code == "authentication_required"


def test_alipay_redirects_and_may_be_refused(standin: StandIn, shop: Any) -> None:
    params = payment_params(payment_method_data={"type": "alipay"})
    del params["payment_method"]
    waiting = shop.payment_intents.create(params)
    assert waiting.next_action.type == "alipay_handle_redirect"
    back = standin.submit(waiting.next_action.alipay_handle_redirect.url, answer="refuse")
    assert "redirect_status=failed" in back
    refused = shop.payment_intents.retrieve(waiting.id)
    assert (refused.status, refused.last_payment_error.code) == (
        "requires_payment_method",
        "payment_intent_payment_attempt_failed",
    )


def test_wechat_pay_shows_a_code(standin: StandIn, shop: Any) -> None:
    params = payment_params(payment_method_data={"type": "wechat_pay"})
    del params["payment_method"]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.payment_intents.create(params)
    assert refusal.value.param == "payment_method_options[wechat_pay][client]"
    waiting = shop.payment_intents.create(
        {**params, "payment_method_options": {"wechat_pay": {"client": "web"}}}
    )
    shown = waiting.next_action.wechat_pay_display_qr_code
    assert shown.image_data_url.startswith("data:image/png;base64,")
    assert standin.open_page(shown.image_url_svg).text.count("<svg") == 1
    standin.submit(shown.hosted_instructions_url, answer="agree")
    paid = shop.payment_intents.retrieve(waiting.id, {"expand": ["latest_charge"]})
    assert (paid.status, paid.latest_charge.payment_method_details.type) == ("succeeded", "wechat_pay")


def test_manual_capture_takes_a_part_and_cancel_gives_back(shop: Any) -> None:
    held = shop.payment_intents.create(payment_params(capture_method="manual"))
    assert (held.status, held.amount_capturable) == ("requires_capture", 10000)
    taken = shop.payment_intents.capture(held.id, {"amount_to_capture": 7000})
    assert (taken.status, taken.amount_received) == ("succeeded", 7000)
    other = shop.payment_intents.create(payment_params(capture_method="manual"))
    assert shop.payment_intents.cancel(other.id).status == "canceled"
    assert shop.charges.retrieve(other.latest_charge).refunded
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.payment_intents.cancel(taken.id)
    assert refusal.value.code == "payment_intent_unexpected_state"


def test_refunds_stop_at_what_was_paid(shop: Any) -> None:
    paid = shop.payment_intents.create(payment_params())
    first = shop.refunds.create(
        {"payment_intent": paid.id, "amount": 4000, "reason": "requested_by_customer"}
    )
    assert (first.status, first.amount, first.charge) == ("succeeded", 4000, paid.latest_charge)
    with pytest.raises(
        stripe.InvalidRequestError, match=r"greater than unrefunded amount on charge \(¥60\.00\)"
    ):
        shop.refunds.create({"payment_intent": paid.id, "amount": 6001})
    assert shop.refunds.create({"payment_intent": paid.id}).amount == 6000
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.refunds.create({"payment_intent": paid.id, "amount": 1})
    assert (refusal.value.http_status, refusal.value.code) == (400, "charge_already_refunded")
    assert [refund.amount for refund in shop.refunds.list({"payment_intent": paid.id})] == [6000, 4000]
    charge = shop.charges.retrieve(paid.latest_charge)
    assert (charge.refunded, charge.amount_refunded) == (True, 10000)


def test_many_refunds_at_once_never_exceed_the_payment(standin: StandIn, shop: Any) -> None:
    paid = shop.payment_intents.create(payment_params())
    done: list[int] = []

    def refund() -> None:
        try:
            done.append(standin.client().refunds.create({"payment_intent": paid.id, "amount": 3000}).amount)
        except stripe.InvalidRequestError:
            done.append(0)

    threads = [threading.Thread(target=refund) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [0] * 5 + [3000] * 3


def test_a_refund_may_fail_later(shop: Any) -> None:
    paid = shop.payment_intents.create(payment_params("pm_card_refundFail"))
    refund = shop.refunds.create({"payment_intent": paid.id})
    assert refund.status == "succeeded"
    failed = until(lambda: (r := shop.refunds.retrieve(refund.id)).status == "failed" and r)
    assert failed.failure_reason
    assert shop.charges.retrieve(paid.latest_charge).amount_refunded == 0
