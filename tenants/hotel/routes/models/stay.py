"""Stays over the wire: what is asked for, offers, bookings, what cancelling costs."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.commerce.orders.domain import Line, Order
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import rfc3339
from chalicelib.web.http import Answered, Asked, MoneyView
from tenants.hotel.domain.booking import Cancelling, due, people, terms_of
from tenants.hotel.domain.offer import Offer
from tenants.hotel.domain.plan import Terms
from tenants.hotel.domain.property import Property
from tenants.hotel.routes.words import Name, in_words
from tenants.hotel.usecases.basket import Booking, Hours, Rooms
from tenants.hotel.usecases.search import Availability

_People = Annotated[int, Field(ge=1, le=60)]
_Children = Annotated[int, Field(ge=0, le=30)]


class StayQuery(Asked):
    """Nights from ``arrive`` up to, not including, ``depart``; people in each room."""

    arrive: date
    depart: date
    adults: _People = 2
    children: _Children = 0
    property: Name | None = None


class ContactAsked(Asked):
    """Whom to call. Personal: sealed before it is written, never logged, never on the bus."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{4,19}$")]


class GuestAsked(Asked):
    """Who will stay, as far as it is known; registration happens at check-in."""

    name: Annotated[str, Field(min_length=1, max_length=60)]


class RoomsAsked(Asked):
    type: Name
    plan: Name
    rooms: Annotated[int, Field(ge=1, le=99)] = 1
    adults: _People = 2
    children: _Children = 0


class BookingAsked(Asked):
    arrive: date
    depart: date
    rooms: Annotated[list[RoomsAsked], Field(min_length=1, max_length=5)]
    contact: ContactAsked
    guests: Annotated[list[GuestAsked], Field(max_length=60, default_factory=list)]
    price: Annotated[MoneyView | None, Field(description="the total that was shown; another now refuses")] = (
        None
    )
    locale: Literal["zh", "en", "ja", "ko"] = "zh"

    def booking(self) -> Booking:
        """The booking as the use case takes it."""
        return Booking(
            arrive=self.arrive,
            depart=self.depart,
            rooms=tuple(
                Rooms(type=one.type, plan=one.plan, count=one.rooms, adults=one.adults, children=one.children)
                for one in self.rooms
            ),
            contact=self.contact.model_dump(),
            guests=tuple(guest.model_dump() for guest in self.guests),
            agreed=self.price.amount if self.price is not None else None,
            locale=self.locale,
        )


class HoursAsked(Asked):
    type: Name
    day: date
    start: Annotated[int, Field(ge=0, le=22, description="the full hour")]
    contact: ContactAsked

    def booking(self) -> Booking:
        """The hours as the use case takes them."""
        hours = Hours(type=self.type, day=self.day, start=self.start)
        return Booking(hours=(hours,), contact=self.contact.model_dump())


class PaymentAsked(Asked):
    method: Literal["desk"] = "desk"
    amount: MoneyView


class CancelAsked(Asked):
    """The two amounts that the quote showed."""

    fee: MoneyView
    back: MoneyView


class StepView(Answered):
    """Cancel up to and including this instant: so much stays with the hotel."""

    until: datetime
    fee: MoneyView


class TermsView(Answered):
    steps: list[StepView]
    after: MoneyView


class TaxView(Answered):
    code: str
    amount: MoneyView
    included: bool


class OfferView(Answered):
    plan: str
    total: Annotated[MoneyView, Field(description="for one room, taxes included")]
    due: Annotated[MoneyView, Field(description="to be paid before the booking is firm")]
    nightly: Annotated[list[int], Field(description="fen a night, in order")]
    taxes: list[TaxView]
    cancellation: TermsView


class ForbiddenView(Answered):
    code: str
    detail: str


class TypeFoundView(Answered):
    type: str
    left: Annotated[int, Field(description="rooms of it on the scarcest night")]
    offers: list[OfferView]
    forbidden: ForbiddenView | None = None


class AvailabilityView(Answered):
    property: str
    arrive: date
    depart: date
    nights: int
    types: list[TypeFoundView]


class StayLineView(Answered):
    type: str
    title: str
    plan: str
    starts: datetime
    ends: datetime
    rooms: int
    adults: int
    children: int
    price: Annotated[MoneyView, Field(description="one room, the whole stay")]
    nightly: list[int]
    cancellation: TermsView


class BookingView(Answered):
    id: str
    state: str
    payment: str
    label: Annotated[str, Field(description="one word for people, in Chinese")]
    total: MoneyView
    due: MoneyView
    paid: MoneyView
    refunded: MoneyView
    placed: datetime
    pay_before: datetime
    channel: str
    reason: str
    lines: list[StayLineView]


class CancellingView(Answered):
    fee: Annotated[MoneyView, Field(description="stays with the hotel")]
    back: Annotated[MoneyView, Field(description="comes back now")]
    owing: Annotated[MoneyView, Field(description="of the fee, not paid yet")]
    holds_until: Annotated[datetime | None, Field(description="when the next step of the terms begins")]


def availability_view(found: Availability, *, locale: str) -> dict[str, Any]:
    """An answer to a search, an ``AvailabilityView`` in plain values: a hundred offers need no models."""
    period = found.stay.period
    return {
        "property": found.property.id,
        "arrive": period.start.isoformat(),
        "depart": period.end.isoformat(),
        "nights": len(found.stay.nights),
        "types": [
            {
                "type": one.kind.id,
                "left": max(0, one.left),
                "offers": [_offer(offer) for offer in one.offers],
                "forbidden": None
                if one.forbidden is None
                else {
                    "code": one.forbidden.code,
                    "detail": in_words(one.forbidden, locale=locale),
                },
            }
            for one in found.found
        ],
    }


def _offer(offer: Offer) -> dict[str, Any]:
    """An ``OfferView`` in plain values."""
    return {
        "plan": offer.plan,
        "total": _money(offer.total.amount),
        "due": _money(offer.due.amount),
        "nightly": offer.nightly,
        "taxes": [
            {"code": code, "amount": _money(amount.amount), "included": included}
            for code, amount, included in offer.taxes
        ],
        "cancellation": {
            "steps": [{"until": rfc3339(step.until), "fee": _money(step.fee)} for step in offer.terms.steps],
            "after": _money(offer.terms.after),
        },
    }


def _money(fen: int) -> dict[str, Any]:
    return {"amount": fen, "currency": "CNY"}


def booking_view(order: Order, *, now: datetime, property: Property | None = None) -> BookingView:
    """A booking as answered; instants on the property's clock."""
    zone = ZoneInfo(property.zone if property is not None else "Asia/Shanghai")
    return BookingView(
        id=order.id,
        state="expired" if order.over(now=now) else str(order.state),
        payment=str(order.payment),
        label=order.label(now=now),
        total=MoneyView.of(order.total),
        due=MoneyView.of(due(order)),
        paid=MoneyView.of(order.receipt.amount if order.receipt is not None else Money(0)),
        refunded=MoneyView.of(Money(order.refunded)),
        placed=order.placed,
        pay_before=order.until,
        channel=order.channel,
        reason=order.reason,
        lines=[_line_view(line, zone) for line in order.live],
    )


def cancelling_view(quote: Cancelling) -> CancellingView:
    """What cancelling means now."""
    return CancellingView(
        fee=MoneyView.of(quote.fee),
        back=MoneyView.of(quote.back),
        owing=MoneyView.of(quote.owing),
        holds_until=quote.next.until if quote.next is not None else None,
    )


def terms_view(terms: Terms) -> TermsView:
    """Terms as answered."""
    return TermsView(
        steps=[StepView(until=step.until, fee=MoneyView.of(Money(step.fee))) for step in terms.steps],
        after=MoneyView.of(Money(terms.after)),
    )


def _line_view(line: Line, zone: ZoneInfo) -> StayLineView:
    adults, children = people(line) or (0, 0)
    return StayLineView(
        type=line.product,
        title=line.title,
        plan=line.option,
        starts=line.starts.astimezone(zone),
        ends=line.ends.astimezone(zone),
        rooms=line.count,
        adults=adults,
        children=children,
        price=MoneyView.of(Money(line.price)),
        nightly=line.facts.get("nightly", []),
        cancellation=terms_view(terms_of(line)),
    )
