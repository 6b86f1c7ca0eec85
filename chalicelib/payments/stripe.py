"""Stripe through Checkout Sessions: card, Alipay and WeChat Pay. The SDK is imported at first use (109 ms).

Stripe does not acquire for mainland merchants; this adapter serves overseas cards and the SaaS's own billing,
a domestic acquirer is another adapter behind the same port.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from chalicelib.config import settings
from chalicelib.kernel.errors import Malformed, Unavailable
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.payments.port import ONLINE, Charge, Method, MethodUnknown, PaymentDeclined, Receipt, Started
from chalicelib.tenancy.context import current

NAME = "stripe"


class StripeCheckout:
    """The provider behind hosted Checkout pages."""

    name = NAME

    def start(self, charge: Charge, *, key: str) -> Started:
        if charge.method not in ONLINE:
            raise MethodUnknown(method=charge.method)
        marks = {"tenant": current().tenant.id, "order": charge.order}
        more: dict[str, Any] = {}
        if charge.method == "wechat_pay":  # a page shows the code; there is no WeChat client to hand over to
            more["payment_method_options"] = {"wechat_pay": {"client": "web"}}
        params: dict[str, Any] = {
            "mode": "payment",
            "allowed_payment_method_types": [charge.method],
            "client_reference_id": charge.order,
            "metadata": marks,
            "payment_intent_data": {"metadata": marks},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": charge.amount.currency.lower(),
                        "unit_amount": charge.amount.amount,
                        "product_data": {"name": charge.title},
                    },
                }
            ],
            "success_url": charge.success_url,
            "cancel_url": charge.cancel_url,
            "locale": charge.locale if charge.locale in {"zh", "en", "ja", "ko"} else "auto",
            "expires_at": int(charge.expires.timestamp()),
            **more,
        }
        # Stripe refuses a key that comes with other parameters: who goes back and begins again a minute later
        # or in another language asks for another session.
        asked = hashlib.blake2b(json.dumps(params, sort_keys=True).encode(), digest_size=8).hexdigest()
        session = _call(
            lambda client: client.v1.checkout.sessions.create(
                params=params, options={"idempotency_key": f"{key}-{asked}"}
            )
        )
        return Started(ref=session.id, url=session.url)

    def receipt(self, ref: str, *, now: datetime) -> Receipt | None:
        session = _call(lambda client: client.v1.checkout.sessions.retrieve(ref)).to_dict()
        if _marks(session).get("tenant") != current().tenant.id:
            return None
        return _receipt(session, now=now)

    def refund(self, ref: str, *, amount: Money, key: str) -> str:
        refund = _call(
            lambda client: client.v1.refunds.create(
                params={"payment_intent": ref, "amount": amount.amount},
                options={"idempotency_key": key},
            )
        )
        return str(refund.id)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A webhook whose signature held: what we wrote on the Checkout Session when it began, and its money.

    ``receipt`` is there once the session is paid: Stripe signed the session as it stood then.
    """

    type: str
    tenant: str
    order: str
    receipt: Receipt | None


def verified(body: bytes, signature: str, *, now: datetime) -> Notice | None:
    """The notice in a webhook; nothing if it is about something else; ``Malformed`` if it is not Stripe's."""
    import stripe

    try:
        # The SDK's objects of a whole event cost ten times what is read of it.
        stripe.WebhookSignature.verify_header(
            body, signature, settings().stripe_webhook_secret, stripe.Webhook.DEFAULT_TOLERANCE
        )
        event = json.loads(body)
        kind, session = str(event["type"]), event["data"]["object"]
        if not kind.startswith("checkout.session."):
            return None
        marks = _marks(session)
        return Notice(
            type=kind,
            tenant=marks.get("tenant", ""),
            order=marks.get("order", ""),
            receipt=_receipt(session, now=now),
        )
    except (ValueError, KeyError, TypeError, stripe.SignatureVerificationError) as error:
        raise Malformed from error


def _receipt(session: Mapping[str, Any], *, now: datetime) -> Receipt | None:
    """The money of a Checkout Session, once it is paid."""
    if session["payment_status"] != "paid":
        return None
    return Receipt(
        provider=NAME,
        ref=str(session["payment_intent"]),
        method=_method(session["payment_method_types"]),
        amount=Money(int(session["amount_total"]), str(session["currency"]).upper()),
        at=now.astimezone(UTC),
    )


def _marks(session: Mapping[str, Any]) -> Mapping[str, str]:
    """What we wrote on a session when it began."""
    return session["metadata"] or {}


def _method(types: Any) -> Method:
    for method in ONLINE:
        if method in (types or ()):
            return method
    return "card"


def _call(ask: Any) -> Any:
    import stripe

    try:
        return ask(_client())
    except stripe.CardError as error:
        raise PaymentDeclined from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise Unavailable(retry_after=2) from error


@cache
def _client() -> Any:
    import stripe

    base = settings().stripe_api_base
    if not base:
        return stripe.StripeClient(settings().stripe_key, max_network_retries=2)
    return stripe.StripeClient(settings().stripe_key, max_network_retries=2, base_addresses={"api": base})


def forget_client() -> None:
    """Connect anew at next use (tests)."""
    _client.cache_clear()
