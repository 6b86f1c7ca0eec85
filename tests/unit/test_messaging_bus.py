"""The bus: batches of ten, under the size limit, failed entries again and only those."""

from typing import Any

import pytest

from chalicelib.messaging import bus
from tests.feed_world import entry, ticket


class Fake:
    """Takes what it is given; ``refuse`` says for each call which positions it does not take."""

    def __init__(self, *refuse: Any) -> None:
        self.calls: list[list[dict[str, str]]] = []
        self._refuse = list(refuse)

    def put(self, entries: list[dict[str, str]]) -> dict[str, Any]:
        self.calls.append(entries)
        bad = self._refuse.pop(0) if self._refuse else set()
        if isinstance(bad, Exception):
            raise bad
        found = [{"ErrorCode": "X"} if n in bad else {"EventId": "1"} for n in range(len(entries))]
        return {"FailedEntryCount": len(bad), "Entries": found}


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    def install(fake: Fake) -> Fake:
        monkeypatch.setattr(bus, "own_bus", lambda: fake)
        monkeypatch.setattr("time.sleep", lambda _seconds: None)
        return fake

    return install


def test_ten_go_together(use: Any) -> None:
    fake = use(Fake())
    assert bus.publish([entry(1) for _ in range(23)]) == set()
    assert [len(call) for call in fake.calls] == [10, 10, 3]
    assert {one["Source"] for call in fake.calls for one in call} == {"tourism.up"}


def test_a_batch_stays_under_the_size_limit(use: Any) -> None:
    fake = use(Fake())
    big = [{**entry(1), "subject": "字" * 30_000} for _ in range(5)]
    assert bus.publish(big) == set()
    assert [len(call) for call in fake.calls] == [2, 2, 1]
    assert bus.too_large({**entry(1), "subject": "字" * 100_000})


def test_only_what_failed_goes_again(use: Any) -> None:
    fake = use(Fake({0, 3}, {1}))
    sent = [ticket(n + 1) for n in range(5)]
    assert bus.publish(sent) == set()
    assert [len(call) for call in fake.calls] == [5, 2, 1]
    assert sent[3]["id"] in fake.calls[2][0]["Detail"]


def test_what_never_gets_in_is_named(use: Any) -> None:
    use(Fake({1}, {0}, {0}))
    assert bus.publish([ticket(1), ticket(2)]) == {1}


def test_a_bus_that_is_away_takes_nothing_and_raises_nothing(use: Any) -> None:
    use(Fake(*[ConnectionError("away") for _ in range(6)]))
    assert bus.publish([entry(1) for _ in range(12)]) == set(range(12))
