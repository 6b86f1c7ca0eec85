"""Money, time and ids: the words that everything else is said in."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import derived_id, first_id, is_id, lane_of, moment_of, new_id
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import SHANGHAI, Period, business_day, local, parse_instant, rfc3339

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))
WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any)


@given(amount=st.integers(-(10**12), 10**12), weights=WEIGHTS)
def test_a_split_adds_up_and_is_fair_to_a_fen(amount: int, weights: list[int]) -> None:
    shares = Money(amount).split(weights)
    assert sum(share.amount for share in shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.amount * sum(weights) - amount * weight) < sum(weights)


@given(amount=st.integers(0, 10**9), weight=st.integers(1, 9), parts=st.integers(1, 9))
def test_equal_weights_differ_by_a_fen_at_most(amount: int, weight: int, parts: int) -> None:
    shares = Money(amount).split([weight] * parts)
    assert max(shares).amount - min(shares).amount <= 1
    assert list(shares) == sorted(shares, reverse=True)


@given(weights=WEIGHTS, amount=st.integers(0, 10**9))
def test_who_weighs_nothing_gets_nothing(weights: list[int], amount: int) -> None:
    for share, weight in zip(Money(amount).split(weights), weights, strict=True):
        assert weight or not share


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_a_split_by_nothing_or_by_less_is_an_error(weights: list[int]) -> None:
    with pytest.raises(ValueError):
        Money(100).split(weights)


@pytest.mark.parametrize(
    ("amount", "permille", "share"),
    [(8001, 500, 4001), (8000, 500, 4000), (1, 500, 1), (1, 499, 0), (999, 1000, 999), (999, 0, 0)],
)
def test_a_share_rounds_half_a_fen_up(amount: int, permille: int, share: int) -> None:
    assert Money(amount).share(permille) == Money(share)


@given(amount=st.integers(0, 10**9), permille=st.integers(0, 1000))
def test_a_share_lies_between_nothing_and_all(amount: int, permille: int) -> None:
    assert Money(0) <= Money(amount).share(permille) <= Money(amount)


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="CNY and USD"):
        Money(1) + Money(1, "USD")
    with pytest.raises(ValueError, match="CNY and USD"):
        Money(1) - Money(1, "USD")


@given(one=st.integers(-(10**9), 10**9), other=st.integers(-(10**9), 10**9), times=st.integers(0, 99))
def test_money_counts_like_integers(one: int, other: int, times: int) -> None:
    assert Money(one) + Money(other) - Money(other) == Money(one)
    assert Money(one) * times == Money(one * times)
    assert bool(Money(one)) is (one != 0)


@given(start=DATES, nights=st.integers(1, 400))
def test_a_stay_has_as_many_days_as_nights(start: date, nights: int) -> None:
    stay = Period(start, start + timedelta(days=nights))
    days = list(stay)
    assert len(days) == len(set(days)) == nights
    assert all(day in stay for day in days)
    assert stay.end not in stay
    assert start - timedelta(days=1) not in stay


@given(start=DATES, back=st.integers(0, 400))
def test_a_period_that_ends_before_it_starts_is_an_error(start: date, back: int) -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        Period(start, start - timedelta(days=back))


@given(instant=INSTANTS, hours=st.integers(-12, 14))
def test_an_instant_is_written_in_utc_with_milliseconds_and_read_back(instant: datetime, hours: int) -> None:
    elsewhere = instant.astimezone(timezone(timedelta(hours=hours)))
    text = rfc3339(elsewhere)
    assert text.endswith("Z")
    assert len(text) == 24
    assert parse_instant(text) == instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def test_an_instant_without_an_offset_is_an_error() -> None:
    with pytest.raises(ValueError, match="offset"):
        parse_instant("2026-10-02T01:30:00")


def test_the_business_day_turns_at_midnight_in_zhengzhou() -> None:
    assert business_day(datetime(2026, 10, 1, 15, 59, 59, tzinfo=UTC)) == date(2026, 10, 1)
    assert business_day(datetime(2026, 10, 1, 16, 0, tzinfo=UTC)) == date(2026, 10, 2)


@given(day=DATES, at=st.times())
def test_a_wall_clock_time_is_found_again_on_its_day(day: date, at: time) -> None:
    instant = local(day, at)
    assert instant.tzinfo is UTC
    assert business_day(instant) == day
    assert instant.astimezone(SHANGHAI).time() == at


@given(now=INSTANTS)
def test_an_id_carries_its_moment_and_its_kind(now: datetime) -> None:
    id = new_id("or", now=now)
    assert is_id(id, "or")
    assert not is_id(id, "tn")
    assert abs(moment_of(id) - now) < timedelta(milliseconds=1)
    assert id != new_id("or", now=now)


@given(now=INSTANTS, later=st.timedeltas(timedelta(milliseconds=1), timedelta(days=3650)))
def test_ids_sort_by_time(now: datetime, later: timedelta) -> None:
    assert new_id("or", now=now) < new_id("or", now=now + later)


@given(now=INSTANTS, seed=st.text(max_size=40), other=st.text(max_size=40))
def test_a_derived_id_is_the_same_for_the_same_seed_on_the_same_day(
    now: datetime, seed: str, other: str
) -> None:
    morning = now.replace(hour=0, minute=0, second=0, microsecond=0)
    id = derived_id("or", now=now, seed=seed)
    assert is_id(id, "or")
    assert id == derived_id("or", now=morning, seed=seed)
    assert id != derived_id("or", now=now + timedelta(days=1), seed=seed)
    assert (id == derived_id("or", now=now, seed=other)) is (seed == other)


@pytest.mark.parametrize("value", ["or_", "or_1", "or_" + "i" * 26, "OR_" + "0" * 26, "or-" + "0" * 26, ""])
def test_what_is_not_an_id_is_not_taken_for_one(value: str) -> None:
    assert not is_id(value, "or")


@given(value=st.text(max_size=40), lanes=st.integers(1, 64))
def test_a_lane_is_stable_and_within_bounds(value: str, lanes: int) -> None:
    assert lane_of(value, lanes=lanes) == lane_of(value, lanes=lanes)
    assert 0 <= lane_of(value, lanes=lanes) < lanes


def test_lanes_share_ids_evenly() -> None:
    now = datetime(2026, 10, 2, tzinfo=UTC)
    counts = [0] * 8
    for number in range(8000):
        counts[lane_of(derived_id("or", now=now, seed=str(number)), lanes=8)] += 1
    assert min(counts) > 850
    assert max(counts) < 1150


@pytest.mark.parametrize("rest", ["z" * 26, "7" + "z" * 25, "8" + "0" * 25, "u" * 26, "0" * 26 + "\n"])
def test_an_id_of_a_moment_that_no_calendar_has_is_the_id_of_nothing(rest: str) -> None:
    with pytest.raises(Missing):
        moment_of(f"st_{rest}")


def test_an_id_carries_its_moment_up_to_the_end_of_calendars() -> None:
    for moment in (datetime(1970, 1, 1, tzinfo=UTC), datetime(8999, 12, 31, 23, 59, tzinfo=UTC)):
        made = first_id("st", now=moment)
        assert is_id(made, "st")
        assert moment_of(made) == moment
