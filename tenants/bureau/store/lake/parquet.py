"""Parquet: rows to columns, and the merge that puts new slots in the place of old ones.

Imported only where the lake is written: pyarrow is a hundred megabytes that no page needs.
"""

import io
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tenants.bureau.domain.lake import LakeSet, Row, Slot

_TYPES = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "int": pa.int32(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def schema(of: LakeSet) -> pa.Schema:
    """The columns of a set, those of its path included: a file says by itself where it belongs."""
    return pa.schema([(column.name, _TYPES[column.type]) for column in of.columns])


def table(of: LakeSet, rows: Sequence[Row]) -> pa.Table:
    """Rows as columns."""
    return pa.Table.from_pylist(list(rows), schema=schema(of))


def read(body: bytes) -> pa.Table:
    """The content of a file."""
    return pq.read_table(pa.BufferReader(body))


def without(whole: pa.Table, slots: Iterable[Slot]) -> pa.Table:
    """What is left when these slots are taken out."""
    keys = pa.array([f"{slot.sender}#{slot.hour}#{slot.type}" for slot in slots], pa.string())
    hour = pc.cast(whole["hour"], pa.string())
    own = pc.binary_join_element_wise(whole["sender"], hour, whole["type"], "#")
    return whole.filter(pc.invert(pc.is_in(own, value_set=keys)))


def written(of: LakeSet, parts: Sequence[pa.Table]) -> bytes:
    """One file of these parts, in the set's order: the same rows make the same bytes."""
    whole = pa.concat_tables(parts).sort_by([(name, "ascending") for name in of.order])
    out = io.BytesIO()
    pq.write_table(whole, out, compression="zstd", row_group_size=1 << 20)
    return out.getvalue()
