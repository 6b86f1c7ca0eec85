"""Caps in DynamoDB: pk ``CAPS#<property>#<yyyymm>``, sk the type; a type's month is one item."""

import json
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.commerce.stock import Hold, Pick
from chalicelib.commerce.stock import store as stock_store
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.cap import Cap, CapSheet, Piece

_KEPT = timedelta(days=60)


class CapRow(Row, discriminator="hotel-cap"):
    """``body``: by day of the month what was said and what is held for it, as compact JSON."""

    body = UnicodeAttribute()
    version = NumberAttribute()


class CapStore:
    """The ``Caps`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def read(self, site: str, type: str, month: str) -> CapSheet:
        row = CapRow.find(tenant_key("CAPS", site, month), type)
        return _sheet(site, month, row) if row is not None else CapSheet(site=site, type=type, month=month)

    def between(self, site: str, months: Sequence[str]) -> Sequence[CapSheet]:
        return [
            _sheet(site, month, row)
            for month in months
            for row in CapRow.query(tenant_key("CAPS", site, month), consistent_read=True)
        ]

    def keep(
        self, sheet: CapSheet, *, holder: str, taken: Sequence[Pick], given: Mapping[Piece, int]
    ) -> None:
        stock_store.take(self._work, taken, order=holder)
        for piece, count in given.items():
            stock_store.give_back(self._work, piece.hold, order=piece.holder, count=count, until=None)
        row = CapRow(
            tenant_key("CAPS", sheet.site, sheet.month),
            sheet.type,
            body=_body(sheet),
            version=sheet.version,
            ttl=_ttl(sheet.month),
        )
        before = sheet.version - 1
        self._work.put(row, CapRow.pk.does_not_exist() if before == 0 else CapRow.version == before)
        self._work.about(f"{sheet.type}/{sheet.month}")


def _body(sheet: CapSheet) -> str:
    days = {
        str(number): [
            cap.most,
            [[p.holder, p.hold.resource, p.hold.bucket, p.hold.count, p.hold.shelf] for p in cap.pieces],
        ]
        for number, cap in sorted(sheet.days.items())
    }
    return json.dumps(days, separators=(",", ":"))


def _sheet(site: str, month: str, row: CapRow) -> CapSheet:
    sheet = CapSheet(site=site, type=row.sk, month=month, version=int(row.version))
    days = {
        int(number): Cap(
            most=most,
            pieces=tuple(
                Piece(
                    holder,
                    Hold(
                        resource=resource,
                        slot=sheet.day(int(number)).isoformat(),
                        bucket=bucket,
                        count=count,
                        shelf=shelf,
                    ),
                )
                for holder, resource, bucket, count, shelf in pieces
            ),
        )
        for number, (most, pieces) in json.loads(row.body).items()
    }
    return CapSheet(site=site, type=row.sk, month=month, days=days, version=int(row.version))


def _ttl(month: str) -> int:
    year, number = int(month[:4]), int(month[4:])
    end = datetime(year, number, monthrange(year, number)[1], tzinfo=UTC)
    return int((end + _KEPT).timestamp())
