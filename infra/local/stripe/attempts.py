"""An attempt to pay a PaymentIntent: declined, challenged, authorised, captured."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from . import cards, methods
from .charges import new_charge
from .errors import Json, StripeFault, card_declined, missing
from .events import emit
from .present import present
from .store import Record, Unit


def attempt(
    unit: Unit,
    intent: Record,
    *,
    method: Record,
    return_url: str | None = None,
    may_challenge: bool = True,
    web_client: bool = True,
) -> None:
    """Try to pay; writes the new state. Raises 402 (state kept) when the card is declined.

    ``may_challenge`` false: nobody is there to answer a 3-D Secure challenge.
    """
    kind = method.body["type"]
    if kind not in intent.body["payment_method_types"]:
        raise StripeFault(
            f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Please"
            " attach a PaymentMethod of one of the following types: "
            + ", ".join(intent.body["payment_method_types"])
            + ".",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
        )
    intent.body["payment_method"] = method.id
    intent.body["last_payment_error"] = None
    intent.body["next_action"] = None
    if kind == "card":
        card = methods.behaviour(method)
        if card.challenge:
            if not may_challenge:
                decline(unit, intent, method=method, fault="authentication_required")
            _wait(unit, intent, action=_challenge(unit, intent, return_url=return_url))
        elif card.fault is not None:
            decline(unit, intent, method=method, fault=card.fault)
        else:
            succeed(unit, intent, method=method)
    elif kind == "alipay":
        if return_url is None:
            raise missing("return_url")
        _wait(
            unit,
            intent,
            action={
                "type": "alipay_handle_redirect",
                "alipay_handle_redirect": {
                    "native_data": None,
                    "native_url": None,
                    "return_url": return_url,
                    "url": authorise_url(unit, intent),
                },
            },
        )
    else:
        if not web_client:
            raise missing("payment_method_options[wechat_pay][client]")
        _wait(unit, intent, action=_qr_code(unit, intent))
    intent.private["return_url"] = return_url
    unit.save(intent)


def authorise(unit: Unit, intent: Record, *, agreed: bool) -> bool:
    """The payer answered the challenge or the wallet's page. False: the payment failed.

    A second answer (two tabs, a double click) changes nothing.
    """
    if intent.body["status"] != "requires_action":
        return intent.body["status"] in ("succeeded", "requires_capture", "processing")
    method = unit.get(intent.body["payment_method"], account=intent.account)
    assert method is not None
    intent.body["next_action"] = None
    is_card = method.body["type"] == "card"
    if not agreed:
        code = "authentication_failure" if is_card else "payment_attempt_failed"
        sentence = (
            "We are unable to authenticate your payment method. Please choose a different payment"
            " method and try again."
            if is_card
            else "The payment failed."
        )
        error: Json = {
            "type": "card_error" if is_card else "invalid_request_error",
            "code": f"payment_intent_{code}",
            "message": sentence,
        }
        _fail(unit, intent, method=method, error=error)
        return False
    fault = methods.behaviour(method).fault if is_card else None
    if fault is not None:
        _fail(unit, intent, method=method, error=cards.card_error(fault), charged=True)
        return False
    succeed(unit, intent, method=method)
    return True


def succeed(unit: Unit, intent: Record, *, method: Record) -> None:
    """The money is there, or is held where capture is manual."""
    manual = intent.body["capture_method"] == "manual"
    body = intent.body
    charge = new_charge(unit, intent=intent, method=method, captured=not manual)
    body["latest_charge"] = charge.id
    body["last_payment_error"] = None
    body["next_action"] = None
    body["processing"] = None
    body["status"] = "requires_capture" if manual else "succeeded"
    if manual:
        body["amount_capturable"] = body["amount"]
    else:
        body["amount_received"] = body["amount"]
    unit.save(intent)
    emit(unit, "charge.succeeded", subject=charge)
    told = "amount_capturable_updated" if manual else "succeeded"
    emit(unit, f"payment_intent.{told}", subject=intent)


def decline(unit: Unit, intent: Record, *, method: Record, fault: str) -> None:
    """Refuse the card: the traces stay, and the caller gets a 402. Never returns."""
    error = _fail(unit, intent, method=method, error=cards.card_error(fault), charged=True)
    raise card_declined(error={**error, "payment_intent": present(unit, intent)})


def fail_quietly(unit: Unit, intent: Record, *, method: Record, fault: str) -> None:
    """The same with nobody waiting for the answer: a delayed payment that did not come."""
    _fail(unit, intent, method=method, error=cards.card_error(fault), charged=True)


def authorise_url(unit: Unit, intent: Record) -> str:
    """The page where the payer agrees or refuses; the secret keeps it from being guessed."""
    return f"{unit.origin}/c/authorize/{intent.id}?key={intent.private['page_key']}"


def way_back(intent: Record, *, agreed: bool) -> str | None:
    """``return_url`` with what Stripe appends to it, or None where none was given."""
    target = intent.private.get("return_url")
    if not target:
        return None
    parts = urlsplit(target)
    added = {
        "payment_intent": intent.id,
        "payment_intent_client_secret": intent.body["client_secret"],
        "redirect_status": "succeeded" if agreed else "failed",
    }
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *added.items()])
    return urlunsplit(parts._replace(query=query))


def _wait(unit: Unit, intent: Record, *, action: Json) -> None:
    intent.body["status"] = "requires_action"
    intent.body["next_action"] = action
    unit.save(intent)
    emit(unit, "payment_intent.requires_action", subject=intent)


def _challenge(unit: Unit, intent: Record, *, return_url: str | None) -> Json:
    url = authorise_url(unit, intent)
    if return_url is not None:
        return {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": return_url, "url": url},
        }
    return {
        "type": "use_stripe_sdk",
        "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url},
    }


def _qr_code(unit: Unit, intent: Record) -> Json:
    url = authorise_url(unit, intent)
    image = f"{unit.origin}/c/qr/{intent.id}"
    # segno is pure Python and small, but only this road needs it.
    import segno

    shown: dict[str, Any] = {
        "data": url,
        "hosted_instructions_url": url,
        "image_data_url": segno.make(url, error="m").png_data_uri(scale=5, border=2),
        "image_url_png": f"{image}.png?key={intent.private['page_key']}",
        "image_url_svg": f"{image}.svg?key={intent.private['page_key']}",
    }
    return {"type": "wechat_pay_display_qr_code", "wechat_pay_display_qr_code": shown}


def _fail(unit: Unit, intent: Record, *, method: Record, error: Json, charged: bool = False) -> Json:
    body = intent.body
    error = dict(error)
    if charged:
        charge = new_charge(unit, intent=intent, method=method, captured=False, error=error)
        body["latest_charge"] = charge.id
        error["charge"] = charge.id
        emit(unit, "charge.failed", subject=charge)
    error["payment_method"] = present(unit, method)
    body["status"] = "requires_payment_method"
    # A failed method is detached from the intent; the error still shows it.
    body["payment_method"] = None
    body["processing"] = None
    body["last_payment_error"] = error
    unit.save(intent)
    emit(unit, "payment_intent.payment_failed", subject=intent)
    return error
