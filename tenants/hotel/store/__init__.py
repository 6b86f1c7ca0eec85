"""The only pynamodb of the module: rows and the ports' implementations."""

from tenants.hotel.store.shop import HotelStore, new_unit

__all__ = ["HotelStore", "new_unit"]
