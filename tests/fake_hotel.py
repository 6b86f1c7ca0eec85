"""The hotel module's ports in memory: the same conditions and refusals, no table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.commerce.stock import PooledStock, Slot
from chalicelib.commerce.stock.domain import Hold, HoldLost, Pick, count_of, holder, word
from chalicelib.kernel.errors import Clash, Missing
from chalicelib.kernel.events import Event
from tenants.hotel.domain.album import Album
from tenants.hotel.domain.cap import CapSheet
from tenants.hotel.domain.channel import Channel, Closure, Dropped
from tenants.hotel.domain.codes import Codes
from tenants.hotel.domain.extra import Extra
from tenants.hotel.domain.fapiao import Fapiao, Seller
from tenants.hotel.domain.folio import Entry, Folio
from tenants.hotel.domain.guest import Batch, Guest
from tenants.hotel.domain.hire import Hire
from tenants.hotel.domain.housekeeping import RoomStatus
from tenants.hotel.domain.nights import OUT_OF_ORDER, Night
from tenants.hotel.domain.plan import RatePlan
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.receivable import Company, Line
from tenants.hotel.domain.rooms import Pool, Room, RoomType
from tenants.hotel.domain.sheet import Sheet
from tenants.hotel.domain.shift import Shift
from tenants.hotel.domain.stay import Stay
from tenants.hotel.usecases.ports import Block, Told
from tenants.hotel.usecases.setup_ports import House
from tests.fake_accounts import Days, FakeAccounts
from tests.fake_albums import FakeAlbums
from tests.fake_caps import FakeCaps, FakeCodes
from tests.fake_front import FakeBoard, FakeGuests, FakeStays, FakeUnits
from tests.fake_hires import FakeHires
from tests.fake_house import FakeGroups, FakeOffice, FakeTasks, FakeWaits, HouseMemory
from tests.fake_keys import FakeDevices, FakeGrants, KeyMemory
from tests.fake_shop import FakeVault
from tests.fakes import FakeBuckets, FakeOrders, Memory, Work, take


@dataclass
class HotelMemory(Memory):
    """Everything one hotel has."""

    properties: dict[str, Property] = field(default_factory=dict)
    types: dict[str, RoomType] = field(default_factory=dict)
    plans: dict[str, RatePlan] = field(default_factory=dict)
    extras: dict[str, Extra] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    sheets: dict[tuple[str, str, str], Sheet] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    closures: dict[tuple[str, str], Closure] = field(default_factory=dict)
    dropped: dict[str, Dropped] = field(default_factory=dict)
    marks: dict[str, datetime] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    touched: list[tuple[str, datetime]] = field(default_factory=list)
    caps: dict[tuple[str, str, str], CapSheet] = field(default_factory=dict)
    codes: dict[str, Codes] = field(default_factory=dict)
    stays: dict[str, Stay] = field(default_factory=dict)
    guests: dict[str, Guest] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    reported: dict[str, date] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=dict)
    units: dict[tuple[str, str], str] = field(default_factory=dict)
    board: dict[str, RoomStatus] = field(default_factory=dict)
    house: HouseMemory = field(default_factory=HouseMemory)
    keys: KeyMemory = field(default_factory=KeyMemory)
    folios: dict[str, Folio] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    shifts: dict[str, Shift] = field(default_factory=dict)
    past: list[Shift] = field(default_factory=list)
    companies: dict[str, Company] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    days: Days = field(default_factory=Days)
    hires: dict[str, Hire] = field(default_factory=dict)
    fapiaos: dict[str, Fapiao] = field(default_factory=dict)
    sellers: dict[str, Seller] = field(default_factory=dict)
    albums: dict[str, Album] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


class FakeHotel:
    """The ``Hotel`` port around one work; set-up, cells, calendar and blocks are itself."""

    def __init__(self, work: Work) -> None:
        assert isinstance(work.memory, HotelMemory)
        self.memory: HotelMemory = work.memory
        self._work, self.now = work, work.now
        self.orders = FakeOrders(work.memory, work)
        self.vault = FakeVault()
        self.setup = self.cells = self.calendar = self
        self.blocks = FakeBlocks(self.memory, work)
        self.channels = FakeChannels(self.memory, work)
        self.caps = FakeCaps(self.memory, work)
        self.codes = FakeCodes(self.memory, work)
        self.marks = FakeMarks(self.memory, work)
        self.stays = FakeStays(self.memory, work)
        self.guests = FakeGuests(self.memory, work)
        self.tasks = FakeTasks(self.memory, work)
        self.groups = FakeGroups(self.memory, work)
        self.waits = FakeWaits(self.memory, work)
        self.office = FakeOffice(self.memory, work)
        self.units = FakeUnits(self.memory, work)
        self.board = FakeBoard(self.memory, work)
        self.devices = FakeDevices(self.memory.keys, work)
        self.grants = FakeGrants(self.memory.keys, work)
        self.hires = FakeHires(self.memory.hires, work)
        self.accounts = FakeAccounts(self, work)
        self.albums = FakeAlbums(self.memory.albums, self.memory.files, work)

    def publish(self, *events: Event) -> None:
        self._work.publish(*events)

    def because(self, reason: str) -> None:
        self._work.because(reason)

    def if_refused(self, step: Callable[[], object]) -> None:
        self._work.if_refused(step)

    def stock(self, pools: Mapping[str, tuple[Pool, ...]]) -> PooledStock:
        buckets = FakeBuckets(self.memory)
        return PooledStock(buckets, who="fake", hints=self.memory.hints, pools=pools)

    def house(self, *, fresh: bool = False) -> House:
        memory = self.memory
        return House(
            properties=memory.properties, types=memory.types, plans=memory.plans, extras=memory.extras
        )

    def rooms(self, property: str) -> list[Room]:
        found = [room for room in self.memory.rooms.values() if room.site == property]
        return sorted(found, key=lambda room: room.number)

    def room(self, property: str, number: str) -> Room:
        found = self.memory.rooms.get(number)
        if found is None or found.site != property:
            raise Missing(room=number)
        return found

    def keep_property(self, property: Property) -> None:
        self._put(self.memory.properties, property.id, property)

    def keep_type(self, kind: RoomType) -> None:
        before = self.memory.types.get(kind.id)
        if (before.version if before is not None else 0) != kind.version:
            raise Clash
        self._put(self.memory.types, kind.id, replace(kind, version=kind.version + 1))

    def keep_plan(self, plan: RatePlan) -> None:
        self._put(self.memory.plans, plan.id, plan)

    def keep_extra(self, extra: Extra) -> None:
        before = self.memory.extras.get(extra.id)
        if (before.version if before is not None else 0) != extra.version:
            raise Clash
        self._put(self.memory.extras, extra.id, replace(extra, version=extra.version + 1))

    def keep_room(self, room: Room) -> None:
        self._put(self.memory.rooms, room.number, room)

    def read(self, keys: Sequence[tuple[str, str, str]], *, fresh: bool) -> dict[tuple[str, str], Sheet]:
        return {key[1:]: self.memory.sheets.get(key, Sheet(type=key[1], month=key[2])) for key in keys}

    def keep(self, property: str, sheet: Sheet) -> None:
        self._put(self.memory.sheets, (property, sheet.type, sheet.month), sheet)

    def of(self, slots: Sequence[Slot]) -> dict[tuple[str, str], Night]:
        days = sorted(slot.slot for slot in slots) or [date.max.isoformat()]
        found = self.nights("", date.fromisoformat(days[0]), date.fromisoformat(days[-1]), fresh=True)
        wanted = {(slot.resource, slot.slot) for slot in slots}
        return {key: night for key, night in found.items() if key in wanted}

    def taken(self, property: str, first: date, last: date) -> dict[tuple[str, str], Night]:
        return self.nights(property, first, last, fresh=False)

    def hours(self, property: str, day: date) -> dict[tuple[str, str], Night]:
        later = day + timedelta(days=1)
        found = self.nights(property, day, later, fresh=True)
        return {key: night for key, night in found.items() if "T" in key[1]}

    def nights(self, property: str, first: date, last: date, *, fresh: bool) -> dict[tuple[str, str], Night]:
        found: dict[tuple[str, str], Night] = {}
        for (resource, slot, _), bucket in self.memory.buckets.items():
            if not first.isoformat() <= slot <= last.isoformat():
                continue
            living = {n: w for n, w in bucket.holds.items() if w >= int(self.now.timestamp()) * 1000}
            before = found.get((resource, slot), Night())
            broken = sum(count_of(w) for n, w in living.items() if n.startswith(OUT_OF_ORDER))
            taken_ = sum(count_of(w) for w in living.values())
            found[(resource, slot)] = Night(before.taken + taken_, before.broken + broken)
        return found

    def _put(self, where: dict[Any, Any], key: Any, value: Any) -> None:
        self._work.join(lambda: True, lambda: where.update({key: value}))


class FakeBlocks:
    """The ``Blocks`` port."""

    def __init__(self, memory: HotelMemory, work: Work) -> None:
        self._memory, self._work = memory, work

    def find(self, property: str, id: str) -> Block | None:
        return self._memory.blocks.get(id)

    def all(self, property: str) -> list[Block]:
        return list(self._memory.blocks.values())

    def keep(self, block: Block, *, taken: Sequence[Pick]) -> None:
        take(taken, block.id, buckets=self._memory.buckets, work=self._work)
        self._work.join(lambda: True, lambda: self._memory.blocks.update({block.id: block}))

    def drop(self, block: Block) -> None:
        for hold in block.holds:
            give(hold, block.id, memory=self._memory, work=self._work)
        blocks = self._memory.blocks
        self._work.join(lambda: block.id in blocks, lambda: blocks.pop(block.id) and None)


class FakeChannels:
    """The ``Channels`` port."""

    def __init__(self, memory: HotelMemory, work: Work) -> None:
        self._memory, self._work = memory, work

    def all(self) -> list[Channel]:
        return [self._memory.channels[id] for id in sorted(self._memory.channels)]

    def find(self, id: str) -> Channel | None:
        return self._memory.channels.get(id)

    def keep(self, channel: Channel, *, before: Channel | None) -> None:
        kept = self._memory.channels

        def same() -> bool:
            found = kept.get(channel.id)
            return (
                (found is None) if before is None else found is not None and found.version == before.version
            )

        self._work.join(same, lambda: kept.update({channel.id: channel}))

    def drop(self, channel: Channel) -> None:
        kept = self._memory.channels
        self._work.join(lambda: kept.get(channel.id) == channel, lambda: kept.pop(channel.id) and None)

    def closures(self, channel: str) -> dict[str, Closure]:
        return {id: one for (of, id), one in self._memory.closures.items() if of == channel}

    def close(self, closure: Closure, *, before: Closure | None) -> None:
        for hold in closure.holds:
            stamp(hold, closure.id, memory=self._memory, work=self._work)
        for hold in before.holds if before is not None else ():
            give(hold, closure.id, memory=self._memory, work=self._work)
        key, kept = (closure.channel, closure.id), self._memory.closures
        self._work.join(lambda: kept.get(key) == before, lambda: kept.update({key: closure}))

    def reopen(self, closure: Closure) -> None:
        for hold in closure.holds:
            give(hold, closure.id, memory=self._memory, work=self._work)
        key, kept = (closure.channel, closure.id), self._memory.closures
        self._work.join(lambda: kept.get(key) == closure, lambda: kept.pop(key) and None)

    def hand_on(self, closure: Closure, *, before: Closure) -> None:
        for hold in before.holds:
            rename(hold, before.id, closure.order, memory=self._memory, work=self._work)
        key, kept = (closure.channel, closure.id), self._memory.closures
        self._work.join(lambda: kept.get(key) == before, lambda: kept.update({key: closure}))

    def dropped(self, site: str) -> list[Dropped]:
        found = [one for one in self._memory.dropped.values() if one.site == site]
        return sorted(found, key=lambda one: (one.first, one.order))

    def note(self, dropped: Dropped) -> None:
        self._work.join(lambda: True, lambda: self._memory.dropped.update({dropped.order: dropped}))

    def decided(self, site: str, order: str) -> None:
        self._work.join(lambda: True, lambda: self._memory.dropped.pop(order, None) and None)


class FakeMarks:
    """The ``Marks`` port; what was touched is said by the test."""

    def __init__(self, memory: HotelMemory, work: Work) -> None:
        self._memory, self._work = memory, work

    def find(self, puller: str) -> datetime | None:
        return self._memory.marks.get(puller)

    def keep(self, puller: str, upto: datetime) -> None:
        self._work.join(lambda: True, lambda: self._memory.marks.update({puller: upto}))

    def told(self, puller: str) -> Told:
        return self._memory.told.get(puller, Told())

    def tell(self, puller: str, told: Told) -> None:
        self._work.join(lambda: True, lambda: self._memory.told.update({puller: told}))

    def touched(self, *, since: datetime) -> list[tuple[str, datetime]]:
        return [one for one in self._memory.touched if one[1] >= since]


def stamp(hold: Hold, id: str, *, memory: HotelMemory, work: Work) -> None:
    """Join the work: the hold lasts."""
    place = (hold.resource, hold.slot, hold.bucket)
    buckets, name = memory.buckets, holder(id)

    def change() -> None:
        bucket = buckets[place]
        lasting = {**bucket.holds, name: word(count=hold.count, until=None)}
        buckets[place] = replace(bucket, holds=lasting)

    work.join(lambda: name in buckets[place].holds, change, HoldLost())


def give(hold: Hold, id: str, *, memory: HotelMemory, work: Work) -> None:
    """Join the work: the hold's places return."""
    place = (hold.resource, hold.slot, hold.bucket)
    buckets, name = memory.buckets, holder(id)

    def change() -> None:
        bucket = buckets[place]
        others = {other: value for other, value in bucket.holds.items() if other != name}
        buckets[place] = replace(bucket, left=bucket.left + hold.count, holds=others)

    work.join(lambda: name in buckets[place].holds, change)


def rename(hold: Hold, source: str, target: str, *, memory: HotelMemory, work: Work) -> None:
    """Join the work: a lasting hold is another's."""
    place = (hold.resource, hold.slot, hold.bucket)
    buckets, giver = memory.buckets, holder(source)

    def change() -> None:
        others = {name: value for name, value in buckets[place].holds.items() if name != giver}
        others[holder(target)] = buckets[place].holds[giver]
        buckets[place] = replace(buckets[place], holds=others)

    work.join(lambda: buckets[place].holds.get(giver) == word(count=hold.count, until=None), change)
