"""A guest's whole stay as the desk sends it: each request under a key of its own, to be sent again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from chalicelib.kernel.period import local
from chalicelib.tenancy.context import bind, duty
from tenants.hotel import inbox
from tenants.hotel.domain.fapiao import Seller
from tenants.hotel.routes.bills import fapiao_work
from tenants.hotel.store.accounts import accounts_unit
from tenants.hotel.store.tax_simulator import TaxSimulator
from tenants.hotel.usecases import fapiao
from tests.hotel_course import ONE, Course, Step
from tests.hotel_desk import DAY
from tests.hotel_world import adult


@dataclass
class Story(Course):
    """A desk that knows its keys by heart, and what it was answered."""

    order: str = ""
    stay: str = ""
    locks: list[str] = field(default_factory=list)
    seeds: list[str] = field(default_factory=list)
    batch: list[str] = field(default_factory=list)
    commands: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Locks on two doors, a drawer, a company that may be invoiced."""
        for room in ("201", "202"):
            body = {"kind": "lock", "name": f"{room} 门锁", "place": room, "offline": True}
            made = self.desk.ok("POST", "/devices", body=body, key=f"lock-{room}")
            self.locks.append(made["id"])
            self.seeds.append(made["seed"])
        seller = Seller(name="嵩云居(演示)", number="91410100MA45DEM0XB")
        with bind(duty(self.desk.tenant, "test")), accounts_unit(self.desk.now)("test") as accounts:
            fapiao.set_seller("inn", seller, accounts=accounts)
        self.desk.ok("POST", "/shift", body={"amount": 50_000}, key="shift")

    @property
    def mended(self) -> Mapping[str, Sequence[Step]]:
        """The duties that do what a death between a commit and its next step left, each at its moment."""
        carried = [(local(DAY + ONE, time(10, minute)), self.carry) for minute in (5, 10)]
        return {
            "check_out": [(local(DAY + 2 * ONE, time(2, 10)), self.audit)],
            "ask_invoice": carried,
            "cancel": [(local(DAY, time(18)), self.settle)],
        }

    @property
    def other_steps(self) -> Sequence[Step]:
        """What else a desk sends on a day: somebody walks in, the police is told, a booking is cancelled."""
        noon = local(DAY, time(15))
        return (
            (noon, self.walk_in),
            (noon, self.hand_in),
            (noon, self.answered),
            (noon, self.hold_later),
            (noon, self.guarantee_later),
            (noon, self.pay),
            (noon, self.cancel),
        )

    @property
    def steps(self) -> Sequence[Step]:
        """Each request of the stay, with its moment."""
        before, noon = local(DAY - ONE, time(12)), local(DAY, time(15))
        return (
            (before, self.hold),
            (before, self.guarantee),
            (before, self.pay),
            (noon, self.assign),
            (noon, self.write_down),
            (noon, self.check_in),
            (noon, self.fetch),
            (noon, self.obey),
            (noon, self.charge),
            (noon + timedelta(hours=1), self.move),
            (noon + timedelta(hours=2), self.extend),
            (local(DAY + ONE, time(2, 10)), self.audit),
            (local(DAY + ONE, time(9)), self.take),
            (local(DAY + ONE, time(9, 10)), self.give_back),
            (local(DAY + ONE, time(9, 30)), self.check_out),
            (local(DAY + ONE, time(9, 50)), self.log_in),
            (local(DAY + ONE, time(10)), self.ask_invoice),
            (local(DAY + ONE, time(10, 5)), self.carry),
            (local(DAY + 2 * ONE, time(2, 10)), self.audit),
            (local(DAY + 2 * ONE, time(2, 15)), self.close),
        )

    def hold(self) -> None:
        """Two nights for two."""
        body = {
            "arrive": DAY.isoformat(),
            "depart": (DAY + 2 * ONE).isoformat(),
            "rooms": [{"type": "twin", "plan": "bar"}],
            "contact": {"name": "示例甲", "phone": "13800000000"},
        }
        self.order = self.desk.ok("POST", "/bookings", body=body, key="hold")["id"]

    def guarantee(self) -> None:
        """Firm without money."""
        self._order("guarantee", {})
        found = self.desk.ok("GET", "/stays", path=f"/stays?list=arriving&day={DAY}&text={self.order}")
        self.stay = found["stays"][0]["id"]

    def pay(self) -> None:
        """All of it at the desk."""
        self._order("payment", {"amount": {"amount": 80_000}})

    def walk_in(self) -> None:
        """A room for tonight: sold, paid, registered and entered with one request of several works."""
        body = {
            "type": "king",
            "plan": "strict",
            "depart": (DAY + ONE).isoformat(),
            "contact": {"name": "示例丙", "phone": "13900000000"},
            "guests": [{**adult(3), "name": "示例丙"}],
        }
        self.stay = self.desk.ok("POST", "/walk-ins", body=body, key="walk")["id"]

    def hand_in(self) -> None:
        """Registrations go to the police's terminal as a file."""
        self.batch = self.desk.ok("POST", "/registrations/batches", body={}, key="batch")["guests"]

    def answered(self) -> None:
        """And come back."""
        lines = [
            "guest,result,receipt,reason",
            *(f"{guest},accepted,R-{guest[-2:]}," for guest in self.batch),
        ]
        body = {"csv": "\n".join(lines)}
        self.desk.ok("POST", "/registrations/answers/import", body=body, key="answers")

    def hold_later(self) -> None:
        """Two nights next week."""
        body = {
            "arrive": (DAY + 7 * ONE).isoformat(),
            "depart": (DAY + 9 * ONE).isoformat(),
            "rooms": [{"type": "twin", "plan": "bar"}],
            "contact": {"name": "示例丁", "phone": "13700000000"},
        }
        self.order = self.desk.ok("POST", "/bookings", body=body, key="later")["id"]

    def guarantee_later(self) -> None:
        """Firm."""
        self._order("guarantee", {})

    def cancel(self) -> None:
        """In time: all of the money goes back, in a step after the cancellation."""
        self._order("cancellation", {"fee": {"amount": 0}, "back": {"amount": 80_000}})

    def assign(self) -> None:
        """A room."""
        self._stay("room", {"room": "201"}, method="PUT", key="assign")

    def write_down(self) -> None:
        """Two guests, whole."""
        for number, name in enumerate(("示例甲", "示例乙"), start=1):
            self._stay("guests", {**adult(number), "name": name}, key=f"guest-{number}")

    def check_in(self) -> None:
        """They come."""
        self._stay("check-in", {"purpose": "leisure"})

    def fetch(self) -> None:
        """The gateway asks what is to be done; a command is told again after two minutes at the earliest."""
        body = {"reports": [{"device": id} for id in self.locks]}
        told = self.desk.ok("POST", "/devices/exchange", body=body, key="fetch")["commands"]
        self.commands = {one["id"]: one["device"] for one in told} or self.commands

    def obey(self) -> None:
        """It has done it, and says so."""
        done = [{"device": device, "results": {id: ""}} for id, device in self.commands.items()]
        assert done
        self.desk.ok("POST", "/devices/exchange", body={"reports": done}, key="done")

    def charge(self) -> None:
        """From the minibar."""
        self._folio("charges", {"code": "minibar", "amount": 1_800})

    def move(self) -> None:
        """To the room beside."""
        self._stay("room", {"room": "202"}, method="PUT", key="move")

    def extend(self) -> None:
        """One night more."""
        self._stay("dates", {"depart": (DAY + 3 * ONE).isoformat()}, key="extend")

    def audit(self) -> None:
        """The business day closes by itself."""
        self.duty(inbox.audit_nights)

    def take(self) -> None:
        """The minibar, in cash."""
        self._folio("payments", {"means": "cash", "amount": 1_800})

    def give_back(self) -> None:
        """They leave a night earlier than they paid for."""
        self._folio("refunds", {"number": 1, "amount": 40_000})

    def check_out(self) -> None:
        """They go, earlier than they said."""
        self._stay("check-out", {})

    def log_in(self) -> None:
        """The operator of the tax platform is there."""
        self.duty(lambda now: TaxSimulator(now).log_in())

    def ask_invoice(self) -> None:
        """A page: the platform is asked at once."""
        answer = self.form(
            f"/hotel/folios/{self.stay}.1/invoice", key="invoice", kind="1", name="示例甲", number=""
        )
        assert answer.status == 303, answer.text

    def carry(self) -> None:
        """The platform's answer is fetched."""
        self.duty(lambda now: fapiao_work.carry(None, now=now))

    def close(self) -> None:
        """The city is told what was sent."""
        self.duty(inbox.close_days)

    def _order(self, step: str, body: Any) -> Any:
        pattern = f"/bookings/{{order}}/{step}"
        return self.desk.ok("POST", pattern, path=f"/bookings/{self.order}/{step}", body=body, key=step)

    def _stay(self, step: str, body: Any, *, method: str = "POST", key: str = "") -> Any:
        pattern = f"/stays/{{stay}}/{step}"
        return self.desk.ok(method, pattern, path=f"/stays/{self.stay}/{step}", body=body, key=key or step)

    def _folio(self, step: str, body: Any) -> Any:
        path = f"/folios/{self.stay}.1/{step}"
        return self.desk.ok("POST", f"/folios/{{folio}}/{step}", path=path, body=body, key=step)
