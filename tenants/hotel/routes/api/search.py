"""Searching through the API."""

from typing import Any

from chalicelib.web.http import Call, endpoint
from tenants.hotel.routes.models.stay import AvailabilityView, StayQuery, availability_view
from tenants.hotel.routes.registered import BLUEPRINT, READ
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import search


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/availability",
    use_case="hotel.search-availability",
    door=READ,
    query=StayQuery,
    answers=AvailabilityView,
    summary="Which rooms can be had, at which price and terms",
)
def search_availability(call: Call) -> dict[str, Any]:
    """Every type with what is left of it, its offers, or the rule that forbids the stay."""
    query = call.query
    asked = search.Asked(
        arrive=query.arrive,
        depart=query.depart,
        adults=query.adults,
        children=query.children,
        property=query.property,
    )
    found = search.availability(asked, hotel=HotelStore(call.work))
    return availability_view(found, locale=call.locale)
