"""Refunds: never more than is left."""

from __future__ import annotations

from . import methods, money
from .calls import Call
from .errors import Json, StripeFault, no_such, refused
from .events import emit
from .listing import filters, page
from .present import present
from .store import Record, Unit, new_id

# How long a pending or failing refund takes to show its end, in seconds.
TURN = 1.0


def create(call: Call, unit: Unit) -> Json:
    """POST /v1/refunds"""
    params = call.params
    params.only("payment_intent", "charge", "amount", "reason", "metadata", "currency",
                "refund_application_fee", "reverse_transfer")  # fmt: skip
    params.one_of("payment_intent", "charge")
    reason = params.choice("reason", "duplicate", "fraudulent", "requested_by_customer")
    asked = params.amount("amount")
    charge = _charge(call, unit)
    body = charge.body
    left = body["amount"] - body["amount_refunded"]
    if left <= 0:
        raise refused(f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    amount = left if asked is None else asked
    if amount > left:
        written, rest = (
            money.written(amount, body["currency"]),
            money.written(left, body["currency"]),
        )
        whole = "unrefunded amount on charge" if body["amount_refunded"] else "charge amount"
        raise refused(f"Refund amount ({written}) is greater than {whole} ({rest})", param="amount")
    if not body["captured"] and amount != left:
        raise refused(
            "You cannot partially refund an uncaptured charge. Instead, capture the charge for an"
            " amount less than the original amount.",
            param="amount",
        )
    record = _refund(unit, charge=charge, amount=amount, reason=reason, metadata=params.metadata())
    body["amount_refunded"] += amount
    body["refunded"] = body["amount_refunded"] >= body["amount"]
    unit.save(charge)
    emit(unit, "refund.created", subject=record)
    emit(unit, "charge.refunded", subject=charge)
    return present(unit, record)


def retrieve(call: Call, unit: Unit) -> Json:
    """GET /v1/refunds/{id}"""
    return present(unit, call.subject(unit, kind="refund"))


def update(call: Call, unit: Unit) -> Json:
    """POST /v1/refunds/{id}: metadata only."""
    call.params.only("metadata")
    record = call.subject(unit, kind="refund")
    record.body["metadata"] = call.params.metadata(before=record.body["metadata"])
    unit.save(record)
    emit(unit, "refund.updated", subject=record)
    return present(unit, record)


def listed(call: Call, unit: Unit) -> Json:
    """GET /v1/refunds"""
    call.params.only("payment_intent", "charge", "created", "limit", "starting_after", "ending_before")
    where, values = filters(call, "payment_intent", "charge")
    return page(call, unit, kind="refund", url="/v1/refunds", where=where, values=values)


def turn(unit: Unit, *, account: str, subject: str, status: str) -> None:
    """A refund's later fate, for the test cards that have one."""
    record = unit.get(subject, account=account, kind="refund")
    if record is None or record.body["status"] == status:
        return
    record.body["status"] = status
    record.body["pending_reason"] = None
    if status == "failed":
        record.body["failure_reason"] = "expired_or_canceled_card"
        charge = unit.get(record.body["charge"], account=account, kind="charge")
        if charge is not None:
            charge.body["amount_refunded"] -= record.body["amount"]
            charge.body["refunded"] = False
            unit.save(charge)
    unit.save(record)
    emit(unit, "refund.updated", subject=record)
    if status == "failed":
        emit(unit, "refund.failed", subject=record)


def _charge(call: Call, unit: Unit) -> Record:
    intent = call.named(unit, kind="payment_intent", key="payment_intent")
    if intent is not None:
        charge = intent.body["latest_charge"]
        record = unit.get(charge, account=call.account, kind="charge") if charge else None
        if record is None or not record.body["paid"]:
            raise refused(
                f"This PaymentIntent ({intent.id}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        return record
    named = call.named(unit, kind="charge", key="charge")
    if named is None:
        raise StripeFault(
            "One of the following params should be provided for this request: payment_intent or charge."
        )
    if not named.body["paid"]:
        raise no_such(kind="charge", ident=named.id, param="charge", in_path=False)
    return named


def _refund(
    unit: Unit, *, charge: Record, amount: int, reason: str | None, metadata: dict[str, str]
) -> Record:
    of = charge.body
    method = unit.get(of["payment_method"], account=charge.account, kind="payment_method")
    is_card = method is not None and method.body["type"] == "card"
    fate = methods.behaviour(method).refund if method is not None and is_card else "succeeded"
    status = "pending" if fate == "pending" else "succeeded"
    ident = new_id("re_3" if is_card else "pyr_1")
    kind = of["payment_method_details"]["type"]
    details: Json = {"type": kind, kind: {}}
    if kind == "card":
        details["card"] = {
            "reference": "7" + "0" * 22,
            "reference_status": "available",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
    record = Record(
        kind="refund",
        id=ident,
        account=charge.account,
        body={
            "id": ident,
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge.id,
            "created": unit.now,
            "currency": of["currency"],
            "customer": of["customer"],
            "customer_account": None,
            "description": None,
            "destination_details": details,
            "metadata": metadata,
            "payment_intent": of["payment_intent"],
            "payment_method": of["payment_method"],
            "pending_reason": "processing" if status == "pending" else None,
            "reason": reason,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": status,
            "transfer_reversal": None,
        },
    )
    unit.add(record)
    if fate != "succeeded":
        after = "succeeded" if fate == "pending" else "failed"
        unit.later("refund", after=TURN, account=charge.account, subject=ident,
                   data={"status": after})  # fmt: skip
    return record
