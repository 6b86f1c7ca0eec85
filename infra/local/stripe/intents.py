"""PaymentIntents made and cancelled: by their own endpoints, and by Checkout Sessions."""

from __future__ import annotations

from .customers import address
from .errors import Json
from .events import emit
from .params import Params
from .store import Record, Unit, new_id


def new_intent(
    unit: Unit,
    *,
    params: Params,
    account: str,
    amount: int,
    currency: str,
    kinds: list[str],
    customer: str | None,
) -> Record:
    """An intent from its endpoint or a session's ``payment_intent_data``, not yet stored."""
    ident = new_id("pi_3")
    shipping = params.nested("shipping")
    transfer = params.nested("transfer_data")
    body: Json = {
        "id": ident,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": params.amount("application_fee_amount", least=0),
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.choice("capture_method", "automatic", "automatic_async", "manual")
        or "automatic_async",
        "client_secret": f"{ident}_secret_{new_id('', length=25)}",
        "confirmation_method": params.choice("confirmation_method", "automatic", "manual") or "automatic",
        "created": unit.now,
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "description": params.text("description"),
        "excluded_payment_method_types": params.texts("excluded_payment_method_types") or None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": params.metadata(),
        "next_action": None,
        "on_behalf_of": params.text("on_behalf_of"),
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": kinds,
        "processing": None,
        "receipt_email": params.text("receipt_email"),
        "review": None,
        "setup_future_usage": params.choice("setup_future_usage", "off_session", "on_session"),
        "shipping": shipping
        and {
            "address": address(shipping.nested("address")),
            "carrier": shipping.text("carrier"),
            "name": shipping.text("name"),
            "phone": shipping.text("phone"),
            "tracking_number": shipping.text("tracking_number"),
        },
        "source": None,
        "statement_descriptor": params.text("statement_descriptor", longest=22),
        "statement_descriptor_suffix": params.text("statement_descriptor_suffix", longest=22),
        "status": "requires_payment_method",
        "transfer_data": transfer
        and {
            "amount": transfer.amount("amount"),
            "destination": transfer.required("destination"),
        },
        "transfer_group": params.text("transfer_group"),
    }
    return Record(
        kind="payment_intent",
        id=ident,
        account=account,
        body=body,
        private={"page_key": new_id("", length=20), "return_url": None},
    )


def cancel_intent(unit: Unit, record: Record, *, reason: str | None) -> None:
    """Cancel and tell."""
    held = record.body["status"] == "requires_capture"
    record.body.update(
        status="canceled",
        canceled_at=unit.now,
        cancellation_reason=reason,
        next_action=None,
        amount_capturable=0,
    )
    unit.save(record)
    if held:
        charge = unit.get(record.body["latest_charge"], account=record.account, kind="charge")
        assert charge is not None
        charge.body.update(refunded=True, amount_refunded=charge.body["amount"])
        unit.save(charge)
        emit(unit, "charge.refunded", subject=charge)
    emit(unit, "payment_intent.canceled", subject=record)
