"""Translate, call, answer: the API, the visitors' pages and the desk."""

from typing import Any

from chalicelib.web.declared import blueprint_of


def blueprint() -> Any:
    """The module's blueprint, once every route has registered on it."""
    return blueprint_of(__name__)
    _money()
    _front_desk()
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
            api_rates,
            api_requests,
            api_reservations,
            api_search,
            api_setup,
            calendars,
            kiosk,
            portal,
        )
    )
    return BLUEPRINT


def _front_desk() -> None:
    """Stays, guests, house-keeping, groups."""
    from tenants.hotel.routes import api_groups, api_guests, api_house, api_stays

    assert all((api_groups, api_guests, api_house, api_stays))


def _money() -> None:
    """What folios, cashiers and the night audit show and take."""
    from tenants.hotel.routes import api_cashier, api_charges, api_folios

    assert all((api_cashier, api_charges, api_folios))
