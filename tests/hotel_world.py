"""A hotel to test in: three types, a whole house, four plans, invented guests; in memory or on the engine."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chalicelib.commerce.orders.arrivals import settle_refunds
from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.kernel.period import business_day
from chalicelib.payments.desk import taken
from chalicelib.persistence.journal import audited, envelopes_of
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.booking import due
from tenants.hotel.domain.folio import Means
from tenants.hotel.domain.guest import Guest
from tenants.hotel.domain.nights import left
from tenants.hotel.domain.rooms import Room, RoomType
from tenants.hotel.domain.stay import Stay
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.store.memory import forget_hotel
from tenants.hotel.usecases import (
    basket,
    billing,
    booking,
    desk,
    placing,
    rates,
    registration,
    setting,
    takings,
)
from tests.fake_hotel import FakeHotel, HotelMemory
from tests.fake_shop import FakePayments
from tests.fakes import Work
from tests.inn import CONTACT, DAY, INN, NOW, PLANS, adult, context, kind, resident, rooms, tenant

__all__ = [
    "CONTACT",
    "DAY",
    "INN",
    "NOW",
    "PLANS",
    "EngineWorld",
    "MemoryWorld",
    "World",
    "adult",
    "context",
    "kind",
    "resident",
    "rooms",
    "tenant",
]


class World:
    """What a desk does here, each in a work of its own. ``now`` is moved by the test."""

    now = NOW

    def __init__(self) -> None:
        self.payments = FakePayments()

    def hotel(self, work: Any) -> Any: ...

    def work(self, action: str = "test") -> Any: ...

    @property
    def unit(self) -> Any: ...

    def said(self) -> list[dict[str, Any]]:
        """Every envelope that a committed work published."""
        raise NotImplementedError

    def said_of(self, type: str) -> list[dict[str, Any]]:
        """The data of the events of one type, in order."""
        return [found["data"] for found in self.said() if found["type"] == f"tourism.{type}.v1"]

    def do(self, act: Callable[[Any], Any]) -> Any:
        """Run ``act`` around a fresh work and commit it."""
        work = self.work()
        result = act(self.hotel(work))
        if not work.empty:
            work.commit()
        return result

    def set_up(self, *, twins: int = 3, kings: int = 2, over: int = 0, price: int = 30000) -> "World":
        """Twins, kings, and a whole house of the first two kings; prices for 120 days."""
        self.do(lambda hotel: setting.set_property(INN, hotel=hotel))
        self.type_(kind("twin"), rooms("twin", twins, floor=2), over=over)
        self.type_(kind("king"), rooms("king", kings, floor=3))
        for plan in PLANS:
            self.do(lambda hotel, plan=plan: setting.set_plan(plan, hotel=hotel))
        self.price("twin", price)
        self.price("king", price + 10000)
        return self

    def type_(
        self, wanted: RoomType, of: Sequence[Room] = (), *, over: int = 0, members: Sequence[str] = ()
    ) -> None:
        """A type, then its rooms, 80 at a time."""
        self.do(lambda hotel: setting.set_type(wanted, allowance=over, members=members, hotel=hotel))
        for start in range(0, len(of), 80):
            part = of[start : start + 80]
            self.do(lambda hotel, part=part: setting.set_rooms(wanted.id, part, hotel=hotel))

    def house_(self, *members: str) -> None:
        """The whole house 整栋 of these rooms."""
        self.type_(kind("villa", most=12), members=members)
        self.price("villa", 100000)

    def price(self, type: str, price: int, *, plan: str = "bar", days: int = 120) -> None:
        """One price from today on."""
        row = rates.Row(
            type=type, plan=plan, first=NOW.date(), last=NOW.date() + timedelta(days=days), price=price
        )
        self.rates(row)

    def rule(self, type: str, day: date, *, to: date | None = None, **rule: int | bool) -> None:
        """Restrictions of some days."""
        self.rates(rates.Row(type=type, first=day, last=to or day, rule=rule))

    def rates(self, *rows: rates.Row) -> rates.Outcome:
        """Update cells."""
        return rates.update(rows, hotel=self.hotel(self.work()), unit=self.unit)

    def hold(
        self,
        type: str = "twin",
        *,
        key: str = "k1",
        day: date = DAY,
        nights: int = 1,
        count: int = 1,
        plan: str = "bar",
        adults: int = 2,
        agreed: int | None = None,
    ) -> Order:
        """Hold rooms."""
        wanted = basket.Booking(
            arrive=day,
            depart=day + timedelta(days=nights),
            rooms=(basket.Rooms(type=type, plan=plan, count=count, adults=adults),),
            contact=CONTACT,
            agreed=agreed,
        )
        mark = Mark(command=key, digest=f"{wanted}")
        held: Order = self.do(lambda hotel: booking.hold(wanted, mark=mark, hotel=hotel))
        return held

    def pay(self, order: Order, amount: int | None = None) -> Order:
        """The desk takes what is due, or this much."""

        def act(hotel: Any) -> Order:
            kept = hotel.orders.get(order.id)
            money = due(kept) if kept.state == "held" else kept.total
            money = money if amount is None else replace(money, amount=amount)
            receipt = taken(order=order.id, amount=money, now=hotel.now)
            return booking.pay_at_desk(kept, receipt=receipt, hotel=hotel)

        paid: Order = self.do(act)
        return paid

    def guarantee(self, order: Order) -> Order:
        """Firm without money."""
        given: Order = self.do(lambda hotel: booking.guarantee(hotel.orders.get(order.id), hotel=hotel))
        return given

    def quote(self, order: Order) -> Any:
        """What cancelling would mean now."""
        hotel = self.hotel(self.work())
        return booking.quote(hotel.orders.get(order.id), hotel=hotel)

    def stays(self, order: Order) -> list[Stay]:
        """The stays of a booking."""
        hotel = self.hotel(self.work())
        return list(hotel.stays.of_order(hotel.orders.get(order.id)))

    def assign(self, stay: Stay, room: str | None, **more: Any) -> Stay:
        """Give the stay a room."""
        wish = placing.Wish(room=room, **more)
        given: Stay = self.do(lambda hotel: placing.assign(stay.id, wish, hotel=hotel))
        return given

    def register(self, stay: Stay, **values: Any) -> Guest:
        """Write down an invented adult, or whoever ``values`` tell."""
        entry = registration.Entry(values={**adult(), **values})
        given: Guest = self.do(lambda hotel: registration.save(stay.id, entry, hotel=hotel))
        return given

    def come(self, stay: Stay) -> Stay:
        """Check in, after an invented adult was registered where nobody is."""
        if not self.hotel(self.work()).guests.of_stay(stay.id):
            self.register(stay)
        given: Stay = self.do(lambda hotel: desk.check_in(stay.id, hotel=hotel))
        return given

    def go(self, stay: Stay, *, pays: bool = True) -> Stay:
        """Check out, after what is owed was paid."""
        if pays:
            self.pay_up(stay.id)
        given: Stay = self.do(lambda hotel: desk.check_out(stay.id, hotel=hotel))
        return given

    def cancel(self, order: Order) -> Order:
        """Cancel for what the quote says."""
        shown = self.quote(order)
        agreed = (shown.fee.amount, shown.back.amount)
        given: Order = self.do(lambda hotel: booking.cancel(order.id, agreed=agreed, hotel=hotel))
        return given

    def settle(self) -> int:
        """Send what is owed."""
        till = self.hotel(self.work())
        return settle_refunds(till=till, unit=self.unit, kind="hotel", provider=lambda _: self.payments)

    def pay_up(self, id: str) -> None:
        """The guests of a stay pay by phone what they would owe if they left now."""

        def act(hotel: Any) -> None:
            stay = hotel.stays.get(id)
            today = INN.today(hotel.now)
            for folio in billing.due(stay, today=today, hotel=hotel):
                if folio.balance > 0 and not folio.company:
                    taking = takings.Taking(means=Means.SCAN, amount=folio.balance)
                    takings.take(folio.id, taking, accounts=hotel.accounts)

        self.do(act)

    def left(self, type: str = "twin", day: date = DAY) -> int:
        """What can still be sold of a type on a night."""
        hotel = self.hotel(self.work())
        house = hotel.setup.house()
        nights = hotel.calendar.nights(INN.id, day, day, fresh=True)
        return left(house.types[type], [day.isoformat()], nights, types=house.types)

    def order(self, order: Order) -> Order:
        """The order as it is kept now."""
        kept: Order = self.hotel(self.work()).orders.get(order.id)
        return kept


class MemoryWorld(World):
    """In memory."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = HotelMemory()

    def hotel(self, work: Work) -> FakeHotel:
        return FakeHotel(work)

    def work(self, action: str = "test") -> Work:
        return Work(self.memory, action=action, now=self.now)

    @property
    def unit(self) -> Any:
        @contextmanager
        def unit(action: str) -> Iterator[FakeHotel]:
            work = self.work(action)
            yield FakeHotel(work)
            if not work.empty:
                work.commit()

        return unit

    def said(self) -> list[dict[str, Any]]:
        return self.memory.said


class EngineWorld(World):
    """On the engine; whoever uses it has bound a tenant."""

    def __init__(self) -> None:
        super().__init__()
        forget_hotel()

    def hotel(self, work: UnitOfWork) -> HotelStore:
        return HotelStore(work)

    def work(self, action: str = "test") -> UnitOfWork:
        return UnitOfWork(action=action, now=self.now)

    @property
    def unit(self) -> Any:
        return new_unit(self.now)

    def said(self) -> list[dict[str, Any]]:
        days = {business_day(NOW) + timedelta(days=ahead) for ahead in range(-1, 12)}
        return [said for day in sorted(days) for row in audited(day=day) for said in envelopes_of(row)]
