"""The set-up as JSON: what is kept of a property, a type, a plan, an extra, and what is made of it again."""

import json
from datetime import time
from typing import Any

from tenants.hotel.domain.plan import Derived, Fee, Meal, RatePlan, Secured
from tenants.hotel.domain.property import Property, Tax
from tenants.hotel.domain.rooms import Hourly, Pool, RoomType


def as_json(value: Any) -> str:
    """Compact, as it is kept."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def property_body(property: Property) -> dict[str, Any]:
    """A property as kept."""
    return {
        "names": dict(property.names),
        "district": property.district,
        "zone": property.zone,
        "in": property.check_in.isoformat("minutes"),
        "out": property.check_out.isoformat("minutes"),
        "stars": property.stars,
        "taxes": [[tax.code, dict(tax.names), tax.permille, tax.included] for tax in property.taxes],
        "address": dict(property.address),
        "phone": property.phone,
        "about": dict(property.about),
        "notice": dict(property.notice),
        "place": property.place,
    }


def property_of(id: str, body: dict[str, Any]) -> Property:
    """A property as it was kept; what came later has its usual value."""
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
        address=body.get("address", {}),
        phone=body.get("phone", ""),
        about=body.get("about", {}),
        notice=body.get("notice", {}),
        place=tuple(body["place"]) if body.get("place") else None,
    )


def type_body(kind: RoomType) -> dict[str, Any]:
    """A type as kept."""
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
        "about": dict(kind.about),
        "amenities": kind.amenities,
    }


def type_of(id: str, body: dict[str, Any], *, version: int) -> RoomType:
    """A type as it was kept."""
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
        about=body.get("about", {}),
        amenities=tuple(body.get("amenities", ())),
        version=version,
    )


def _hourly(body: list[Any] | None) -> Hourly | None:
    if body is None:
        return None
    rooms, opens, closes, hours, price, on = body
    return Hourly(rooms=rooms, opens=time(opens), closes=time(closes), hours=hours, price=price, on=on)


def plan_body(plan: RatePlan) -> dict[str, Any]:
    """A plan as kept."""
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


def plan_of(id: str, body: dict[str, Any]) -> RatePlan:
    """A plan as it was kept."""
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
