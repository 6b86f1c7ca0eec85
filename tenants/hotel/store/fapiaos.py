"""Invoices: a row each under the month of asking, a pointer at the folio, an index of what waits."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import is_id, moment_of
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.fapiao import (
    Fapiao,
    FapiaoLine,
    FapiaoState,
    RedForm,
    RedReason,
    RedState,
    Seller,
)
from tenants.hotel.domain.folio import Folio
from tenants.hotel.domain.sheet import month_of


class FapiaoRow(Row, discriminator="hotel-fapiao"):
    """pk ``FAPIAO#<yyyymm>``, sk the id."""

    body = UnicodeAttribute()
    buyer = BinaryAttribute(legacy_encoding=False)
    state = UnicodeAttribute()
    version = NumberAttribute()


class FolioFapiaoRow(Row, discriminator="hotel-folio-fapiao"):
    """pk ``BILL#<account>``, sk ``F<window>#<invoice>``: that the folio has it."""


class WaitingRow(Row, discriminator="hotel-fapiao-waiting"):
    """pk ``FAPIAOS-WAITING``, sk the id: the platform is still to be asked."""


class SellerRow(Row, discriminator="hotel-seller"):
    """pk ``SELLERS``, sk the property."""

    body = UnicodeAttribute()


class FapiaoStore:
    """The ``Fapiaos`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, id: str) -> Fapiao:
        row = FapiaoRow.find(_pk(id), id) if is_id(id, "fp") else None
        if row is None:
            raise Missing(invoice=id)
        return _fapiao(row)

    def of_folio(self, folio: Folio) -> Sequence[Fapiao]:
        rows = FolioFapiaoRow.query(
            tenant_key("BILL", folio.account),
            FolioFapiaoRow.sk.startswith(f"F{folio.window}#"),
            consistent_read=True,
        )
        return self._several([row.sk.partition("#")[2] for row in rows])

    def of_month(self, month: str) -> Sequence[Fapiao]:
        rows = FapiaoRow.query(tenant_key("FAPIAO", month), scan_index_forward=False)
        return [_fapiao(row) for row in rows]

    def waiting(self) -> Sequence[Fapiao]:
        rows = WaitingRow.query(tenant_key("FAPIAOS-WAITING"), consistent_read=True, limit=200)
        return self._several([row.sk for row in rows])

    def create(self, fapiao: Fapiao, *, folio: Folio) -> None:
        self._work.create(_row(fapiao))
        sk = f"F{folio.window}#{fapiao.id}"
        self._work.create(FolioFapiaoRow(tenant_key("BILL", folio.account), sk))
        self._work.create(WaitingRow(tenant_key("FAPIAOS-WAITING"), fapiao.id))
        self._work.about(fapiao.id)

    def keep(self, fapiao: Fapiao, *, before: Fapiao) -> None:
        self._work.put(_row(fapiao), FapiaoRow.version == before.version)
        waits = WaitingRow(tenant_key("FAPIAOS-WAITING"), fapiao.id)
        if fapiao.waits and not before.waits:
            self._work.put(waits)
        elif before.waits and not fapiao.waits:
            self._work.delete(waits)
        self._work.about(fapiao.id)

    def seller(self, site: str) -> Seller:
        row = SellerRow.find(tenant_key("SELLERS"), site)
        return Seller(**json.loads(row.body)) if row is not None else Seller()

    def keep_seller(self, site: str, seller: Seller) -> None:
        self._work.put(SellerRow(tenant_key("SELLERS"), site, body=_json(asdict(seller))))
        self._work.about(site)

    def _several(self, ids: Sequence[str]) -> list[Fapiao]:
        found = [_fapiao(row) for row in FapiaoRow.several((_pk(id), id) for id in ids)]
        return sorted(found, key=lambda one: one.id)


def _pk(id: str) -> str:
    return tenant_key("FAPIAO", month_of(business_day(moment_of(id))))


def _row(fapiao: Fapiao) -> FapiaoRow:
    red = fapiao.red
    body = {
        "f": fapiao.folio,
        "s": fapiao.site,
        "k": fapiao.kind,
        "c": fapiao.company,
        "l": [list(asdict(line).values()) for line in fapiao.lines],
        "a": rfc3339(fapiao.asked),
        "b": fapiao.by,
        "n": fapiao.number,
        "i": rfc3339(fapiao.issued) if fapiao.issued is not None else "",
        "w": fapiao.reason,
        "p": fapiao.ref,
        "r": [str(red.reason), str(red.state), rfc3339(red.opened), red.ref] if red is not None else None,
        "m": fapiao.red_number,
    }
    return FapiaoRow(
        _pk(fapiao.id),
        fapiao.id,
        body=_json(body),
        buyer=fapiao.buyer,
        state=str(fapiao.state),
        version=fapiao.version,
    )


def _fapiao(row: FapiaoRow) -> Fapiao:
    body = json.loads(row.body)
    return Fapiao(
        id=row.sk,
        folio=body["f"],
        site=body["s"],
        kind=body["k"],
        buyer=row.buyer,
        company=body["c"],
        lines=tuple(_line(values) for values in body["l"]),
        asked=parse_instant(body["a"]),
        by=body["b"],
        state=FapiaoState(row.state),
        number=body["n"],
        issued=_instant(body["i"]),
        reason=body["w"],
        ref=body["p"],
        red=_red(*body["r"]) if body["r"] else None,
        red_number=body["m"],
        version=int(row.version),
    )


def _line(values: Sequence[Any]) -> FapiaoLine:
    code, article, item, permille, amount, tax = values
    return FapiaoLine(code=code, article=article, item=item, permille=permille, amount=amount, tax=tax)


def _red(reason: str, state: str, opened: str, ref: str) -> RedForm:
    return RedForm(reason=RedReason(reason), state=RedState(state), opened=parse_instant(opened), ref=ref)


def _instant(text: str) -> datetime | None:
    return parse_instant(text) if text else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
