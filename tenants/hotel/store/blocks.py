"""Rooms out of order: one row a block, with the places that it holds."""

import json
from collections.abc import Sequence
from datetime import date

from pynamodb.attributes import UnicodeAttribute

from chalicelib.commerce.stock import Hold, Pick
from chalicelib.commerce.stock import store as stock_store
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.usecases.ports import Block


class BlockRow(Row, discriminator="hotel-block"):
    """pk ``BLOCKS#<property>``, sk the block's id, which also names its holds."""

    room = UnicodeAttribute()
    type = UnicodeAttribute()
    first = UnicodeAttribute()
    last = UnicodeAttribute()
    reason = UnicodeAttribute()
    holds = UnicodeAttribute()


class BlockStore:
    """The ``Blocks`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def find(self, property: str, id: str) -> Block | None:
        row = BlockRow.find(tenant_key("BLOCKS", property), id)
        return _block(property, row) if row is not None else None

    def all(self, property: str) -> Sequence[Block]:
        rows = BlockRow.query(tenant_key("BLOCKS", property), consistent_read=True)
        return [_block(property, row) for row in rows]

    def keep(self, block: Block, *, taken: Sequence[Pick]) -> None:
        stock_store.take(self._work, taken, order=block.id)
        row = BlockRow(
            tenant_key("BLOCKS", block.property),
            block.id,
            room=block.room,
            type=block.type,
            first=block.first.isoformat(),
            last=block.last.isoformat(),
            reason=block.reason,
            holds=json.dumps([[h.resource, h.slot, h.bucket, h.count, h.shelf] for h in block.holds]),
        )
        self._work.create(row)

    def drop(self, block: Block) -> None:
        for hold in block.holds:
            stock_store.give_back(self._work, hold, order=block.id, count=hold.count, until=None)
        row = BlockRow(tenant_key("BLOCKS", block.property), block.id)
        self._work.delete(row, BlockRow.pk.exists())


def _block(property: str, row: BlockRow) -> Block:
    return Block(
        id=row.sk,
        room=row.room,
        property=property,
        type=row.type,
        first=date.fromisoformat(row.first),
        last=date.fromisoformat(row.last),
        reason=row.reason,
        holds=tuple(
            Hold(resource=resource, slot=slot, bucket=bucket, count=count, shelf=shelf)
            for resource, slot, bucket, count, shelf in json.loads(row.holds)
        ),
    )
