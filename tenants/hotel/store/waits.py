"""The waitlist: open entries in a small partition, in the order in which they came; closed ones go away."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Missing
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.waitlist import OPEN, Wait, WaitState

_KEPT = timedelta(days=90)


class WaitRow(Row, discriminator="hotel-wait"):
    """pk ``WAITS#<property>`` (closed: ``WAITED#<property>``, for 90 days), sk the id."""

    body = UnicodeAttribute()
    contact = BinaryAttribute(legacy_encoding=False)
    state = UnicodeAttribute()
    version = NumberAttribute()


class WaitStore:
    """The ``Waits`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, site: str, id: str) -> Wait:
        row = WaitRow.find(tenant_key("WAITS", site), id) if id else None
        if row is None:
            raise Missing(wait=id)
        return _wait(site, row)

    def open(self, site: str) -> Sequence[Wait]:
        return [_wait(site, row) for row in WaitRow.query(tenant_key("WAITS", site), consistent_read=True)]

    def keep(self, wait: Wait, *, before: Wait | None) -> None:
        self._work.about(wait.id)
        pk = tenant_key("WAITS", wait.site)
        if before is None:
            self._work.create(_row(pk, wait))
        elif wait.state in OPEN:
            self._work.put(_row(pk, wait), WaitRow.version == before.version)
        else:
            self._work.delete(WaitRow(pk, wait.id), WaitRow.version == before.version)
            row = _row(tenant_key("WAITED", wait.site), wait)
            row.ttl = int((self._work.now + _KEPT).timestamp())
            self._work.put(row)


def _row(pk: str, wait: Wait) -> WaitRow:
    until = int(wait.until.timestamp()) if wait.until is not None else 0
    body = [
        wait.type,
        wait.plan,
        wait.arrive.isoformat(),
        wait.depart.isoformat(),
        wait.count,
        wait.adults,
        wait.children,
        wait.order,
        until,
        wait.tries,
    ]
    return WaitRow(
        pk,
        wait.id,
        body=json.dumps(body),
        contact=wait.contact,
        state=str(wait.state),
        version=wait.version,
    )


def _wait(site: str, row: WaitRow) -> Wait:
    type, plan, arrive, depart, count, adults, children, order, until, tries = json.loads(row.body)
    return Wait(
        id=row.sk,
        site=site,
        type=type,
        plan=plan,
        arrive=date.fromisoformat(arrive),
        depart=date.fromisoformat(depart),
        count=count,
        adults=adults,
        children=children,
        contact=row.contact,
        state=WaitState(row.state),
        order=order,
        until=datetime.fromtimestamp(until, UTC) if until else None,
        tries=tries,
        version=int(row.version),
    )
