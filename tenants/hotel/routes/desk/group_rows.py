"""A group as its pages show it: what is held, what is left, who has which room."""

from typing import Any

from chalicelib.kernel.ids import is_id
from chalicelib.kernel.personal import masked_document
from chalicelib.web.http import Call, Filled, Html
from tenants.hotel.domain.group import Group, GroupState
from tenants.hotel.routes.frame import desk_page, property_of
from tenants.hotel.routes.shown.house import GROUPS
from tenants.hotel.routes.shown.stay import hours_of, state_of, tag, type_name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import front


def group_page(
    call: Call, *, errors: dict[str, str] | None = None, flash: list[dict[str, str]] | None = None
) -> Html:
    """One group; the form as it was typed."""
    hotel = HotelStore(call.work)
    group = named_group(call, hotel)
    contact = hotel.vault.shown(group.contact)
    row = group_row(group, call, hotel)
    stays = rooming(group, call, hotel)
    return desk_page(
        call,
        "hotel/desk/group.html",
        place="groups",
        flash=flash or [],
        group=row,
        open=group.state is GroupState.OPEN,
        contact={"name": contact["name"], "phone": masked_document(contact["phone"])},
        types=[(one["type"], one["name"]) for one in row["types"] if one["left"]],
        stays=stays,
        unroomed=sum(1 for one in stays if one["expected"] and not one["assigned"]),
        form=Filled({"contact": {"name": contact["name"], "phone": contact["phone"]}, **call.form}, errors),
    )


def named_group(call: Call, hotel: HotelStore) -> Group:
    """The group of the page's address; of one that is over, the address may say the month of its arrival."""
    month = getattr(call.query, "month", "").replace("-", "")
    return hotel.groups.get(property_of(hotel.setup).id, call.path["group"], month=month)


def group_row(group: Group, call: Call, hotel: HotelStore) -> dict[str, Any]:
    """A group as a line of the list. agreed, left, picked: rooms, counted a night at least."""
    house = hotel.setup.house()
    types = [
        {
            "type": type,
            "name": type_name(house, type, call.locale),
            "agreed": count,
            "left": group.left(type, group.nights),
            "picked": count - group.left(type, group.nights) if group.state is GroupState.OPEN else None,
            "rate": group.rates.get(type),
        }
        for type, count in sorted(group.rooms.items())
    ]
    left = sum(group.left(type, group.nights) for type in group.rooms)
    agreed = sum(group.rooms.values())
    href = f"/hotel/groups/{group.id}"
    over = "" if group.state is GroupState.OPEN else f"?month={group.arrive:%Y-%m}"
    return {
        "id": group.id,
        "name": group.name,
        "company": group.company,
        "arrive": group.arrive.isoformat(),
        "depart": group.depart.isoformat(),
        "nights": len(group.nights),
        "release": group.release.isoformat(),
        "agreed": agreed,
        "left": left,
        "picked": agreed - left if group.state is GroupState.OPEN else group.given,
        "state": tag(GROUPS[group.state], call),
        "types": types,
        "href": href,
        "over": over,
        "page": href + over,
    }


def rooming(group: Group, call: Call, hotel: HotelStore) -> list[dict[str, Any]]:
    """The stays of a group's bookings, by name."""
    house = hotel.setup.house()
    where = house.properties[group.site]
    day, night = where.today(call.now), where.night_of(call.now)
    orders = [hotel.orders.get(id) for id in group.picked if is_id(id, "or")]
    stays = [stay for order in orders for stay in hotel.stays.of_order(order)]
    return [
        {
            "id": one.stay.id,
            "name": one.name,
            "href": f"/hotel/stays/{one.stay.id}",
            "room": one.stay.room or "—",
            "assigned": bool(one.stay.segments),
            "expected": str(one.stay.state) == "expected",
            "type": type_name(house, one.stay.type, call.locale),
            "arrive": one.stay.arrive.isoformat(),
            "depart": one.stay.depart.isoformat(),
            "hours": hours_of(one.stay),
            "people": one.stay.adults + one.stay.children,
            "state": state_of(one.stay, today=day, night=night, call=call),
        }
        for one in sorted(front.shown(stays, hotel=hotel), key=lambda one: (one.name, one.stay.id))
    ]
