"""What everybody who sells says: orders, money, goods on their way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Counters = dict[str, int]


def order(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U17. ``spent.<element>``: fen ordered of 食住行游购娱; ``bought.<element>``: how often."""
    amount = int(data["amount"])
    return {
        "orders": 1,
        "order_fen": amount,
        f"orders.{data['channel']}": 1,
        f"order_fen.{data['channel']}": amount,
        f"bought.{data['element']}": 1,
        f"spent.{data['element']}": amount,
    }


def payment(data: Mapping[str, Any], at: datetime) -> Counters:
    """U18."""
    amount = int(data["amount"])
    if data["refund"]:
        return {"refunds": 1, "refund_fen": amount, f"refund_fen.{data['method']}": amount}
    return {
        "payments": 1,
        "paid_fen": amount,
        f"paid_fen@{at:%H}": amount,
        f"paid_fen.{data['method']}": amount,
    }


def fulfilment(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U19. ``days`` counts from the order: to the delivery, and to what came back."""
    step, days = data["step"], int(data["days"])
    return {f"goods.{step}": 1, f"goods_days.{step}": days}
