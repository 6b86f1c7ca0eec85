"""Letting go of a fee that the terms ask for (cancelled, changed, not come): a right of its own.

Codes, so that no guest's affairs stand in the audit. The whole reason beside the audit's action is
``<code>|<why>|<fen>|<stay, booking or folio>``.
"""

from enum import StrEnum

from chalicelib.kernel.errors import N_, Forbidden
from tenants.hotel.domain.charges import CANCELLATION, NO_SHOW

WAIVED, MISSED = "fee-waived", "missed-waived"
"""A fee for cancelling or changing, one for not coming."""

FEES = frozenset({CANCELLATION, NO_SHOW})
"""Charge codes of what the terms ask for: taken off a bill only by who may let it go."""


class Why(StrEnum):
    """Why a fee is let go."""

    ILLNESS = "illness"
    WEATHER = "weather"
    HOUSE = "house"
    REGULAR = "regular"
    OTHER = "other"


CORRECTED = "corrected"
"""In place of a ``Why``: the fee was taken off the bill; the reason is in words on the bill."""


class FeeNotYours(Forbidden):
    """A fee by the terms is let go by who answers for the house."""

    code = "hotel.fee.not-yours"
    detail = N_("按条款该收的费用,只有负责人可以免收。")
    remedy = N_("请按条款收费,或请负责人用自己的账号免收并选明原因。")


def reason(code: str, why: str, fee: int, about: str) -> str:
    """As it stands in the audit."""
    return f"{code}|{why}|{fee}|{about}"
