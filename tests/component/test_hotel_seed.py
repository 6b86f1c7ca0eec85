"""The demo hotel can be made, and made again."""

from datetime import timedelta

import pytest

from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from infra.local.seed_hotel import INN, seed_hotel
from tenants.hotel.store import HotelStore
from tenants.hotel.store.memory import forget_hotel
from tenants.hotel.usecases import search
from tests.hotel_world import NOW, EngineWorld, context

pytestmark = pytest.mark.component


def test_the_demo_hotel_is_made_once(engine: Stack) -> None:
    with bind(context()):
        world = EngineWorld()
        lefts = []
        for _ in range(2):
            seed_hotel(now=NOW)
            forget_hotel()
            today = NOW.date()
            asked = search.Asked(arrive=today, depart=today + timedelta(days=1), property=INN)
            found = search.availability(asked, hotel=HotelStore(world.work()))
            lefts.append({one.kind.id: one.left for one in found.found})
            assert all(one.offers or one.forbidden for one in found.found)
        assert lefts[0] == lefts[1]
        assert lefts[0] == {"courtyard": 1, "family": 3, "king": 4, "suite": 2, "twin": 5, "yard": 3}
        house = HotelStore(world.work()).setup.house()
        assert sum(kind.capacity for kind in house.types.values() if not kind.house) == 24
        placed = [one for one in world.said() if one["type"] == "tourism.commerce.order.placed.v1"]
        assert len(placed) == 5
