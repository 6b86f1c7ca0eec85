"""Devices: locks, lifts, kiosks, screens, sensors; when they were last heard, what is due on them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass

QUIET_AFTER = timedelta(minutes=15)
LOW_BATTERY = 20
SEEN_EVERY = timedelta(minutes=5)


class DeviceIs(Refusal):
    code = "hotel.device.kind"
    status = 422
    detail = N_("这种设备做不到这件事。")


class DeviceKind(StrEnum):
    LOCK = "lock"
    LIFT = "lift"
    KIOSK = "kiosk"
    SCREEN = "screen"
    CAMERA = "camera"
    SENSOR = "sensor"


class Via(StrEnum):
    """How a device is reached: it (or its gateway) asks us; or its maker's cloud is told."""

    POLL = "poll"
    TTLOCK = "ttlock"


class Condition(StrEnum):
    """How a device is."""

    NEW = "new"
    FINE = "fine"
    QUIET = "quiet"
    LOW = "low-battery"
    ALARM = "alarm"


@dataclass(frozen=True, kw_only=True)
class Device:
    """A device. ``place``: the room's number, or the lift's name. ``seed`` (sealed): shared with a lock that
    opens without a network. ``remote``: its number in its maker's cloud. ``inspect``: next inspection due.
    """

    id: str
    site: str
    kind: DeviceKind
    name: str
    place: str
    via: Via = Via.POLL
    remote: str = ""
    seed: bytes = b""
    floors: tuple[str, ...] = ()
    seen: datetime | None = None
    battery: int | None = None
    alarm: str = ""
    inspect: date | None = None
    on: bool = True
    version: int = 0

    @property
    def label(self) -> str:
        """What people know it by: the kind, the place, the name."""
        return f"{self.kind}#{self.place}#{self.name}"

    def condition(self, *, now: datetime) -> Condition:
        """How it is at ``now``; what a person must look at comes first."""
        if self.alarm:
            return Condition.ALARM
        if self.seen is None:
            return Condition.NEW
        if now - self.seen > QUIET_AFTER:
            return Condition.QUIET
        return Condition.LOW if self.battery is not None and self.battery < LOW_BATTERY else Condition.FINE

    def inspection_due(self, *, today: date, within: timedelta = timedelta(days=30)) -> bool:
        """Whether its next inspection is due within this time, or overdue."""
        return self.inspect is not None and self.inspect - today <= within

    def heard(self, *, battery: int | None, alarm: str, now: datetime) -> "Device":
        """After it was heard; the same device where there is nothing worth a write."""
        same = self.seen is not None and now - self.seen < SEEN_EVERY
        if same and battery == self.battery and alarm == self.alarm:
            return self
        return replace(self, seen=now, battery=battery, alarm=alarm[:60], version=self.version + 1)
