"""The calendar of working days: make-up days, holidays, years that were not announced."""

from datetime import date, timedelta

import pytest

from chalicelib.kernel.workdays import YEARS, after_workdays, announced, holiday_on, is_workday


def test_a_weekend_day_may_be_worked_and_a_weekday_off() -> None:
    assert is_workday(date(2026, 10, 10)), "a Saturday worked for the National Day"
    assert not is_workday(date(2026, 10, 7)), "a Wednesday off"
    assert is_workday(date(2026, 10, 8))
    assert not is_workday(date(2026, 11, 22)), "a plain Sunday"
    assert holiday_on(date(2026, 10, 1)) == "国庆节"
    assert holiday_on(date(2026, 11, 22)) == ""


def test_five_working_days_step_over_a_holiday() -> None:
    assert after_workdays(date(2026, 9, 29), 1) == date(2026, 9, 30)
    assert after_workdays(date(2026, 9, 29), 2) == date(2026, 10, 8)
    assert after_workdays(date(2026, 9, 29), 5) == date(2026, 10, 11 + 1), "the 10th is worked, the 11th not"


def test_a_year_without_rows_follows_the_week() -> None:
    assert not announced(2031)
    assert is_workday(date(2031, 10, 1)) is (date(2031, 10, 1).weekday() < 5)
    assert announced(2026)


@pytest.mark.parametrize("year", [one.year for one in YEARS])
def test_the_rows_agree_with_the_published_calendar(year: int) -> None:
    theirs = pytest.importorskip("chinese_calendar")
    day = date(year, 1, 1)
    while day.year == year:
        assert is_workday(day) == theirs.is_workday(day), day
        day += timedelta(days=1)


def test_days_worked_are_weekend_days_and_holidays_do_not_overlap() -> None:
    for year in YEARS:
        assert year.source
        ends = [date.min]
        for holiday in year.holidays:
            assert ends[-1] < holiday.first <= holiday.last
            ends.append(holiday.last)
            assert all(day.weekday() >= 5 and not holiday_on(day) for day in holiday.worked)
