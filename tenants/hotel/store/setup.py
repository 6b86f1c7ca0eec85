"""Properties, types, plans, extras: one row each under ``CATALOGUE``, read by one query and kept for seconds.

Rooms have a partition a property: a search never reads them.
"""

import json
from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Missing
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.extra import Extra
from tenants.hotel.domain.plan import RatePlan
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.rooms import Room, RoomType
from tenants.hotel.store import memory
from tenants.hotel.store.bodies import (
    as_json,
    plan_body,
    plan_of,
    property_body,
    property_of,
    type_body,
    type_of,
)
from tenants.hotel.store.bodies_extra import extra_body, extra_of
from tenants.hotel.usecases.setup_ports import House

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


class ExtraRow(Row, discriminator="hotel-extra"):
    """pk ``CATALOGUE``, sk ``EXTRA#<id>``: with its pools; its version is checked, as a type's."""

    body = UnicodeAttribute()
    version = NumberAttribute()


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
        body = as_json(property_body(property))
        self._changed(PropertyRow(tenant_key("CATALOGUE"), f"PROPERTY#{property.id}", body=body))

    def keep_plan(self, plan: RatePlan) -> None:
        body = as_json(plan_body(plan))
        self._changed(PlanRow(tenant_key("CATALOGUE"), f"PLAN#{plan.id}", body=body))

    def keep_type(self, kind: RoomType) -> None:
        row = TypeRow(
            tenant_key("CATALOGUE"),
            f"TYPE#{kind.id}",
            body=as_json(type_body(kind)),
            version=kind.version + 1,
        )
        new = TypeRow.pk.does_not_exist()
        self._work.put(row, new if kind.version == 0 else TypeRow.version == kind.version)
        self._work.about(kind.id)
        memory.drop("setup")

    def keep_extra(self, extra: Extra) -> None:
        row = ExtraRow(
            tenant_key("CATALOGUE"),
            f"EXTRA#{extra.id}",
            body=as_json(extra_body(extra)),
            version=extra.version + 1,
        )
        new = ExtraRow.pk.does_not_exist()
        self._work.put(row, new if extra.version == 0 else ExtraRow.version == extra.version)
        self._work.about(extra.id)
        memory.drop("setup")

    def keep_room(self, room: Room) -> None:
        row = RoomRow(
            tenant_key("ROOMS", room.site),
            f"{_ROOM}{room.number}",
            type=room.type,
            floor=room.floor,
            features=as_json(room.features),
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
    extras: dict[str, Extra] = {}
    table = PropertyRow._get_connection()
    start: Any = None
    while True:  # several kinds of rows in one partition: read as they come
        answer = table.query(tenant_key("CATALOGUE"), consistent_read=True, exclusive_start_key=start)
        for item in answer["Items"]:
            what, id = item["sk"]["S"].split("#", 1)
            body = json.loads(item["body"]["S"])
            match what:
                case "PROPERTY":
                    properties[id] = property_of(id, body)
                case "TYPE":
                    types[id] = type_of(id, body, version=int(item["version"]["N"]))
                case "PLAN":
                    plans[id] = plan_of(id, body)
                case "EXTRA":
                    extras[id] = extra_of(id, body, version=int(item["version"]["N"]))
        start = answer.get("LastEvaluatedKey")
        if not start:
            return House(properties=properties, types=types, plans=plans, extras=extras)
