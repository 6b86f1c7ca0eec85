"""The only pynamodb of the module: rows and the ports' implementations."""

from tenants.scenic.store.shop import ScenicShop, new_unit

__all__ = ["ScenicShop", "new_unit"]
