"""A line of a bill as a clerk reads it."""

from datetime import date

import pytest

from tenants.hotel.domain.folio import Entry, Link, Sort
from tenants.hotel.routes.shown.amounts import entry_row


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


@pytest.mark.parametrize(("room", "read"), [("203", "由 203 的账单转入"), ("", "由另一张账单转入")])
def test_what_came_from_another_bill_names_its_room_and_no_number_of_ours(room: str, read: str) -> None:
    of = "st_01m808tx00145z3dc6av3n281q.1#2"
    entry = Entry(sort=Sort.CHARGE, code="room", amount=100, room=room, link=Link.MOVED, of=of)
    row = entry_row(entry, say=lambda words, **facts: words % facts if facts else words, corrected=False)
    assert row["note"] == read
