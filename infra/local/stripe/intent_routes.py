"""The endpoints of PaymentIntents. What happens inside an attempt is in ``attempts``."""

from __future__ import annotations

from . import methods, money
from .attempts import attempt
from .calls import Call
from .errors import Json, StripeFault, missing, refused
from .events import emit
from .intents import cancel_intent, new_intent
from .listing import filters, page
from .params import Params
from .present import present
from .store import Record, Unit

_DETAILS = (
    "amount", "currency", "customer", "description", "metadata", "receipt_email", "shipping",
    "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix",
    "application_fee_amount", "on_behalf_of", "transfer_data", "transfer_group",
    "payment_method_types", "allowed_payment_method_types", "excluded_payment_method_types",
    "automatic_payment_methods", "payment_method_options", "payment_method",
    "payment_method_data", "capture_method", "confirmation_method",
)  # fmt: skip
_CONFIRM = ("return_url", "off_session", "error_on_requires_action", "use_stripe_sdk",
            "mandate_data")  # fmt: skip
_CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_CANCELLABLE = (*_CONFIRMABLE, "requires_capture", "processing")


def create(call: Call, unit: Unit) -> Json:
    """POST /v1/payment_intents"""
    params = call.params
    params.only(*_DETAILS, *_CONFIRM, "confirm")
    amount = params.amount("amount")
    if amount is None:
        raise missing("amount")
    currency = money.currency(params.required("currency"), param="currency")
    money.at_least_minimum(amount, code=currency)
    customer = call.named(unit, kind="customer", key="customer")
    available = [kind for kind in methods.TYPES if money.takes(kind, code=currency)]
    kinds, asked, dynamic = methods.allowed(call, available=available)
    automatic = params.nested("automatic_payment_methods")
    redirects = automatic and automatic.choice("allow_redirects", "always", "never")
    if redirects == "never":
        kinds = [kind for kind in kinds if kind == "card"]
    record = new_intent(
        unit,
        params=params,
        account=call.account,
        amount=amount,
        currency=currency,
        kinds=kinds,
        customer=customer.id if customer else None,
    )
    record.body["allowed_payment_method_types"] = asked if dynamic else None
    if dynamic:
        record.body["automatic_payment_methods"] = {
            "allow_redirects": redirects or "always",
            "enabled": True,
        }
    record.private["wechat_client"] = _wechat_client(params)
    method = _method(call, unit)
    if method is not None:
        record.body["payment_method"] = method.id
        record.body["status"] = "requires_confirmation"
    unit.add(record)
    emit(unit, "payment_intent.created", subject=record)
    if params.flag("confirm"):
        _confirm(call, unit, record)
    return present(unit, record)


def retrieve(call: Call, unit: Unit) -> Json:
    """GET /v1/payment_intents/{id}"""
    return present(unit, call.subject(unit, kind="payment_intent", param="intent"))


def update(call: Call, unit: Unit) -> Json:
    """POST /v1/payment_intents/{id}"""
    params = call.params
    params.only("amount", "description", "metadata", "receipt_email", "payment_method",
                "payment_method_data", "customer", "transfer_group")  # fmt: skip
    record = call.subject(unit, kind="payment_intent", param="intent")
    body = record.body
    amount = params.amount("amount")
    if amount is not None:
        if body["status"] not in _CONFIRMABLE:
            raise _unexpected(record, done="updated", allowed=_CONFIRMABLE)
        money.at_least_minimum(amount, code=body["currency"])
        body["amount"] = amount
    for key in ("description", "receipt_email", "transfer_group"):
        if key in params:
            body[key] = params.text(key)
    customer = call.named(unit, kind="customer", key="customer")
    if customer is not None:
        body["customer"] = customer.id
    method = _method(call, unit)
    if method is not None:
        if body["status"] not in _CONFIRMABLE:
            raise _unexpected(record, done="updated", allowed=_CONFIRMABLE)
        body.update(payment_method=method.id, status="requires_confirmation", next_action=None)
    body["metadata"] = params.metadata(before=body["metadata"])
    body["last_payment_error"] = None
    unit.save(record)
    return present(unit, record)


def confirm(call: Call, unit: Unit) -> Json:
    """POST /v1/payment_intents/{id}/confirm"""
    call.params.only("payment_method", "payment_method_data", "payment_method_options",
                     "receipt_email", "setup_future_usage", *_CONFIRM)  # fmt: skip
    record = call.subject(unit, kind="payment_intent", param="intent")
    _not_of_checkout(record, verb="confirm")
    if record.body["status"] not in _CONFIRMABLE:
        raise _unexpected(record, done="confirmed", allowed=_CONFIRMABLE)
    method = _method(call, unit)
    if method is not None:
        record.body["payment_method"] = method.id
    if _wechat_client(call.params):
        record.private["wechat_client"] = True
    if "receipt_email" in call.params:
        record.body["receipt_email"] = call.params.text("receipt_email")
    _confirm(call, unit, record)
    return present(unit, record)


def capture(call: Call, unit: Unit) -> Json:
    """POST /v1/payment_intents/{id}/capture: less than was held releases the rest."""
    call.params.only("amount_to_capture", "metadata", "application_fee_amount", "final_capture")
    record = call.subject(unit, kind="payment_intent", param="intent")
    body = record.body
    if body["status"] != "requires_capture":
        raise _unexpected(record, done="captured", allowed=("requires_capture",))
    amount = call.params.amount("amount_to_capture") or body["amount_capturable"]
    if amount > body["amount_capturable"]:
        raise refused(
            "The amount to capture is greater than the amount you are able to capture"
            f" ({body['amount_capturable']}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    charge = unit.get(body["latest_charge"], account=record.account, kind="charge")
    assert charge is not None
    charge.body.update(captured=True, amount_captured=amount)
    # What was held and not captured goes back, and Stripe counts it as refunded.
    charge.body["amount_refunded"] = charge.body["amount"] - amount
    unit.save(charge)
    body.update(status="succeeded", amount_received=amount, amount_capturable=0)
    body["metadata"] = call.params.metadata(before=body["metadata"])
    unit.save(record)
    session = record.private.get("session")
    if session is not None:
        checkout = unit.get(session, account=record.account, kind="checkout.session")
        if checkout is not None:
            checkout.body["payment_status"] = "paid"
            unit.save(checkout)
    emit(unit, "charge.captured", subject=charge)
    emit(unit, "payment_intent.succeeded", subject=record)
    return present(unit, record)


def cancel(call: Call, unit: Unit) -> Json:
    """POST /v1/payment_intents/{id}/cancel: held money goes back."""
    call.params.only("cancellation_reason")
    reason = call.params.choice(
        "cancellation_reason", "duplicate", "fraudulent", "requested_by_customer", "abandoned"
    )
    record = call.subject(unit, kind="payment_intent", param="intent")
    if record.private.get("session") and record.body["status"] != "requires_capture":
        _not_of_checkout(record, verb="cancel")
    if record.body["status"] not in _CANCELLABLE:
        raise _unexpected(record, done="canceled", allowed=_CANCELLABLE)
    cancel_intent(unit, record, reason=reason)
    return present(unit, record)


def listed(call: Call, unit: Unit) -> Json:
    """GET /v1/payment_intents"""
    call.params.only("customer", "created", "limit", "starting_after", "ending_before")
    where, values = filters(call, "customer")
    return page(call, unit, kind="payment_intent", url="/v1/payment_intents", where=where, values=values)


def _confirm(call: Call, unit: Unit, record: Record) -> None:
    params = call.params
    ident = record.body["payment_method"]
    if ident is None:
        raise refused(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can"
            " either update the PaymentIntent with a payment method and then confirm it again, or"
            " confirm it again directly with a payment method or ConfirmationToken.",
            code="payment_intent_unexpected_state",
        )
    method = unit.get(ident, account=record.account, kind="payment_method")
    assert method is not None
    return_url = params.url("return_url")
    automatic = record.body["automatic_payment_methods"]
    open_to_redirects = (
        automatic is not None
        and automatic["allow_redirects"] == "always"
        and record.body["allowed_payment_method_types"] is None
    )
    if open_to_redirects and return_url is None and not params.flag("use_stripe_sdk"):
        raise StripeFault(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard."
            " Because some of these payment methods might redirect your customer off of your page,"
            " you must provide a `return_url`. If you don't want to accept redirect-based payment"
            " methods, set `automatic_payment_methods[enabled]` to `true` and"
            " `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents"
            " and Payment Intents.",
            param="return_url",
        )
    alone = params.flag("off_session") or params.flag("error_on_requires_action")
    attempt(
        unit,
        record,
        method=method,
        return_url=return_url,
        may_challenge=not alone,
        web_client=bool(record.private.get("wechat_client")),
    )


def _method(call: Call, unit: Unit) -> Record | None:
    call.params.one_of("payment_method", "payment_method_data")
    data = call.params.nested("payment_method_data")
    if data is not None:
        return methods.from_params(unit, params=data, account=call.account)
    ident = call.params.text("payment_method")
    if ident is None:
        return None
    return methods.from_alias_or_id(unit, ident=ident, account=call.account)


def _wechat_client(params: Params) -> bool:
    options = params.nested("payment_method_options")
    wechat = options.nested("wechat_pay") if options else None
    return bool(wechat and wechat.choice("client", "web", "android", "ios", "mobile_web"))


def _not_of_checkout(record: Record, *, verb: str) -> None:
    if record.private.get("session"):
        raise refused(
            f"You cannot {verb} this PaymentIntent because it was created by Checkout. To cancel,"
            " expire the Checkout Session instead.",
            code="payment_intent_unexpected_state",
        )


def _unexpected(record: Record, *, done: str, allowed: tuple[str, ...]) -> StripeFault:
    return StripeFault(
        f"This PaymentIntent could not be {done} because it has a status of"
        f" {record.body['status']}. Only a PaymentIntent with one of the following statuses may be"
        f" {done}: {', '.join(allowed)}.",
        code="payment_intent_unexpected_state",
        settled=True,
        more={"payment_intent": dict(record.body)},
    )
