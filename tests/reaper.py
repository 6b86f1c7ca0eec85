"""A process that dies at one chosen call to the table: before it is sent, or after it was applied."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.tenancy.credentials import tenant_dynamodb

_READS = frozenset({"GetItem", "BatchGetItem", "Query"})


class Died(BaseException):
    """The process is gone: nothing may catch this."""


class Reaper:
    """Lets so many calls through; the next one dies ``before`` it is sent or ``after`` it was applied.

    writes: count those alone. What is kept when a process dies between two reads is what was kept after the
    write before them, and whoever comes next remembers nothing of what was read.
    """

    def __init__(self, *, writes: bool = False) -> None:
        self.calls, self.at, self.moment, self._writes = 0, 0, "", writes

    def arm(self, *, at: int, moment: str) -> None:
        self.calls, self.at, self.moment = 0, at, moment

    def before(self, operation: str, *_: Any) -> None:
        if self._writes and operation in _READS:
            return
        self.calls += 1
        if self.calls == self.at and self.moment == "before":
            raise Died

    def after(self, operation: str, *_: Any) -> None:
        if self._writes and operation in _READS:
            return
        if self.calls == self.at and self.moment == "after":
            self.at = 0
            raise Died


@contextmanager
def reaping(*, writes: bool = False) -> Iterator[Reaper]:
    """A reaper among the calls of this process; it lets all of them through until it is armed."""
    made, client = Reaper(writes=writes), tenant_dynamodb()
    client.before.append(made.before)
    client.after.append(made.after)
    try:
        yield made
    finally:
        client.before.remove(made.before)
        client.after.remove(made.after)
