"""The module's one blueprint, and who may do what."""

from chalice.app import Blueprint

from chalicelib.web.http import Member

BLUEPRINT = Blueprint(__name__)

SELLS = "hotel.rooms"
SETUP = Member("owner", kind="hotel")
RATES = Member("rates", "owner", kind="hotel")
WRITE = Member("orders.write", "desk", kind="hotel")
READ = Member("orders.read", "orders.write", "desk", "rates", kind="hotel")
DESK = Member("desk", "owner", kind="hotel")
TARIFF = Member("desk", "rates", "owner", kind="hotel")
HOUSE = Member("house", "desk", "owner", kind="hotel")
DEVICE = Member("device", kind="hotel")
