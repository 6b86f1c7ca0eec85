"""The stand-in's hosted page and its webhooks: what a payer does, and who is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.component.stripe_standin import (
    Receiver,
    StandIn,
    payment_params,
    session_params,
    until,
)

pytestmark = pytest.mark.component


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    listening = Receiver()
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory, hook: Receiver) -> Iterator[StandIn]:
    running = StandIn(data=tmp_path_factory.mktemp("stripe"), webhook=hook.url).start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def shop(standin: StandIn) -> Any:
    return standin.client()


def told(hook: Receiver, kind: str, *, about: str) -> stripe.Event:
    """The event of this type about this object, once it has arrived."""

    def arrived() -> stripe.Event | None:
        return next((event for event in hook.events(kind) if event.data.object.id == about), None)

    found: stripe.Event = until(arrived)
    return found


def test_the_page_speaks_two_languages_and_needs_no_scripts(standin: StandIn, shop: Any) -> None:
    session = shop.checkout.sessions.create(session_params())
    chinese = standin.open_page(session.url, language="zh-CN,zh;q=0.9")
    english = standin.open_page(session.url, language="en-GB")
    for page in (chinese, english):
        assert "本地测试收银台 · local test checkout" in page.text
        assert "<script" not in page.text
        assert "少林寺门票" in page.text
        assert "¥120.00" in page.text
        assert page.form_fields() >= {"way", "number", "email"}
    assert "怎么付" in chinese.text
    assert "How would you like to pay?" in english.text
    assert 'href="http://127.0.0.1:1/basket"' in english.text


def test_what_a_shop_writes_is_not_markup(standin: StandIn, shop: Any) -> None:
    price = {"currency": "cny", "unit_amount": 100, "product_data": {"name": "<script>alert(1)</script>"}}
    session = shop.checkout.sessions.create(session_params(line_items=[{"price_data": price, "quantity": 1}]))
    assert "<script" not in standin.open_page(session.url).text
    assert "<script" not in standin.http("GET", "/").text


def test_a_card_on_the_page_pays_and_leads_back(standin: StandIn, shop: Any, hook: Receiver) -> None:
    data = {"metadata": {"order": "o-9"}, "description": "Order 9"}
    session = shop.checkout.sessions.create(
        session_params(payment_intent_data=data, customer_creation="always")
    )
    back = standin.submit(session.url, way="4242424242424242", email="visitor@example.cn")
    assert back == f"http://127.0.0.1:1/ok?session={session.id}"
    paid = shop.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "customer"]})
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert (paid.payment_intent.metadata["order"], paid.payment_intent.description) == ("o-9", "Order 9")
    assert (paid.customer_details.email, paid.customer.email) == ("visitor@example.cn",) * 2
    done = told(hook, "checkout.session.completed", about=session.id)
    assert done.data.object.payment_intent == paid.payment_intent.id
    assert told(hook, "payment_intent.succeeded", about=paid.payment_intent.id)
    assert standin.submit(session.url, way="4242424242424242") == f"/c/pay/{session.id}"
    assert "has been paid" in standin.open_page(session.url).text


def test_a_declined_card_stays_on_the_page(standin: StandIn, shop: Any, hook: Receiver) -> None:
    session = shop.checkout.sessions.create(session_params())
    back = standin.submit(session.url, way="4000000000000002")
    assert back == f"/c/pay/{session.id}"
    assert "Your card was declined." in standin.open_page(session.url).text
    assert "银行卡被拒绝" in standin.open_page(session.url, language="zh").text
    intent = shop.checkout.sessions.retrieve(session.id).payment_intent
    assert told(hook, "payment_intent.payment_failed", about=intent)
    wrong = standin.submit(session.url, way="card", number="1234 5678")
    assert "number is incorrect" in standin.open_page(wrong).text
    assert standin.submit(session.url, way="card", number="4242 4242 4242 4242").endswith(session.id)
    assert shop.checkout.sessions.retrieve(session.id).payment_intent == intent


@pytest.mark.parametrize("way", ["4000002500003155", "4000000000003220", "alipay", "wechat_pay"])
def test_a_second_page_asks_and_may_be_refused(standin: StandIn, shop: Any, way: str) -> None:
    session = shop.checkout.sessions.create(session_params())
    asked = standin.submit(session.url, way=way)
    assert asked.startswith("/c/authorize/pi_")
    page = standin.open_page(asked)
    assert page.form_fields() >= {"answer"}
    assert ("data:image/png" in page.text) == (way == "wechat_pay")
    assert standin.http("GET", asked.partition("?")[0] + "?key=guess").status == 404
    assert standin.submit(asked, answer="refuse") == f"/c/pay/{session.id}"
    assert 'role="alert"' in standin.open_page(session.url).text
    assert shop.checkout.sessions.retrieve(session.id).status == "open"
    again = standin.submit(session.url, way=way)
    assert standin.submit(again, answer="agree").endswith(f"session={session.id}")
    assert standin.submit(again, answer="agree").endswith(f"session={session.id}")
    assert shop.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_nothing_to_pay_needs_no_card(standin: StandIn, shop: Any) -> None:
    price = {"currency": "cny", "unit_amount": 0, "product_data": {"name": "免费参观"}}
    session = shop.checkout.sessions.create(session_params(line_items=[{"price_data": price, "quantity": 1}]))
    assert standin.submit(session.url, confirm="1").endswith(session.id)
    done = shop.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status, done.payment_intent) == (
        "complete",
        "no_payment_required",
        None,
    )


def test_expiry_is_told_and_closes_the_page(standin: StandIn, shop: Any, hook: Receiver) -> None:
    session = shop.checkout.sessions.create(session_params())
    standin.submit(session.url, way="alipay")
    standin.control("POST", f"sessions/{session.id}/lapse")
    assert told(hook, "checkout.session.expired", about=session.id)
    intent = shop.checkout.sessions.retrieve(session.id).payment_intent
    assert shop.payment_intents.retrieve(intent).status == "canceled"
    assert "has expired" in standin.open_page(session.url).text


def test_late_payments(standin: StandIn, shop: Any, hook: Receiver) -> None:
    late = shop.checkout.sessions.create(session_params())
    standin.control("POST", f"sessions/{late.id}/pay", delay="1")
    assert shop.checkout.sessions.retrieve(late.id).status == "open"
    assert told(hook, "checkout.session.completed", about=late.id).data.object.payment_status == "paid"
    for declined, kind in (("false", "succeeded"), ("true", "failed")):
        slow = shop.checkout.sessions.create(session_params())
        answer = standin.control(
            "POST", f"sessions/{slow.id}/pay", delay="1", asynchronous="true", decline=declined
        )
        assert (answer["status"], answer["payment_status"]) == ("complete", "unpaid")
        settled = told(hook, f"checkout.session.async_payment_{kind}", about=slow.id)
        assert settled.data.object.payment_status == ("unpaid" if declined == "true" else "paid")


def test_the_payer_is_led_back_once_the_shop_knows(standin: StandIn, shop: Any, hook: Receiver) -> None:
    hook.slow = 0.3
    try:
        session = shop.checkout.sessions.create(session_params())
        assert "/ok?" in standin.submit(session.url, way="4242424242424242")
        assert session.id in [event.data.object.id for event in hook.events("checkout.session.completed")]
        other = shop.checkout.sessions.create(session_params())
        standin.control("POST", f"sessions/{other.id}/pay")
        assert other.id in [event.data.object.id for event in hook.events("checkout.session.completed")]
    finally:
        hook.slow = 0.0


def test_a_decline_on_request_leaves_the_session_open(standin: StandIn, shop: Any) -> None:
    session = shop.checkout.sessions.create(session_params())
    answer = standin.control("POST", f"sessions/{session.id}/pay", decline="true")
    assert (answer["status"], answer["payment_status"]) == ("open", "unpaid")


def test_refunds_are_told(shop: Any, hook: Receiver) -> None:
    paid = shop.payment_intents.create(payment_params())
    refund = shop.refunds.create({"payment_intent": paid.id, "amount": 2500})
    assert told(hook, "refund.created", about=refund.id)
    charge = told(hook, "charge.refunded", about=paid.latest_charge).data.object
    assert (charge.amount_refunded, charge.refunded) == (2500, False)


def test_an_event_names_its_account_and_can_be_read_again(standin: StandIn, hook: Receiver) -> None:
    inn = standin.client(account="acct_inn")
    paid = inn.payment_intents.create(payment_params(), {"idempotency_key": "k1"})
    event: Any = told(hook, "payment_intent.succeeded", about=paid.id)
    assert (event.account, event.request.idempotency_key) == ("acct_inn", "k1")
    assert inn.events.retrieve(event.id).data.object.id == paid.id
    listed = inn.events.list({"type": "payment_intent.*", "limit": 100})
    assert event.id in [one.id for one in listed]
    until(lambda: inn.events.retrieve(event.id).pending_webhooks == 0)


def test_a_failed_delivery_is_tried_again_under_a_fresh_signature(tmp_path: Path) -> None:
    hook = Receiver()
    hook.answers = [500, 302]
    running = StandIn(data=tmp_path, webhook=hook.url).start()
    try:
        made = running.client().customers.create({"name": "x"})
        until(lambda: len(hook.received) == 3)
        events = hook.events("customer.created")
        assert {event.id for event in events} == {events[0].id}
        assert events[0].data.object.id == made.id
        assert len({header for _, _, header in hook.received}) == 3
        found = until(lambda: running.control("GET", "deliveries?state=delivered")["data"])
        assert (found[0]["attempts"], found[0]["last_status"]) == (3, 200)
        running.control("POST", f"deliveries/{found[0]['id']}/redeliver")
        until(lambda: len(hook.received) == 4)
    finally:
        running.kill()
        hook.close()


def test_paused_deliveries_wait(standin: StandIn, shop: Any, hook: Receiver) -> None:
    standin.control("POST", "pause")
    made = shop.customers.create({"name": "later"})
    waiting = standin.control("GET", "deliveries?state=pending")["data"]
    assert waiting[0]["type"] == "customer.created"
    assert not [event for event in hook.events("customer.created") if event.data.object.id == made.id]
    standin.control("POST", "resume")
    assert told(hook, "customer.created", about=made.id)


def test_a_webhook_endpoint_of_ones_own(standin: StandIn, shop: Any) -> None:
    own = Receiver()
    try:
        made = shop.webhook_endpoints.create({"url": own.url, "enabled_events": ["product.created"]})
        assert made.secret.startswith("whsec_")
        assert not hasattr(shop.webhook_endpoints.retrieve(made.id), "secret")
        assert made.id in [one.id for one in shop.webhook_endpoints.list()]
        product = shop.products.create({"name": "明信片"})
        shop.customers.create({"name": "not for this one"})
        until(lambda: own.received)
        events = own.events("product.created", secret=made.secret)
        assert [event.data.object.id for event in events] == [product.id]
        with pytest.raises(stripe.SignatureVerificationError):
            own.events("product.created", secret="whsec_wrong")
        assert shop.webhook_endpoints.delete(made.id).deleted
        shop.products.create({"name": "无人知道"})
        assert len(own.received) == 1
        with pytest.raises(stripe.InvalidRequestError, match="this machine only"):
            shop.webhook_endpoints.create({"url": "https://example.com/", "enabled_events": ["*"]})
    finally:
        own.close()


def test_control_is_closed_to_other_origins(standin: StandIn) -> None:
    answer = standin.http("POST", "/_standin/reset", headers={"Origin": "http://elsewhere.example"})
    assert answer.status == 403
    assert standin.control("GET", "health")["ok"]


def test_the_front_page_lists_recent_sessions(standin: StandIn, shop: Any) -> None:
    session = shop.checkout.sessions.create(session_params())
    page = standin.http("GET", "/", headers={"Accept-Language": "zh"})
    assert f"/c/pay/{session.id}" in page.text
    assert "代替 Stripe" in page.text
