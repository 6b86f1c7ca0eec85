"""The goods of an order."""

from chalicelib.commerce.orders.domain import Order
from tenants.scenic.domain.area import Area
from tenants.scenic.domain.product import Product
from tenants.scenic.store import ScenicShop


def goods_of(order: Order, shop: ScenicShop) -> tuple[Area, Product | None]:
    """The area an order is for, and the product if it is still there."""
    line = order.lines[0]
    found = [product for product in shop.catalogue.products() if product.id == line.product]
    return shop.catalogue.area(line.resource), found[0] if found else None
