"""Who may see an order again: whoever knows the document of somebody who is on it."""

import hmac
import re
import unicodedata

from chalicelib.commerce.orders.domain import Order
from tenants.scenic.usecases.ports import Vault

_BETWEEN = re.compile(r"[\s-]")


def knows_a_document(order: Order, number: str, *, vault: Vault) -> bool:
    """Whether ``number``, as somebody typed it, is the whole number of a document on this order."""
    typed = _BETWEEN.sub("", unicodedata.normalize("NFKC", number)).upper().encode()
    known = [str(person.get("number", "")).encode() for person in vault.unseal(order.people)]
    return any(bool(one) and hmac.compare_digest(one, typed) for one in known)
