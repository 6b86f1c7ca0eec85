"""Pictures on the engine: the row, its version, and the file beside it."""

import pytest

from chalicelib.kernel.errors import Clash
from chalicelib.tenancy.context import bind
from tenants.hotel.usecases import photos
from tests.hotel_world import INN, EngineWorld, context
from tests.pictures import JPEG

pytestmark = pytest.mark.component
