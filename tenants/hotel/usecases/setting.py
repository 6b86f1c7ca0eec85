"""Set-up: properties, types, rooms, plans. Sold stays sold: capacity grows, it never shrinks."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.kernel.errors import N_, Invalid, Missing, Refusal
from tenants.hotel.domain.extra import Extra
from tenants.hotel.domain.plan import RatePlan, root
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.refusals import (
    HourlyFixed,
    HouseHasNoRooms,
    HouseOversold,
    TypeIsAnother,
    TypeMoved,
    TypesUnknown,
)
from tenants.hotel.domain.rooms import Room, RoomType, house
from tenants.hotel.usecases.ports import Hotel

MOST_ROOMS = 80


class RoomTaken(Refusal):
    code = "hotel.room.taken"
    detail = N_("房号 %(number)s 已属于另一个房型。")
    remedy = N_("已开售的客房不能改换房型;请停用后以新房号登记。")


class RoomUnknown(Missing):
    code = "hotel.room.unknown"
    detail = N_("没有客房 %(room)s。")
    remedy = N_("请先在它的房型下登记,再组成整栋。")


class TooManyRooms(Invalid):
    code = "hotel.room.too-many"
    detail = N_("一次最多登记 %(most)s 间客房。")


class PlanInUse(Refusal):
    code = "hotel.plan.base-in-use"
    detail = N_("有价格计划取价于 %(plan)s,它须保持为基础价格计划。")


def set_property(property: Property, *, hotel: Hotel) -> Property:
    """A property, new or changed."""
    hotel.setup.keep_property(property)
    return property


def set_type(wanted: RoomType, *, allowance: int, members: Sequence[str], hotel: Hotel) -> RoomType:
    """A type, new or changed: its pools follow from its rooms; the overbooking allowance from ``allowance``.

    ``members`` are the rooms of a whole house. Raises ``SetupInvalid``, ``AllowanceFixed``, ``Missing``.
    """
    known = hotel.setup.house(fresh=True)
    if wanted.site not in known.properties:
        raise Missing(property=wanted.site)
    before = known.types.get(wanted.id)
    if before is not None:
        _require_same(before, wanted, members)
        wanted = replace(
            wanted,
            pools=before.pools,
            parts=before.parts,
            members=before.members,
            hourly=wanted.hourly or (before.hourly and replace(before.hourly, on=False)),
            version=before.version,
        )
    if members:
        if allowance:
            raise HouseOversold
        rooms = {room.number: room for room in hotel.setup.rooms(wanted.site)}
        unknown = [number for number in members if number not in rooms]
        if unknown:
            raise RoomUnknown(room=unknown[0])
        after = house(wanted, [rooms[number] for number in members], types=known.types)
    else:
        after = wanted.with_allowance(allowance)
    hotel.setup.keep_type(after)
    return after


def set_rooms(type: str, rooms: Sequence[Room], *, hotel: Hotel) -> RoomType:
    """Register rooms of a type; those that are new add a pool to what is sold, in the same transaction.

    Raises ``RoomTaken``, ``TooManyRooms``, ``Missing``.
    """
    kind = hotel.setup.house(fresh=True).types.get(type)
    if kind is None:
        raise Missing(type=type)
    if kind.house:
        raise HouseHasNoRooms
    if len(rooms) > MOST_ROOMS:
        raise TooManyRooms(most=MOST_ROOMS)
    known = {room.number: room for room in hotel.setup.rooms(kind.site)}
    for room in rooms:
        other = known.get(room.number)
        if other is not None and other.type != type:
            raise RoomTaken(number=room.number)
        hotel.setup.keep_room(room)
    new = {room.number for room in rooms} - set(known)
    mine = sum(1 for room in known.values() if room.type == type)
    after = kind.with_rooms(mine + len(new))
    hotel.setup.keep_type(after)
    return after


def set_plan(plan: RatePlan, *, hotel: Hotel) -> RatePlan:
    """A plan, new or changed. Raises ``SetupInvalid``, ``PlanInUse``."""
    known = hotel.setup.house(fresh=True)
    plans = {**known.plans, plan.id: plan}
    root(plan, plans)
    if plan.derived is not None and any(
        other.derived is not None and other.derived.plan == plan.id for other in plans.values()
    ):
        raise PlanInUse(plan=plan.id)
    unknown = plan.types - set(known.types)
    if unknown:
        raise TypesUnknown
    hotel.setup.keep_plan(plan)
    return plan


def set_extra(extra: Extra, *, count: int, hotel: Hotel) -> Extra:
    """An extra, new or changed; ``count`` of them, 0: as many as are asked for. Raises ``ExtraShrinks``."""
    known = hotel.setup.house(fresh=True)
    if extra.site not in known.properties:
        raise Missing(property=extra.site)
    before = known.extras.get(extra.id)
    if before is not None:
        extra = replace(extra, site=before.site, pools=before.pools, version=before.version)
    after = extra.with_capacity(count)
    hotel.setup.keep_extra(after)
    return after


def _require_same(before: RoomType, wanted: RoomType, members: Sequence[str]) -> None:
    """What stands once a type exists: where it is, whether it is a whole house, how many hour rooms."""
    if before.site != wanted.site:
        raise TypeMoved
    if bool(members) != before.house and (before.house or before.pools):
        raise TypeIsAnother
    if before.hourly is not None and wanted.hourly is not None and before.hourly.rooms != wanted.hourly.rooms:
        raise HourlyFixed
