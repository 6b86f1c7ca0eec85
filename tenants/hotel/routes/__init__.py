"""Translate, call, answer: the API. Pages come with the front desk."""

from chalice.app import Blueprint


def blueprint() -> Blueprint:
    """The module's blueprint, once every route has registered on it."""
    _money()
    from tenants.hotel.routes import (
        api_bookings,
        api_channels,
        api_devices,
        api_guests,
        api_keys,
        api_rates,
        api_requests,
        api_reservations,
        api_search,
        api_setup,
        api_stays,
        calendars,
        kiosk,
        portal,
    )
    from tenants.hotel.routes.registered import BLUEPRINT

    assert all(
        (
            api_bookings,
            api_channels,
            api_devices,
            api_keys,
            api_guests,
            api_rates,
            api_requests,
            api_reservations,
            api_search,
            api_setup,
            api_stays,
            calendars,
            kiosk,
            portal,
        )
    )
    return BLUEPRINT


def _money() -> None:
    """What folios, cashiers and the night audit show and take."""
    from tenants.hotel.routes import api_cashier, api_charges, api_folios

    assert all((api_cashier, api_charges, api_folios))
