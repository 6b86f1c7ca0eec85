"""Which endpoint answers which path."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import (
    catalogue,
    charges,
    customers,
    endpoints,
    events,
    intent_routes,
    methods,
    refunds,
    sessions,
)
from .calls import Call
from .errors import Json, StripeFault
from .store import Unit

Endpoint = Callable[[Call, Unit], Json]

_TABLE: tuple[tuple[str, str, Endpoint], ...] = (
    ("POST", "customers", customers.create_customer),
    ("GET", "customers", customers.list_customers),
    ("GET", "customers/{id}", customers.retrieve_customer),
    ("POST", "customers/{id}", customers.update_customer),
    ("DELETE", "customers/{id}", customers.delete_customer),
    ("POST", "products", catalogue.create_product),
    ("GET", "products", catalogue.list_products),
    ("GET", "products/{id}", catalogue.retrieve_product),
    ("POST", "products/{id}", catalogue.update_product),
    ("DELETE", "products/{id}", catalogue.delete_product),
    ("POST", "prices", catalogue.create_price),
    ("GET", "prices", catalogue.list_prices),
    ("GET", "prices/{id}", catalogue.retrieve_price),
    ("POST", "prices/{id}", catalogue.update_price),
    ("POST", "checkout/sessions", sessions.create),
    ("GET", "checkout/sessions", sessions.listed),
    ("GET", "checkout/sessions/{id}", sessions.retrieve),
    ("POST", "checkout/sessions/{id}", sessions.update),
    ("POST", "checkout/sessions/{id}/expire", sessions.expire),
    ("GET", "checkout/sessions/{id}/line_items", sessions.items_of),
    ("POST", "payment_methods", methods.create),
    ("GET", "payment_methods/{id}", methods.retrieve),
    ("POST", "payment_intents", intent_routes.create),
    ("GET", "payment_intents", intent_routes.listed),
    ("GET", "payment_intents/{id}", intent_routes.retrieve),
    ("POST", "payment_intents/{id}", intent_routes.update),
    ("POST", "payment_intents/{id}/confirm", intent_routes.confirm),
    ("POST", "payment_intents/{id}/capture", intent_routes.capture),
    ("POST", "payment_intents/{id}/cancel", intent_routes.cancel),
    ("GET", "charges", charges.listed),
    ("GET", "charges/{id}", charges.retrieve),
    ("POST", "charges/{id}", charges.update),
    ("POST", "refunds", refunds.create),
    ("GET", "refunds", refunds.listed),
    ("GET", "refunds/{id}", refunds.retrieve),
    ("POST", "refunds/{id}", refunds.update),
    ("POST", "webhook_endpoints", endpoints.create),
    ("GET", "webhook_endpoints", endpoints.listed),
    ("GET", "webhook_endpoints/{id}", endpoints.retrieve),
    ("POST", "webhook_endpoints/{id}", endpoints.update),
    ("DELETE", "webhook_endpoints/{id}", endpoints.delete),
    ("GET", "events", events.listed),
    ("GET", "events/{id}", events.retrieve),
)
_ROUTES = [
    (method, re.compile("/v1/" + path.replace("{id}", r"(?P<id>[A-Za-z0-9_\-]{1,255})")), endpoint)
    for method, path, endpoint in _TABLE
]


def match(*, method: str, path: str) -> tuple[Endpoint, str]:
    """The endpoint and the id in the path. Raises Stripe's 404 for a path it does not know."""
    for known, pattern, endpoint in _ROUTES:
        found = pattern.fullmatch(path) if known == method else None
        if found:
            return endpoint, found.groupdict().get("id") or ""
    raise StripeFault(
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can"
        " help at https://support.stripe.com/.",
        status=404,
    )
