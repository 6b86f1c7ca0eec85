"""Two guests before the kiosk: in by themselves, and out by the door's code."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.commerce.orders.numbers import short_number
from infra.local.people import resident_id
from tenants.hotel import inbox
from tests.hotel_course import ONE, PAID_AHEAD, Course, Step, moment
from tests.hotel_desk import DAY

WHOM = {"name": "示例甲", "phone": "13800000000"}
OWN, OTHER = (resident_id(born=DAY.replace(year=year), serial=year - 1983) for year in (1990, 1992))


@dataclass
class Kiosk(Course):
    """One night for two, paid ahead; ``link``: the stay's steps; ``code``: what opens the door."""

    order: str = ""
    link: str = ""
    code: str = ""
    locks: list[str] = field(default_factory=list)
    looks = frozenset({"hotel.find-at-kiosk", "hotel.show-kiosk-key", "hotel.ask-check-out-at-kiosk"})

    def prepare(self) -> None:
        """A room with a lock, a booking that is paid."""
        self.post("/plans/{plan}", PAID_AHEAD, key="plan", method="PUT", plan="ahead")
        body: dict[str, Any] = {"kind": "lock", "name": "201 门锁", "place": "201", "offline": True}
        self.locks.append(self.post("/devices", body, key="lock")["id"])
        body = {
            "arrive": f"{DAY}",
            "depart": f"{DAY + ONE}",
            "rooms": [{"type": "twin", "plan": "ahead"}],
            "contact": WHOM,
        }
        self.order = self.post("/bookings", body, key="book")["id"]
        body = {"amount": {"amount": 40_000}}
        self.post("/bookings/{order}/payment", body, key="pay", order=self.order)

    @property
    def mended(self) -> Mapping[str, Sequence[Step]]:
        """That the booking is used is kept in a step after the last departure, else by the night audit."""
        audit = (moment(DAY + 2 * ONE, "02:10"), lambda: self.duty(inbox.audit_nights))
        return {"leave": [audit]}

    @property
    def steps(self) -> Sequence[Step]:
        """Each form, with its moment."""
        noon, morning = moment(DAY, "15:00"), moment(DAY + ONE, "09:00")
        return (
            (noon, self.find),
            (noon, self.register),
            (noon, self.register_other),
            (noon, self.sign),
            (noon, self.key),
            (noon, self.fetch),
            (morning, self.ask_out),
            (morning, self.leave),
        )

    def find(self) -> None:
        """By the number and the phone's end."""
        number = short_number(self.order)
        answer = self.form("/kiosk/in", key="find", number=number, phone=WHOM["phone"][-4:])
        assert answer.status == 303, answer.text
        self.link = answer.headers["Location"]

    def register(self) -> None:
        """Whoever booked."""
        self._guest("示例甲", OWN, "first")

    def register_other(self) -> None:
        """Who comes along."""
        self._guest("示例乙", OTHER, "second")

    def sign(self) -> None:
        """The room."""
        answer = self._step("/check-in", "sign", signed="示例甲", agree="yes")
        assert "/key?" in answer, answer

    def key(self) -> None:
        """Its code."""
        path, _, query = self.link.partition("?")
        shown = self.look(path + "/key", query=query).text
        found = re.search(r"\d{4} \d{3} \d{3}", shown)
        assert found is not None, shown
        self.code = found[0]

    def fetch(self) -> None:
        """The gateway asks what is to be done."""
        body = {"reports": [{"device": id} for id in self.locks]}
        self.post("/devices/exchange", body, key="fetch")

    def ask_out(self) -> None:
        """What leaving means."""
        answer = self.form("/kiosk/out", key="out", room="201", code=self.code)
        assert answer.status == 200, answer.text

    def leave(self) -> None:
        """The key is taken back, the room is to be cleaned."""
        fields = {"room": "201", "code": self.code, "confirm": "yes"}
        answer = self.form("/kiosk/out/confirmed", key="leave", **fields)
        assert answer.status == 200, answer.text

    def _guest(self, name: str, number: str, key: str) -> None:
        self._step("/guests", key, name=name, document="resident-id", document_number=number)

    def _step(self, step: str, key: str, **fields: str) -> str:
        path, _, query = self.link.partition("?")
        answer = self.form(path + step, key=key, query=query, **fields)
        assert answer.status == 303, answer.text
        return answer.headers["Location"]
