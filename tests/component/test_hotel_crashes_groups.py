"""Rooms held for others: the process dies at every write of every request, and each is sent twice."""

import pytest

from infra.local.fixture import Stack
from tests.hotel_course import ONE
from tests.hotel_deaths import deaths, said_once
from tests.hotel_desk import DAY, Desk
from tests.hotel_story_groups import Groups
from tests.kept import Kept, places

pytestmark = pytest.mark.component


def test_a_death_loses_no_room_of_a_group_and_offers_none_twice(desk: Desk, engine: Stack) -> None:
    story, kept = Groups(desk), Kept(engine)
    story.prepare()
    assert deaths(story, story.steps, kept=kept) > 70
    left = {at: counts for at, counts in places(kept.photograph()).items() if at[0].startswith("type:")}
    assert left == {  # left, held for good, held for a while
        ("type:twin", f"{DAY}"): (0, 3, 0),  # one picked up, two offered and taken
        ("type:twin", f"{DAY + ONE}"): (0, 3, 0),
        ("type:king", f"{DAY}"): (2, 1, 0),  # the platform's
        ("type:king", f"{DAY + ONE}"): (1, 2, 0),  # and one above the cap
        ("type:king", f"{DAY + 2 * ONE}"): (3, 0, 0),
        ("type:king", f"{DAY + 4 * ONE}"): (2, 1, 0),
    }
    types = said_once(desk, DAY - 8 * ONE, DAY - 2 * ONE)
    assert types == {"commerce.order.placed": 2, "lodging.availability.changed": 27}
