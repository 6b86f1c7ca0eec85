"""What is hired, as the desk sends it: a hall, a car, bicycles; alone, on a guest's bill, with a room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.commerce.orders.usecases import Mark
from chalicelib.kernel.period import rfc3339
from chalicelib.tenancy.context import bind, duty
from tenants.hotel.store import new_unit
from tenants.hotel.store.memory import forget_hotel
from tenants.hotel.usecases import booking
from tenants.hotel.usecases.basket import Add, Booking, Rooms
from tests.hotel_course import ONE, Course, Step, moment
from tests.hotel_desk import DAY
from tests.hotel_world import adult

WHOM = {"name": "示例甲", "phone": "13800000000"}
_EVERY = {"property": "inn", "alone": True}
HALL = {
    **_EVERY,
    "names": {"zh": "嵩阳厅"},
    "kind": "meeting",
    "per": "hour",
    "price": 20_000,
    "count": 1,
    "metering": {"step": 30, "grace": 10, "least": 60, "booked": False},
}
CAR = {
    **_EVERY,
    "names": {"zh": "七座车"},
    "kind": "car",
    "per": "day",
    "price": 36_000,
    "count": 2,
    "cancellation": [{"hours": 24}, {"hours": 0, "permille": 500}],
    "metering": {"step": 1440, "grace": 60, "least": 1440},
    "rental": {"kilometres": 200, "over": 150, "deposit": 100_000, "seats": 7},
}
BICYCLE = {
    **_EVERY,
    "names": {"zh": "自行车"},
    "kind": "gear",
    "per": "hour",
    "price": 2_000,
    "count": 3,
    "metering": {"step": 30, "grace": 10, "least": 60, "booked": False},
}


@dataclass
class Hires(Course):
    """``stay``: a guest in the house who booked a bicycle too; ``orders``: what was held, by key."""

    stay: str = ""
    with_room: str = ""
    orders: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """A guest is in the house since yesterday, the drawer is open."""
        for id, body in {"hall": HALL, "car": CAR, "bicycle": BICYCLE}.items():
            self.post("/extras/{extra}", body, key=id, method="PUT", extra=id)
        forget_hotel()
        self.desk.now = moment(DAY - ONE, "15:00")
        asked = Booking(
            arrive=DAY - ONE,
            depart=DAY + ONE,
            rooms=(Rooms(type="twin", plan="bar"),),
            extras=(Add(extra="bicycle", day=DAY, start=9, length=4),),
            contact=WHOM,
        )
        with bind(duty(self.desk.tenant, "test")), new_unit(self.desk.now)("test") as hotel:
            held = booking.hold(asked, mark=Mark(command="guest", digest="guest"), hotel=hotel)
        self.with_room = held.id
        self.post("/bookings/{order}/guarantee", {}, key="guarantee", order=held.id)
        found = self.desk.ok("GET", "/stays", path=f"/stays?list=arriving&day={DAY - ONE}&text={held.id}")
        self.stay = found["stays"][0]["id"]
        self.post("/stays/{stay}/room", {"room": "201"}, key="assign", method="PUT", stay=self.stay)
        self.post("/stays/{stay}/guests", {**adult(1), "name": "示例甲"}, key="guest", stay=self.stay)
        self.post("/stays/{stay}/check-in", {"purpose": "leisure"}, key="in", stay=self.stay)
        self.post("/shift", {"amount": 50_000}, key="shift")

    @property
    def mended(self) -> Mapping[str, Sequence[Step]]:
        """Money that goes back by hand is said in a step after the cancellation."""
        return {"let_go": [(moment(DAY + ONE, "11:10"), self.settle)]}

    @property
    def steps(self) -> Sequence[Step]:
        """Each request, with its moment."""
        morning, back = moment(DAY, "08:00"), moment(DAY + ONE, "11:00")
        return (
            (morning, self.hold_hall),
            (morning, self.confirm_hall),
            (morning, self.move_hall),
            (morning, self.hold_car),
            (morning, self.confirm_car),
            (morning, self.hold_bicycle),
            (morning, self.confirm_bicycle),
            (moment(DAY, "09:00"), self.begin_own),
            (moment(DAY, "10:00"), self.begin_bicycle),
            (moment(DAY, "10:30"), self.finish_own),
            (moment(DAY, "12:05"), self.begin_hall),
            (moment(DAY, "12:06"), self.deposit),
            (moment(DAY, "12:10"), self.begin_car),
            (moment(DAY, "13:20"), self.finish_hall),
            (moment(DAY, "13:21"), self.apply),
            (moment(DAY, "13:22"), self.finish_bicycle),
            (moment(DAY, "14:00"), self.hold_evening),
            (moment(DAY, "14:00"), self.confirm_evening),
            (moment(DAY, "20:00"), self.unused_evening),
            (back, self.finish_car),
            (back, self.hold_later),
            (back, self.confirm_later),
            (back, self.let_go),
        )

    def hold_hall(self) -> None:
        """For two hours at ten."""
        self._hold("hall", "hall", 10)

    def confirm_hall(self) -> None:
        """On the hotel's word."""
        self._confirm("hall")

    def move_hall(self) -> None:
        """To noon: a page."""
        path = f"/hotel/hires/{self.hire('hall')}/move"
        assert self.form(path, key="move", day=f"{DAY}", start="12").status == 303

    def hold_car(self) -> None:
        """For a day."""
        self._hold("car", "car", 12, length=1)

    def confirm_car(self) -> None:
        """Paid at the desk."""
        self._confirm("car", paid=True)

    def hold_bicycle(self) -> None:
        """Two, for the guest in the house."""
        self._hold("bicycle", "bicycle", 10, count=2, stay=self.stay)

    def confirm_bicycle(self) -> None:
        """On their bill."""
        self._confirm("bicycle")

    def begin_own(self) -> None:
        """The bicycle that was booked with the room."""
        self._begin(f"{DAY}.{self.with_room}.1", "own")

    def finish_own(self) -> None:
        """It comes back early: less than was booked."""
        self._finish(f"{DAY}.{self.with_room}.1", "own")

    def begin_bicycle(self) -> None:
        """Out."""
        self._begin(self.hire("bicycle"), "bicycle")

    def finish_bicycle(self) -> None:
        """And back, late."""
        self._finish(self.hire("bicycle"), "bicycle")

    def begin_hall(self) -> None:
        """Its bill is open from now on."""
        self._begin(self.hire("hall"), "hall")

    def deposit(self) -> None:
        """In cash."""
        body = {"means": "cash", "amount": 50_000, "deposit": True}
        self.post("/folios/{folio}/payments", body, key="deposit", folio=f"{self.orders['hall']}.1")

    def finish_hall(self) -> None:
        """What was used is charged."""
        self._finish(self.hire("hall"), "hall")

    def apply(self) -> None:
        """The deposit pays for it."""
        body = {"number": 1, "amount": 30_000, "apply": True}
        self.post("/folios/{folio}/refunds", body, key="apply", folio=f"{self.orders['hall']}.1")

    def begin_car(self) -> None:
        """The licence was seen."""
        self._begin(self.hire("car"), "car", kilometres=12_000, licence=True)

    def finish_car(self) -> None:
        """Fifty kilometres beyond."""
        self._finish(self.hire("car"), "car", kilometres=12_250)

    def hold_evening(self) -> None:
        """The hall once more."""
        self._hold("evening", "hall", 18)

    def confirm_evening(self) -> None:
        """On the hotel's word."""
        self._confirm("evening")

    def unused_evening(self) -> None:
        """Nobody came: a page."""
        path = f"/hotel/hires/{self.hire('evening')}/unused"
        assert self.form(path, key="unused").status == 303

    def hold_later(self) -> None:
        """A car next week."""
        self._hold("later", "car", 12, length=1, days=7)

    def confirm_later(self) -> None:
        """Paid."""
        self._confirm("later", paid=True)

    def let_go(self) -> None:
        """In time: a page."""
        path = f"/hotel/hires/{self.hire('later', days=7)}/release"
        answer = self.form(path, key="release", confirm="yes", fee="0", back="36000")
        assert answer.status == 303, answer.text

    def hire(self, key: str, *, days: int = 0) -> str:
        """The hire of what was held under this key."""
        return f"{DAY + days * ONE}.{self.orders[key]}.0"

    def _hold(self, key: str, extra: str, start: int, *, length: int = 2, days: int = 0, **more: Any) -> None:
        day = f"{DAY + days * ONE}"
        body = {"extra": extra, "day": day, "start": start, "length": length, "contact": WHOM, **more}
        self.orders[key] = self.post("/hire-holds", body, key=f"hold-{key}")["order"]

    def _confirm(self, key: str, *, paid: bool = False) -> None:
        body = {"paid": paid}
        self.post("/hire-holds/{order}/confirm", body, key=f"confirm-{key}", order=self.orders[key])

    def _begin(self, hire: str, key: str, **more: Any) -> None:
        self.post(
            "/hires/{hire}/begin", {"at": rfc3339(self.desk.now), **more}, key=f"begin-{key}", hire=hire
        )

    def _finish(self, hire: str, key: str, **more: Any) -> None:
        at = rfc3339(self.desk.now)
        self.post("/hires/{hire}/finish", {"at": at, **more}, key=f"finish-{key}", hire=hire)
