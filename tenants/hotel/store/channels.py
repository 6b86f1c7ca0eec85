"""Channels and what they have taken: one row a channel, one a closure."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.commerce.stock import Hold
from chalicelib.commerce.stock import store as stock_store
from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.channel import Channel, Closure, Dropped


class ChannelRow(Row, discriminator="hotel-channel"):
    """pk ``CHANNELS``, sk the channel's id. The address is sealed: whoever has it can read the calendar."""

    property = UnicodeAttribute()
    type = UnicodeAttribute()
    name = UnicodeAttribute()
    key = UnicodeAttribute()
    address = BinaryAttribute(null=True, legacy_encoding=False)
    tag = UnicodeAttribute(null=True)
    tried = UnicodeAttribute(null=True)
    read = UnicodeAttribute(null=True)
    busy = NumberAttribute(default=0)
    error = UnicodeAttribute(null=True)
    version = NumberAttribute()


class ClosureRow(Row, discriminator="hotel-closure"):
    """pk ``CLOSURES#<channel>``, sk the closure's id, which also names its holds."""

    property = UnicodeAttribute()
    asked = UnicodeAttribute()
    type = UnicodeAttribute()
    first = UnicodeAttribute()
    last = UnicodeAttribute()
    holds = UnicodeAttribute()
    order = UnicodeAttribute(null=True)
    since = UnicodeAttribute()


class DroppedRow(Row, discriminator="hotel-dropped"):
    """pk ``DROPPED#<property>``, sk a booking whose entry its channel has no longer, until it is decided."""

    channel = UnicodeAttribute()
    first = UnicodeAttribute()
    last = UnicodeAttribute()
    since = UnicodeAttribute()


class ChannelStore:
    """The ``Channels`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def all(self) -> Sequence[Channel]:
        return [_channel(row) for row in ChannelRow.query(tenant_key("CHANNELS"), consistent_read=True)]

    def find(self, id: str) -> Channel | None:
        row = ChannelRow.find(tenant_key("CHANNELS"), id)
        return _channel(row) if row is not None else None

    def keep(self, channel: Channel, *, before: Channel | None) -> None:
        row = ChannelRow(
            tenant_key("CHANNELS"),
            channel.id,
            property=channel.site,
            type=channel.type,
            name=channel.name,
            key=channel.key,
            address=channel.address or None,
            tag=channel.tag or None,
            tried=rfc3339(channel.tried) if channel.tried else None,
            read=rfc3339(channel.read) if channel.read else None,
            busy=channel.busy,
            error=channel.error or None,
            version=channel.version,
        )
        self._work.about(channel.id)
        if before is None:
            self._work.create(row)
        else:
            self._work.put(row, ChannelRow.version == before.version)

    def drop(self, channel: Channel) -> None:
        row = ChannelRow(tenant_key("CHANNELS"), channel.id)
        self._work.delete(row, ChannelRow.version == channel.version)

    def closures(self, channel: str) -> Mapping[str, Closure]:
        rows = ClosureRow.query(tenant_key("CLOSURES", channel), consistent_read=True)
        return {row.sk: _closure(channel, row) for row in rows}

    def close(self, closure: Closure, *, before: Closure | None) -> None:
        stock_store.confirm(self._work, closure.holds, order=closure.id)
        if before is None:
            self._work.create(_closure_row(closure))
            return
        for hold in before.holds:
            stock_store.give_back(self._work, hold, order=before.id, count=hold.count, until=None)
        self._work.put(_closure_row(closure), _as(before))

    def hand_on(self, closure: Closure, *, before: Closure) -> None:
        for hold in before.holds:
            stock_store.hand_on(self._work, hold, count=hold.count, source=before.id, target=closure.order)
        self._work.put(_closure_row(closure), _as(before))

    def reopen(self, closure: Closure) -> None:
        for hold in closure.holds:
            stock_store.give_back(self._work, hold, order=closure.id, count=hold.count, until=None)
        row = ClosureRow(tenant_key("CLOSURES", closure.channel), closure.id)
        self._work.delete(row, _as(closure))

    def dropped(self, site: str) -> Sequence[Dropped]:
        rows = DroppedRow.query(tenant_key("DROPPED", site), consistent_read=True)
        found = [
            Dropped(
                order=row.sk,
                site=site,
                channel=row.channel,
                first=date.fromisoformat(row.first),
                last=date.fromisoformat(row.last),
                since=parse_instant(row.since),
            )
            for row in rows
        ]
        return sorted(found, key=lambda one: (one.first, one.order))

    def note(self, dropped: Dropped) -> None:
        row = DroppedRow(
            tenant_key("DROPPED", dropped.site),
            dropped.order,
            channel=dropped.channel,
            first=dropped.first.isoformat(),
            last=dropped.last.isoformat(),
            since=rfc3339(dropped.since),
        )
        self._work.put(row)

    def decided(self, site: str, order: str) -> None:
        self._work.delete(DroppedRow(tenant_key("DROPPED", site), order))
        self._work.about(order)


def _closure_row(closure: Closure) -> ClosureRow:
    return ClosureRow(
        tenant_key("CLOSURES", closure.channel),
        closure.id,
        property=closure.site,
        asked=closure.asked,
        type=closure.type,
        first=closure.first.isoformat(),
        last=closure.last.isoformat(),
        holds=_written(closure.holds),
        order=closure.order or None,
        since=rfc3339(closure.since),
    )


def _as(closure: Closure) -> Condition:
    """That the row is as this closure says."""
    booked = ClosureRow.order == closure.order if closure.order else ClosureRow.order.does_not_exist()
    same: Condition = (ClosureRow.holds == _written(closure.holds)) & booked
    return same


def _written(holds: Sequence[Hold]) -> str:
    return json.dumps([[h.resource, h.slot, h.bucket, h.count, h.shelf] for h in holds])


def _moment(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def _channel(row: ChannelRow) -> Channel:
    return Channel(
        id=row.sk,
        site=row.property,
        type=row.type,
        name=row.name,
        key=row.key,
        address=bytes(row.address or b""),
        tag=row.tag or "",
        tried=_moment(row.tried),
        read=_moment(row.read),
        busy=int(row.busy),
        error=row.error or "",
        version=int(row.version),
    )


def _closure(channel: str, row: ClosureRow) -> Closure:
    return Closure(
        id=row.sk,
        channel=channel,
        site=row.property,
        asked=row.asked,
        type=row.type,
        first=date.fromisoformat(row.first),
        last=date.fromisoformat(row.last),
        holds=tuple(
            Hold(resource=resource, slot=slot, bucket=bucket, count=count, shelf=shelf)
            for resource, slot, bucket, count, shelf in json.loads(row.holds)
        ),
        order=row.order or "",
        since=parse_instant(row.since),
    )
