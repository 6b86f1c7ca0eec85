"""Keys of a stay through the API."""

from collections.abc import Iterable

from chalicelib.kernel.errors import Missing
from chalicelib.web.http import (
    Call,
    Empty,
    endpoint,
)
from tenants.hotel.domain.key import Grant
from tenants.hotel.routes.models.devices import CallBody, CalledView, KeysView, KeyView, ReissuedView
from tenants.hotel.routes.registered import BLUEPRINT, WRITE
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import keys, length


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/stays/{stay}/keys",
    use_case="hotel.show-keys",
    door=WRITE,
    answers=KeysView,
    summary="The live keys of a stay",
)
def show_keys(call: Call) -> KeysView:
    """With their codes; who looked is kept."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    call.work.witness(stay.id)
    return _view(keys.shown(stay, hotel=hotel).values())


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/keys",
    use_case="hotel.reissue-key",
    door=WRITE,
    body=Empty,
    answers=ReissuedView,
    summary="Another key for the guests of a stay",
)
def reissue_key(call: Call, _: Empty) -> ReissuedView:
    """The codes that they had open nothing any more; ``GET`` tells the new one."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    code = keys.reissued(stay, property=length.property_of(stay, hotel=hotel), hotel=hotel)
    return ReissuedView(given=code is not None)


def _view(found: Iterable[tuple[Grant, str]]) -> KeysView:
    return KeysView(
        keys=[
            KeyView(
                grant=grant.id,
                rooms=list(grant.rooms),
                floors=list(grant.floors),
                since=grant.window.since,
                until=grant.window.until,
                code=code,
            )
            for grant, code in found
        ]
    )


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/lift",
    use_case="hotel.call-lift",
    door=WRITE,
    body=CallBody,
    answers=CalledView,
    summary="Call a lift with a stay's key",
)
def call_lift(call: Call, body: CallBody) -> CalledView:
    """To a floor that the key may go to."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    grants = [grant for grant, _ in keys.shown(stay, hotel=hotel).values()]
    lift = hotel.devices.find(stay.site, body.lift)
    if lift is None or not grants:
        raise Missing(device=body.lift)
    return CalledView(command=keys.call_lift(grants[0], lift=lift, floor=body.floor, hotel=hotel).id)
