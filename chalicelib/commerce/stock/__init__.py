"""The inventory kernel: capacity in micro-buckets, claimed by conditional writes only."""

from chalicelib.commerce.stock.domain import Claim, Hold, HoldLost, Pick, Slot, SoldOut
from chalicelib.commerce.stock.kernel import Stock
from chalicelib.commerce.stock.pooled import PooledStock

__all__ = ["Claim", "Hold", "HoldLost", "Pick", "PooledStock", "Slot", "SoldOut", "Stock"]
