"""Rows whose attributes are not known beforehand: read as DynamoDB gives them."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.persistence.table import Row


def items(row: type[Row], pk: str) -> Iterator[Mapping[str, Any]]:
    """Every item of a partition, strongly consistent: one query a page."""
    table = row._get_connection()
    start: Any = None
    while True:
        answer = table.query(pk, consistent_read=True, exclusive_start_key=start)
        yield from answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start:
            return
