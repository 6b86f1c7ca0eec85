"""The business day of each property, and its book: every entry of a day, one row a command."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.persistence.table import Row, tenant_key
from tenants.hotel.domain.folio import Entry
from tenants.hotel.store.entries import entry_of
from tenants.hotel.store.setup import SetupStore


class DayRow(Row, discriminator="hotel-business-day"):
    """pk ``DAYS``, sk the property: the open business day, and the one being closed, since when."""

    open = UnicodeAttribute()
    closing = UnicodeAttribute(null=True)
    began = UnicodeAttribute(null=True)


class BookRow(Row, discriminator="hotel-book"):
    """pk ``BOOK#<property>#<day>``, sk an id in order of time: the entries of one command, as JSON."""

    body = UnicodeAttribute()


class BookStore:
    """The ``DayBook`` port. The open day is read once a work: what posts checks it when it commits."""

    def __init__(self, now: datetime, setup: SetupStore) -> None:
        self._now, self._setup = now, setup
        self._today: dict[str, date] = {}

    def today(self, property: str) -> date:
        known = self._today.get(property)
        if known is None:
            row = DayRow.find(tenant_key("DAYS"), property)
            # Before the first audit the day is the one whose night is being sold.
            known = (
                date.fromisoformat(row.open)
                if row is not None
                else self._setup.house().properties[property].night_of(self._now)
            )
            self._today[property] = known
        return known

    def entries(self, property: str, day: date) -> Sequence[Entry]:
        rows = BookRow.query(tenant_key("BOOK", property, day.isoformat()), consistent_read=True)
        return [entry_of(values) for row in rows for values in json.loads(row.body)]
