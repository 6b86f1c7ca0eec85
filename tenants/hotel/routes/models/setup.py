"""Set-up over the wire."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.web.http import Answered, Asked, WallTime
from tenants.hotel.domain.plan import Derived, Fee, Meal, RatePlan, Secured
from tenants.hotel.domain.property import Property, Tax
from tenants.hotel.domain.rooms import AMENITIES, Hourly, Room, RoomType
from tenants.hotel.routes.words import Name, RoomNumber, Said, Texts
from tenants.hotel.usecases.ports import Block

_Fen = Annotated[int, Field(ge=0, le=10**9)]
_Permille = Annotated[int, Field(ge=0, le=10_000)]


class TaxBody(Asked):
    code: Name
    names: Texts
    permille: Annotated[int, Field(ge=0, le=1000)]
    included: bool = True


class PropertyBody(Asked):
    names: Texts
    district: Annotated[str, Field(pattern=r"^[0-9]{6}$", description="GB/T 2260")]
    zone: Annotated[str, Field(pattern=r"^[A-Za-z_]+(/[A-Za-z_]+){0,2}$")] = "Asia/Shanghai"
    check_in: WallTime = time(14)
    check_out: WallTime = time(12)
    stars: Annotated[int, Field(ge=0, le=5)] = 0
    taxes: Annotated[list[TaxBody], Field(max_length=5, default_factory=list)]
    address: Annotated[Said, Field(default_factory=Said)]
    phone: Annotated[str, Field(pattern=r"^([0-9+() -]{5,24})?$")] = ""
    about: Annotated[Said, Field(default_factory=Said)]
    notice: Annotated[
        Said, Field(default_factory=Said, description="shown above everything on the booking page")
    ]
    north: Annotated[float | None, Field(ge=-90, le=90, description="latitude; needs the longitude")] = None
    east: Annotated[float | None, Field(ge=-180, le=180, description="longitude")] = None

    def property(self, id: str) -> Property:
        """The property of this id."""
        return Property(
            id=id,
            names=self.names.by_language,
            district=self.district,
            zone=self.zone,
            check_in=self.check_in,
            check_out=self.check_out,
            stars=self.stars,
            taxes=tuple(
                Tax(code=tax.code, names=tax.names.by_language, permille=tax.permille, included=tax.included)
                for tax in self.taxes
            ),
            address=self.address.by_language,
            phone=self.phone,
            about=self.about.by_language,
            notice=self.notice.by_language,
            place=(self.north, self.east) if self.north is not None and self.east is not None else None,
        )


class HourlyBody(Asked):
    """Rooms by the hour. ``price`` in fen for ``hours``; ``rooms`` cannot change once on sale."""

    rooms: Annotated[int, Field(ge=1, le=200)]
    opens: Annotated[int, Field(ge=0, le=22)]
    closes: Annotated[int, Field(ge=1, le=23)]
    hours: Annotated[int, Field(ge=1, le=12)]
    price: _Fen
    on: bool = True


class TypeBody(Asked):
    """A room type. ``whole_house_of``: it is these rooms together, sold as one."""

    property: Name
    names: Texts
    beds: Annotated[
        dict[Literal["single", "double", "queen", "king", "bunk", "kang", "sofa", "tatami"], int],
        Field(max_length=8, default_factory=dict),
    ]
    included: Annotated[int, Field(ge=1, le=60, description="people in the price")] = 2
    most: Annotated[int, Field(ge=1, le=60)] = 2
    area: Annotated[int, Field(ge=0, le=10_000, description="square metres")] = 0
    overbooking: Annotated[int, Field(ge=0, le=100, description="how many more than exist may be sold")] = 0
    whole_house_of: Annotated[list[RoomNumber], Field(max_length=60, default_factory=list)]
    hourly: HourlyBody | None = None
    about: Annotated[Said, Field(default_factory=Said)]
    amenities: Annotated[
        list[Name], Field(max_length=40, default_factory=list, description=f"of: {', '.join(AMENITIES)}")
    ]
    on: bool = True

    def kind(self, id: str) -> RoomType:
        """The type of this id, without its pools."""
        by = self.hourly
        return RoomType(
            id=id,
            site=self.property,
            names=self.names.by_language,
            beds={str(bed): count for bed, count in self.beds.items()},
            included=self.included,
            most=self.most,
            area=self.area,
            about=self.about.by_language,
            amenities=tuple(code for code in AMENITIES if code in self.amenities),
            on=self.on,
            hourly=Hourly(
                rooms=by.rooms,
                opens=time(by.opens),
                closes=time(by.closes),
                hours=by.hours,
                price=by.price,
                on=by.on,
            )
            if by is not None
            else None,
        )


class RoomBody(Asked):
    number: RoomNumber
    floor: Annotated[str, Field(min_length=1, max_length=8)]
    features: Annotated[list[Name], Field(max_length=20, default_factory=list)]


class RoomsBody(Asked):
    rooms: Annotated[list[RoomBody], Field(min_length=1, max_length=80)]

    def of(self, type: str, property: str) -> list[Room]:
        """The rooms of a type."""
        return [
            Room(
                number=room.number,
                site=property,
                type=type,
                floor=room.floor,
                features=tuple(room.features),
            )
            for room in self.rooms
        ]


class DerivedBody(Asked):
    """From another plan's price: times ``permille`` thousandths, plus ``add`` fen."""

    plan: Name
    permille: _Permille = 1000
    add: Annotated[int, Field(ge=-(10**8), le=10**8)] = 0


class FeeBody(Asked):
    """At least ``hours`` before arrival: the first ``nights``, or ``permille`` of the stay."""

    hours: Annotated[int, Field(ge=0, le=24 * 400)]
    permille: Annotated[int, Field(ge=0, le=1000)] = 0
    nights: Annotated[int, Field(ge=0, le=30)] = 0


class PlanBody(Asked):
    names: Texts
    derived: DerivedBody | None = None
    meal: Meal = Meal.NONE
    cancellation: Annotated[list[FeeBody], Field(max_length=6, default_factory=list)]
    secured: Secured = Secured.PREPAID
    deposit: Annotated[int, Field(ge=0, le=1000, description="thousandths of the stay")] = 0
    types: Annotated[list[Name], Field(max_length=60, default_factory=list)]
    extra_adult: _Fen = 0
    extra_child: _Fen = 0
    on: bool = True

    def plan(self, id: str) -> RatePlan:
        """The plan of this id."""
        from_ = self.derived
        return RatePlan(
            id=id,
            names=self.names.by_language,
            derived=Derived(plan=from_.plan, permille=from_.permille, add=from_.add) if from_ else None,
            meal=self.meal,
            fees=tuple(
                Fee(hours=fee.hours, permille=fee.permille, nights=fee.nights) for fee in self.cancellation
            ),
            secured=self.secured,
            deposit=self.deposit,
            types=frozenset(self.types),
            extra_adult=self.extra_adult,
            extra_child=self.extra_child,
            on=self.on,
        )


class BlockBody(Asked):
    """A room out of order for the nights from ``first`` up to, not including, ``last``."""

    property: Name | None = None
    room: RoomNumber
    first: date
    last: date
    reason: Annotated[str, Field(max_length=40)] = ""


class PropertyView(Answered):
    id: str
    names: dict[str, str]
    district: str
    zone: str
    check_in: str
    check_out: str
    stars: int


class TypeView(Answered):
    id: str
    property: str
    names: dict[str, str]
    included: int
    most: int
    rooms: int
    overbooking: int
    whole_house_of: list[str]
    hourly: bool
    on: bool


class PlanView(Answered):
    id: str
    names: dict[str, str]
    derived_from: str
    meal: str
    secured: str
    on: bool


class RoomView(Answered):
    number: str
    type: str
    floor: str
    features: list[str]


class SetupView(Answered):
    properties: list[PropertyView]
    types: list[TypeView]
    plans: list[PlanView]


class RoomsView(Answered):
    property: str
    rooms: list[RoomView]


class BlockView(Answered):
    id: str
    room: str
    type: str
    first: date
    last: date
    reason: str


class BlocksView(Answered):
    blocks: list[BlockView]


def property_view(property: Property) -> PropertyView:
    """A property as answered."""
    return PropertyView(
        id=property.id,
        names=dict(property.names),
        district=property.district,
        zone=property.zone,
        check_in=f"{property.check_in:%H:%M}",
        check_out=f"{property.check_out:%H:%M}",
        stars=property.stars,
    )


def type_view(kind: RoomType) -> TypeView:
    """A type as answered."""
    return TypeView(
        id=kind.id,
        property=kind.site,
        names=dict(kind.names),
        included=kind.included,
        most=kind.most,
        rooms=kind.capacity,
        overbooking=kind.allowance,
        whole_house_of=list(kind.members),
        hourly=kind.hourly is not None and kind.hourly.on,
        on=kind.on,
    )


def plan_view(plan: RatePlan) -> PlanView:
    """A plan as answered."""
    return PlanView(
        id=plan.id,
        names=dict(plan.names),
        derived_from=plan.derived.plan if plan.derived is not None else "",
        meal=str(plan.meal),
        secured=str(plan.secured),
        on=plan.on,
    )


def block_view(block: Block) -> BlockView:
    """A block as answered."""
    return BlockView(
        id=block.id,
        room=block.room,
        type=block.type,
        first=block.first,
        last=block.last,
        reason=block.reason,
    )
