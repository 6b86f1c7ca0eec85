"""The stand-in's API, seen through the real SDK."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.component.stripe_standin import (
    ROOT,
    Receiver,
    StandIn,
    payment_params,
    session_params,
    until,
)

pytestmark = pytest.mark.component


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    running = StandIn(data=tmp_path_factory.mktemp("stripe")).start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def shop(standin: StandIn) -> Any:
    return standin.client()


def test_a_customer_is_made_changed_found_and_deleted(shop: Any) -> None:
    made = shop.customers.create(
        {"name": "李雷", "email": "lilei@example.cn", "metadata": {"a": "1", "b": "2"}}
    )
    changed = shop.customers.update(made.id, {"phone": "+86 10", "metadata": {"a": "", "c": "3"}})
    assert (changed.phone, changed.metadata.to_dict()) == ("+86 10", {"b": "2", "c": "3"})
    assert [found.id for found in shop.customers.list({"email": "lilei@example.cn"})] == [made.id]
    assert shop.customers.delete(made.id).deleted
    assert shop.customers.retrieve(made.id).deleted


def test_a_product_with_a_price_is_sold_in_a_session(shop: Any) -> None:
    product = shop.products.create(
        {"name": "温泉套票", "default_price_data": {"currency": "cny", "unit_amount": 9900}}
    )
    price = shop.prices.create(
        {"product": product.id, "currency": "cny", "unit_amount": 8800, "lookup_key": "spa"}
    )
    assert price.unit_amount_decimal == 8800
    assert [found.id for found in shop.prices.list({"lookup_keys": ["spa"]})] == [price.id]
    session = shop.checkout.sessions.create(
        session_params(line_items=[{"price": price.id, "quantity": 3}], expand=["line_items"])
    )
    assert (session.amount_total, session.line_items.data[0].description) == (26400, "温泉套票")
    shop.prices.update(price.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        shop.checkout.sessions.create(session_params(line_items=[{"price": price.id, "quantity": 1}]))


def test_a_session_carries_what_it_was_given(shop: Any) -> None:
    ends = int(time.time()) + 31 * 60
    session = shop.checkout.sessions.create(
        session_params(client_reference_id="order-1", metadata={"order": "1"}, expires_at=ends)
    )
    read = shop.checkout.sessions.retrieve(session.id)
    assert (read.status, read.payment_status, read.payment_intent) == ("open", "unpaid", None)
    assert (read.client_reference_id, read.metadata["order"], read.expires_at) == ("order-1", "1", ends)
    assert read.payment_method_types == ["card", "alipay", "wechat_pay"]
    assert (read.amount_total, read.currency, read.ui_mode) == (12000, "cny", "hosted_page")
    assert shop.checkout.sessions.line_items.list(session.id).data[0].quantity == 2


@pytest.mark.parametrize(
    ("more", "code", "param"),
    [
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"line_items": []}, "parameter_missing", "line_items"),
        ({"success_url": "ftp://x"}, "url_invalid", "success_url"),
        ({"surprise": "1"}, "parameter_unknown", "surprise"),
        ({"expires_at": int(time.time()) + 600}, None, "expires_at"),
        ({"expires_at": int(time.time()) + 90000}, None, "expires_at"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported", None),
    ],
)
def test_a_session_amiss_is_refused(shop: Any, more: dict[str, Any], code: str, param: str) -> None:
    params = {key: value for key, value in session_params(**more).items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.checkout.sessions.create(params)
    assert refusal.value.code == code
    assert param is None or refusal.value.param == param


def test_allowed_types_filter_and_older_versions_state_the_list(shop: Any) -> None:
    session = shop.checkout.sessions.create(
        session_params(allowed_payment_method_types=["alipay", "wechat_pay"])
    )
    assert session.payment_method_types == ["alipay", "wechat_pay"]
    older = {"stripe_version": "2025-09-30.clover"}
    with pytest.raises(stripe.InvalidRequestError, match="to be set to `web`"):
        shop.checkout.sessions.create(session_params(payment_method_types=["wechat_pay"]), older)
    web = {"wechat_pay": {"client": "web"}}
    params = session_params(payment_method_types=["wechat_pay"], payment_method_options=web)
    assert shop.checkout.sessions.create(params, older).payment_method_types == ["wechat_pay"]


def test_an_expired_session_cannot_be_paid_or_expired_again(standin: StandIn, shop: Any) -> None:
    session = shop.checkout.sessions.create(session_params())
    assert shop.checkout.sessions.expire(session.id).status == "expired"
    assert shop.checkout.sessions.retrieve(session.id).url is None
    with pytest.raises(stripe.InvalidRequestError, match='status in \\["open"\\] can be expired'):
        shop.checkout.sessions.expire(session.id)
    assert "only open sessions" in standin.control("POST", f"sessions/{session.id}/pay")["error"]["message"]


def test_the_same_key_gives_the_same_answer(shop: Any) -> None:
    key = {"idempotency_key": "order-77"}
    first = shop.payment_intents.create(payment_params(), key)
    again = shop.payment_intents.create(payment_params(), key)
    assert again.id == first.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.last_response.headers
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        shop.payment_intents.create(payment_params(amount=1), key)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        shop.customers.create({"name": "x"}, key)
    declined = {"idempotency_key": "order-78"}
    refusals = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refusal:
            shop.payment_intents.create(payment_params("pm_card_chargeDeclined"), declined)
        error: Any = refusal.value.error
        refusals.append(error.payment_intent.id)
    assert refusals[0] == refusals[1]


def test_a_key_in_use_is_a_conflict(standin: StandIn) -> None:
    standin.control("POST", "latency", milliseconds="700")
    statuses: list[int] = []
    codes: list[str | None] = []

    def create() -> None:
        try:
            standin.client().customers.create({"name": "twice"}, {"idempotency_key": "busy"})
            statuses.append(200)
        except stripe.StripeError as refusal:
            statuses.append(refusal.http_status or 0)
            codes.append(refusal.error.code if refusal.error else None)

    threads = [threading.Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    standin.control("POST", "latency", milliseconds="0")
    assert (sorted(statuses), codes) == ([200, 409], ["idempotency_key_in_use"])


def test_a_connected_account_is_a_world_of_its_own(standin: StandIn, shop: Any) -> None:
    inn, park = standin.client(account="acct_inn"), standin.client(account="acct_park")
    paid = inn.payment_intents.create(payment_params(), {"idempotency_key": "shared"})
    assert inn.payment_intents.retrieve(paid.id).status == "succeeded"
    for stranger in (park, shop):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            stranger.payment_intents.retrieve(paid.id)
        assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
        with pytest.raises(stripe.InvalidRequestError):
            stranger.refunds.create({"payment_intent": paid.id})
    assert paid.id not in [intent.id for intent in shop.payment_intents.list({"limit": 100})]
    assert park.payment_intents.create(payment_params(), {"idempotency_key": "shared"}).id != paid.id
    assert {event.account for event in inn.events.list()} == {"acct_inn"}


def test_strangers_and_wrong_paths_are_turned_away(standin: StandIn) -> None:
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided"):
        standin.client(key="sk_live_0123456789abcdef").customers.list()
    with pytest.raises(stripe.PermissionError):
        standin.client(account="nonsense").customers.list()
    answer = standin.http("GET", "/v1/nothing", headers={"Authorization": "Bearer sk_test_x"})
    assert answer.status == 404
    assert "Unrecognized request URL (GET: /v1/nothing)" in answer.text
    assert standin.http("GET", "/v1/customers").status == 401


def test_lists_are_paged(standin: StandIn) -> None:
    shop = standin.client(account="acct_pages")
    made = [shop.customers.create({"name": str(number)}).id for number in range(7)]
    first = shop.customers.list({"limit": 3})
    assert ([one.id for one in first.data], first.has_more) == (made[:3:-1], True)
    rest = shop.customers.list({"limit": 10, "starting_after": first.data[-1].id})
    assert ([one.id for one in rest.data], rest.has_more) == (made[3::-1], False)
    assert [one.id for one in shop.customers.list({"limit": 2}).auto_paging_iter()] == made[::-1]


def test_absurd_forms_are_refused(standin: StandIn) -> None:
    headers = {"Authorization": "Bearer sk_test_x"}
    deep = {"metadata" + "[a]" * 20: "1"}
    for form in (deep, {"a[": "1"}, {f"k{number}": "1" for number in range(3000)}):
        assert standin.http("POST", "/v1/customers", form=form, headers=headers).status == 400
    assert (
        standin.http("POST", "/v1/customers", form={"name": "x" * 2_000_000}, headers=headers).status == 413
    )


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    hook = Receiver()
    running = StandIn(data=tmp_path, webhook=hook.url).start()
    try:
        running.control("POST", "pause")
        shop = running.client()
        session = shop.checkout.sessions.create(session_params())
        running.control("POST", f"sessions/{session.id}/pay")
        customer = shop.customers.create({"name": "x"}, {"idempotency_key": "once"})
        running.kill()
        running.start()
        assert shop.checkout.sessions.retrieve(session.id).payment_status == "paid"
        again = shop.customers.create({"name": "x"}, {"idempotency_key": "once"})
        assert again.id == customer.id
        assert hook.received == []
        running.control("POST", "resume")
        until(lambda: hook.events("checkout.session.completed"))
    finally:
        running.kill()
        hook.close()


def test_one_folder_serves_one_process(tmp_path: Path) -> None:
    running = StandIn(data=tmp_path).start()
    try:
        command = [sys.executable, "-m", "infra.local.stripe", "--port", "0", "--data-dir", str(tmp_path)]
        second = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=30, check=False)
        assert second.returncode == 2
        assert b"another stand-in" in second.stderr
    finally:
        running.kill()
