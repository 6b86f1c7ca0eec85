"""Pay at the desk: cash or a terminal beside the clerk; the clerk's confirmation is the receipt."""

from datetime import datetime

from chalicelib.kernel.money import Money
from chalicelib.payments.port import Charge, MethodUnknown, Receipt, Started

NAME = "desk"


class Desk:
    """The provider that is a person at the counter."""

    name = NAME

    def start(self, charge: Charge, *, key: str) -> Started:  # noqa: ARG002
        raise MethodUnknown(method="desk")  # nothing to redirect to: a clerk takes the money

    def receipt(self, ref: str, *, now: datetime) -> Receipt | None:  # noqa: ARG002
        return None

    def refund(self, ref: str, *, amount: Money, key: str) -> str:  # noqa: ARG002
        return f"desk:{key}"


def taken(*, order: str, amount: Money, now: datetime) -> Receipt:
    """The receipt of a clerk who took ``amount``."""
    return Receipt(provider=NAME, ref=f"desk:{order}", method="desk", amount=amount, at=now)
