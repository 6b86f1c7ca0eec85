"""What happens to a Checkout Session after it was made: paid, declined, expired."""

from __future__ import annotations

from . import attempts, cards, methods
from .customers import new_customer
from .errors import Json, refused
from .events import emit
from .intents import cancel_intent, new_intent
from .params import Params
from .store import Record, Unit

# Where the authorisation page sends the payer of a session: the session's own page knows the rest.
_BACK = "/c/pay/"


def pay(unit: Unit, session: Record, *, method: Record, email: str | None = None) -> Record:
    """One attempt with this method. Raises 402, state kept, when the card is declined.

    Afterwards the intent is paid (and the session complete) or waits at its authorisation page.
    """
    _must_be_open(session)
    intent = _intent(unit, session, email=email)
    attempts.attempt(unit, intent, method=method, return_url=f"{unit.origin}{_BACK}{session.id}")
    if intent.body["status"] != "requires_action":
        complete(unit, session, intent=intent)
    return intent


def pay_later(unit: Unit, session: Record, *, method: Record, after: float, declined: bool) -> None:
    """Complete the session now, unpaid, as bank debits do; the money comes or fails later."""
    _must_be_open(session)
    intent = _intent(unit, session, email=None)
    intent.body.update(
        payment_method=method.id, status="processing", processing={"type": method.body["type"]}
    )
    unit.save(intent)
    emit(unit, "payment_intent.processing", subject=intent)
    complete(unit, session, intent=intent)
    unit.later("settle", after=after, account=session.account, subject=session.id,
               data={"declined": declined})  # fmt: skip


def settle(unit: Unit, *, account: str, subject: str, declined: bool) -> None:
    """The end of ``pay_later``."""
    session = unit.get(subject, account=account, kind="checkout.session")
    intent = session and unit.get(session.body["payment_intent"], account=account)
    if session is None or intent is None or intent.body["status"] != "processing":
        return
    method = unit.get(intent.body["payment_method"], account=account)
    assert method is not None
    if declined:
        attempts.fail_quietly(unit, intent, method=method, fault="insufficient_funds")
    else:
        attempts.succeed(unit, intent, method=method)
        session.body["payment_status"] = "paid"
        unit.save(session)
    told = "failed" if declined else "succeeded"
    emit(unit, f"checkout.session.async_payment_{told}", subject=session)


def authorise(unit: Unit, intent: Record, *, agreed: bool) -> bool:
    """The payer answered; completes the session the intent belongs to, if any."""
    done = attempts.authorise(unit, intent, agreed=agreed)
    session = intent.private.get("session")
    if done and session is not None:
        record = unit.get(session, account=intent.account, kind="checkout.session")
        if record is not None and record.body["status"] == "open":
            complete(unit, record, intent=intent)
    return done


def complete(unit: Unit, session: Record, *, intent: Record | None) -> None:
    """Close the session as complete and tell. ``intent`` None: there was nothing to pay."""
    body = session.body
    body["status"] = "complete"
    if intent is None:
        body["payment_status"] = "no_payment_required"
    else:
        body["payment_status"] = "paid" if intent.body["status"] == "succeeded" else "unpaid"
    email = session.private.get("email")
    if body["customer"] is None and body["customer_creation"] == "always":
        customer = new_customer(unit, account=session.account)
        customer.body["email"] = email
        unit.add(customer)
        emit(unit, "customer.created", subject=customer)
        body["customer"] = customer.id
        if intent is not None:
            intent.body["customer"] = customer.id
            unit.save(intent)
    body["customer_details"] = {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    unit.save(session)
    emit(unit, "checkout.session.completed", subject=session)


def expire(unit: Unit, session: Record) -> None:
    """Close the session without payment; its intent, if it has one, is cancelled."""
    session.body["status"] = "expired"
    session.body["expires_at"] = min(session.body["expires_at"], unit.now)
    unit.save(session)
    ident = session.body["payment_intent"]
    intent = unit.get(ident, account=session.account) if ident else None
    if intent is not None and intent.body["status"] not in ("succeeded", "canceled"):
        cancel_intent(unit, intent, reason="automatic")
    emit(unit, "checkout.session.expired", subject=session)


def expire_if_due(unit: Unit, *, account: str, subject: str) -> None:
    """The task set when the session was made."""
    session = unit.get(subject, account=account, kind="checkout.session")
    if session is not None and session.body["status"] == "open":
        expire(unit, session)


def pay_by_test_card(
    unit: Unit, session: Record, *, declined: bool, asynchronous: bool, after: float
) -> None:
    """Pay without the page: for load tests and API journeys."""
    number = "4000000000000002" if declined and not asynchronous else "4242424242424242"
    if session.body["amount_total"] == 0:
        _must_be_open(session)
        complete(unit, session, intent=None)
        return
    method = methods.new_method(unit, kind="card", account=session.account, card=cards.BY_NUMBER[number])
    if asynchronous:
        pay_later(unit, session, method=method, after=after, declined=declined)
    else:
        pay(unit, session, method=method)


def success_url(session: Record) -> str:
    """Where the payer goes, with the placeholder filled in."""
    target: str = session.body["success_url"]
    return target.replace("{CHECKOUT_SESSION_ID}", session.id)


def cancel_url(session: Record) -> str | None:
    """Where the payer goes back to, or None where the shop gave no way back."""
    target: str | None = session.body["cancel_url"]
    return target.replace("{CHECKOUT_SESSION_ID}", session.id) if target else None


def _must_be_open(session: Record) -> None:
    if session.body["status"] != "open":
        raise refused(
            f"This Checkout Session has a status of `{session.body['status']}`:"
            " only open sessions can be paid."
        )


def _intent(unit: Unit, session: Record, *, email: str | None) -> Record:
    """The session's intent, made at the first attempt as Stripe does since 2022-08-01."""
    body = session.body
    if email:
        session.private["email"] = email
    if body["payment_intent"] is not None:
        found = unit.get(body["payment_intent"], account=session.account, kind="payment_intent")
        assert found is not None
        unit.save(session)
        return found
    data: Json = session.private["payment_intent_data"]
    intent = new_intent(
        unit,
        params=Params(data, path="payment_intent_data"),
        account=session.account,
        amount=body["amount_total"],
        currency=body["currency"],
        kinds=body["payment_method_types"],
        customer=body["customer"],
    )
    intent.private["session"] = session.id
    intent.private["wechat_client"] = True
    if intent.body["receipt_email"] is None and body["customer_email"]:
        intent.body["receipt_email"] = body["customer_email"]
    unit.add(intent)
    body["payment_intent"] = intent.id
    unit.save(session)
    emit(unit, "payment_intent.created", subject=intent)
    return intent
