"""A line of a bill as a clerk reads it."""

from datetime import date

import pytest

from tenants.hotel.domain.folio import Entry, Sort
from tenants.hotel.routes.office import entry_row


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2035-10-02/2035-10-03", "2035-10-02 – 2035-10-03"),
        ("2035-10-02", ""),
        ("2035-10-01", "2035-10-01"),
        ("没喝", "没喝"),
    ],
)
def test_the_nights_of_a_fee_are_read_as_days_and_a_nights_own_day_says_nothing(
    written: str, read: str
) -> None:
    entry = Entry(sort=Sort.CHARGE, code="room", amount=100, text=written, day=date(2035, 10, 2))
    assert entry_row(entry, say=lambda words, **_: words, corrected=False)["note"] == read
