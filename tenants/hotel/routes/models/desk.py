"""The front desk over the wire: stays, rooms, the plan; names for the desk, numbers masked."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.money import Money
from chalicelib.kernel.personal import masked_document
from chalicelib.web.http import Answered, Asked, MoneyView, WallTime
from tenants.hotel.domain.events import PURPOSES
from tenants.hotel.domain.offer import Offer
from tenants.hotel.domain.stay import Stay
from tenants.hotel.routes.models.guests import GuestAsked, GuestView
from tenants.hotel.routes.models.room import RoomStatusView, room_view
from tenants.hotel.routes.models.stay import ContactAsked
from tenants.hotel.routes.words import Name, Purpose, RoomNumber, WhyWaived
from tenants.hotel.usecases.basket import Booking, Rooms
from tenants.hotel.usecases.fitting import MOST_PARTS, Ways
from tenants.hotel.usecases.front import Bar, Position, RoomPlan, Shown
from tenants.hotel.usecases.placing import Wish
from tenants.hotel.usecases.walk_in import WalkIn

_COUNT = Annotated[int, Field(ge=1, le=60)]
assert set(Purpose.__args__) == set(PURPOSES)  # type: ignore[attr-defined]  # a Literal has its words


class ListQuery(Asked):
    """A list of a day. ``text``: part of a name, a phone, a room or a booking."""

    list: Literal["arriving", "came", "in-house", "leaving", "left"] = "in-house"
    day: date | None = None
    text: Annotated[str, Field(max_length=60)] = ""
    property: Name | None = None


class PlanQuery(Asked):
    first: date | None = None
    days: Annotated[int, Field(ge=1, le=31)] = 14
    property: Name | None = None


class RoomAsked(Asked):
    """A room for the nights from ``since`` on. Without a room: ``best`` chooses one, otherwise the assignment
    is taken back. ``other_type``: a room of another type is meant."""

    room: RoomNumber | None = None
    since: date | None = None
    other_type: bool = False
    dirty: Annotated[bool, Field(description="guests who move want it as it is")] = False
    best: bool = False

    def wish(self) -> Wish:
        """As the use case takes it."""
        return Wish(room=self.room, since=self.since, other=self.other_type, dirty=self.dirty)


class PartAsked(Asked):
    """A room from the night of ``first`` on."""

    room: RoomNumber
    first: date


class PartsAsked(Asked):
    """Rooms of the stay's type one after the other: all of them are given, or none."""

    parts: Annotated[list[PartAsked], Field(min_length=1, max_length=MOST_PARTS)]


class UndoAsked(Asked):
    version: Annotated[int, Field(ge=0, description="of the stay, as it was answered")]


class DepartQuery(Asked):
    depart: date


class DatesAsked(Asked):
    """Another day of departure. ``price``: what the further nights cost, as it was shown; ``room``: another
    for them."""

    depart: date
    price: MoneyView | None = None
    room: RoomNumber | None = None


class LateAsked(Asked):
    until: Annotated[WallTime, Field(description="the property's clock, on the day of departure")]


class CheckInAsked(Asked):
    """``dirty``: they want the room as it is."""

    purpose: Purpose = "unknown"
    dirty: bool = False
    present: Annotated[list[_COUNT] | None, Field(max_length=20, description="who is here; all, if none")] = (
        None
    )


class NoShowAsked(Asked):
    """Nobody came."""

    why: WhyWaived = None


class WalkInAsked(Asked):
    """One room from tonight. Everybody at the desk is registered."""

    type: Name
    plan: Name
    depart: date
    adults: _COUNT = 1
    children: Annotated[int, Field(ge=0, le=30)] = 0
    contact: ContactAsked
    guests: Annotated[list[GuestAsked], Field(min_length=1, max_length=20)]
    room: RoomNumber | None = None
    purpose: Purpose = "unknown"
    price: Annotated[MoneyView | None, Field(description="the total that was shown")] = None

    def walk_in(self, tonight: date) -> WalkIn:
        """As the use case takes it."""
        rooms = Rooms(type=self.type, plan=self.plan, adults=self.adults, children=self.children)
        return WalkIn(
            booking=Booking(
                arrive=tonight,
                depart=self.depart,
                rooms=(rooms,),
                contact=self.contact.model_dump(),
                agreed=self.price.amount if self.price is not None else None,
                channel="desk",
            ),
            guests=tuple(guest.entry() for guest in self.guests),
            room=self.room,
            purpose=self.purpose,
        )


class SegmentView(Answered):
    room: str
    first: date
    last: date


class StayView(Answered):
    """A stay. ``version`` is what undoing refers to; ``nightly`` in fen."""

    id: str
    booking: str
    property: str
    type: str
    plan: str
    state: str
    arrive: date
    depart: date
    hours: list[int] | None
    rooms: list[str]
    segments: list[SegmentView]
    nightly: list[int]
    adults: int
    children: int
    channel: str
    arrived: datetime | None
    left: datetime | None
    late: datetime | None
    undo: Annotated[bool, Field(description="the last change of rooms can be taken back")]
    version: int


class ShownView(StayView):
    name: Annotated[str, Field(description="whom to ask for; personal")]
    phone: Annotated[str, Field(description="masked")]


class StayPageView(ShownView):
    guests: list[GuestView]


class StaysView(Answered):
    day: date
    stays: list[ShownView]


class RoomsView(Answered):
    rooms: Annotated[list[str], Field(description="the best first")]


class PartView(Answered):
    """A room for the nights ``[first, last)``."""

    room: str
    first: date
    last: date


class PartsView(Answered):
    """What the desk can propose for the nights from ``since`` on."""

    since: date
    rooms: Annotated[list[str], Field(description="rooms that are free for all of them, the best first")]
    parts: Annotated[
        list[PartView],
        Field(description="where there is none: rooms one after the other, with as few changes as can be"),
    ]


class ExtensionView(Answered):
    nightly: list[int]
    total: MoneyView


class BarView(Answered):
    room: str
    first: date
    last: date
    stay: str | None
    block: str | None
    state: Annotated[str, Field(description="the stay's, or out-of-order")]
    name: str


class PositionView(Answered):
    day: date
    rooms: int
    out_of_order: int
    sold: int
    free: int
    arriving: int
    leaving: int


class RoomPlanView(Answered):
    property: str
    days: list[date]
    rooms: list[RoomStatusView]
    bars: list[BarView]
    unassigned: list[ShownView]
    position: list[PositionView]


def stay_view(stay: Stay) -> StayView:
    """A stay as answered."""
    return StayView(**_plain(stay))


def shown_view(shown: Shown) -> ShownView:
    """A stay with whom to ask for."""
    return ShownView(**_plain(shown.stay), name=shown.name, phone=masked_document(shown.phone))


def stay_page_view(shown: Shown, guests: list[GuestView]) -> StayPageView:
    """A stay with everybody in it."""
    return StayPageView(**shown_view(shown).model_dump(), guests=guests)


def extension_view(offer: Offer) -> ExtensionView:
    """What further nights cost."""
    return ExtensionView(nightly=list(offer.nightly), total=MoneyView.of(Money(offer.total.amount)))


def parts_view(ways: Ways) -> PartsView:
    """Proposals as answered."""
    return PartsView(
        since=ways.since,
        rooms=list(ways.rooms),
        parts=[PartView(room=one.room, first=one.first, last=one.last) for one in ways.parts],
    )


def room_plan_view(plan: RoomPlan) -> RoomPlanView:
    """The plan as answered."""
    return RoomPlanView(
        property=plan.property.id,
        days=list(plan.days),
        rooms=[room_view(room, plan.board.get(room.number)) for room in plan.rooms],
        bars=[_bar(bar) for bar in plan.bars],
        unassigned=[shown_view(one) for one in plan.lane],
        position=[_position(one) for one in plan.position],
    )


def _bar(bar: Bar) -> BarView:
    stay = bar.shown.stay if bar.shown is not None else None
    return BarView(
        room=bar.room,
        first=bar.first,
        last=bar.last,
        stay=stay.id if stay is not None else None,
        block=bar.block.id if bar.block is not None else None,
        state=str(stay.state) if stay is not None else "out-of-order",
        name=bar.shown.name if bar.shown is not None else "",
    )


def _position(one: Position) -> PositionView:
    return PositionView(
        day=one.day,
        rooms=one.rooms,
        out_of_order=one.broken,
        sold=one.sold,
        free=one.free,
        arriving=one.arriving,
        leaving=one.leaving,
    )


def _plain(stay: Stay) -> dict[str, object]:
    return {
        "id": stay.id,
        "booking": stay.order,
        "property": stay.site,
        "type": stay.type,
        "plan": stay.plan,
        "state": str(stay.state),
        "arrive": stay.arrive,
        "depart": stay.depart,
        "hours": list(stay.hours) if stay.hours is not None else None,
        "rooms": list(stay.rooms),
        "segments": [SegmentView(room=one.room, first=one.first, last=one.last) for one in stay.segments],
        "nightly": list(stay.nightly),
        "adults": stay.adults,
        "children": stay.children,
        "channel": stay.channel,
        "arrived": stay.arrived,
        "left": stay.left,
        "late": stay.late,
        "undo": stay.previous is not None,
        "version": stay.version,
    }
