"""Payment methods: a test card, Alipay or WeChat Pay."""

from __future__ import annotations

from . import cards
from .calls import ENDIVE, Call
from .errors import Json, StripeFault, card_declined, missing, no_such
from .params import Params
from .present import present
from .store import Record, Unit, new_id

TYPES = ("card", "alipay", "wechat_pay")


def create(call: Call, unit: Unit) -> Json:
    """POST /v1/payment_methods"""
    call.params.only("type", "card", "alipay", "wechat_pay", "billing_details", "metadata",
                     "allow_redisplay")  # fmt: skip
    return present(unit, from_params(unit, params=call.params, account=call.account))


def retrieve(call: Call, unit: Unit) -> Json:
    """GET /v1/payment_methods/{id}"""
    return present(unit, call.subject(unit, kind="payment_method"))


def from_params(unit: Unit, *, params: Params, account: str) -> Record:
    """A payment method from ``payment_method_data`` or the endpoint's own parameters."""
    params.required("type")
    kind = params.choice("type", *TYPES) or "card"
    card = _card(params) if kind == "card" else None
    return new_method(unit, kind=kind, card=card, account=account, billing=params.nested("billing_details"))


def from_alias_or_id(unit: Unit, *, ident: str, account: str) -> Record:
    """A stored payment method, or a new one for ``pm_card_visa`` and its like."""
    card = cards.BY_METHOD.get(ident)
    if card is not None:
        return new_method(unit, kind="card", card=card, account=account)
    record = unit.get(ident, account=account, kind="payment_method")
    if record is None:
        raise no_such(kind="PaymentMethod", ident=ident, param="payment_method", in_path=False)
    return record


def from_number(unit: Unit, *, number: str, account: str) -> Record:
    """What the hosted page reads from its form. Raises 402 for a number that is no test card."""
    digits = "".join(character for character in number if character.isdigit())
    card = cards.BY_NUMBER.get(digits)
    if card is None:
        raise card_declined(error=cards.card_error(cards.unknown_number_fault(digits)))
    return new_method(unit, kind="card", card=card, account=account)


def behaviour(method: Record) -> cards.Card:
    """The test card behind a payment method of type card."""
    return cards.BY_NUMBER[method.private["number"]]


def new_method(
    unit: Unit,
    *,
    kind: str,
    account: str,
    card: cards.Card | None = None,
    billing: Params | None = None,
) -> Record:
    """Store a payment method."""
    ident = new_id("pm_1")
    body: Json = {
        "id": ident,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing(billing),
        "created": unit.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
        kind: {} if card is None else card_details(card),
    }
    private = {} if card is None else {"number": card.number}
    return unit.add(Record(kind="payment_method", id=ident, account=account, body=body, private=private))


def card_details(card: cards.Card) -> Json:
    """What Stripe shows of a card: never the number."""
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "fail" if card.fault == "incorrect_cvc" else "pass",
        },
        "country": "CN" if card.alias in ("cn", "unionpay") else "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": "standin" + card.number[-9:],
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _card(params: Params) -> cards.Card:
    given = params.nested("card")
    if given is None:
        raise missing(params.name("card"))
    given.only("number", "exp_month", "exp_year", "cvc", "token")
    token = given.text("token")
    if token is not None:
        card = cards.BY_TOKEN.get(token)
        if card is None:
            raise no_such(kind="token", ident=token, param=given.name("token"), in_path=False)
        return card
    digits = "".join(character for character in given.required("number") if character.isdigit())
    card = cards.BY_NUMBER.get(digits)
    if card is None:
        raise card_declined(error=cards.card_error(cards.unknown_number_fault(digits)))
    for key in ("exp_month", "exp_year"):
        if given.integer(key) is None:
            raise missing(given.name(key))
    return card


def _billing(params: Params | None) -> Json:
    address = params.nested("address") if params else None
    fields = ("city", "country", "line1", "line2", "postal_code", "state")
    return {
        "address": {key: address.text(key) if address else None for key in fields},
        "email": params.text("email") if params else None,
        "name": params.text("name") if params else None,
        "phone": params.text("phone") if params else None,
        "tax_id": None,
    }


def allowed(call: Call, *, available: list[str]) -> tuple[list[str], list[str] | None, bool]:
    """The method types a payment may use: (computed list, the list asked for, whether dynamic).

    Since Endive ``payment_method_types`` can no longer be written; ``allowed_payment_method_types``
    filters what fits the currency. Older versions of the API state the list outright.
    """
    params = call.params
    if "payment_method_types" in params:
        if call.version >= ENDIVE:
            raise StripeFault(
                "The parameter `payment_method_types` is no longer supported. Use"
                " `allowed_payment_method_types` or `excluded_payment_method_types`, or remove it"
                " to use dynamic payment methods.",
                code="payment_method_types_no_longer_supported",
                param="payment_method_types",
            )
        params.one_of("payment_method_types", "automatic_payment_methods")
        stated = _types(params, key="payment_method_types")
        for kind in stated:
            if kind not in available:
                raise StripeFault(
                    f"The currency provided is invalid for {kind}.", param="payment_method_types"
                )
        return stated, stated, False
    wanted = _types(params, key="allowed_payment_method_types")
    without = params.texts("excluded_payment_method_types")
    computed = [kind for kind in (wanted or list(TYPES)) if kind in available and kind not in without]
    if not computed:
        raise StripeFault(
            "No valid payment method types for this payment. Please ensure that you have activated"
            " payment methods compatible with your chosen currency.",
            param="allowed_payment_method_types" if wanted else "currency",
        )
    return computed, wanted or None, True


def _types(params: Params, *, key: str) -> list[str]:
    kinds = params.texts(key)
    for index, kind in enumerate(kinds):
        if kind not in TYPES:
            raise StripeFault(
                f"Invalid {key}[{index}]: must be one of card, alipay, or wechat_pay"
                " (the local stand-in offers no others)",
                param=f"{key}[{index}]",
            )
    return list(dict.fromkeys(kinds))
