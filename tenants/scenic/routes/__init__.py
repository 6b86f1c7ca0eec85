"""Translate, call, answer: the API, the visitors' pages, the console and the gate."""

from chalice.app import Blueprint


def blueprint() -> Blueprint:
    """The module's blueprint, once every route has registered on it."""
    from tenants.scenic.routes import (
        api_catalogue,
        api_gate,
        api_orders,
        console,
        console_areas,
        console_money,
        console_order,
        console_sell,
        gate,
        pages,
        pages_order,
        pages_party,
    )
    from tenants.scenic.routes.registered import BLUEPRINT

    registered = (api_catalogue, api_gate, api_orders, gate, pages, pages_order, pages_party)
    assert all((*registered, console, console_areas, console_money, console_order, console_sell))
    return BLUEPRINT
