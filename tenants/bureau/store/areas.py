"""Drawn areas in the bureau's own rows."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.drawn import DrawnArea


class AreaRow(Row, discriminator="bureau-area"):
    """pk ``AREAS``, sk its id. An area that ended keeps its row: warnings of its time name it."""

    body = UnicodeAttribute()


class AreaStore:
    """The drawn areas of the bound bureau; writers join the unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def all(self) -> Sequence[DrawnArea]:
        """Every area, by id."""
        rows: Any = AreaRow.query(tenant_key("AREAS"), limit=500, consistent_read=True)
        return [_area(row) for row in rows]

    def find(self, id: str) -> DrawnArea | None:
        """The area with this id."""
        row = AreaRow.find(tenant_key("AREAS"), id)
        return _area(row) if row is not None else None

    def keep(self, area: DrawnArea) -> None:
        """An area as it is now."""
        self._work.put(AreaRow(tenant_key("AREAS"), area.id, body=_body(area)))
        self._work.about(area.id)


def _body(area: DrawnArea) -> str:
    return json.dumps(
        {
            "names": dict(area.names),
            "polygon": area.polygon,
            "districts": area.districts,
            "tenants": area.tenants,
            "source": area.source,
            "since": area.since.isoformat(),
            "until": area.until.isoformat() if area.until is not None else None,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _area(row: AreaRow) -> DrawnArea:
    kept = json.loads(row.body)
    return DrawnArea(
        id=row.sk,
        names=kept["names"],
        polygon=tuple((point[0], point[1]) for point in kept["polygon"]),
        districts=tuple(kept["districts"]),
        tenants=tuple(kept["tenants"]),
        source=kept["source"],
        since=date.fromisoformat(kept["since"]),
        until=date.fromisoformat(kept["until"]) if kept["until"] else None,
    )
