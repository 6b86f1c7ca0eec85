"""What can be done with an order. Steps are single conditional writes, each idempotent by the order's id."""

from chalicelib.commerce.orders.usecases.holding import (
    HOLD_FOR,
    Mark,
    Wish,
    begun,
    cancel_hold,
    hold_order,
    reacquire,
)
from chalicelib.commerce.orders.usecases.paying import (
    LOST_PERSON,
    LOST_PLACE,
    PAID_AFTER,
    PAY_WITHIN,
    Fulfil,
    confirm,
    open_payment,
    start_payment,
    turn_away,
)
from chalicelib.commerce.orders.usecases.refunding import Publish, owed_from, refund, settle_refund

__all__ = [
    "HOLD_FOR",
    "LOST_PERSON",
    "LOST_PLACE",
    "PAID_AFTER",
    "PAY_WITHIN",
    "Fulfil",
    "Mark",
    "Publish",
    "Wish",
    "begun",
    "cancel_hold",
    "confirm",
    "hold_order",
    "open_payment",
    "owed_from",
    "reacquire",
    "refund",
    "settle_refund",
    "start_payment",
    "turn_away",
]
