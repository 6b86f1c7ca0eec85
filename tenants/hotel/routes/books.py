"""What the hotel's own books say of a period, for the returns it signs: sums of its closed business days."""

from datetime import date, datetime

from chalicelib.kernel.module import Booked
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.figures import totals
from tenants.hotel.store.accounts import AccountsStore


def read_books(first: date, last: date, now: datetime) -> dict[str, Booked]:
    """By figure; each leads to its month, then the day and its room-nights. Nothing closed: nothing."""
    accounts = AccountsStore(UnitOfWork(action="hotel.read-books", now=now))
    days = [
        day
        for site in accounts.setup.house().properties
        for day in accounts.audits.figures(site, first, last)
    ]
    if not days:
        return {}
    sums, closed = totals(days), len({day.day for day in days})
    values = {
        "available": sums.available,
        "let": sums.let,
        "room": sums.room[0],
        "food": sums.food[0],
        "other": sums.other[0],
        "guests": sums.guests,
    }
    href = f"/hotel/figures?month={last:%Y-%m}"
    return {name: Booked(value=value, href=href, days=closed) for name, value in values.items()}
