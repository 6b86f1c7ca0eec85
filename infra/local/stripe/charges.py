"""Charges: one per attempt that reached the network."""

from __future__ import annotations

from . import methods
from .calls import Call
from .errors import Json
from .listing import filters, page
from .present import present
from .store import Record, Unit, new_id


def retrieve(call: Call, unit: Unit) -> Json:
    """GET /v1/charges/{id}"""
    return present(unit, call.subject(unit, kind="charge"))


def update(call: Call, unit: Unit) -> Json:
    """POST /v1/charges/{id}"""
    call.params.only("description", "metadata", "receipt_email")
    record = call.subject(unit, kind="charge")
    for key in ("description", "receipt_email"):
        if key in call.params:
            record.body[key] = call.params.text(key)
    record.body["metadata"] = call.params.metadata(before=record.body["metadata"])
    unit.save(record)
    return present(unit, record)


def listed(call: Call, unit: Unit) -> Json:
    """GET /v1/charges"""
    call.params.only("payment_intent", "customer", "created", "limit", "starting_after", "ending_before")
    where, values = filters(call, "payment_intent", "customer")
    return page(call, unit, kind="charge", url="/v1/charges", where=where, values=values)


def new_charge(
    unit: Unit, *, intent: Record, method: Record, captured: bool, error: Json | None = None
) -> Record:
    """Store the charge of an attempt. With ``error`` it failed, else it holds or has the money."""
    of = intent.body
    kind = method.body["type"]
    # Stripe marks charges of anything but cards with another prefix.
    ident = new_id("ch_3" if kind == "card" else "py_3")
    body: Json = {
        "id": ident,
        "object": "charge",
        "amount": of["amount"],
        "amount_captured": of["amount"] if captured else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": of["application_fee_amount"],
        "balance_transaction": None,
        "billing_details": method.body["billing_details"],
        "calculated_statement_descriptor": "SONGYUN TEST",
        "captured": captured,
        "created": unit.now,
        "currency": of["currency"],
        "customer": of["customer"],
        "description": of["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": error["code"] if error else None,
        "failure_message": error["message"] if error else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": of["metadata"],
        "on_behalf_of": of["on_behalf_of"],
        "outcome": _outcome(error),
        "paid": error is None,
        "payment_intent": intent.id,
        "payment_method": method.id,
        "payment_method_details": {"type": kind, kind: _details(method)},
        "radar_options": {},
        "receipt_email": of["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": of["shipping"],
        "source_transfer": None,
        "statement_descriptor": of["statement_descriptor"],
        "statement_descriptor_suffix": of["statement_descriptor_suffix"],
        "status": "failed" if error else "succeeded",
        "transfer_data": of["transfer_data"],
        "transfer_group": of["transfer_group"],
    }
    return unit.add(Record(kind="charge", id=ident, account=intent.account, body=body))


def _outcome(error: Json | None) -> Json:
    if error is None:
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network",
        "reason": error.get("decline_code", error["code"]),
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def _details(method: Record) -> Json:
    kind = method.body["type"]
    if kind == "alipay":
        return {
            "buyer_id": "2088" + "0" * 12,
            "fingerprint": new_id("", length=16),
            "transaction_id": new_id("", length=28),
        }
    if kind == "wechat_pay":
        return {
            "fingerprint": new_id("", length=16),
            "location": None,
            "reader": None,
            "transaction_id": new_id("", length=28),
        }
    card = methods.behaviour(method)
    shown = methods.card_details(card)
    keep = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding",
            "last4", "wallet")  # fmt: skip
    return {
        **{key: shown[key] for key in keep},
        "amount_authorized": None,
        "authorization_code": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card.brand,
        "network_token": {"used": False},
        "network_transaction_id": new_id("", length=15),
        "overcapture": {"maximum_amount_capturable": 0, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": {
            "authentication_flow": "challenge",
            "result": "authenticated",
            "result_reason": None,
            "version": "2.2.0",
        }
        if card.challenge
        else None,
    }
