"""Figures of star hotels: average price, occupancy, RevPAR (Beijing bureau of culture and tourism, 2018).

Average price = room revenue / room-nights let; occupancy = let / available; RevPAR = room revenue /
available = average price x occupancy. Available nights exclude rooms out of order; complimentary nights and
house use are let but carry no revenue, hours are revenue but no night: the rule is printed on the return.
"""

from decimal import ROUND_HALF_UP, Decimal

from chalicelib.kernel.late import dataclass

_CENT, _BASIS = Decimal("0.01"), Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class RoomNights:
    """A day or a sum of days: counts of room-nights, room revenue in fen (tax included)."""

    rooms: int
    out_of_order: int
    let: int
    revenue: int

    @property
    def available(self) -> int:
        """Room-nights that could be let."""
        return self.rooms - self.out_of_order

    @property
    def average_price(self) -> Decimal:
        """ADR in yuan; 0 where nothing was let."""
        return _ratio(Decimal(self.revenue) / 100, self.let, to=_CENT)

    @property
    def occupancy(self) -> Decimal:
        """Let / available, as a fraction with four places."""
        return _ratio(Decimal(self.let), self.available, to=_BASIS)

    @property
    def revpar(self) -> Decimal:
        """Room revenue per available room-night in yuan: of the sums, never of rounded parts."""
        return _ratio(Decimal(self.revenue) / 100, self.available, to=_CENT)


def _ratio(value: Decimal, by: int, *, to: Decimal) -> Decimal:
    return (value / by).quantize(to, ROUND_HALF_UP) if by > 0 else Decimal(0).quantize(to)
