"""Groups and the waitlist over the wire."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.web.http import Answered, Asked, MoneyView
from tenants.hotel.domain.group import Group
from tenants.hotel.routes.models.stay import ContactAsked
from tenants.hotel.routes.words import Name
from tenants.hotel.usecases.groups import Asked as GroupWish
from tenants.hotel.usecases.groups import Pick
from tenants.hotel.usecases.waiting import WaitShown, Wanted

_Short = Annotated[str, Field(min_length=1, max_length=60)]
_Count = Annotated[int, Field(ge=1, le=80)]
_People = Annotated[int, Field(ge=1, le=60)]
_Children = Annotated[int, Field(ge=0, le=30)]


class GroupAsked(Asked):
    """Rooms for a group until ``release``, 18:00; ``rates`` in fen a room and night where so agreed."""

    name: _Short
    company: Annotated[str, Field(max_length=80)] = ""
    contact: ContactAsked
    arrive: date
    depart: date
    rooms: Annotated[dict[Name, _Count], Field(min_length=1, max_length=8)]
    plan: Name
    release: date
    rates: Annotated[
        dict[Name, Annotated[int, Field(ge=0, le=10**9)]], Field(max_length=8, default_factory=dict)
    ]

    def wish(self, property: str | None) -> GroupWish:
        """As the use case takes it."""
        return GroupWish(
            name=self.name,
            company=self.company,
            contact=self.contact.model_dump(),
            arrive=self.arrive,
            depart=self.depart,
            rooms=self.rooms,
            plan=self.plan,
            release=self.release,
            rates=self.rates,
            property=property,
        )


class PickAsked(Asked):
    """Rooms of the group that become a booking. ``names``: whom to ask for, room by room."""

    type: Name
    arrive: date
    depart: date
    contact: ContactAsked
    rooms: Annotated[int, Field(ge=1, le=30)] = 1
    adults: _People = 1
    names: Annotated[list[_Short], Field(max_length=30, default_factory=list)]

    def pick(self) -> Pick:
        """As the use case takes it."""
        return Pick(
            type=self.type,
            arrive=self.arrive,
            depart=self.depart,
            contact=self.contact.model_dump(),
            count=self.rooms,
            adults=self.adults,
            names=tuple(self.names),
        )


class LeftView(Answered):
    type: str
    rooms: Annotated[int, Field(description="as agreed")]
    left: Annotated[int, Field(description="for all of the group's nights, still to be picked up")]
    rate: MoneyView | None


class GroupView(Answered):
    id: str
    name: str
    company: str
    arrive: date
    depart: date
    release: date
    plan: str
    state: str
    rooms: list[LeftView]
    bookings: list[str]


class GroupsView(Answered):
    groups: list[GroupView]


class GroupsQuery(Asked):
    month: Annotated[str, Field(pattern=r"^([0-9]{6})?$", description="those of an arrival then, over")] = ""
    property: Name | None = None


class GroupEndAsked(Asked):
    state: Literal["released", "cancelled"]


class WaitAsked(Asked):
    """A wish for full dates."""

    type: Name
    plan: Name
    arrive: date
    depart: date
    contact: ContactAsked
    rooms: Annotated[int, Field(ge=1, le=9)] = 1
    adults: _People = 1
    children: _Children = 0

    def wanted(self, property: str | None) -> Wanted:
        """As the use case takes it."""
        return Wanted(
            type=self.type,
            plan=self.plan,
            arrive=self.arrive,
            depart=self.depart,
            contact=self.contact.model_dump(),
            count=self.rooms,
            adults=self.adults,
            children=self.children,
            property=property,
        )


class WaitView(Answered):
    id: str
    type: str
    plan: str
    arrive: date
    depart: date
    rooms: int
    state: str
    booking: Annotated[str, Field(description="held for them, once offered")]
    until: datetime | None
    name: Annotated[str, Field(description="whom to call; personal")]
    phone: Annotated[str, Field(description="personal: who looks is on record")]


class WaitsView(Answered):
    waiting: list[WaitView]


def group_view(group: Group) -> GroupView:
    """A group as answered."""
    return GroupView(
        id=group.id,
        name=group.name,
        company=group.company,
        arrive=group.arrive,
        depart=group.depart,
        release=group.release,
        plan=group.plan,
        state=str(group.state),
        rooms=[
            LeftView(
                type=type,
                rooms=count,
                left=group.left(type, group.nights),
                rate=MoneyView(amount=group.rates[type]) if type in group.rates else None,
            )
            for type, count in sorted(group.rooms.items())
        ],
        bookings=list(group.picked),
    )


def wait_view(shown: WaitShown) -> WaitView:
    """An entry with whom to call."""
    wait = shown.wait
    return WaitView(
        id=wait.id,
        type=wait.type,
        plan=wait.plan,
        arrive=wait.arrive,
        depart=wait.depart,
        rooms=wait.count,
        state=str(wait.state),
        booking=wait.order,
        until=wait.until,
        name=shown.name,
        phone=shown.phone,
    )
