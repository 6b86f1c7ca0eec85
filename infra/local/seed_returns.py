"""The demo hotel's last month, taken over from the system it had before, and the return that is due of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.kernel.period import business_day
from chalicelib.messaging.returns.forms import period_of
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import Tenant
from infra.local.seed_inn import INN
from tenants.bureau.routes.duties import ask_one
from tenants.hotel.domain.figures import day_figures
from tenants.hotel.domain.night_audit import Let, RoomNight
from tenants.hotel.domain.rooms import Room
from tenants.hotel.store.accounts import AccountsStore

_FORM = "hotel-month"
_PRICE, _WEEKEND, _FOOD = 34_800, 6_000, 4_200
_CHANNELS = ("desk", "online", "phone")


def seed_last_month(*, now: datetime) -> None:
    """Closed days with their room-nights, invented; under the hotel's context."""
    period = period_of("month", period_of("month", business_day(now)).first - timedelta(days=1))
    house = AccountsStore(UnitOfWork(action="seed.look", now=now))
    rooms = house.setup.rooms(INN)
    # On the first days of a month the house has closed the last days of the other one itself.
    closed = {one.day for one in house.audits.figures(INN, period.first, period.last)}
    days = (period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1))
    for day in (one for one in days if one not in closed):
        work = UnitOfWork(action="seed.month", now=now)
        audits = AccountsStore(work).audits
        facts = _nights(day, rooms)
        broken = int(day.day % 9 == 0)
        figures = day_figures(INN, day, rooms=len(rooms), out_of_order=broken, nights=facts, book=())
        income, food = sum(fact.amount for fact in facts), _FOOD * len(facts)
        figures = replace(figures, room=(income, _tax(income)), food=(food, _tax(food)))
        audits.take_over(figures, facts)
        work.commit()


def ask_for_last_month(*, hotel: Tenant, now: datetime) -> None:
    """The bureau asks the demo hotel for the month before it joined, as an office does by hand."""
    period = period_of("month", period_of("month", business_day(now)).first - timedelta(days=1))
    ask_one(form=_FORM, period=period.name, to=hotel.id, now=now)


def _nights(day: date, rooms: Sequence[Room]) -> list[RoomNight]:
    weekend = day.weekday() in {4, 5}
    let = [
        room for number, room in enumerate(rooms) if (number * 7 + day.day * 5) % 23 < (18 if weekend else 13)
    ]
    price = _PRICE + (_WEEKEND if weekend else 0)
    return [
        RoomNight(
            day=day,
            night=day,
            stay=f"before-{day:%Y%m%d}-{room.number}",
            folio="",
            rooms=(room.number,),
            type=room.type,
            plan="standard",
            channel=_CHANNELS[number % 3],
            let=Let.PAID,
            amount=price,
            tax=_tax(price),
            levies=0,
            guests=1 + number % 2,
        )
        for number, room in enumerate(let)
    ]


def _tax(amount: int) -> int:
    """The 6 % inside an amount."""
    return (amount * 6 + 53) // 106
