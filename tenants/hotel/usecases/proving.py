"""Who may see a booking again: whoever knows the telephone number it was made with."""

import hmac
import re
import unicodedata

from chalicelib.commerce.orders.domain import Order
from tenants.hotel.usecases.vault_ports import Vault

_LEAST = 5
_NOT_DIGITS = re.compile(r"[^0-9]")


def knows_the_phone(order: Order, typed: str, *, vault: Vault) -> bool:
    """Whether ``typed`` is the booking's number, with or without +86 before it. A booking without a number,
    as a channel may send one, is nobody's here."""
    known = _plain(str(vault.unseal(order.people).get("contact", {}).get("phone", "")))
    return len(known) >= _LEAST and hmac.compare_digest(known.encode(), _plain(typed).encode())


def _plain(number: str) -> str:
    digits = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", number)).removeprefix("00")
    # A mainland mobile number has eleven digits: with the country's code before it, it is the same phone.
    return digits.removeprefix("86") if len(digits) == 13 else digits
