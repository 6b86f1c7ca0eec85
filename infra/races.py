"""The races, many times over: ``python -m infra.races --rounds 100``.

Each is judged both ways: never more sold than there is, and never less where more was wanted. Ends with one
table; the exit code is 1 if any round of any race was wrong.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.commerce.orders.domain import State
from chalicelib.commerce.orders.usecases import HOLD_FOR, Mark, Wish, hold_order
from chalicelib.commerce.stock import Claim, Slot, Stock
from chalicelib.commerce.stock.domain import holder, word
from chalicelib.commerce.stock.store import BucketStore
from chalicelib.kernel.ids import new_id
from infra import racehouse
from infra.local.fixture import Stack
from infra.racecourse import NOW, PRICE, TOMORROW, Course, done, refusals
from tenants.scenic.domain.passing import Passing
from tenants.scenic.domain.ticket import State as TicketState

_RESET_EVERY = 5


def two_hundred_buyers_for_a_hundred_places() -> list[str]:
    """A hundred hold a place, a hundred are told that it is sold out."""
    course = Course(places=100)

    def buy(number: int) -> Callable[[], Any]:
        wish = Wish(
            lines=(),
            claims=(Claim(slot=course.slot, count=1),),
            locks=(),
            tails=(),
            policy=(),
            people=b"-",
            channel="api",
            locale="zh",
        )
        mark = Mark(command=f"k{number}", digest="d")

        def act() -> Any:
            shop = course.shop()
            return hold_order(wish, mark=mark, orders=shop.orders, stock=shop.stock, now=NOW)

        return act

    answers = course.together([buy(number) for number in range(200)])
    with course.bound():
        course.expect("holders", len(done(answers)), 100)
        course.expect("refused", dict(refusals(answers)), {"SoldOut": 100})
        course.expect("orders", len(course.orders()), 100)
        course.expect("left", course.left(), 0)
    return course.wrong


def twenty_buyers_for_the_last_five_places() -> list[str]:
    """Five hold, pay and get a ticket; the city hears of five."""
    course = Course(places=5)

    answers = course.together([partial(_buy, course, serial) for serial in range(20)])
    with course.bound():
        course.expect("sold", len(done(answers)), 5)
        course.expect("refused", dict(refusals(answers)), {"SoldOut": 15})
        course.expect("left", course.left(), 0)
        course.expect("confirmed", len(course.confirmed()), 5)
        tickets = [len(course.shop().tickets.of(order.id)) for order in course.confirmed()]
        course.expect("tickets", tickets, [1] * 5)
        kinds = ("commerce.order.placed", "commerce.payment.settled", "scenic.ticket.issued")
        course.expect("said", dict(course.said()), dict.fromkeys(kinds, 5))
    return course.wrong


def twenty_stays_over_nights_that_overlap() -> list[str]:
    """Three nights each, of six with three rooms: no night over, and nobody refused who still fitted."""
    course = Course(places=1)
    nights = [Slot(resource="room", slot=f"n{number}", capacity=3) for number in range(6)]

    def stay(number: int) -> Any:
        claims = [Claim(slot=night, count=1) for night in nights[number % 4 : number % 4 + 3]]
        stock = Stock(BucketStore(), who=course.context.tenant.id)
        order = new_id("or", now=NOW)
        return stock.hold(claims, order=order, until=NOW + HOLD_FOR, now=NOW)

    answers = course.together([partial(stay, number) for number in range(20)])
    with course.bound():
        left = [course.left(night) for night in nights]
        course.expect("nights held", 18 - sum(left), 3 * len(done(answers)))
        for first in range(4):
            refused = len(refusals([answers[n] for n in range(first, 20, 4)])) > 0
            if refused and min(left[first : first + 3]) > 0:
                course.wrong.append(f"a stay from night {first} was refused, and fits: {left}")
    return course.wrong


def ten_groups_at_the_tail() -> list[str]:
    """Nine places are left, three in each of three buckets: two groups of four get theirs, over buckets."""
    course = Course(places=75)
    with course.bound():
        for number in range(3):
            value = word(count=22, until=None)
            BucketStore().claim(course.slot, number, name=f"{number}" * 16, word=value)
    groups = [tuple(range(number * 4, number * 4 + 4)) for number in range(10)]
    answers = course.together([partial(course.hold, *group) for group in groups])
    with course.bound():
        course.expect("groups", len(done(answers)), 2)
        course.expect("refused", dict(refusals(answers)), {"SoldOut": 8})
        course.expect("left", course.left(), 1)
        sizes = [sum(hold.count for hold in order.holds) for order in done(answers)]
        course.expect("places of each group", sizes, [4, 4])
    return course.wrong


def one_command_sent_twenty_times_at_the_last_place() -> list[str]:
    """However often it is sent, it is one order; nobody is told that it is sold out by their own order."""
    course = Course(places=1)
    answers = course.together([lambda: course.hold(1, key="same")] * 20)
    with course.bound():
        course.expect("refused", dict(refusals(answers)), {})
        course.expect("orders", len({order.id for order in done(answers)}), 1)
        course.expect("rows", len(course.orders()), 1)
        course.expect("left", course.left(), 0)
        course.expect("paid", course.pay(course.orders()[0].id).state, State.CONFIRMED)
    return course.wrong


def fifty_scans_of_one_ticket() -> list[str]:
    """One is admitted, and one person is inside."""
    course = Course(places=5)
    with course.bound():
        order = course.pay(course.hold(1).id)
        course.opened()
        code = course.code(order)
    scans = [partial(course.admit, code, nonce=f"n{n}", at=("south", "east")[n % 2]) for n in range(50)]
    answers = course.together(scans)
    with course.bound():
        course.expect("admitted", len(done(answers)), 1)
        course.expect("refused", dict(refusals(answers)), {"TicketUsed": 49})
        course.expect("inside and entered", (course.gauge().inside, course.gauge().entered), (1, 1))
    return course.wrong


def two_gates_at_the_last_place_inside() -> list[str]:
    """Six visitors at two gates, one place: one enters; each level of the ladder is said once."""
    course = Course(places=20, instant=10)
    with course.bound():
        order = course.pay(course.hold(*range(6)).id)
        course.opened()
        shop = course.shop()
        capacity = shop.catalogue.area("main").capacity
        nine = Passing(scan="nine", turn="nine", order="0" * 16, number=1, count=9, at=shop.now)
        shop.flow.enter("main", TOMORROW, passing=nine, capacity=capacity)
        codes = [course.code(order, number) for number in range(1, 7)]
    scans = [
        partial(course.admit, code, nonce=f"n{n}", at=("south", "east")[n % 2])
        for n, code in enumerate(codes)
    ]
    answers = course.together(scans)
    with course.bound():
        course.expect("admitted", len(done(answers)), 1)
        course.expect("refused", dict(refusals(answers)), {"AreaFull": 5})
        course.expect("inside", course.gauge().inside, 10)
        course.expect("level", course.gauge().level_instant, 100)
        said = course.said()
        course.expect("levels said", said["scenic.capacity.crossed"], 3)
        course.expect("status said", said["scenic.status.changed"], 1)
        used = [ticket.state for ticket in course.shop().tickets.of(order.id)]
        course.expect("tickets used", used.count(TicketState.USED), 1)
    return course.wrong


def twenty_desks_paid_by_the_same_order() -> list[str]:
    """One takes the money; the tickets are made once and the city hears of it once."""
    course = Course(places=5)
    with course.bound():
        order = course.hold(1, 2)
    answers = course.together([lambda: course.pay(order.id)] * 20)
    with course.bound():
        course.expect("paid", len(done(answers)), 1)
        if not set(refusals(answers)) <= {"NotHeld", "Clash"}:
            course.wrong.append(f"refused: {dict(refusals(answers))}")
        course.expect("tickets", len(course.shop().tickets.of(order.id)), 2)
        course.expect("left", course.left(), 3)
        kinds = ("commerce.order.placed", "commerce.payment.settled", "scenic.ticket.issued")
        course.expect("said", dict(course.said()), dict.fromkeys(kinds, 1))
    return course.wrong


def a_refund_against_an_admission() -> list[str]:
    """A ticket is used or given back, never both; place, money and head count follow the one that won."""
    course = Course(places=5)
    with course.bound():
        order = course.pay(course.hold(1).id)
        course.opened()
        code = course.code(order)
    acts = [
        lambda: course.refund(order.id),
        lambda: course.admit(code, nonce="n1"),
        lambda: course.refund(order.id),
        lambda: course.admit(code, nonce="n2", at="east"),
    ]
    answers = course.together(acts)
    with course.bound():
        (ticket,) = course.shop().tickets.of(order.id)
        back = ticket.state is TicketState.REFUNDED
        owed = [one.amount.amount for one in course.shop().orders.owed()]
        course.expect("winners", len(done(answers)), 1)
        course.expect("state", ticket.state in {TicketState.REFUNDED, TicketState.USED}, True)
        course.expect("left", course.left(), 5 if back else 4)
        course.expect("inside", course.gauge().inside, 0 if back else 1)
        course.expect("owed", owed, [PRICE] if back else [])
    return course.wrong


def a_payment_against_the_expiry_of_its_hold() -> list[str]:
    """The last place goes to who pays too late or to who comes after; the other's money goes back."""
    course = Course(places=1)
    with course.bound():
        late = course.hold(1)
    course.now = NOW + HOLD_FOR + timedelta(seconds=2)
    acts: list[Callable[[], Any]] = [lambda: course.receive(late)] * 2
    acts += [partial(_buy, course, serial) for serial in (2, 3)]
    course.together(acts)
    with course.bound():
        kept = course.shop().orders.get(late.id)
        owed = [one.amount.amount for one in course.shop().orders.owed()]
        course.expect("sold", len(course.confirmed()), 1)
        course.expect("left", course.left(), 0)
        course.expect("owed", owed, [] if kept.state is State.CONFIRMED else [PRICE])
        course.expect("settled", kept.state in {State.CONFIRMED, State.CANCELLED}, True)
        names = [name for name in _holders(course) if name not in {holder(o.id) for o in course.confirmed()}]
        course.expect("holds of nobody", names, [])
    return course.wrong


def a_payment_against_a_cancellation() -> list[str]:
    """The order is paid and its place sold, or let go and its place free."""
    course = Course(places=5)
    with course.bound():
        order = course.hold(1)
    acts = [lambda: course.cancel(order.id), lambda: course.pay(order.id)] * 2
    answers = course.together(acts)
    with course.bound():
        paid = course.shop().orders.get(order.id).state is State.CONFIRMED
        course.expect("winners", len(done(answers)), 1)
        course.expect("left", course.left(), 4 if paid else 5)
        course.expect("tickets", len(course.shop().tickets.of(order.id)), 1 if paid else 0)
    return course.wrong


RACES: tuple[Callable[[], list[str]], ...] = (
    two_hundred_buyers_for_a_hundred_places,
    twenty_buyers_for_the_last_five_places,
    twenty_stays_over_nights_that_overlap,
    ten_groups_at_the_tail,
    one_command_sent_twenty_times_at_the_last_place,
    fifty_scans_of_one_ticket,
    two_gates_at_the_last_place_inside,
    twenty_desks_paid_by_the_same_order,
    a_refund_against_an_admission,
    a_payment_against_the_expiry_of_its_hold,
    a_payment_against_a_cancellation,
    *racehouse.RACES,
)


def _buy(course: Course, serial: int) -> Any:
    return course.pay(course.hold(serial).id)


def _holders(course: Course) -> list[str]:
    buckets = BucketStore().read(course.slot, range(course.slot.buckets), exact=True)
    return [name for bucket in buckets.values() for name in bucket.holds]


def run(
    race: Callable[[], list[str]], *, rounds: int, stack: Stack, until: float
) -> tuple[int, list[str], float]:
    """(rounds run, what was wrong, seconds) of one race; stops early when the time is over."""
    wrong: list[str] = []
    began = time.monotonic()
    for number in range(rounds):
        if time.monotonic() > until:
            return number, wrong, time.monotonic() - began
        wrong += [f"round {number + 1}: {problem}" for problem in race()]
        if number % _RESET_EVERY == _RESET_EVERY - 1:
            stack.reset()
            print(f"\r{race.__name__}: {number + 1} of {rounds}", end="", flush=True)
    print(f"\r{' ' * 78}\r", end="")
    return rounds, wrong, time.monotonic() - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every race and print the table."""
    parser = argparse.ArgumentParser(description="Run the races many times over.")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=30.0, help="stop after so many minutes in all")
    parser.add_argument("--only", default="", help="races whose name contains this")
    asked = parser.parse_args(arguments)
    os.environ["SONGYUN_TELEMETRY"] = "off"
    until = time.monotonic() + asked.minutes * 60
    table, failed = [], False
    with Stack() as stack:
        for race in (race for race in RACES if asked.only in race.__name__):
            rounds, wrong, seconds = run(race, rounds=asked.rounds, stack=stack, until=until)
            failed = failed or bool(wrong) or rounds < asked.rounds
            table.append((race.__name__.replace("_", " "), rounds, len(wrong), seconds))
            for problem in wrong[:5]:
                print(f"WRONG {race.__name__}: {problem}")
    print(f"{'race':<52}{'rounds':>8}{'wrong':>8}{'seconds':>10}")
    for name, rounds, bad, seconds in table:
        print(f"{name:<52}{rounds:>8}{bad:>8}{seconds:>10.1f}")
    print(f"{'all':<52}{sum(r for _, r, _, _ in table):>8}{sum(b for _, _, b, _ in table):>8}", end="")
    print(f"{sum(s for *_, s in table):>10.1f}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
