"""Hires in memory: the same conditions, no table."""

from collections.abc import Sequence
from datetime import date

from chalicelib.kernel.errors import Missing
from tenants.hotel.domain.hire import Hire
from tests.fakes import Work


class FakeHires:
    """The ``Hires`` port."""

    def __init__(self, memory: dict[str, Hire], work: Work) -> None:
        self._memory, self._work = memory, work

    def get(self, id: str) -> Hire:
        if id not in self._memory:
            raise Missing(hire=id)
        return self._memory[id]

    def several(self, ids: Sequence[str]) -> list[Hire]:
        return [self._memory[id] for id in ids if id in self._memory]

    def between(self, site: str, first: date, last: date) -> list[Hire]:
        wanted = (first.isoformat(), f"{last.isoformat()}~")
        return [one for id, one in self._memory.items() if one.site == site and wanted[0] <= id <= wanted[1]]

    def create(self, hire: Hire) -> None:
        self._work.join(lambda: hire.id not in self._memory, lambda: self._memory.update({hire.id: hire}))

    def keep(self, hire: Hire, *, before: Hire) -> None:
        self._work.join(
            lambda: self._memory[hire.id].version == before.version,
            lambda: self._memory.update({hire.id: hire}),
        )
