"""Properties, types, plans: one row each under ``CATALOGUE``, read by one query and kept for seconds.

Rooms have a partition a property: a search never reads them.
"""

import json
from collections.abc import Sequence
from datetime import time
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Missing
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.plan import Derived, Fee, Meal, RatePlan, Secured
from tenants.hotel.domain.property import Property, Tax
from tenants.hotel.domain.rooms import Hourly, Pool, Room, RoomType
from tenants.hotel.store import memory
from tenants.hotel.usecases.ports import House

_FRESH = 5.0
_ROOM = "ROOM#"


class PropertyRow(Row, discriminator="hotel-property"):
    """pk ``CATALOGUE``, sk ``PROPERTY#<id>``."""

    body = UnicodeAttribute()


class TypeRow(Row, discriminator="hotel-type"):
    """pk ``CATALOGUE``, sk ``TYPE#<id>``: with its pools; its version is checked, so that no pool is lost."""

    body = UnicodeAttribute()
    version = NumberAttribute()


class PlanRow(Row, discriminator="hotel-plan"):
    """pk ``CATALOGUE``, sk ``PLAN#<id>``."""

    body = UnicodeAttribute()


class RoomRow(Row, discriminator="hotel-room"):
    """pk ``ROOMS#<property>``, sk ``ROOM#<number>``."""

    type = UnicodeAttribute()
    floor = UnicodeAttribute()
    features = UnicodeAttribute()


class SetupStore:
    """The ``Setup`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def house(self, *, fresh: bool = False) -> House:
        return memory.kept("setup", seconds=0.0 if fresh else _FRESH, read=_read_house)

    def rooms(self, property: str) -> Sequence[Room]:
        rows = RoomRow.query(
            tenant_key("ROOMS", property), RoomRow.sk.startswith(_ROOM), consistent_read=True
        )
        return [_room(property, row) for row in rows]

    def room(self, property: str, number: str) -> Room:
        row = RoomRow.find(tenant_key("ROOMS", property), f"{_ROOM}{number}")
        if row is None:
            raise Missing(room=number)
        return _room(property, row)

    def keep_property(self, property: Property) -> None:
        body = _json(_property_body(property))
        self._changed(PropertyRow(tenant_key("CATALOGUE"), f"PROPERTY#{property.id}", body=body))

    def keep_plan(self, plan: RatePlan) -> None:
        body = _json(_plan_body(plan))
        self._changed(PlanRow(tenant_key("CATALOGUE"), f"PLAN#{plan.id}", body=body))

    def keep_type(self, kind: RoomType) -> None:
        row = TypeRow(
            tenant_key("CATALOGUE"),
            f"TYPE#{kind.id}",
            body=_json(_type_body(kind)),
            version=kind.version + 1,
        )
        new = TypeRow.pk.does_not_exist()
        self._work.put(row, new if kind.version == 0 else TypeRow.version == kind.version)
        self._work.about(kind.id)
        memory.drop("setup")

    def keep_room(self, room: Room) -> None:
        row = RoomRow(
            tenant_key("ROOMS", room.site),
            f"{_ROOM}{room.number}",
            type=room.type,
            floor=room.floor,
            features=_json(room.features),
        )
        self._work.put(row)

    def _changed(self, row: Row) -> None:
        self._work.put(row)
        self._work.about(row.sk)
        memory.drop("setup")


def _room(property: str, row: RoomRow) -> Room:
    return Room(
        number=row.sk.removeprefix(_ROOM),
        site=property,
        type=row.type,
        floor=row.floor,
        features=tuple(json.loads(row.features)),
    )


def _read_house() -> House:
    properties: dict[str, Property] = {}
    types: dict[str, RoomType] = {}
    plans: dict[str, RatePlan] = {}
    table = PropertyRow._get_connection()
    start: Any = None
    while True:  # three kinds of rows in one partition: read as they come
        answer = table.query(tenant_key("CATALOGUE"), consistent_read=True, exclusive_start_key=start)
        for item in answer["Items"]:
            what, id = item["sk"]["S"].split("#", 1)
            body = json.loads(item["body"]["S"])
            match what:
                case "PROPERTY":
                    properties[id] = _property(id, body)
                case "TYPE":
                    types[id] = _type(id, body, version=int(item["version"]["N"]))
                case "PLAN":
                    plans[id] = _plan(id, body)
        start = answer.get("LastEvaluatedKey")
        if not start:
            return House(properties=properties, types=types, plans=plans)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _property_body(property: Property) -> dict[str, Any]:
    return {
        "names": dict(property.names),
        "district": property.district,
        "zone": property.zone,
        "in": property.check_in.isoformat("minutes"),
        "out": property.check_out.isoformat("minutes"),
        "stars": property.stars,
        "taxes": [[tax.code, dict(tax.names), tax.permille, tax.included] for tax in property.taxes],
    }


def _property(id: str, body: dict[str, Any]) -> Property:
    return Property(
        id=id,
        names=body["names"],
        district=body["district"],
        zone=body["zone"],
        check_in=time.fromisoformat(body["in"]),
        check_out=time.fromisoformat(body["out"]),
        stars=body["stars"],
        taxes=tuple(
            Tax(code=code, names=names, permille=permille, included=included)
            for code, names, permille, included in body["taxes"]
        ),
    )


def _type_body(kind: RoomType) -> dict[str, Any]:
    hourly = kind.hourly
    return {
        "property": kind.site,
        "names": dict(kind.names),
        "beds": dict(kind.beds),
        "people": [kind.included, kind.most],
        "area": kind.area,
        "pools": [[pool.resource, pool.capacity, pool.kind, pool.open] for pool in kind.pools],
        "members": kind.members,
        "parts": dict(kind.parts),
        "hourly": [hourly.rooms, hourly.opens.hour, hourly.closes.hour, hourly.hours, hourly.price, hourly.on]
        if hourly is not None
        else None,
        "on": kind.on,
    }


def _type(id: str, body: dict[str, Any], *, version: int) -> RoomType:
    return RoomType(
        id=id,
        site=body["property"],
        names=body["names"],
        beds=body["beds"],
        included=body["people"][0],
        most=body["people"][1],
        area=body["area"],
        pools=tuple(
            Pool(resource=resource, capacity=capacity, kind=kind, open=open_)
            for resource, capacity, kind, open_ in body["pools"]
        ),
        members=tuple(body["members"]),
        parts=body["parts"],
        hourly=_hourly(body["hourly"]),
        on=body["on"],
        version=version,
    )


def _hourly(body: list[Any] | None) -> Hourly | None:
    if body is None:
        return None
    rooms, opens, closes, hours, price, on = body
    return Hourly(rooms=rooms, opens=time(opens), closes=time(closes), hours=hours, price=price, on=on)


def _plan_body(plan: RatePlan) -> dict[str, Any]:
    derived = plan.derived
    return {
        "names": dict(plan.names),
        "derived": [derived.plan, derived.permille, derived.add] if derived is not None else None,
        "meal": str(plan.meal),
        "fees": [[fee.hours, fee.permille, fee.nights] for fee in plan.fees],
        "secured": str(plan.secured),
        "deposit": plan.deposit,
        "types": sorted(plan.types),
        "extra": [plan.extra_adult, plan.extra_child],
        "on": plan.on,
    }


def _plan(id: str, body: dict[str, Any]) -> RatePlan:
    derived = body["derived"]
    return RatePlan(
        id=id,
        names=body["names"],
        derived=Derived(plan=derived[0], permille=derived[1], add=derived[2]) if derived else None,
        meal=Meal(body["meal"]),
        fees=tuple(
            Fee(hours=hours, permille=permille, nights=nights) for hours, permille, nights in body["fees"]
        ),
        secured=Secured(body["secured"]),
        deposit=body["deposit"],
        types=frozenset(body["types"]),
        extra_adult=body["extra"][0],
        extra_child=body["extra"][1],
        on=body["on"],
    )
