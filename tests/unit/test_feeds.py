"""Feeds out: signatures, tries and rests of webhooks, pages of a pulled feed; without a table."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import parse_instant
from chalicelib.messaging.feeds import pulling
from chalicelib.messaging.feeds.domain import (
    BACKOFF,
    GIVEN_UP,
    Hook,
    Item,
    MarkInvalid,
    NotDead,
    first_failure,
    signed,
)

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
HOOK = Hook(id="hk_1", feed="above", url="https://example.org/in", label="省厅", made="x", by="m")


def items(count: int) -> list[Item]:
    return [
        Item(
            id=new_id("fd", now=NOW + timedelta(seconds=n)),
            event={"type": f"t{n % 2}"},
            district="410185" if n % 2 else "410103",
        )
        for n in range(count)
    ]


class Feeds:
    """The log in memory."""

    def __init__(self, kept: list[Item]) -> None:
        self.kept, self.marks = kept, dict[str, str]()

    def after(self, _feed: str, mark: str, *, most: int) -> Iterator[Item]:
        yield from [one for one in self.kept if one.id > mark][:most]

    def mark(self, _feed: str, puller: str) -> str:
        return self.marks.get(puller, "")

    def keep_mark(self, _feed: str, puller: str, upto: str) -> None:
        self.marks[puller] = upto


def pull(feeds: Feeds, **more: Any) -> Any:
    return pulling.pull(feed="above", puller="ak_1", most=3, feeds=feeds, **more)


def test_a_signature_is_the_published_vector() -> None:
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_page_is_told_again_until_it_is_acknowledged() -> None:
    feeds = Feeds(items(5))
    first = pull(feeds)
    assert (len(first.items), first.more) == (3, True)
    assert pull(feeds) == first
    assert len(pull(feeds, after=first.upto).items) == 2, "to page on nothing has to be acknowledged"
    pulling.acknowledge(feed="above", puller="ak_1", upto=first.upto, feeds=feeds)
    rest = pull(feeds)
    assert [one.id for one in rest.items] == [one.id for one in feeds.kept[3:]]
    pulling.acknowledge(feed="above", puller="ak_1", upto=feeds.kept[0].id, feeds=feeds)
    assert pull(feeds) == rest, "an older mark changes nothing"
    for mark in ("", "-", "zzz", "ev_1"):
        with pytest.raises(MarkInvalid):
            pulling.acknowledge(feed="above", puller="ak_1", upto=mark, feeds=feeds)


def test_what_a_key_may_not_see_is_passed_over_with_its_mark() -> None:
    feeds = Feeds(items(4))
    page = pull(feeds, sees=lambda item: item.district == "410185")
    assert [one.id for one in page.items] == [feeds.kept[1].id]
    assert page.upto == feeds.kept[2].id


def test_a_failed_try_rests_longer_each_time_and_a_taken_one_rests_no_more() -> None:
    item, hook, rests = items(1)[0].id, HOOK, []
    for _ in range(len(BACKOFF) + 2):
        hook = hook.told(item, answer="HTTP 500", ok=False, gone=False, now=NOW)
        rests.append(parse_instant(hook.rests) - NOW)
    assert rests == [*BACKOFF, BACKOFF[-1], BACKOFF[-1]]
    assert hook.told(item, answer="HTTP 410", ok=False, gone=True, now=NOW).off == "gone"
    taken = hook.told(item, answer="HTTP 200", ok=True, gone=False, now=NOW)
    assert (taken.failed, taken.rests, taken.mark) == (0, "", item)


def test_an_address_that_takes_nothing_for_days_is_switched_off_until_somebody_turns_it_on() -> None:
    item, hook, since = items(1)[0].id, HOOK, NOW
    while not hook.off:
        hook = hook.told(item, answer="timeout", ok=False, gone=False, now=since)
        since = parse_instant(hook.rests)
    assert (hook.off, hook.failed) == ("silent", GIVEN_UP)
    assert since - NOW > timedelta(days=6)
    again = hook.switched(on=True)
    assert (again.off, again.failed, again.rests) == ("", 0, "")


def test_a_delivery_is_dead_after_its_last_try_until_somebody_sends_it_again() -> None:
    attempt = first_failure("hk_1", "fd_1", "HTTP 500", now=NOW)
    with pytest.raises(NotDead):
        attempt.again(now=NOW)
    for _ in range(len(BACKOFF) - 1):
        assert not attempt.dead
        attempt = attempt.failed("timeout", now=NOW)
    assert (attempt.dead, attempt.next, attempt.answer) == (True, "", "timeout")
    assert attempt.again(now=NOW) == replace(attempt, dead=False, tries=0, next="2026-11-22T02:30:00.000Z")


def test_an_address_gets_the_types_and_the_district_that_it_asked_for() -> None:
    one, other = items(2)
    assert HOOK.wants(one)
    assert [replace(HOOK, types=("t1",)).wants(item) for item in (one, other)] == [False, True]
    assert [replace(HOOK, district="410185").wants(item) for item in (one, other)] == [False, True]
