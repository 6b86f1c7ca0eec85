"""Every request of a course with a death before and after each of its writes, and then sent twice.

After each death the same request comes again, twice: what is then kept means what an undisturbed run keeps,
row by row, so the next request begins where it would have begun. What is kept when a process dies between two
reads is what was kept after the write before: the deaths are those before and after each write.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from tests.hotel_course import Course, Step
from tests.hotel_desk import Desk
from tests.kept import Kept, Photograph, forget_process, meaning
from tests.reaper import Died, reaping


def said_once(desk: Desk, *days: date) -> Counter[str]:
    """The events of these days by type; each was said once."""
    said = desk.said_on(*days)
    assert len({one["id"] for one in said}) == len(said)
    return Counter(one["type"].removeprefix("tourism.").removesuffix(".v1") for one in said)


def deaths(story: Course, steps: Sequence[Step], *, kept: Kept) -> int:
    """Every step with a death before and after each of its writes; how many deaths there were."""
    desk, died, start = story.desk, 0, kept.photograph()

    def mended(step: Callable[[], Any]) -> tuple[Photograph, Counter[str]]:
        """What is kept once the duties have run that a death leaves their work to; and what it means."""
        duties, asked = story.mended.get(step.__name__, ()), desk.now
        for desk.now, run in duties:
            run()
        desk.now = asked
        rows = kept.photograph()
        return rows, meaning(rows, timeless=bool(duties), looks=story.looks) + story.abroad()

    with reaping(writes=True) as reaper:
        for desk.now, step in steps:
            provider = deepcopy(story.provider)
            reaper.arm(at=0, moment="")
            step()
            writes, end, notes = reaper.calls, kept.photograph(), deepcopy(story.notes())
            rows, wanted = mended(step)
            for at, when in itertools.product(range(1, writes + 1), ("before", "after")):
                kept.put_back(start, now=rows)
                vars(story.provider).update(deepcopy(vars(provider)))
                reaper.arm(at=at, moment=when)
                with pytest.raises(Died):
                    step()
                reaper.arm(at=0, moment="")
                forget_process()
                step()
                step()
                rows, found = mended(step)
                assert found == wanted, (step.__name__, at, when, found - wanted, wanted - found)
                died += 1
            story.recall(notes)
            kept.put_back(end, now=rows)
            start = end
    return died
