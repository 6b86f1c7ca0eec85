"""Meeting rooms and cars: held and made firm as bookings are, handed over, billed by what was really used."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.money import Money
from chalicelib.payments.desk import taken
from tenants.hotel.domain.extra import Extra, Kind, Per, Rental
from tenants.hotel.domain.hire import Hire, HireIs, HireState, HireTime, KilometresWrong, LicenceUnseen
from tenants.hotel.domain.metering import DAY as WHOLE_DAY
from tenants.hotel.domain.metering import Metering, MeteringWrong, share
from tenants.hotel.usecases import basket, booking, hiring, setting
from tests.hotel_pages import Place, hotel_web, links, words
from tests.hotel_world import CONTACT, DAY, INN, MemoryWorld

pytestmark = pytest.mark.unit

ZONE = ZoneInfo("Asia/Shanghai")
NEW, HELD, ONE = "/hotel/hire-new", "/hotel/hire-held/{order}", "/hotel/hires/{hire}"


def hall(**more: Any) -> Extra:
    given = {"id": "hall", "names": {"zh": "嵩阳厅"}, "kind": Kind.MEETING, "per": Per.HOUR, "price": 20000}
    return Extra(site=INN.id, alone=True, seats=40, equipment=("projector",), **{**given, **more})


CAR = hall(
    id="car",
    names={"zh": "七座车"},
    kind=Kind.CAR,
    per=Per.DAY,
    price=36000,
    rental=Rental(kilometres=200, over=150, deposit=100_000, seats=7),
    metering=Metering(step=WHOLE_DAY, grace=60, least=WHOLE_DAY),
)


@pytest.fixture
def world() -> MemoryWorld:
    world = MemoryWorld()
    world.set_up()
    world.do(lambda hotel: setting.set_extra(hall(), count=1, hotel=hotel))
    world.do(lambda hotel: setting.set_extra(CAR, count=1, hotel=hotel))
    return world


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        made.do(lambda hotel: setting.set_extra(hall(), count=1, hotel=hotel))
        made.do(lambda hotel: setting.set_extra(CAR, count=1, hotel=hotel))
        yield made


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=ZONE)


def held(world: MemoryWorld, extra: str = "hall", *, key: str = "h1", **more: Any) -> Order:
    """Ten o'clock, two hours; or the car for two days."""
    add = basket.Add(extra=extra, day=DAY, start=10, length=2)
    asked = basket.Booking(contact=CONTACT, extras=(add,), trusted=True, **more)
    order: Order = world.do(
        lambda hotel: booking.hold(asked, mark=Mark(command=key, digest=key), hotel=hotel)
    )
    return order


def booked(world: MemoryWorld, extra: str = "hall", **more: Any) -> Hire:
    world.guarantee(held(world, extra, **more))
    return next(iter(world.memory.hires.values()))


def begin(world: MemoryWorld, hire: Hire, clock: str = "10:00", **more: Any) -> Hire:
    world.now = at(clock)
    begun: Hire = world.do(lambda hotel: hiring.begin(hire.id, at=at(clock), hotel=hotel, **more))
    return begun


def finish(world: MemoryWorld, hire: Hire, clock: str, day: date = DAY, **more: Any) -> tuple[Hire, Any]:
    world.now = at(clock, day)
    done: tuple[Hire, Any] = world.do(
        lambda hotel: hiring.finish(hire.id, at=at(clock, day), hotel=hotel, **more)
    )
    return done


@pytest.mark.parametrize(
    ("rule", "used", "charged"),
    [
        (Metering(), 120, 120),  # as booked
        (Metering(), 130, 120),  # ten minutes of grace
        (Metering(), 131, 150),
        (Metering(), 30, 120),  # never less than was booked
        (Metering(booked=False), 65, 60),
        (Metering(booked=False), 5, 60),  # the least
        (Metering(step=1, grace=0, least=0, booked=False), 47, 47),
        (Metering(step=WHOLE_DAY, grace=60, least=WHOLE_DAY), 2 * WHOLE_DAY + 60, 2 * WHOLE_DAY),
        (Metering(step=WHOLE_DAY, grace=60, least=WHOLE_DAY), 2 * WHOLE_DAY + 61, 3 * WHOLE_DAY),
    ],
)
def test_real_time_is_rounded_by_the_extras_own_rule(rule: Metering, used: int, charged: int) -> None:
    assert rule.minutes(at("10:00"), at("10:00") + timedelta(minutes=used), booked=120) == charged


def test_a_share_of_a_price_loses_no_fen() -> None:
    assert share(40000, minutes=150, booked=120) == 50000
    assert share(100, minutes=1, booked=3) == 33
    with pytest.raises(MeteringWrong):
        Metering(step=30, grace=30)


def test_an_offer_is_held_confirmed_and_nobody_else_gets_it(world: MemoryWorld) -> None:
    def left() -> dict[str, int]:
        hotel = world.hotel(world.work())
        found = hiring.offers(DAY, start=10, length=2, property=INN, hotel=hotel)
        return {one.extra.id: one.left for one in found}

    assert left() == {"hall": 1, "car": 1}
    order = held(world)
    assert left() == {"hall": 0, "car": 1}
    with pytest.raises(SoldOut):
        held(world, key="h2")
    world.guarantee(order)
    hire = next(iter(world.memory.hires.values()))
    assert (hire.state, hire.price, hire.booked) == (HireState.BOOKED, 40000, 120)
    assert world.hotel(world.work()).vault.unseal(hire.party) == CONTACT


def test_more_hours_than_booked_are_billed_on_a_bill_of_its_own(world: MemoryWorld) -> None:
    hire = booked(world)
    after, folio = finish(world, begin(world, hire, "09:55"), "12:40")
    assert (after.state, after.billed) == (HireState.ENDED, 60000)  # 165 minutes: three hours
    assert (folio.title, folio.balance) == ("示例甲", 60000)
    [entry] = [one for one in world.memory.entries if one.folio == folio.id]
    assert (entry.code, entry.text) == ("meeting", "嵩阳厅 3 h")


def test_what_was_paid_before_is_on_the_bill(world: MemoryWorld) -> None:
    order = held(world)
    receipt = taken(order=order.id, amount=Money(40000), now=world.now)
    world.do(lambda hotel: booking.confirm(hotel.orders.get(order.id), receipt, hotel))
    hire = next(iter(world.memory.hires.values()))
    _, folio = finish(world, begin(world, hire), "12:00")
    assert (folio.charged, folio.paid, folio.balance) == (40000, 40000, 0)


def test_a_guest_in_the_house_has_it_on_the_rooms_bill(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold("twin", day=DAY, nights=2))
    [stay] = world.stays(order)
    world.now = at("15:00")
    world.assign(stay, "201")
    world.come(stay)
    world.now = at("09:00")
    hire = booked(world, wishes={"stay": stay.id}, key="h3")
    _, folio = finish(world, begin(world, hire), "12:00")
    assert folio.stay == stay.id
    assert "嵩阳厅 2 h" in {one.text for one in world.memory.entries if one.folio == folio.id}


def test_with_rooms_only_the_difference_is_posted_above_or_below(world: MemoryWorld) -> None:
    world.do(lambda hotel: setting.set_extra(hall(metering=Metering(booked=False)), count=1, hotel=hotel))
    asked = basket.Booking(
        contact=CONTACT,
        arrive=DAY,
        depart=DAY + timedelta(days=1),
        rooms=(basket.Rooms(type="twin", plan="bar", adults=2),),
        extras=(basket.Add(extra="hall", day=DAY, start=18, length=2),),
    )
    order = world.do(lambda hotel: booking.hold(asked, mark=Mark(command="r", digest="r"), hotel=hotel))
    world.guarantee(order)
    [stay] = world.stays(order)
    world.now = at("15:00")
    world.assign(stay, "201")
    world.come(stay)
    hire = next(iter(world.memory.hires.values()))
    assert hire.with_rooms
    before = world.memory.folios[f"{stay.id}.1"].charged
    _, folio = finish(world, begin(world, hire, "18:00"), "19:05")
    assert folio.charged - before == -20000  # an hour less than was booked


def test_a_car_needs_a_licence_seen_and_its_odometer(world: MemoryWorld) -> None:
    hire = booked(world, "car")
    with pytest.raises(LicenceUnseen):
        begin(world, hire, kilometres=12000)
    with pytest.raises(KilometresWrong):
        begin(world, hire, licence=True)
    begun = begin(world, hire, licence=True, kilometres=12000)
    later = DAY + timedelta(days=2)
    with pytest.raises(KilometresWrong):
        finish(world, begun, "10:30", later, kilometres=11999)
    after, folio = finish(world, begun, "10:30", later, kilometres=12460)
    assert after.billed == 72000 + 60 * 150  # two days, 60 km beyond 400
    assert folio.balance == after.billed


def test_the_clock_and_the_states_cannot_be_bent(world: MemoryWorld) -> None:
    hire = booked(world)
    world.now = at("09:00")
    with pytest.raises(HireTime):
        world.do(lambda hotel: hiring.begin(hire.id, at=at("10:00"), hotel=hotel))
    with pytest.raises(HireTime):
        world.do(lambda hotel: hiring.unused(hire.id, hotel=hotel))
    begun = begin(world, hire)
    with pytest.raises(HireIs):
        begin(world, hire, "10:05")
    with pytest.raises(HireTime):
        world.do(lambda hotel: hiring.finish(begun.id, at=at("09:00"), hotel=hotel))


def test_nobody_came_is_charged_as_booked(world: MemoryWorld) -> None:
    hire = booked(world)
    world.now = at("13:00")
    after, folio = world.do(lambda hotel: hiring.unused(hire.id, hotel=hotel))
    assert (after.state, folio.balance) == (HireState.UNUSED, 40000)


def test_a_cancelled_booking_frees_the_room_unless_it_is_in_use(world: MemoryWorld) -> None:
    order = world.guarantee(held(world))
    hire = next(iter(world.memory.hires.values()))
    world.cancel(order)
    assert world.memory.hires[hire.id].state is HireState.CANCELLED
    again = world.guarantee(held(world, key="h4"))
    second = next(one for one in world.memory.hires.values() if one.order == again.id)
    begin(world, second)
    with pytest.raises(HireIs):
        world.cancel(again)


def test_the_desk_offers_holds_confirms_starts_and_ends(place: Place) -> None:
    place.now = at("09:30")
    place.roles = frozenset({"desk"})
    asked = {"day": f"{DAY}", "start": "10", "length": "2"}
    first = place.look(NEW, staff=True).text  # today nothing begins in the past
    assert re.search(r'name="start"[^>]*value="10"|value="10"[^>]*name="start"', first)
    offered = words(place.look(NEW, f"{NEW}?day={DAY}&start=10&length=2", staff=True))
    assert "嵩阳厅 会议室 · 40 座 · 投影 · 余 1 ¥400" in offered
    assert "自驾,驾驶证 C1" in offered
    unknown = place.send(NEW, staff=True, **asked, extra="hall", phone="138")
    assert unknown.status == 422
    to_held = place.send(NEW, staff=True, **asked, extra="hall", **CONTACT).headers["Location"]
    assert "确认,用完再付" in words(place.look(HELD, to_held, staff=True))
    day = place.send(HELD, to_held, staff=True, how="later").headers["Location"]
    page = place.look("/hotel/hires", day, staff=True)
    assert "嵩阳厅 10:00–12:00 示例甲" in words(page)
    path = next(link for link in links(page) if re.match(r"/hotel/hires/20", link))
    assert "按 30 分钟一段计,宽限 10 分钟,最少 60 分钟" in words(place.look(ONE, path, staff=True))
    assert place.send(ONE + "/begin", path + "/begin", staff=True, at=f"{DAY}T09:30").status == 303
    place.now = at("12:50")
    running = words(place.look(ONE, path, staff=True))
    assert "现在结束,费用 ¥700" in running
    assert "已过预订的结束时间" in running
    early = place.send(ONE + "/finish", path + "/finish", staff=True, at=f"{DAY}T09:00")
    assert "时间不对" in words(early)
    assert place.send(ONE + "/finish", path + "/finish", staff=True).status == 303
    assert "实际费用 ¥700" in words(place.look(ONE, path, staff=True))


def test_what_is_held_can_be_let_go(place: Place) -> None:
    place.now = at("09:30")
    asked = {"day": f"{DAY}", "start": "10", "length": "2", "extra": "hall", **CONTACT}
    to_held = place.send(NEW, staff=True, **asked).headers["Location"]
    assert "这段时间已订满" in words(place.look(NEW, f"{NEW}?day={DAY}&start=11&length=1", staff=True))
    place.send(HELD, to_held, staff=True, how="let-go")
    assert "这次占用已经结束" in words(place.look(HELD, to_held, staff=True))
    assert "余 1" in words(place.look(NEW, f"{NEW}?day={DAY}&start=11&length=1", staff=True))


def test_extras_are_set_up_in_the_browser(place: Place) -> None:
    path = "/hotel/setup/extras/new-car"
    form = {
        "kind": "car",
        "names__zh": "小轿车",
        "names__en": "Sedan",
        "price": "280",
        "count": "2",
        "step": "1440",
        "grace": "60",
        "least": "1440",
        "booked": "true",
        "kilometres": "150",
        "over": "1.50",
        "deposit": "2000",
        "licence": "C2",
        "fees__0__hours": "24",
        "on": "true",
    }
    pattern = "/hotel/setup/extras/{extra}"
    assert "准驾车型" in words(place.look(pattern, path, staff=True))
    assert place.send(pattern, path, staff=True, **form).status == 303
    car = place.memory.extras["sedan"]
    assert car.rental == Rental(kilometres=150, over=150, deposit=200_000, seats=5, licence="C2")
    assert (car.capacity, car.per) == (2, Per.DAY)
    fewer = place.send(pattern, "/hotel/setup/extras/sedan", staff=True, **{**form, "count": "1"})
    assert "已开售的数量只能增加" in words(fewer)
    wrong = place.send(pattern, "/hotel/setup/extras/sedan", staff=True, **{**form, "grace": "1440"})
    assert "计时规则有误" in words(wrong)
    assert "小轿车" in words(place.look("/hotel/setup", staff=True))


def test_a_visitor_books_a_meeting_room_without_a_room(place: Place) -> None:
    place.now = at("08:00")
    shop = "/s/inn-h"
    assert f"{shop}/hires?property={INN.id}" in links(place.look("/s/{slug}", shop))
    page = place.look("/s/{slug}/hires", f"{shop}/hires?day={DAY}&start=10&length=2")
    assert "嵩阳厅 会议室 · 40 座 · 投影 · 余 1 ¥400 加入" in words(page)
    chosen = next(link for link in links(page) if "item=hall" in link)
    basket_page = place.look("/s/{slug}/stay", chosen)
    assert "¥400" in words(basket_page)
    assert "不要了" in words(basket_page)
    path = chosen.replace("/stay?", "/guests?")
    agreed = re.search(r'name="agreed" value="(\d+)"', place.look("/s/{slug}/guests", path).text)
    assert agreed is not None
    sent = place.send("/s/{slug}/guests", path, **CONTACT, agreed=agreed[1])
    assert sent.status == 303
    full = place.look("/s/{slug}/hires", f"{shop}/hires?day={DAY}&start=11&length=1")
    assert "这段时间已订满" in words(full)
