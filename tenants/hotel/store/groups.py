"""Groups: open ones in a small partition, closed ones under the month of their arrival."""

import json
from collections.abc import Sequence
from datetime import date

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.commerce.stock import Hold, Pick
from chalicelib.commerce.stock import store as stock_store
from chalicelib.kernel.errors import Missing
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.group import Group, GroupState
from tenants.hotel.domain.sheet import month_of


class GroupRow(Row, discriminator="hotel-group"):
    """pk ``GROUPS#<property>`` while it is open, then ``GROUPS#<property>#<yyyymm>``; sk the id, which also
    names its holds."""

    body = UnicodeAttribute()
    contact = BinaryAttribute(legacy_encoding=False)
    state = UnicodeAttribute()
    version = NumberAttribute()


class GroupOverRow(Row, discriminator="hotel-group-over"):
    """pk ``GROUPSOVER#<property>``, sk the id: under which month a group that is over lies now."""

    month = UnicodeAttribute()


class GroupStore:
    """The ``Groups`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, site: str, id: str, *, month: str = "") -> Group:
        row = GroupRow.find(tenant_key("GROUPS", site), id) if id else None
        if id and row is None:
            over = GroupOverRow.find(tenant_key("GROUPSOVER", site), id)
            where = over.month if over is not None else month  # who was over before 2026-11-23 has no pointer
            row = GroupRow.find(tenant_key("GROUPS", site, where), id) if where else None
        if row is None:
            raise Missing(group=id)
        return _group(site, row)

    def open(self, site: str) -> Sequence[Group]:
        return [_group(site, row) for row in GroupRow.query(tenant_key("GROUPS", site), consistent_read=True)]

    def closed(self, site: str, month: str) -> Sequence[Group]:
        return [_group(site, row) for row in GroupRow.query(tenant_key("GROUPS", site, month))]

    def create(self, group: Group, *, taken: Sequence[Pick]) -> None:
        stock_store.take(self._work, taken, order=group.id)
        self._work.create(_row(tenant_key("GROUPS", group.site), group))
        self._work.about(group.id)

    def hand_on(self, group: Group, *, before: Group, taken: Sequence[Hold], order: str) -> None:
        held = {(hold.resource, hold.slot, hold.bucket): hold for hold in before.holds}
        for hold in taken:
            whole = held[(hold.resource, hold.slot, hold.bucket)]
            stock_store.hand_on(self._work, whole, count=hold.count, source=before.id, target=order)
        row = _row(tenant_key("GROUPS", group.site), group)
        self._work.put(row, GroupRow.version == before.version)

    def end(self, group: Group, *, before: Group) -> None:
        for hold in before.holds:
            stock_store.give_back(self._work, hold, order=before.id, count=hold.count, until=None)
        gone = GroupRow(tenant_key("GROUPS", group.site), group.id)
        self._work.delete(gone, GroupRow.version == before.version)
        month = month_of(group.arrive)
        self._work.put(_row(tenant_key("GROUPS", group.site, month), group))
        self._work.put(GroupOverRow(tenant_key("GROUPSOVER", group.site), group.id, month=month))
        self._work.about(group.id)


def _row(pk: str, group: Group) -> GroupRow:
    body = {
        "n": [group.name, group.company, group.plan],
        "d": [group.arrive.isoformat(), group.depart.isoformat(), group.release.isoformat()],
        "r": dict(group.rooms),
        "$": dict(group.rates),
        "h": [[one.resource, one.slot, one.bucket, one.count, one.shelf] for one in group.holds],
        "p": group.picked,
        "g": group.given,
    }
    return GroupRow(
        pk,
        group.id,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        contact=group.contact,
        state=str(group.state),
        version=group.version,
    )


def _group(site: str, row: GroupRow) -> Group:
    body = json.loads(row.body)
    name, company, plan = body["n"]
    arrive, depart, release = map(date.fromisoformat, body["d"])
    return Group(
        id=row.sk,
        site=site,
        name=name,
        company=company,
        contact=row.contact,
        arrive=arrive,
        depart=depart,
        rooms=body["r"],
        plan=plan,
        release=release,
        rates=body["$"],
        state=GroupState(row.state),
        holds=tuple(
            Hold(resource=resource, slot=slot, bucket=bucket, count=count, shelf=shelf)
            for resource, slot, bucket, count, shelf in body["h"]
        ),
        picked=tuple(body["p"]),
        given=body.get("g", len(body["p"])),
        version=int(row.version),
    )
