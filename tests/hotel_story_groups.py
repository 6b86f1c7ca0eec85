"""Rooms that are held for others, as the desk sends it: a group, people who wait, systems outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind, duty
from tenants.hotel import inbox
from tenants.hotel.domain.channel import Busy
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import channels
from tenants.hotel.usecases.channels import Feed
from tests.alpinebits import Pms
from tests.alpinebits_messages import acknowledge, free, read
from tests.hotel_course import ONE, Course, Step, moment
from tests.hotel_desk import DAY
from tests.unit.web_world import Answer

WHOM = {"name": "示例甲", "phone": "13800000000"}
NIGHTS = {"arrive": DAY.isoformat(), "depart": (DAY + 2 * ONE).isoformat()}
FREE, READ, ACK = (
    "OTA_HotelInvCountNotif:FreeRooms",
    "OTA_Read:GuestRequests",
    "OTA_NotifReport:GuestRequests",
)


@dataclass
class Groups(Course):
    """Who holds rooms and for whom; ``waits``: entries of the waitlist in their order."""

    group: str = ""
    other: str = ""
    order: str = ""
    waits: list[str] = field(default_factory=list)
    mark: str = ""
    block: str = ""
    busy: tuple[Busy, ...] = ()

    @property
    def steps(self) -> Sequence[Step]:
        """A group takes all but one twin; what it gives up is offered, taken, told to others."""
        early, released = moment(DAY - 8 * ONE, "12:00"), moment(DAY - 2 * ONE, "18:05")
        later = released + timedelta(minutes=20)
        return (
            (early, self.hold_group),
            (early, self.pick_up),
            (early, self.wait),
            (released, self.look_through),
            (released, self.take_offer),
            (released, self.withdraw),
            (released, self.hold_other),
            (released, self.give_up),
            (released, self.repair),
            (released, self.repaired),
            (released, self.read_calendar),
            (later, self.read_shorter),
            (later, self.cap),
            (later, self.cap_less),
            (later, self.pull),
            (later, self.acknowledge),
            (later, self.tell),
            (later, self.heard),
        )

    looks = frozenset({"hotel.pull-reservations", "hotel.alpinebits"})

    def prepare(self) -> None:
        """Another platform sells kings too: its calendar is read."""
        with bind(duty(self.desk.tenant, "test")), new_unit(self.desk.now)("test") as hotel:
            channels.connect(name="示例平台", type="king", address="https://a.example/a.ics", hotel=hotel)

    def hold_group(self) -> None:
        """Two twins and a king."""
        body = self._group({"twin": 2, "king": 1}, (DAY - 2 * ONE).isoformat())
        self.group = self.post("/groups", body, key="group")["id"]

    def pick_up(self) -> None:
        """One of the twins, by name."""
        body = {**NIGHTS, "type": "twin", "contact": WHOM, "names": ["示例乙"]}
        self.order = self.post("/groups/{group}/bookings", body, key="pick", group=self.group)["id"]

    def wait(self) -> None:
        """Two wish for more than there is."""
        self.waits = [
            self.post(
                "/waiting",
                {**NIGHTS, "type": type, "plan": "bar", "rooms": rooms, "contact": WHOM},
                key=f"wait-{type}",
            )["id"]
            for type, rooms in (("twin", 2), ("king", 3))
        ]

    def look_through(self) -> None:
        """The group's date has come: what it did not pick up is free, and is offered at once."""
        self.duty(inbox.look_through_waitlists)

    def take_offer(self) -> None:
        """The first takes theirs."""
        answer = self.form(f"/hotel/waiting/{self.waits[0]}/acceptance", key="take", confirm="yes")
        assert answer.headers.get("Location", "").endswith("done=reserved"), answer.text

    def withdraw(self) -> None:
        """The second wants none any more; the offer is let go."""
        self.post("/waiting/{wait}/withdrawal", {}, key="withdraw", wait=self.waits[1])

    def hold_other(self) -> None:
        """Everything that is left."""
        self.other = self.post("/groups", self._group({"king": 3}, DAY.isoformat()), key="other")["id"]

    def give_up(self) -> None:
        """And nothing of it."""
        self.post("/groups/{group}/end", {"state": "cancelled"}, key="end", group=self.other)

    def repair(self) -> None:
        """A king's tap drips: two of three are left."""
        nights = {"first": NIGHTS["arrive"], "last": NIGHTS["depart"]}
        self.block = self.post("/blocks", {"room": "301", **nights, "reason": "滴水"}, key="block")["id"]

    def repaired(self) -> None:
        """It does not any more."""
        self.desk.ok("DELETE", "/blocks/{block}", path=f"/blocks/{self.block}", key="repaired")

    def read_calendar(self) -> None:
        """The platform has sold a king for two nights, and one for the night after."""
        self.busy = (Busy("a@示例", DAY, DAY + 2 * ONE), Busy("b@示例", DAY + 2 * ONE, DAY + 3 * ONE))
        self._read()

    def read_shorter(self) -> None:
        """The second was cancelled, and another came."""
        self.busy = (self.busy[0], Busy("c@示例", DAY + 4 * ONE, DAY + 5 * ONE))
        self._read()

    def read(self, address: str, *, tag: str) -> Feed:
        """The platform's calendar."""
        return Feed(busy=self.busy, tag="")

    def cap(self) -> None:
        """A channel manager says that one king may be sold, then none."""
        self._pms(FREE, free((0, 0, 1), (1, 1, 0), type="king"))

    def cap_less(self) -> None:
        """And now two and one."""
        self._pms(FREE, free((0, 0, 2), (1, 1, 1), type="king"))

    def pull(self) -> None:
        """Another system asks what has changed."""
        self.mark = self.desk.ok("GET", "/reservations")["mark"]

    def acknowledge(self) -> None:
        """It has it."""
        self.post("/reservations/acknowledgements", {"mark": self.mark}, key="acknowledge")

    def tell(self) -> None:
        """A third one reads."""
        self._pms(READ, read())

    def heard(self) -> None:
        """And has one of two."""
        self._pms(ACK, acknowledge(("14", self.order)))

    def _pms(self, action: str, document: str) -> Answer:
        answer = Pms(self.desk).send(action, document)
        assert (answer.status, "<Success" in answer.text) == (200, True), answer.text
        return answer

    def _read(self) -> None:
        def read(now: datetime) -> None:
            hotel = HotelStore(UnitOfWork(action="hotel.read-calendars", now=now))
            assert not any(channels.sync_due(feeds=self, hotel=hotel, unit=new_unit(now)).values())

        self.duty(read)

    def _group(self, rooms: Mapping[str, int], release: str) -> dict[str, Any]:
        return {
            **NIGHTS,
            "name": "示例团",
            "contact": WHOM,
            "rooms": rooms,
            "plan": "bar",
            "release": release,
        }
