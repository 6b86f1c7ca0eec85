"""Translate, call, answer: the API. Pages come with the front desk."""

from chalice.app import Blueprint


def blueprint() -> Blueprint:
    """The module's blueprint, once every route has registered on it."""
    from tenants.hotel.routes import (
        api_bookings,
        api_channels,
        api_devices,
        api_keys,
        api_rates,
        api_requests,
        api_reservations,
        api_search,
        api_setup,
        calendars,
        portal,
    )
    from tenants.hotel.routes.registered import BLUEPRINT

    assert all(
        (
            api_bookings,
            api_channels,
            api_devices,
            api_keys,
            api_rates,
            api_requests,
            api_reservations,
            api_search,
            api_setup,
            calendars,
            portal,
        )
    )
    return BLUEPRINT
