"""Channels: what a calendar takes and gives back, what is shown to it, and nights that two have sold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.kernel.errors import Missing, Refusal
from chalicelib.kernel.period import Period
from chalicelib.outward import Reply, Unreachable
from tenants.hotel.domain.channel import Busy, Channel, Closure, FeedWrong, Health, NoRoomThere
from tenants.hotel.routes.partners.calendars import CalendarFeeds, parsed, rendered
from tenants.hotel.usecases import channels, double_booking
from tenants.hotel.usecases.channels import Feed, Synced
from tests.hotel_world import DAY, INN, NOW, MemoryWorld, World

DAYS = timedelta(days=1)
ADDRESS = "https://calendar.example/one.ics"


@dataclass
class Feeds:
    """Another platform's calendar, as the test says it is."""

    busy: Sequence[Busy] | None = ()
    down: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    def read(self, address: str, *, tag: str) -> Feed:
        self.asked.append((address, tag))
        if self.down:
            raise Unreachable(why="HTTP 503")
        return Feed(busy=self.busy, tag="t1")


@pytest.fixture
def world() -> World:
    return MemoryWorld().set_up(twins=2, kings=2)


def connected(world: World, type: str = "twin", address: str = ADDRESS) -> Channel:
    made: tuple[Channel, str] = world.do(
        lambda hotel: channels.connect(name="示例平台", type=type, address=address, hotel=hotel)
    )
    return made[0]


def read(world: World, channel: Channel, feeds: Feeds) -> Synced:
    hotel = world.hotel(world.work())
    kept = hotel.channels.find(channel.id)
    return channels.sync(kept, feeds=feeds, hotel=hotel, unit=world.unit)


def kept(world: World, channel: Channel) -> dict[str, Closure]:
    return dict(world.hotel(world.work()).channels.closures(channel.id))


def stay(uid: str, first: int, nights: int = 1) -> Busy:
    return Busy(uid, DAY + first * DAYS, DAY + (first + nights) * DAYS)


def test_what_a_calendar_says_is_busy_is_taken_and_said_to_the_city(world: World) -> None:
    channel = connected(world)
    assert read(world, channel, Feeds(busy=[stay("a", 0, 2)])) == Synced(made=1)
    assert [world.left(day=DAY + ahead * DAYS) for ahead in (-1, 0, 1, 2)] == [2, 1, 1, 2]
    assert [said["free"] for said in world.said_of("lodging.availability.changed")] == [1, 1]


def test_reading_again_changes_nothing(world: World) -> None:
    channel, feeds = connected(world), Feeds(busy=[stay("a", 0)])
    read(world, channel, feeds)
    assert read(world, channel, feeds) == Synced()
    assert world.left() == 1
    assert feeds.asked == [(ADDRESS, ""), (ADDRESS, "t1")]


def test_what_the_calendar_no_longer_says_is_free_again(world: World) -> None:
    channel = connected(world)
    read(world, channel, Feeds(busy=[stay("a", 0, 3), stay("b", 0)]))
    assert world.left() == 0
    assert read(world, channel, Feeds(busy=[stay("b", 0)])) == Synced(returned=1)
    assert world.left() == 1
    assert world.said_of("lodging.availability.changed")[-1]["free"] == 2


def test_an_entry_that_moved_takes_its_new_nights_only(world: World) -> None:
    channel = connected(world)
    read(world, channel, Feeds(busy=[stay("a", 0, 2)]))
    assert read(world, channel, Feeds(busy=[stay("a", 1, 2)])) == Synced(made=1, returned=1)
    assert [world.left(day=DAY + ahead * DAYS) for ahead in range(4)] == [2, 1, 1, 2]


def test_a_calendar_that_says_unchanged_keeps_what_it_took(world: World) -> None:
    channel = connected(world)
    read(world, channel, Feeds(busy=[stay("a", 0)]))
    assert read(world, channel, Feeds(busy=None)) == Synced()
    assert world.left() == 1


def test_a_calendar_that_cannot_be_read_keeps_what_it_took_and_goes_stale(world: World) -> None:
    channel = connected(world)
    read(world, channel, Feeds(busy=[stay("a", 0)]))
    world.now += timedelta(hours=4)
    with pytest.raises(Unreachable):
        read(world, channel, Feeds(down=True))
    found = world.hotel(world.work()).channels.find(channel.id)
    assert (found.health(now=world.now), found.error) == (Health.STALE, "core.outward.unreachable")
    assert world.left() == 1
    read(world, channel, Feeds(busy=[stay("a", 0)]))
    found = world.hotel(world.work()).channels.find(channel.id)
    assert (found.health(now=world.now), found.error) == (Health.FRESH, "")


def test_a_night_that_two_have_sold_is_a_conflict_with_proposals(world: World) -> None:
    channel = connected(world)
    world.guarantee(world.hold(count=2))
    assert read(world, channel, Feeds(busy=[stay("a", 0)])) == Synced(conflicts=1)
    hotel = world.hotel(world.work())
    (conflict,) = double_booking.conflicts(hotel=hotel)
    assert [(one.type, one.left) for one in double_booking.proposals(conflict, hotel=hotel)] == [("king", 2)]
    placed = world.do(lambda hotel: double_booking.place(channel.id, conflict.id, type="king", hotel=hotel))
    assert (placed.asked, placed.type, placed.conflict) == ("twin", "king", False)
    assert (world.left("twin"), world.left("king")) == (0, 1)
    assert read(world, channel, Feeds(busy=[stay("a", 0)])) == Synced()
    assert double_booking.conflicts(hotel=world.hotel(world.work())) == []
    assert read(world, channel, Feeds(busy=[])) == Synced(returned=1)
    assert world.left("king") == 2


def test_a_guest_who_was_placed_wrongly_is_placed_again(world: World) -> None:
    channel = connected(world)
    read(world, channel, Feeds(busy=[stay("a", 0, 2)]))
    (entry,) = kept(world, channel)

    def place(type: str) -> Closure:
        found: Closure = world.do(
            lambda hotel: double_booking.place(channel.id, entry, type=type, hotel=hotel)
        )
        return found

    said = len(world.memory.said)
    assert place("king").type == "king"
    assert (world.left("twin"), world.left("king")) == (2, 1)
    told = [(one["data"]["roomType"], one["data"]["free"]) for one in world.memory.said[said:]]
    assert sorted(told) == [("king", 1), ("king", 1), ("twin", 2), ("twin", 2)]
    assert place("king").type == "king", "asked twice it is done once"
    assert place("twin").type == "twin"
    assert (world.left("twin"), world.left("king")) == (1, 2)
    assert read(world, channel, Feeds(busy=[stay("a", 0, 2)])) == Synced()
    assert read(world, channel, Feeds(busy=[])) == Synced(returned=1)
    assert (world.left("twin"), world.left("king")) == (2, 2)


def test_a_house_and_its_parts_are_not_proposed_for_one_another(world: World) -> None:
    world.house_("201", "202")
    channel = connected(world, type="villa")
    read(world, channel, Feeds(busy=[stay("a", 0)]))
    (entry,) = kept(world, channel).values()
    hotel = world.hotel(world.work())
    assert [one.type for one in double_booking.others(entry, hotel=hotel)] == ["king"]


def test_the_assistant_proposes_rooms_that_exist_not_the_overbooking_allowance(world: World) -> None:
    world.memory.types["king"] = world.memory.types["king"].with_allowance(3)
    channel = connected(world)
    world.guarantee(world.hold(count=2))
    read(world, channel, Feeds(busy=[stay("a", 0)]))
    (conflict,) = double_booking.conflicts(hotel=world.hotel(world.work()))
    proposals = double_booking.proposals(conflict, hotel=world.hotel(world.work()))
    assert [(one.type, one.left) for one in proposals] == [("king", 2)]


def test_the_desk_is_told_of_nights_sold_twice_and_of_calendars_that_fell_silent(world: World) -> None:
    channel = connected(world)
    world.guarantee(world.hold(count=2))
    read(world, channel, Feeds(busy=[stay("a", 0)]))
    watch = double_booking.watch(INN.id, hotel=world.hotel(world.work()))
    assert (watch.stale, watch.conflicts) == ([], 1)
    world.now += timedelta(hours=4)
    assert double_booking.watch(INN.id, hotel=world.hotel(world.work())).stale == ["示例平台"]
    assert double_booking.watch("other", hotel=world.hotel(world.work())).conflicts == 0


def test_a_full_type_cannot_take_the_guest_of_a_conflict(world: World) -> None:
    channel = connected(world)
    world.guarantee(world.hold(count=2))
    world.guarantee(world.hold("king", count=2, key="k2"))
    read(world, channel, Feeds(busy=[stay("a", 0)]))
    (conflict,) = double_booking.conflicts(hotel=world.hotel(world.work()))
    with pytest.raises(NoRoomThere):
        world.do(lambda hotel: double_booking.place(channel.id, conflict.id, type="king", hotel=hotel))


def test_a_conflict_heals_by_itself_when_a_place_comes_free(world: World) -> None:
    channel = connected(world)
    order = world.guarantee(world.hold(count=2))
    read(world, channel, Feeds(busy=[stay("a", 0)]))
    world.cancel(order)
    assert read(world, channel, Feeds(busy=None)) == Synced(made=1)
    assert world.left() == 1


def test_a_channel_is_never_told_back_what_it_said(world: World) -> None:
    channel, other = connected(world), connected(world)
    world.guarantee(world.hold(count=1))
    read(world, channel, Feeds(busy=[stay("a", 0)]))
    hotel = world.hotel(world.work())
    assert channels.shown(channel, hotel=hotel) == ()
    assert channels.shown(other, hotel=hotel) == (Period(DAY, DAY + DAYS),)


def test_a_channel_that_goes_gives_everything_back(world: World) -> None:
    channel = connected(world)
    read(world, channel, Feeds(busy=[stay("a", 0), stay("b", 4, 2)]))
    world.do(lambda hotel: channels.disconnect(channel.id, hotel=hotel, unit=world.unit))
    assert [world.left(day=DAY + ahead * DAYS) for ahead in (0, 4, 5)] == [2, 2, 2]
    with pytest.raises(Missing):
        channels.reading(channel.id, hotel=world.hotel(world.work()))


def test_the_past_is_dropped_and_a_running_stay_is_not_taken_anew(world: World) -> None:
    channel = connected(world)
    read(world, channel, Feeds(busy=[stay("a", 0, 3)]))
    world.now = NOW + (DAY - NOW.date() + DAYS)
    assert read(world, channel, Feeds(busy=[stay("a", 0, 3)])) == Synced()
    world.now += 3 * DAYS
    assert read(world, channel, Feeds(busy=[])) == Synced(returned=1)
    assert kept(world, channel) == {}


_FEED = st.lists(
    st.tuples(st.sampled_from("abcde"), st.integers(0, 5), st.integers(1, 3)),
    max_size=5,
    unique_by=lambda e: e[0],
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_FEED, st.integers(0, 2)), max_size=4))
def test_whatever_calendars_say_nothing_is_sold_twice_and_nothing_is_lost(
    readings: list[tuple[list[tuple[str, int, int]], int]],
) -> None:
    world = MemoryWorld().set_up(twins=2, kings=1)
    channel = connected(world)
    for number, (entries, sold) in enumerate(readings):
        if sold and world.left(day=DAY + number * DAYS) >= sold:
            world.guarantee(world.hold(count=sold, key=f"k{number}", day=DAY + number * DAYS))
        said = [stay(*entry) for entry in entries]
        read(world, channel, Feeds(busy=said))
        found = kept(world, channel)
        assert {(one.first, one.last) for one in found.values()} == {(one.first, one.last) for one in said}
        for ahead in range(9):
            assert 0 <= world.left(day=DAY + ahead * DAYS) <= 2
        again = read(world, channel, Feeds(busy=said))
        assert (again.made, again.returned) == (0, 0)
    read(world, channel, Feeds(busy=[]))
    assert kept(world, channel) == {}


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
{entries}
END:VCALENDAR
"""


def entry(*lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (["DTSTART;VALUE=DATE:20351010", "DTEND;VALUE=DATE:20351012"], DAY, DAY + 2 * DAYS),
        (["DTSTART;VALUE=DATE:20351010"], DAY, DAY + DAYS),
        (["DTSTART;VALUE=DATE:20351010", "DURATION:P3D"], DAY, DAY + 3 * DAYS),
        (["DTSTART:20351010T060000Z", "DTEND:20351012T040000Z"], DAY, DAY + 2 * DAYS),
        (["DTSTART:20351009T160000Z", "DTEND:20351010T160000Z"], DAY, DAY + DAYS),
        (["DTSTART:20351010T140000", "DTEND:20351010T160000"], DAY, DAY + DAYS),
    ],
)
def test_dates_are_read_as_local_nights(lines: list[str], first: date, last: date) -> None:
    body = CALENDAR.format(entries=entry("UID:1", *lines))
    assert parsed(body.encode()) == [Busy("1", first, last)]


def test_entries_that_take_no_time_are_left_out() -> None:
    dates = "DTSTART;VALUE=DATE:20351010"
    body = CALENDAR.format(
        entries="\n".join(
            [entry("UID:1", dates, "STATUS:CANCELLED"), entry("UID:2", dates, "TRANSP:TRANSPARENT")]
        )
    )
    assert parsed(body.encode()) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Log in</body></html>",
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR",
        b"BEGIN:VEVENT\nDTSTART;VALUE=DATE:20351010\nEND:VEVENT",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_calendar_is_refused_instead_of_freeing_every_night(body: bytes) -> None:
    with pytest.raises(FeedWrong):
        parsed(body)


def test_what_we_show_is_read_back_as_it_was_meant(world: World) -> None:
    channel = connected(world)
    shown = [Period(DAY, DAY + 2 * DAYS), Period(DAY + 5 * DAYS, DAY + 6 * DAYS)]
    body = rendered(shown, channel=channel, name="双床房", now=NOW)
    assert [(one.first, one.last) for one in parsed(body)] == [(one.start, one.end) for one in shown]
    assert len({one.uid for one in parsed(body)}) == 2


def test_a_secret_opens_its_own_calendar_only(world: World) -> None:
    channel, secret = world.do(
        lambda hotel: channels.connect(name="示例平台", type="twin", address="", hotel=hotel)
    )
    assert channel.opens(secret)
    assert not channel.opens(secret + "x")
    changed, renewed = world.do(
        lambda hotel: channels.change(channel.id, name="另一平台", address=None, renew=True, hotel=hotel)
    )
    assert changed.opens(renewed)
    assert not changed.opens(secret)
    assert changed.health(now=NOW) is Health.OUT


@pytest.mark.parametrize(
    ("status", "code"), [(404, FeedWrong.code), (410, FeedWrong.code), (503, Unreachable.code)]
)
def test_an_address_without_a_calendar_is_to_be_copied_again_a_server_that_fails_is_tried_again(
    status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.hotel.routes.partners.calendars.ask", lambda *_, **__: Reply(status=status))
    with pytest.raises(Refusal) as refused:
        CalendarFeeds().read(ADDRESS, tag="")
    assert refused.value.code == code
