"""Extras and hires over the wire."""

from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.period import rfc3339
from chalicelib.web.http import Answered, Asked, MoneyView
from tenants.hotel.domain.extra import EQUIPMENT, Extra, Per, Rental
from tenants.hotel.domain.hire import Hire
from tenants.hotel.domain.metering import Metering
from tenants.hotel.domain.plan import Fee
from tenants.hotel.routes.models.setup import FeeBody
from tenants.hotel.routes.models.stay import ContactAsked
from tenants.hotel.routes.shown.hire import KINDS, kind_name
from tenants.hotel.routes.words import Name, Said, Texts
from tenants.hotel.usecases.basket import Add, Booking
from tenants.hotel.usecases.hiring import Offer

_Fen = Annotated[int, Field(ge=0, le=10**9)]
_Hour = Annotated[int, Field(ge=0, le=23)]


class MeteringBody(Asked):
    """How real time is charged: in steps of ``step`` minutes, the first ``grace`` of each free, at least
    ``least`` minutes; ``booked``: never less than was booked."""

    step: Annotated[int, Field(ge=1, le=1440)] = 30
    grace: Annotated[int, Field(ge=0, le=1439)] = 10
    least: Annotated[int, Field(ge=0, le=43_200)] = 60
    booked: bool = True


class RentalBody(Asked):
    """A car's terms. ``driver``: it comes with one, nobody's licence is asked for."""

    kilometres: Annotated[int, Field(ge=0, le=5_000, description="in the price, a day")] = 200
    over: _Fen = 100
    deposit: _Fen = 0
    seats: Annotated[int, Field(ge=1, le=60)] = 5
    driver: bool = False
    licence: Literal["C1", "C2", "B1", "A1"] = "C1"


class ExtraBody(Asked):
    """What is sold beside a room. ``count`` 0: it never runs out; once it is on sale it only grows."""

    property: Name
    names: Texts
    about: Annotated[Said, Field(default_factory=Said)]
    kind: Literal["meal", "parking", "meeting", "gear", "car", "other"]
    per: Literal["order", "night", "hour", "day"]
    price: _Fen
    count: Annotated[int, Field(ge=0, le=1_000)] = 0
    most: Annotated[int, Field(ge=1, le=99, description="in one order")] = 9
    alone: Annotated[bool, Field(description="also without a room")] = False
    cancellation: Annotated[list[FeeBody], Field(max_length=6, default_factory=lambda: [FeeBody(hours=0)])]
    opens: _Hour = 8
    closes: _Hour = 22
    seats: Annotated[int, Field(ge=0, le=2_000)] = 0
    equipment: Annotated[
        list[Name], Field(max_length=20, default_factory=list, description=f"of: {', '.join(EQUIPMENT)}")
    ]
    metering: MeteringBody | None = None
    rental: RentalBody | None = None
    on: bool = True

    def made(self, id: str) -> Extra:
        """The extra of this id, without its pools. Raises ``SetupInvalid``."""
        by, car = self.metering, self.rental
        return Extra(
            id=id,
            site=self.property,
            names=self.names.by_language,
            about=self.about.by_language,
            kind=KINDS[self.kind],
            per=Per(self.per),
            price=self.price,
            most=self.most,
            alone=self.alone,
            fees=tuple(
                Fee(hours=fee.hours, permille=fee.permille, nights=fee.nights) for fee in self.cancellation
            ),
            opens=time(self.opens),
            closes=time(self.closes),
            seats=self.seats,
            equipment=tuple(code for code in EQUIPMENT if code in self.equipment),
            metering=Metering(step=by.step, grace=by.grace, least=by.least, booked=by.booked) if by else None,
            rental=Rental(
                kilometres=car.kilometres,
                over=car.over,
                deposit=car.deposit,
                seats=car.seats,
                driver=car.driver,
                licence=car.licence,
            )
            if car
            else None,
            on=self.on,
        )


class OffersQuery(Asked):
    day: date
    start: _Hour = 9
    length: Annotated[int, Field(ge=1, le=30, description="hours; days for cars")] = 1
    property: Name | None = None


class HireQuery(Asked):
    day: date
    property: Name | None = None


class HoldBody(Asked):
    """What was offered, for whom. ``stay``: the guest in the house whose bill takes it. ``price``: the total
    that was shown; another now refuses."""

    extra: Name
    day: date
    start: _Hour = 9
    length: Annotated[int, Field(ge=1, le=30, description="hours; days for cars")] = 1
    count: Annotated[int, Field(ge=1, le=99)] = 1
    contact: ContactAsked
    stay: Annotated[str, Field(pattern=r"^(st_[0-9a-z]{26})?$")] = ""
    price: MoneyView | None = None

    @property
    def booking(self) -> Booking:
        """As the use case takes it."""
        add = Add(extra=self.extra, count=self.count, day=self.day, start=self.start, length=self.length)
        return Booking(
            contact=self.contact.model_dump(),
            extras=(add,),
            wishes={"stay": self.stay} if self.stay else {},
            agreed=self.price.amount if self.price is not None else None,
            trusted=True,
        )


class ConfirmBody(Asked):
    """``paid``: the desk has taken all of it; else it is paid when it is used."""

    paid: bool = False


class BeginBody(Asked):
    at: Annotated[datetime | None, Field(description="when it was handed over; none: now")] = None
    kilometres: Annotated[int | None, Field(ge=0, le=2_000_000)] = None
    licence: Annotated[bool, Field(description="the driver's licence was seen and is valid")] = False


class FinishBody(Asked):
    at: datetime | None = None
    kilometres: Annotated[int | None, Field(ge=0, le=2_000_000)] = None


class ExtraView(Answered):
    id: str
    property: str
    names: dict[str, str]
    kind: str
    per: str
    price: int
    count: int
    alone: bool
    on: bool


class OfferView(Answered):
    extra: str
    names: dict[str, str]
    kind: str
    per: str
    price: Annotated[int, Field(description="fen, one piece for this time")]
    left: int
    can: bool
    seats: int
    equipment: list[str]
    deposit: int
    kilometres: int
    driver: bool
    licence: str


class OffersView(Answered):
    offers: list[OfferView]


class HoldView(Answered):
    order: str
    state: str
    until: Annotated[str, Field(description="when the hold is over by itself")]
    total: MoneyView


class HireView(Answered):
    id: str
    order: str
    extra: str
    title: str
    count: int
    state: str
    starts: str
    ends: str
    started: str
    ended: str
    price: int
    billed: int
    stay: str
    version: int


class HiresView(Answered):
    hires: list[HireView]


class FinishedView(HireView):
    folio: str


def extra_view(extra: Extra) -> ExtraView:
    """An extra as answered."""
    return ExtraView(
        id=extra.id,
        property=extra.site,
        names=dict(extra.names),
        kind=kind_name(extra.kind),
        per=str(extra.per),
        price=extra.price,
        count=extra.capacity,
        alone=extra.alone,
        on=extra.on,
    )


def offer_view(offer: Offer) -> OfferView:
    """An offer as answered."""
    extra, car = offer.extra, offer.extra.rental
    return OfferView(
        extra=extra.id,
        names=dict(extra.names),
        kind=kind_name(extra.kind),
        per=str(extra.per),
        price=offer.price,
        left=offer.left,
        can=offer.refused is None and offer.left > 0,
        seats=car.seats if car else extra.seats,
        equipment=list(extra.equipment),
        deposit=car.deposit if car else 0,
        kilometres=car.kilometres if car else 0,
        driver=car.driver if car else False,
        licence=car.licence if car and not car.driver else "",
    )


def hold_view(order: Order) -> HoldView:
    """What is held, or became of it."""
    return HoldView(
        order=order.id, state=str(order.state), until=rfc3339(order.until), total=MoneyView.of(order.total)
    )


def hire_view(hire: Hire) -> HireView:
    """A hire as answered; whoever hired it is the order's secret."""
    return HireView(**_facts(hire))


def finished_view(hire: Hire, folio: str) -> FinishedView:
    """A hire that came back, and the bill that took it."""
    return FinishedView(**_facts(hire), folio=folio)


def _facts(hire: Hire) -> dict[str, object]:
    return {
        "id": hire.id,
        "order": hire.order,
        "extra": hire.extra,
        "title": hire.title,
        "count": hire.count,
        "state": str(hire.state),
        "starts": rfc3339(hire.starts),
        "ends": rfc3339(hire.ends),
        "started": rfc3339(hire.started) if hire.started else "",
        "ended": rfc3339(hire.ended) if hire.ended else "",
        "price": hire.price,
        "billed": hire.billed,
        "stay": hire.stay,
        "version": hire.version,
    }
