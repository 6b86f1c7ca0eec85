"""What the gate promises, whoever keeps its rows: in memory (unit) and on the engine (component)."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.errors import Clash, Missing
from chalicelib.kernel.period import local
from tenants.scenic.domain.area import AreaClosed, AreaFull, Gauge
from tenants.scenic.domain.ticket import (
    CodeInvalid,
    State,
    TicketOver,
    TicketRefunded,
    TicketUsed,
    TooEarly,
    WrongArea,
)
from tenants.scenic.usecases import duties, gate
from tests.scenic_world import DAY, NIGHT, NOON, World, passing, person

OPEN = local(DAY, NOON)


class GateContract:
    """Admit once, refuse with a reason, count out. ``world`` has 60 places a session; 20 people fill it."""

    def test_a_ticket_admits_once_and_says_where_and_when(self, world: World) -> None:
        order = paid(world)
        admitted = world.admit(order)
        assert (admitted.again, admitted.gauge.inside, admitted.gauge.entered) == (False, 1, 1)
        with pytest.raises(TicketUsed) as refused:
            world.admit(order, nonce="n2", at="east")
        assert refused.value.facts == {"at": OPEN, "gate": {"zh": "南门"}}
        assert world.gauge().inside == 1

    def test_the_same_scan_again_is_the_same_yes(self, world: World) -> None:
        order = paid(world)
        world.admit(order)
        world.now += timedelta(seconds=5)
        again = world.admit(order)
        assert (again.again, again.at) == (True, OPEN)
        assert (world.gauge().inside, world.gauge().entered) == (1, 1)

    def test_a_refused_scan_sent_again_takes_nobody_elses_place(self, world: World) -> None:
        order = paid(world, 2)
        world.admit(order, 1, nonce="n1")
        world.refund(order, [2])
        for nonce in ("n2", "n2", "n3", "n2"):
            with pytest.raises(TicketRefunded):
                world.admit(order, 2, nonce=nonce)
            with pytest.raises(TicketUsed):
                world.admit(order, 1, nonce=nonce)
        assert world.admit(order, 1, nonce="n1").again
        assert (world.gauge().inside, world.gauge().entered) == (1, 1)

    def test_a_scan_is_kept_on_the_ticket(self, world: World) -> None:
        order = paid(world)
        world.admit(order, nonce="scan-7", at="east")
        ticket = world.shop(world.work()).tickets.one(order.id, 1)
        assert (ticket.state, ticket.gate, ticket.nonce, ticket.at) == (
            State.USED,
            "east",
            "scan-7",
            OPEN,
        )

    def test_a_refunded_ticket_is_not_admitted(self, world: World) -> None:
        order = paid(world)
        world.refund(order)
        with pytest.raises(TicketRefunded):
            world.admit(order)
        assert world.gauge().inside == 0

    def test_an_admitted_ticket_is_not_refunded(self, world: World) -> None:
        order = paid(world, 2)
        work = world.work()
        shop = world.shop(work)
        tickets = list(shop.tickets.of(order.id))
        world.admit(order, 1)
        shop.tickets.take_back(tickets)
        with pytest.raises(Clash):
            work.commit()
        states = [ticket.state for ticket in world.shop(world.work()).tickets.of(order.id)]
        assert states == [State.USED, State.ISSUED]

    def test_before_and_after_its_session_a_ticket_is_refused(self, world: World) -> None:
        order = paid(world)
        world.now = local(DAY, NOON) - timedelta(minutes=31)
        with pytest.raises(TooEarly):
            world.admit(order)
        world.now = local(DAY, NIGHT)
        with pytest.raises(TicketOver):
            world.admit(order, nonce="n2")
        assert world.gauge().inside == 0

    def test_a_code_of_somebody_else_is_not_read(self, world: World) -> None:
        order = paid(world)
        shop = world.shop(world.work())
        code = shop.tickets.code(shop.tickets.one(order.id, 1).pass_())
        for wrong in ("", "SY:", code[3:], code[:-3], code[:-1] + ("0" if code[-1] != "0" else "1")):
            with pytest.raises(CodeInvalid):
                shop.tickets.read(wrong)
        assert shop.tickets.read(code) == shop.tickets.one(order.id, 1).pass_()

    def test_a_code_that_was_signed_but_never_sold_is_missing(self, world: World) -> None:
        order = paid(world)
        shop = world.shop(world.work())
        pass_ = shop.tickets.one(order.id, 1).pass_()
        for changed, refusal in (
            (replace(pass_, number=9), Missing),
            (replace(pass_, area=pass_.area ^ 1), WrongArea),
        ):
            code = shop.tickets.code(changed)
            with pytest.raises(refusal):
                gate.admit(area_id="main", gate="south", code=code, nonce="n", shop=shop, unit=world.unit)
        assert world.gauge().inside == 0

    def test_a_gate_nobody_knows_is_missing(self, world: World) -> None:
        with pytest.raises(Missing):
            world.admit(paid(world), at="west")

    def test_at_the_maximum_nobody_enters_until_enough_have_left(self, world: World) -> None:
        order = paid(world, 3)
        enter(world, 19)
        world.admit(order, 1, nonce="b1")
        with pytest.raises(AreaFull):
            world.admit(order, 2, nonce="b2")
        gauge = world.gauge()
        assert (gauge.inside, gauge.status, gauge.level_instant) == (20, "limited", 100)
        leave(world, 1)
        with pytest.raises(AreaFull):
            world.admit(order, 2, nonce="b3")
        gauge = leave(world, 1, nonce="x2")
        assert (gauge.inside, gauge.status, gauge.level_instant) == (18, "open", 90)
        assert world.admit(order, 2, nonce="b4").gauge.inside == 19

    def test_under_an_order_that_leaves_fewer_places_no_more_enter(self, world: World) -> None:
        shop = world.shop(world.work())
        approved = shop.catalogue.area("main").capacity
        for left, expected in ((0, [False, False]), (1, [True, False])):
            entered = [
                shop.flow.enter(
                    "main",
                    DAY,
                    passing=passing(f"{left}-{number}"),
                    capacity=replace(approved, instant=left),
                )
                for number in range(2)
            ]
            assert [one is not None for one in entered] == expected

    def test_each_level_is_said_once_on_the_way_up_and_once_on_the_way_down(self, world: World) -> None:
        for _ in range(20):
            enter(world, 1)
        for number in range(20):
            leave(world, 1, nonce=f"x{number}")
        crossed = [
            (said["data"]["level"], said["data"]["direction"])
            for said in world.said()
            if said["type"] == "tourism.scenic.capacity.crossed.v1" and said["data"]["cap"] == "instant"
        ]
        expected = [(level, way) for level in (80, 90, 100) for way in ("up", "down")]
        assert Counter(crossed) == Counter(expected)
        status = [
            said["data"]["status"]
            for said in world.said()
            if said["type"] == "tourism.scenic.status.changed.v1"
        ]
        assert sorted(status) == ["limited", "open"]

    def test_two_gates_that_cross_levels_at_once_both_admit_and_both_levels_are_said(
        self, world: World
    ) -> None:
        """What the second saw is old when it announces: it looks again, and its visitor is let in."""
        enter(world, 16)
        area = world.shop(world.work()).catalogue.area("main")
        flow = world.shop(world.work()).flow
        assert flow.enter("main", DAY, passing=passing("2", count=2), capacity=area.capacity) is not None
        stale = Gauge(inside=18, entered=18)
        after = gate.announce(area, stale, unit=world.unit)
        assert (after.level_instant, world.gauge().level_instant) == (90, 90)
        levels = [said["data"]["level"] for said in world.said() if "level" in said["data"]]
        assert sorted(levels) == [80, 90]

    def test_a_closed_area_admits_and_sells_nobody(self, world: World) -> None:
        order = paid(world)
        world.do(lambda shop: gate.set_status(area_id="main", status="closed", reason="weather", shop=shop))
        with pytest.raises(AreaClosed):
            world.admit(order)
        with pytest.raises(AreaClosed):
            world.hold(person(50), key="k50", start=NIGHT)
        world.hold(person(50), key="k51", day=DAY + timedelta(days=1))
        world.do(lambda shop: gate.set_status(area_id="main", status="open", reason="", shop=shop))
        assert world.admit(order, nonce="n2").gauge.inside == 1

    def test_an_order_reads_used_once_its_tickets_are(self, world: World) -> None:
        order = paid(world, 2)
        read = []
        for number in (1, 2):
            world.admit(order, number, nonce=f"n{number}")
            scan = {"ticket": f"{order.id[-16:]}-{number}", "outcome": "admitted"}
            duties.mark_used([scan, scan], shop=world.shop(world.work()))
            read.append(str(world.order(order).fulfilment))
        assert read == ["partly-used", "used"]

    def test_who_leaves_is_counted_once(self, world: World) -> None:
        order = paid(world, 3)
        for number in (1, 2, 3):
            world.admit(order, number, nonce=f"n{number}")
        for _ in range(2):
            gauge = leave(world, 2)
            assert (gauge.inside, gauge.exited, gauge.entered) == (1, 2, 3)
        assert leave(world, 2, nonce="x2").inside == 1  # more than are inside: nobody is counted
        assert leave(world, 1, nonce="x3").inside == 0
        enter(world, 5)
        for nonce in ("x1", "x3", "x1"):  # sent again after others have left by the same gate
            assert (leave(world, 1, nonce=nonce).inside, world.gauge().exited) == (5, 3)

    def test_scans_are_counted_into_their_minute_once(self, world: World) -> None:
        at = "2035-10-02T04:00:30.000Z"
        scans = [
            {
                "area": "main",
                "gate": "south",
                "ticket": f"t-{n}",
                "outcome": "admitted",
                "nonce": f"n{n}",
                "at": at,
            }
            for n in range(3)
        ]
        scans.append({**scans[0], "outcome": "used", "nonce": "n9"})
        scans.append({"area": "main", "gate": "east", "count": 2, "nonce": "x1", "at": at})
        for batch in (scans[:2], scans, scans[1:]):
            duties.count_scans(batch, unit=world.unit)
        counted = [said["data"] for said in world.said() if said["type"].endswith("entry.counted.v1")]
        assert sum(data["admitted"] for data in counted) == 3
        assert [data["refused"] for data in counted if data["refused"]] == [{"used": 1}]
        flow = [said["data"] for said in world.said() if said["type"].endswith("flow.observed.v1")]
        assert max((data["entered"], data["exited"]) for data in flow) == (3, 2)


def paid(world: World, count: int = 1, *, first: int = 1) -> Order:
    order = world.pay(world.hold(*[person(first + n) for n in range(count)], key=f"k{first}"))
    world.now = OPEN
    return order


def enter(world: World, count: int) -> None:
    """So many people at once, without tickets."""
    world.now = OPEN
    shop = world.shop(world.work())
    area = shop.catalogue.area("main")
    scan = str(world.gauge().entered)
    entered = shop.flow.enter("main", DAY, passing=passing(scan, count=count), capacity=area.capacity)
    assert entered is not None
    shop.flow.let_go("main", DAY, entered[1])
    gate.announce(area, entered[0], unit=world.unit)


def leave(world: World, count: int, *, nonce: str = "x1") -> Gauge:
    shop = world.shop(world.work())
    return gate.leave(area_id="main", gate="south", count=count, nonce=nonce, shop=shop, unit=world.unit)
