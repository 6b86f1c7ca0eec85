"""Areas and products: one row each, read through a cache of a few seconds (they change by hand, rarely)."""

import json
import threading
import time as clock
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any, TypeVar

from pynamodb.attributes import UnicodeAttribute

from chalicelib.commerce.orders.domain import Tier
from chalicelib.kernel.errors import Missing
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current
from tenants.scenic.domain.area import Area, Capacity, Session, Timetable
from tenants.scenic.domain.product import Concession, Product

_FRESH = 5.0
T = TypeVar("T")


class AreaRow(Row, discriminator="scenic-area"):
    """pk ``CATALOGUE``, sk ``AREA#<id>``."""

    body = UnicodeAttribute()


class ProductRow(Row, discriminator="scenic-product"):
    """pk ``CATALOGUE``, sk ``PRODUCT#<id>``."""

    body = UnicodeAttribute()


class AreaStore:
    """The ``Areas`` port: areas about to be changed, read afresh and kept unless somebody wrote since."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._read: dict[str, str] = {}

    def get(self, id: str) -> Area:
        row = AreaRow.find(tenant_key("CATALOGUE"), f"AREA#{id}")
        if row is None:
            raise Missing(area=id)
        self._read[id] = row.body
        return _area(id, json.loads(row.body))

    def keep(self, area: Area) -> None:
        self._work.about(area.id)
        self._work.put(area_row(area), AreaRow.body == self._read[area.id])


class CatalogueStore:
    """The ``Catalogue`` port."""

    def area(self, id: str) -> Area:
        return _one(self.areas(), id)

    def areas(self) -> Sequence[Area]:
        return _cached("areas", _read_areas)

    def product(self, id: str) -> Product:
        product = _one(self.products(), id)
        if not product.on:
            raise Missing(product=id)
        return product

    def products(self) -> Sequence[Product]:
        return _cached("products", _read_products)


def area_row(area: Area) -> AreaRow:
    """The row of an area, for the work that changes it."""
    area.check_timetable()
    return AreaRow(tenant_key("CATALOGUE"), f"AREA#{area.id}", body=_json(_area_body(area)))


def product_row(product: Product) -> ProductRow:
    """The row of a product, for the work that changes it."""
    return ProductRow(tenant_key("CATALOGUE"), f"PRODUCT#{product.id}", body=_json(_product_body(product)))


def forget_catalogue() -> None:
    """Read anew at next use (after a change in this process; tests)."""
    with _lock:
        _memory.clear()


_lock = threading.Lock()
_memory: dict[tuple[str, str], tuple[float, Any]] = {}


def _cached(what: str, read: Callable[[], T]) -> T:
    key = (current().tenant.id, what)
    kept = _memory.get(key)
    if kept is not None and clock.monotonic() - kept[0] < _FRESH:
        value: T = kept[1]
        return value
    fresh = read()
    with _lock:
        _memory[key] = (clock.monotonic(), fresh)
    return fresh


def _one(found: Sequence[T], id: str) -> T:
    for thing in found:
        if getattr(thing, "id", None) == id:
            return thing
    raise Missing(id=id)


def _read_areas() -> list[Area]:
    rows = AreaRow.query(tenant_key("CATALOGUE"), AreaRow.sk.startswith("AREA#"))
    return [_area(row.sk.removeprefix("AREA#"), json.loads(row.body)) for row in rows]


def _read_products() -> list[Product]:
    rows = ProductRow.query(tenant_key("CATALOGUE"), ProductRow.sk.startswith("PRODUCT#"))
    return [_product(row.sk.removeprefix("PRODUCT#"), json.loads(row.body)) for row in rows]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _area_body(area: Area) -> dict[str, Any]:
    return {
        "names": dict(area.names),
        "capacity": {
            "instant": area.capacity.instant,
            "day": area.capacity.day,
            "approval": area.capacity.approval,
            "approved_on": area.capacity.approved_on.isoformat(),
        },
        "timetables": [
            {
                "valid_from": table.valid_from.isoformat(),
                "sessions": [
                    [session.start.isoformat("minutes"), session.end.isoformat("minutes"), session.capacity]
                    for session in table.sessions
                ],
            }
            for table in area.timetables
        ],
        "gates": dict(area.gates),
        "gate_names": {id: dict(names) for id, names in area.gate_names.items()},
        "early": area.early,
        "notice": dict(area.notice) if area.notice else None,
        "place": list(area.place) if area.place else None,
    }


def _area(id: str, body: dict[str, Any]) -> Area:
    capacity = body["capacity"]
    return Area(
        id=id,
        names=body["names"],
        capacity=Capacity(
            instant=capacity["instant"],
            day=capacity["day"],
            approval=capacity["approval"],
            approved_on=date.fromisoformat(capacity["approved_on"]),
        ),
        timetables=tuple(
            Timetable(
                valid_from=date.fromisoformat(table["valid_from"]),
                sessions=tuple(
                    Session(start=time.fromisoformat(start), end=time.fromisoformat(end), capacity=places)
                    for start, end, places in table["sessions"]
                ),
            )
            for table in body["timetables"]
        ),
        gates=body["gates"],
        gate_names=body.get("gate_names", {}),
        early=body["early"],
        notice=body["notice"],
        place=tuple(body["place"]) if body["place"] else None,
    )


def _product_body(product: Product) -> dict[str, Any]:
    return {
        "area": product.area,
        "titles": dict(product.titles),
        "about": dict(product.about),
        "on": product.on,
        "policy": [[tier.hours, tier.permille] for tier in product.policy],
        "classes": [
            {
                "code": row.code,
                "titles": dict(row.titles),
                "price": row.price,
                "age_from": row.age_from,
                "age_to": row.age_to,
                "proof": dict(row.proof) if row.proof else None,
                "basis": row.basis,
                "valid_from": row.valid_from.isoformat() if row.valid_from else None,
                "valid_to": row.valid_to.isoformat() if row.valid_to else None,
            }
            for row in product.classes
        ],
    }


def _product(id: str, body: dict[str, Any]) -> Product:
    return Product(
        id=id,
        area=body["area"],
        titles=body["titles"],
        about=body["about"],
        on=body["on"],
        policy=tuple(Tier(hours=hours, permille=permille) for hours, permille in body["policy"]),
        classes=tuple(
            Concession(
                code=row["code"],
                titles=row["titles"],
                price=row["price"],
                age_from=row["age_from"],
                age_to=row["age_to"],
                proof=row["proof"],
                basis=row["basis"],
                valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            )
            for row in body["classes"]
        ),
    )
