"""The endpoints of Checkout Sessions. What happens to one later is in ``checkout``."""

from __future__ import annotations

from . import baskets, checkout, methods, money
from .calls import Call
from .errors import Json, StripeFault, missing, refused
from .intents import new_intent
from .listing import filters, page
from .params import Params
from .present import line_items, present
from .store import Record, Unit, new_id

SHORTEST, LONGEST = 30 * 60, 24 * 3600
_INTENT_DATA = (
    "application_fee_amount", "capture_method", "description", "metadata", "on_behalf_of",
    "receipt_email", "setup_future_usage", "shipping", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_data", "transfer_group",
)  # fmt: skip


def create(call: Call, unit: Unit) -> Json:
    """POST /v1/checkout/sessions (``mode=payment``, hosted page)"""
    params = call.params
    params.only(
        "mode", "ui_mode", "line_items", "success_url", "cancel_url", "client_reference_id",
        "customer", "customer_email", "customer_creation", "expires_at", "locale", "metadata",
        "payment_intent_data", "payment_method_types", "allowed_payment_method_types",
        "excluded_payment_method_types", "payment_method_options", "submit_type", "currency",
        "billing_address_collection", "phone_number_collection", "origin_context",
    )  # fmt: skip
    _mode(params)
    success = params.url("success_url")
    if success is None:
        raise missing("success_url")
    params.one_of("customer", "customer_email")
    customer = call.named(unit, kind="customer", key="customer")
    expires = _expiry(call, unit)
    items = baskets.read(call, unit)
    currency = items[0]["currency"]
    total = sum(item["amount_total"] for item in items)
    if total:
        money.at_least_minimum(
            total,
            code=currency,
            words="The Checkout Session's total amount due must add up to at least",
        )
    kinds, asked = _kinds(call, currency=currency)
    record = Record(
        kind="checkout.session",
        id=new_id("cs_test_a1", length=56),
        account=call.account,
        body={},
        private={
            "line_items": items,
            "payment_intent_data": _intent_data(call, unit, total=total, currency=currency),
            "email": params.text("customer_email") or (customer and customer.body.get("email")),
        },
    )
    record.body = {
        "id": record.id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "allowed_payment_method_types": asked,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.choice("billing_address_collection", "auto", "required"),
        "cancel_url": params.url("cancel_url"),
        "client_reference_id": params.text("client_reference_id", longest=200),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": unit.now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": customer.id if customer else None,
        "customer_account": None,
        "customer_creation": None
        if customer
        else params.choice("customer_creation", "always", "if_required") or "if_required",
        "customer_details": None,
        "customer_email": params.text("customer_email"),
        "discounts": [],
        "excluded_payment_method_types": params.texts("excluded_payment_method_types") or None,
        "expires_at": expires,
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
            },
        },
        "livemode": False,
        "locale": params.text("locale", longest=10),
        "metadata": params.metadata(),
        "mode": "payment",
        "origin_context": params.choice("origin_context", "mobile_app", "web"),
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": kinds,
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.choice("submit_type", "auto", "book", "donate", "pay"),
        "subscription": None,
        "success_url": success,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "wallet_options": None,
    }
    unit.add(record)
    unit.later("expire", after=expires - unit.now, account=call.account, subject=record.id)
    return present(unit, record)


def retrieve(call: Call, unit: Unit) -> Json:
    """GET /v1/checkout/sessions/{id}"""
    return present(unit, call.subject(unit, kind="checkout.session", param="session"))


def update(call: Call, unit: Unit) -> Json:
    """POST /v1/checkout/sessions/{id}: metadata only."""
    call.params.only("metadata")
    record = call.subject(unit, kind="checkout.session", param="session")
    record.body["metadata"] = call.params.metadata(before=record.body["metadata"])
    unit.save(record)
    return present(unit, record)


def expire(call: Call, unit: Unit) -> Json:
    """POST /v1/checkout/sessions/{id}/expire"""
    call.params.only()
    record = call.subject(unit, kind="checkout.session", param="session")
    if record.body["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session'
            f" has a status of `{record.body['status']}`."
        )
    checkout.expire(unit, record)
    return present(unit, record)


def items_of(call: Call, unit: Unit) -> Json:
    """GET /v1/checkout/sessions/{id}/line_items"""
    call.params.only("limit", "starting_after", "ending_before")
    record = call.subject(unit, kind="checkout.session", param="session")
    items = line_items(record)
    limit = max(1, min(100, call.params.integer("limit") or 10))
    after = call.params.text("starting_after")
    start = next((place + 1 for place, item in enumerate(items) if item["id"] == after), 0)
    return {
        "object": "list",
        "data": items[start : start + limit],
        "has_more": len(items) > start + limit,
        "url": f"/v1/checkout/sessions/{record.id}/line_items",
    }


def listed(call: Call, unit: Unit) -> Json:
    """GET /v1/checkout/sessions"""
    call.params.only("payment_intent", "customer", "status", "created", "limit", "starting_after",
                     "ending_before")  # fmt: skip
    call.params.choice("status", "open", "complete", "expired")
    where, values = filters(call, "payment_intent", "customer", "status")
    return page(call, unit, kind="checkout.session", url="/v1/checkout/sessions", where=where, values=values)


def _mode(params: Params) -> None:
    params.required("mode")
    mode = params.choice("mode", "payment", "setup", "subscription")
    if mode != "payment":
        raise StripeFault(
            f"The local stand-in offers Checkout in `payment` mode only, not `{mode}`.",
            param="mode",
        )
    shown = params.choice("ui_mode", "hosted_page", "hosted", "elements", "embedded_page", "form")
    if shown not in (None, "hosted_page", "hosted"):
        raise StripeFault(
            f"The local stand-in offers `ui_mode=hosted_page` only, not `{shown}`.", param="ui_mode"
        )


def _expiry(call: Call, unit: Unit) -> int:
    expires = call.params.integer("expires_at")
    if expires is None:
        return unit.now + LONGEST
    if expires < unit.now + SHORTEST:
        raise StripeFault(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if expires > unit.now + LONGEST:
        raise StripeFault(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return expires


def _kinds(call: Call, *, currency: str) -> tuple[list[str], list[str] | None]:
    available = [kind for kind in methods.TYPES if money.takes(kind, code=currency)]
    kinds, asked, dynamic = methods.allowed(call, available=available)
    options = call.params.nested("payment_method_options")
    wechat = options.nested("wechat_pay") if options else None
    client = wechat.choice("client", "web", "android", "ios") if wechat else None
    if "wechat_pay" in kinds and client != "web" and not dynamic:
        raise StripeFault(
            "WeChat Pay requires `payment_method_options[wechat_pay][client]` to be set to `web`.",
            param="payment_method_options[wechat_pay][client]",
        )
    return kinds, asked if dynamic else None


def _intent_data(call: Call, unit: Unit, *, total: int, currency: str) -> Json:
    given = call.params.nested("payment_intent_data")
    if given is None:
        return {}
    given.only(*_INTENT_DATA)
    # Made and thrown away: what the intent would refuse must be refused now, not at the till.
    new_intent(
        unit,
        params=given,
        account=call.account,
        amount=total,
        currency=currency,
        kinds=["card"],
        customer=None,
    )
    return given.values
