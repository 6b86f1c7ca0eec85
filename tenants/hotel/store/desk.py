"""Cashiers' shifts, companies of the city ledger, and a property's own charge codes."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.charges import BY_CODE, CHARGES, Charge, TaxPart, contained, permille_on
from tenants.hotel.domain.folio_refusals import ChargeUnknown, ShiftThere
from tenants.hotel.domain.receivable import Company, Line, Move
from tenants.hotel.domain.sheet import month_of
from tenants.hotel.domain.shift import Shift


class ShiftRow(Row, discriminator="hotel-shift"):
    """pk ``SHIFTS``, sk ``<cashier>#<property>``, while it is open (the cashier alone: opened before each
    house had its drawer); then pk ``SHIFTS#<yyyymm>``, sk its id."""

    body = UnicodeAttribute()
    version = NumberAttribute()


class CompanyRow(Row, discriminator="hotel-company"):
    """pk ``COMPANIES``, sk its id: the account's head."""

    body = UnicodeAttribute()
    version = NumberAttribute()


class LineRow(Row, discriminator="hotel-company-line"):
    """pk ``COMPANY#<id>``, sk the line's number: written once."""

    body = UnicodeAttribute()


class ChargeRow(Row, discriminator="hotel-charge"):
    """pk ``CHARGES``, sk the code: what this tenant says differently about it."""

    body = UnicodeAttribute()


class ShiftStore:
    """The ``Shifts`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def mine(self, cashier: str, *, site: str) -> Shift | None:
        rows = ShiftRow.query(tenant_key("SHIFTS"), ShiftRow.sk.startswith(cashier), consistent_read=True)
        found = (_shift(row) for row in rows)
        return next((one for one in found if one.cashier == cashier and one.serves(site)), None)

    def all_open(self, *, site: str | None = None) -> Sequence[Shift]:
        rows = ShiftRow.query(tenant_key("SHIFTS"), consistent_read=True)
        return [one for one in map(_shift, rows) if one.serves(site)]

    def closed(self, month: str, *, site: str | None = None) -> Sequence[Shift]:
        rows = ShiftRow.query(tenant_key("SHIFTS", month), scan_index_forward=False)
        return [one for one in map(_shift, rows) if one.serves(site)]

    def keep(self, shift: Shift, *, before: Shift | None) -> None:
        pk = tenant_key("SHIFTS")
        sk = f"{shift.cashier}#{shift.site}" if shift.site else shift.cashier
        body = _json(_shift_body(shift))
        if before is None:
            row = ShiftRow(pk, sk, body=body, version=shift.version)
            self._work.create(row, otherwise=ShiftThere())
        elif shift.closed is None:
            row = ShiftRow(pk, sk, body=body, version=shift.version)
            self._work.put(row, ShiftRow.version == before.version)
        else:
            self._work.delete(ShiftRow(pk, sk), ShiftRow.version == before.version)
            month = month_of(business_day(shift.closed))
            row = ShiftRow(tenant_key("SHIFTS", month), shift.id, body=body, version=shift.version)
            self._work.create(row)
        self._work.about(shift.id)


class CompanyStore:
    """The ``Companies`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def all(self) -> Sequence[Company]:
        return [_company(row) for row in CompanyRow.query(tenant_key("COMPANIES"), consistent_read=True)]

    def find(self, id: str) -> Company | None:
        row = CompanyRow.find(tenant_key("COMPANIES"), id)
        return _company(row) if row is not None else None

    def get(self, id: str) -> Company:
        found = self.find(id)
        if found is None:
            raise Missing(company=id)
        return found

    def lines(self, company: Company, *, first: int = 1) -> Sequence[Line]:
        rows = LineRow.query(
            tenant_key("COMPANY", company.id), LineRow.sk >= f"{first:06d}", consistent_read=True
        )
        return [_line(int(row.sk), json.loads(row.body)) for row in rows]

    def keep(self, company: Company, *, before: Company | None, line: Line | None = None) -> None:
        body = _json(_company_body(company))
        row = CompanyRow(tenant_key("COMPANIES"), company.id, body=body, version=company.version)
        if before is None:
            self._work.create(row)
        else:
            self._work.put(row, CompanyRow.version == before.version)
        if line is not None:
            values = [str(line.move), line.amount, line.day.isoformat(), line.due.isoformat()]
            values += [line.folio, line.text, line.by, rfc3339(line.at)]
            self._work.create(
                LineRow(tenant_key("COMPANY", company.id), f"{line.number:06d}", body=_json(values))
            )
        self._work.about(company.id)


class ChargeStore:
    """The ``Charges`` port: the usual codes, with what the tenant's own rows say."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._own: dict[str, dict[str, Any]] | None = None

    def get(self, code: str) -> Charge:
        if code not in BY_CODE:
            raise ChargeUnknown(code=code)
        return self._with_own(BY_CODE[code])

    def all(self) -> Sequence[Charge]:
        return [self._with_own(charge) for charge in CHARGES]

    def taxes(self, charge: Charge, amount: int, *, day: date) -> tuple[TaxPart, ...]:
        own = self._rows().get(charge.code, {})
        permille = own["permille"] if own.get("permille") is not None else permille_on(charge.rate, day)
        return contained(amount, code="vat", permille=permille)

    def permille(self, charge: Charge, *, day: date) -> int:
        """The rate in force for a charge."""
        own = self._rows().get(charge.code, {}).get("permille")
        return permille_on(charge.rate, day) if own is None else int(own)

    def keep(self, code: str, *, permille: int | None, item: str, article: str, price: int) -> None:
        """Join the work: what this tenant says about a code."""
        body = {"permille": permille, "item": item, "article": article, "price": price}
        self._work.put(ChargeRow(tenant_key("CHARGES"), code, body=_json(body)))
        self._work.about(code)

    def _with_own(self, charge: Charge) -> Charge:
        own = self._rows().get(charge.code)
        if own is None:
            return charge
        return replace(charge, item=own["item"], article=own["article"], price=own["price"])

    def _rows(self) -> dict[str, dict[str, Any]]:
        if self._own is None:
            self._own = {row.sk: json.loads(row.body) for row in ChargeRow.query(tenant_key("CHARGES"))}
        return self._own


def _shift_body(shift: Shift) -> dict[str, Any]:
    return {
        "id": shift.id,
        "c": shift.cashier,
        "s": shift.site,
        "a": shift.name,
        "o": rfc3339(shift.opened),
        "f": shift.float_,
        "t": dict(shift.taken),
        "g": dict(shift.given),
        "d": [[rfc3339(at), amount] for at, amount in shift.drops],
        "n": shift.count,
        "k": shift.counted,
        "w": shift.reason,
        "e": rfc3339(shift.closed) if shift.closed is not None else "",
    }


def _shift(row: ShiftRow) -> Shift:
    body = json.loads(row.body)
    return Shift(
        id=body["id"],
        cashier=body["c"],
        site=body.get("s", ""),
        name=body["a"],
        opened=parse_instant(body["o"]),
        float_=body["f"],
        taken=body["t"],
        given=body["g"],
        drops=tuple((parse_instant(at), amount) for at, amount in body["d"]),
        count=body["n"],
        counted=body["k"],
        reason=body.get("w", ""),
        closed=parse_instant(body["e"]) if body["e"] else None,
        version=int(row.version),
    )


def _company_body(company: Company) -> dict[str, Any]:
    return {
        "name": company.name,
        "number": company.number,
        "limit": company.limit,
        "days": company.days,
        "on": company.on,
        "balance": company.balance,
        "lines": company.lines,
        "first": company.first,
        "rest": company.rest,
    }


def _company(row: CompanyRow) -> Company:
    return Company(id=row.sk, version=int(row.version), **json.loads(row.body))


def _line(number: int, values: Sequence[Any]) -> Line:
    move, amount, day, due, folio, text, by, at = values
    return Line(
        number=number,
        move=Move(move),
        amount=amount,
        day=date.fromisoformat(day),
        due=date.fromisoformat(due),
        folio=folio,
        text=text,
        by=by,
        at=parse_instant(at),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
