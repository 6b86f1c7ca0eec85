"""Stripe's published test cards and what each of them does. No other number is ever accepted."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Json


@dataclass(frozen=True)
class Card:
    """``fault`` is a key of ``FAULTS``; ``challenge``: whether 3-D Secure is asked for first."""

    number: str
    alias: str
    brand: str = "visa"
    funding: str = "credit"
    fault: str | None = None
    challenge: bool = False
    refund: str = "succeeded"


# decline code or None, error code, sentence
FAULTS: dict[str, tuple[str | None, str, str]] = {
    "generic_decline": ("generic_decline", "card_declined", "Your card was declined."),
    "insufficient_funds": (
        "insufficient_funds",
        "card_declined",
        "Your card has insufficient funds.",
    ),
    "lost_card": ("lost_card", "card_declined", "Your card was declined."),
    "stolen_card": ("stolen_card", "card_declined", "Your card was declined."),
    "card_velocity_exceeded": (
        "card_velocity_exceeded",
        "card_declined",
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    ),
    "expired_card": (None, "expired_card", "Your card has expired."),
    "incorrect_cvc": (None, "incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        None,
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "incorrect_number": (None, "incorrect_number", "Your card number is incorrect."),
    "test_mode_live_card": (
        "test_mode_live_card",
        "card_declined",
        "Your card was declined. Your request was in test mode, but used a non test (live) card."
        " For a list of valid test cards, visit: https://stripe.com/docs/testing.",
    ),
    "authentication_required": (
        "authentication_required",
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}

# fmt: off
CARDS = (
    Card("4242424242424242", "visa"),
    Card("4000056655665556", "visa_debit", funding="debit"),
    Card("5555555555554444", "mastercard", brand="mastercard"),
    Card("378282246310005", "amex", brand="amex"),
    Card("6200000000000005", "unionpay", brand="unionpay"),
    Card("4000001560000002", "cn"),
    Card("4000000000000002", "visa_chargeDeclined", fault="generic_decline"),
    Card("4000000000000341", "chargeCustomerFail", fault="generic_decline"),
    Card(
        "4000000000009995", "visa_chargeDeclinedInsufficientFunds", fault="insufficient_funds"
    ),
    Card("4000000000009987", "visa_chargeDeclinedLostCard", fault="lost_card"),
    Card("4000000000009979", "visa_chargeDeclinedStolenCard", fault="stolen_card"),
    Card("4000000000006975", "visa_chargeDeclinedVelocityLimitExceeded",
         fault="card_velocity_exceeded"),
    Card("4000000000000069", "chargeDeclinedExpiredCard", fault="expired_card"),
    Card("4000000000000127", "chargeDeclinedIncorrectCvc", fault="incorrect_cvc"),
    Card("4000000000000119", "chargeDeclinedProcessingError", fault="processing_error"),
    Card("4000002500003155", "authenticationRequiredOnSetup", challenge=True),
    Card("4000002760003184", "authenticationRequired", challenge=True),
    Card("4000000000003220", "threeDSecure2Required", challenge=True),
    Card("4000000000003063", "threeDSecureRequired", challenge=True),
    Card("4000008400001629", "threeDSecureRequiredChargeDeclined",
         fault="generic_decline", challenge=True),
    Card("4000008260003178", "authenticationRequiredChargeDeclinedInsufficientFunds",
         fault="insufficient_funds", challenge=True),
    Card("4000000000007726", "pendingRefund", refund="pending"),
    Card("4000000000005126", "refundFail", refund="failed"),
)
# fmt: on

BY_NUMBER = {card.number: card for card in CARDS}
_ALIASES = {card.alias: card for card in CARDS}
# Older spellings that documents and habits still use.
_ALIASES["chargeDeclined"] = BY_NUMBER["4000000000000002"]
_ALIASES["chargeDeclinedInsufficientFunds"] = BY_NUMBER["4000000000009995"]
BY_METHOD = {f"pm_card_{alias}": card for alias, card in _ALIASES.items()}
BY_TOKEN = {f"tok_{alias}": card for alias, card in _ALIASES.items()}


def luhn(number: str) -> bool:
    """Whether the check digit is right."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def unknown_number_fault(number: str) -> str:
    """The fault of a number that is no test card. The number itself is not kept anywhere."""
    plausible = number.isdigit() and 12 <= len(number) <= 19 and luhn(number)
    return "test_mode_live_card" if plausible else "incorrect_number"


def card_error(fault: str) -> Json:
    """The error object of a card's fault."""
    decline, code, sentence = FAULTS[fault]
    error: Json = {"type": "card_error", "code": code, "message": sentence}
    if decline is not None:
        error["decline_code"] = decline
    param = {"incorrect_number": "number", "expired_card": "exp_month", "incorrect_cvc": "cvc"}
    if code in param:
        error["param"] = param[code]
    return error
