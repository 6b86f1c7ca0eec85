"""A process that dies at one chosen call to the table: before it is sent, or after it was applied."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.tenancy.credentials import tenant_dynamodb


class Died(BaseException):
    """The process is gone: nothing may catch this."""


class Reaper:
    """Lets so many calls through; the next one dies ``before`` it is sent or ``after`` it was applied."""

    def __init__(self) -> None:
        self.calls, self.at, self.moment = 0, 0, ""

    def arm(self, *, at: int, moment: str) -> None:
        self.calls, self.at, self.moment = 0, at, moment

    def before(self, *_: Any) -> None:
        self.calls += 1
        if self.calls == self.at and self.moment == "before":
            raise Died

    def after(self, *_: Any) -> None:
        if self.calls == self.at and self.moment == "after":
            self.at = 0
            raise Died


@contextmanager
def reaping() -> Iterator[Reaper]:
    """A reaper among the calls of this process; it lets all of them through until it is armed."""
    made, client = Reaper(), tenant_dynamodb()
    client.before.append(made.before)
    client.after.append(made.after)
    try:
        yield made
    finally:
        client.before.remove(made.before)
        client.after.remove(made.after)
