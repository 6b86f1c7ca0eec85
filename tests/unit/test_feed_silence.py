"""An address that takes nothing: when the city hears of it, and how little of the address."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.messaging.feeds.domain import GIVEN_UP, Hook
from chalicelib.messaging.feeds.silence import NOTICED, domain_of, observed, trouble

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
HOOK = Hook(
    id="hk_1",
    feed="down",
    url="https://x7k2.hooks.example.com/in/secret?key=abc",
    label="PMS",
    made="x",
    by="m",
)


def failing(hook: Hook, tries: int) -> Hook:
    for n in range(tries):
        hook = hook.told(f"fd_{n}", answer="HTTP 500", ok=False, gone=False, now=NOW + timedelta(hours=n))
    return hook


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://x7k2.hooks.example.com/in/secret?key=abc", "example.com"),
        ("https://token.pms.example.com.cn:8443/in", "example.com.cn"),
        ("https://user:" + "word@hotel.example/in", "hotel.example"),  # in two: this is no credential
        ("https://93.184.216.34/in", "93.184.216.34"),
        ("not an address", ""),
    ],
)
def test_of_an_address_only_its_domain_is_told(url: str, domain: str) -> None:
    assert domain_of(url) == domain


def test_a_hiccup_is_not_told_and_a_silence_is_with_its_beginning() -> None:
    before, after = failing(HOOK, NOTICED - 2), failing(HOOK, NOTICED - 1)
    assert observed(before, after, waiting=lambda: 1, now=NOW) is None
    event = observed(after, failing(HOOK, NOTICED), waiting=lambda: 9_999, now=NOW)
    assert event is not None
    assert event.data == {
        "hook": "hk_1",
        "domain": "example.com",
        "delivery": "failing",
        "waiting": 500,
        "failingSince": "2026-11-22T02:30:00.000Z",
    }
    assert "secret" not in str(event)
    given_up = failing(HOOK, GIVEN_UP)
    last = observed(failing(HOOK, GIVEN_UP - 1), given_up, waiting=lambda: 3, now=NOW)
    assert last is not None
    assert (last.data["delivery"], last.data["failingSince"]) == ("silent", event.data["failingSince"])


def test_the_end_of_a_silence_is_told_once_whoever_ends_it() -> None:
    silent = failing(HOOK, GIVEN_UP)
    taken = failing(HOOK, NOTICED).told("fd_9", answer="HTTP 200", ok=True, gone=False, now=NOW)
    for before, after in (
        (failing(HOOK, NOTICED), taken),
        (silent, silent.switched(on=True)),
        (failing(HOOK, NOTICED), failing(HOOK, NOTICED).switched(on=False)),
        (silent, None),
    ):
        event = observed(before, after, waiting=lambda: 0, now=NOW)
        assert event is not None
        assert event.data["delivery"] == "over"
    assert trouble(taken) == ""
    assert observed(taken, taken.switched(on=False), waiting=lambda: 0, now=NOW) is None


def test_the_feed_to_the_level_above_is_the_citys_own_affair() -> None:
    above = replace(HOOK, feed="above")
    assert observed(above, failing(above, GIVEN_UP), waiting=lambda: 1, now=NOW) is None
