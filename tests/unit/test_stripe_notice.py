"""Stripe's webhook: believed when its signature holds, and then nobody is asked again."""

import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import stripe

from chalicelib.kernel.errors import Malformed
from chalicelib.kernel.ids import TenantId
from chalicelib.kernel.money import Money
from chalicelib.payments import stripe as ours
from chalicelib.payments.port import Receipt
from chalicelib.payments.stripe import Notice, verified
from chalicelib.tenancy.context import Tenant, current
from chalicelib.web import hooks
from chalicelib.web.application import Application
from tests.unit.web_world import ask

pytestmark = pytest.mark.unit
NOW = datetime(2026, 10, 1, 1, 30, tzinfo=UTC)
SECRET = "whsec_local"
SHOP = Tenant(id=TenantId("tn_" + "0" * 26), kind="scenic", slug="songshan", name="嵩山", district="410185")
RECEIPT = Receipt(provider="stripe", ref="pi_1", method="alipay", amount=Money(16002), at=NOW)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "settings", lambda: SimpleNamespace(stripe_webhook_secret=SECRET))


def session(**more: Any) -> dict[str, Any]:
    return {
        "id": "cs_1",
        "object": "checkout.session",
        "metadata": {"tenant": SHOP.id, "order": "or_1"},
        "payment_status": "paid",
        "payment_intent": "pi_1",
        "payment_method_types": ["alipay"],
        "amount_total": 16002,
        "currency": "cny",
        **more,
    }


def message(kind: str = "checkout.session.completed", **more: Any) -> bytes:
    about = {"id": "evt_1", "object": "event", "type": kind, "data": {"object": session(**more)}}
    return json.dumps(about).encode()


def signature(body: bytes, *, secret: str = SECRET, ago: int = 0) -> str:
    at = int(time.time()) - ago
    header: str = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return header


def test_a_paid_session_brings_its_money_along() -> None:
    body = message()
    notice = verified(body, signature(body), now=NOW)
    assert notice == Notice(type="checkout.session.completed", tenant=SHOP.id, order="or_1", receipt=RECEIPT)


def test_a_session_that_is_not_paid_yet_brings_none() -> None:
    body = message(payment_status="unpaid")
    notice = verified(body, signature(body), now=NOW)
    assert notice is not None
    assert notice.receipt is None


def test_a_message_about_something_else_is_none_of_ours() -> None:
    body = message("charge.refunded")
    assert verified(body, signature(body), now=NOW) is None


@pytest.mark.parametrize(
    "sign",
    [
        lambda body: signature(body, secret="whsec_other"),
        lambda body: signature(body, ago=3600),
        lambda body: signature(body + b" "),
        lambda _: "",
    ],
)
def test_a_message_that_stripe_did_not_sign_just_now_is_refused(sign: Any) -> None:
    body = message()
    with pytest.raises(Malformed):
        verified(body, sign(body), now=NOW)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"nonsense", b'{"type":"checkout.session.completed","data":{"object":{}}}']
)
def test_signed_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        verified(body, signature(body), now=NOW)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Application:
    made = Application("songyun")
    made.register_blueprint(hooks.blueprint)
    monkeypatch.setattr(hooks.directory, "by_id", {SHOP.id: SHOP}.get)
    return made


def told(app: Application, body: bytes) -> Any:
    headers = {"stripe-signature": signature(body)}
    return ask(app, "POST", "/hooks/stripe", raw=body, headers=headers, key=None, bearer=None)


def test_the_module_is_given_the_money_and_stripe_is_not_asked(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[tuple[str, str, Money]] = []

    def receive(order: str, receipt: Receipt, _now: datetime) -> None:
        taken.append((current().tenant.id, order, receipt.amount))

    monkeypatch.setitem(hooks.RECEIVERS, "scenic", receive)
    assert told(app, message()).status == 200  # sockets are blocked: nobody was asked
    assert taken == [(SHOP.id, "or_1", RECEIPT.amount)]
    assert told(app, message(payment_status="unpaid")).status == 200
    assert told(app, message("checkout.session.expired")).status == 200
    assert len(taken) == 1


def test_money_for_a_tenant_that_is_not_ours_is_refused(app: Application) -> None:
    assert told(app, message(metadata={"tenant": "tn_x", "order": "or_1"})).status == 400
