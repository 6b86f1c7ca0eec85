"""Which provider serves which method."""

from chalicelib.kernel.errors import Missing
from chalicelib.payments.desk import Desk
from chalicelib.payments.port import Method, Payments


def provider_for(method: Method) -> Payments:
    """The provider through which a method is paid."""
    return named("desk" if method == "desk" else "stripe")


def named(name: str) -> Payments:
    """The provider with this name, as kept on an order."""
    if name == "desk":
        return Desk()
    if name == "stripe":
        from chalicelib.payments.stripe import StripeCheckout

        return StripeCheckout()
    raise Missing(provider=name)
