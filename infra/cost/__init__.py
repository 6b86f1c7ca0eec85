"""What Songyun costs on AWS: prices and assumptions as data, and sums of what was counted here."""

from infra.cost.bill import Bill, bill
from infra.cost.prices import Assumptions, PriceTable
from infra.cost.usage import Usage
from infra.cost.work import Piece, usage_of

__all__ = ["Assumptions", "Bill", "Piece", "PriceTable", "Usage", "bill", "usage_of"]
