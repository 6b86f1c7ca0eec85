"""Models of a reservation that is changed at the desk: other days, one room of several cancelled."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.money import Money
from chalicelib.web.http import Answered, Asked, MoneyView
from tenants.hotel.domain.amending import Amending
from tenants.hotel.routes.words import WhyWaived
from tenants.hotel.usecases.rebooking import GivingUp

_Rooms = Annotated[Literal["one", "all"], Field(description="this room, or all of the booking")]


class RebookingQuery(Asked):
    arrive: date
    depart: date
    rooms: _Rooms = "all"
    why: WhyWaived = None


class RebookingAsked(RebookingQuery):
    """``total`` and ``back`` as they were quoted; others now refuse."""

    total: MoneyView
    back: MoneyView


class RoomQuery(Asked):
    why: WhyWaived = None


class RoomGivenUp(Asked):
    """``fee`` and ``back`` as they were quoted; others now refuse."""

    fee: MoneyView
    back: MoneyView
    why: WhyWaived = None


class RebookingView(Answered):
    before: Annotated[MoneyView, Field(description="what the whole booking costs now")]
    total: Annotated[MoneyView, Field(description="what it would cost")]
    fee: Annotated[MoneyView, Field(description="in it, for what is given up")]
    back: Annotated[MoneyView, Field(description="returns the way it came")]
    rest: Annotated[MoneyView, Field(description="is taken when the guests come")]


class GivingUpView(Answered):
    fee: Annotated[MoneyView, Field(description="stays with the hotel")]
    share: Annotated[MoneyView, Field(description="the room's share of what was paid")]
    back: Annotated[MoneyView, Field(description="returns the way it came")]
    owing: Annotated[MoneyView, Field(description="of the fee, not paid yet")]
    on_bill: Annotated[bool, Field(description="others have come: fee and share go on a bill of its own")]


class RebookedView(Answered):
    stay: Annotated[str, Field(description="takes the place of the one that was moved; it has no room yet")]


class GivenUpView(Answered):
    stay: Annotated[str, Field(description="is cancelled")]
    folio: Annotated[str, Field(description="the bill on which its money stands, if there is one")]


def rebooking_view(found: Amending, order: Order) -> RebookingView:
    """A quote as answered."""
    rest = max(0, found.total.amount - order.paid.amount - found.pay.amount)
    return RebookingView(
        before=MoneyView.of(order.total),
        total=MoneyView.of(found.total),
        fee=MoneyView.of(found.fee),
        back=MoneyView.of(found.back),
        rest=MoneyView.of(Money(rest)),
    )


def giving_up_view(found: GivingUp) -> GivingUpView:
    """A quote as answered."""
    return GivingUpView(
        fee=MoneyView.of(Money(found.fee)),
        share=MoneyView.of(Money(found.share)),
        back=MoneyView.of(Money(found.back)),
        owing=MoneyView.of(Money(found.owing)),
        on_bill=found.on_bill,
    )
