"""Channels on the engine: a calendar served over HTTP is read, taken, shown, and given back."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.commerce.stock.shelves import shelf_between
from chalicelib.kernel.period import Period
from chalicelib.outward import AddressRefused, Unreachable
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.domain.channel import Busy, Channel
from tenants.hotel.routes.partners.calendars import CalendarFeeds, rendered
from tenants.hotel.usecases import channels, pulling
from tests.hotel_world import DAY, INN, NOW, EngineWorld, context

pytestmark = pytest.mark.component
DAYS = timedelta(days=1)


class Platform:
    """Another platform: one calendar, with an ETag, that can break."""

    def __init__(self) -> None:
        self.periods = [Period(DAY, DAY + 2 * DAYS)]
        self.status, self.asked = 200, 0
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                platform.asked += 1
                tag = f'"{len(platform.periods)}"'
                known = platform.status == 200 and self.headers.get("If-None-Match") == tag
                body = b"" if known or platform.status != 200 else platform.body()
                self.send_response(304 if known else platform.status)
                self.send_header("ETag", tag)
                self.send_header("Location", "http://169.254.169.254/")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/one.ics"

    def body(self) -> bytes:
        channel = Channel(id="ch_x", site="x", type="twin", name="x", key="")
        return rendered(self.periods, channel=channel, name="x", now=NOW)


@pytest.fixture
def platform() -> Iterator[Platform]:
    made = Platform()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context("c")):
        yield EngineWorld()


def test_a_calendar_is_read_taken_shown_and_given_back(world: EngineWorld, platform: Platform) -> None:
    world.set_up(twins=1)
    feeds = CalendarFeeds()
    channel, secret = world.do(
        lambda hotel: channels.connect(
            name="示例平台", type="twin", address=platform.address, feeds=feeds, hotel=hotel
        )
    )
    other, _ = world.do(lambda hotel: channels.connect(name="另一平台", type="twin", address="", hotel=hotel))

    def due() -> None:
        world.now += timedelta(minutes=16)
        hotel = world.hotel(world.work())
        assert channels.sync_due(feeds=feeds, hotel=hotel, unit=world.unit) == {channel.id: None}

    due()
    assert [world.left(day=DAY + ahead * DAYS) for ahead in range(3)] == [0, 0, 1]
    hotel = world.hotel(world.work())
    assert channels.shown(other, hotel=hotel) == (Period(DAY, DAY + 2 * DAYS),)
    assert channels.shown(channel, hotel=hotel) == ()
    kept = hotel.channels.find(channel.id)
    assert kept.opens(secret)
    assert platform.address.encode() not in kept.address
    assert (kept.busy, kept.tag) == (1, '"1"')

    due()  # 304: nothing is read, everything stays
    assert world.left() == 0
    platform.periods = [Period(DAY + 4 * DAYS, DAY + 5 * DAYS), Period(DAY + 6 * DAYS, DAY + 7 * DAYS)]
    due()
    assert [world.left(day=DAY + ahead * DAYS) for ahead in range(8)] == [1, 1, 1, 1, 0, 1, 0, 1]
    world.do(lambda hotel: channels.disconnect(channel.id, hotel=hotel, unit=world.unit))
    shelf = shelf_between(f"{INN.id}#203510", "2035-10-01", "2035-10-31")
    assert [found.holds for found in shelf.values() if found.holds] == []
    assert world.hotel(world.work()).channels.closures(channel.id) == {}


def test_what_a_killed_reading_left_is_completed_by_the_next(world: EngineWorld, platform: Platform) -> None:
    """A hold without its closure is over after a quarter of an hour, or taken up by the next reading."""
    world.set_up(twins=1)
    channel, _ = world.do(
        lambda hotel: channels.connect(name="示例平台", type="twin", address=platform.address, hotel=hotel)
    )
    busy = Busy(f"{DAY.isoformat()}-ch_x@songyun", DAY, DAY + 2 * DAYS)
    hotel = world.hotel(world.work())
    channels._taken(channel, busy, house=hotel.setup.house(), hotel=hotel)  # killed before its commit
    assert world.left() == 0
    assert hotel.channels.closures(channel.id) == {}
    channels.sync(channel, feeds=CalendarFeeds(), hotel=hotel, unit=world.unit)
    assert [one.conflict for one in hotel.channels.closures(channel.id).values()] == [False]
    world.now += timedelta(minutes=20)
    assert world.left() == 0


def test_a_server_that_fails_or_sends_elsewhere_is_not_followed(platform: Platform) -> None:
    for status in (302, 500, 503):
        platform.status = status
        with pytest.raises(Unreachable):
            CalendarFeeds().read(platform.address, tag="")
    assert platform.asked == 3
    with pytest.raises(AddressRefused):
        CalendarFeeds().read("http://169.254.169.254/latest/meta-data", tag="")


def test_a_puller_is_told_of_bookings_that_became_firm_or_were_cancelled(world: EngineWorld) -> None:
    world.set_up(twins=3)

    def pull() -> pulling.Pulled:
        return pulling.pull(puller="key:cm", most=50, hotel=world.hotel(world.work()))

    paid = world.pay(world.hold(plan="fixed"))
    given = world.guarantee(world.hold(key="k2"))
    world.hold(key="k3")
    first = pull()
    assert {(one.id, one.version) for one in first.orders} == {
        (paid.id, paid.version),
        (given.id, given.version),
    }
    world.do(lambda hotel: pulling.acknowledge(puller="key:cm", upto=first.upto, hotel=hotel))
    world.now += timedelta(minutes=5)
    cancelled = world.cancel(given)
    with metered() as meter:
        told = pull()
    assert (cancelled.id, cancelled.version) in {(one.id, one.version) for one in told.orders}
    assert meter.calls <= 1 + 8 + len(told.orders)
    world.do(lambda hotel: pulling.acknowledge(puller="key:cm", upto=told.upto, hotel=hotel))
    world.now += timedelta(minutes=5)
    assert [one.id for one in pull().orders] == [cancelled.id]
