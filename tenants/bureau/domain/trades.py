"""Trades: which figures each kind of enterprise has. What a kind does not have is no zero: it is left out."""

from collections.abc import Mapping, Sequence

SCENIC = ("inside", "admitted", "refused", "sold", "paid_fen")
HOTEL = ("occupancy", "free", "guests", "registered", "paid_fen")
HOMESTAY = ("free", "guests", "registered", "paid_fen")
"""No night audit (U07), so no occupancy."""
AGENCY = ("contracts", "contract_fen", "groups", "group_pax")
SHOP = ("orders", "order_fen", "paid_fen", "refund_fen")
"""Whoever sells without being one of the others."""

KINDS: Mapping[str, Sequence[str]] = {
    "scenic": SCENIC,
    "hotel": HOTEL,
    "homestay": HOMESTAY,
    "agency": AGENCY,
}

HOURLY: Mapping[str, Sequence[str]] = {
    "scenic": ("admitted", "sold"),
    "hotel": ("guests", "paid_fen"),
    "homestay": ("guests", "paid_fen"),
    "agency": (),
}
"""Those that are kept by hour."""


def figures_of(kind: str) -> Sequence[str]:
    """The figures of a kind, the first the most telling."""
    return KINDS.get(kind, SHOP)


def hourly_of(kind: str) -> Sequence[str]:
    """Those of a kind that are kept by hour."""
    return HOURLY.get(kind, ("paid_fen",))
