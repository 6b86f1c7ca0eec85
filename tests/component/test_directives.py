"""Directives at the tenants' side, on the engine: taken in, obeyed, answered, ended; in any order, once."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import rfc3339
from chalicelib.messaging.consumer import consume
from chalicelib.messaging.directives import inbox, store
from chalicelib.messaging.directives.domain import (
    ALERT_CANCELLED,
    ALERT_ISSUED,
    ALERT_UPDATED,
    LIMIT_LIFTED,
    LIMIT_ORDERED,
    NOTICE,
    NotAwaited,
)
from chalicelib.persistence.journal import audited, envelopes_of
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.manifest import MODULE as HOTELS
from tenants.scenic.domain.limit import AreaLimited
from tenants.scenic.manifest import MODULE as SCENIC
from tests.feed_world import BUREAU, HOTEL, SHAOLIN, acting_for, message, said
from tests.scenic_world import DAY, NIGHT, NOW, EngineWorld, area, person

FOUR = {"zh": "暴雨", "en": "Rain", "ja": "豪雨", "ko": "호우"}
ID, OTHER = "cm_" + "0" * 25 + "1", "cm_" + "0" * 25 + "2"
U12, U27 = "tourism.scenic.status.changed.v1", "tourism.command.receipt.acknowledged.v1"


pytestmark = pytest.mark.usefixtures("city")


def down(type: str, data: dict[str, Any], *, id: str = ID, by: Any = BUREAU, **more: Any) -> dict[str, Any]:
    to = [SHAOLIN.id, HOTEL.id]
    made = said(type, {"to": to, **data}, by=by, at=NOW, **more)
    return {**made, "subject": id}


def order(**more: Any) -> dict[str, Any]:
    window = {"from": rfc3339(NOW), "until": rfc3339(NOW + timedelta(hours=3))}
    return {"area": "*", "permille": 500, "reason": "crowd", **window, **more}


def alert(identifier: str = "410100000_1", **more: Any) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "msgType": "Alert",
        "category": "Met",
        "event": "rainstorm",
        "urgency": "Immediate",
        "severity": "Extreme",
        "certainty": "Likely",
        "colour": "red",
        "effective": rfc3339(NOW),
        "expires": rfc3339(NOW + timedelta(hours=3)),
        "areas": ["410185"],
        "headline": FOUR,
        "description": FOUR,
        "instruction": FOUR,
        **more,
    }


def arrive(*envelopes: dict[str, Any], at: Any = NOW) -> None:
    """Each by itself, as the queue may deliver them, to both kinds."""
    for module in (SCENIC, HOTELS):
        for one in envelopes:
            got = consume(module, [message(one, source="tourism.down")], now=at)
            assert got == {"batchItemFailures": []}
    store.forget_holding()


def told(type: str, who: Any = SHAOLIN) -> list[dict[str, Any]]:
    with acting_for(who):
        rows = [row for ahead in (0, 1) for row in audited(day=DAY + timedelta(days=ahead))]
        found = [one for row in rows for one in envelopes_of(row) if one["type"] == type]
    return sorted(found, key=lambda one: one["id"])


def kept(id: str = ID, who: Any = SHAOLIN) -> Any:
    with acting_for(who):
        return inbox.find(id, work=UnitOfWork(action="test", now=NOW))


def test_an_order_is_obeyed_told_and_acknowledged_once() -> None:
    with acting_for(SHAOLIN):
        world = EngineWorld(area(places=50))
    arrive(down(LIMIT_ORDERED, order()), down(LIMIT_ORDERED, order()))
    (receipt,) = told(U27)
    assert receipt["data"]["command"] == receipt["subject"] == ID
    assert (receipt["data"]["state"], receipt["data"]["action"]) == ("acted", "sales-stopped")
    (status,) = told(U12)
    assert status["data"] == {
        "area": "main",
        "status": "limited",
        "reason": "authority",
        "until": rfc3339(NOW + timedelta(hours=3)),
    }
    with acting_for(SHAOLIN):
        for serial in range(25):
            world.hold(person(serial), key=f"k{serial}")
        with pytest.raises(Exception, match="sold-out"):
            world.hold(person(99), key="k99")
        assert world.left() == 25, "the other half is withheld, not sold"
        assert world.hold(person(99), key="night", start=NIGHT).state == "held", "outside the window"


def test_a_lifted_order_restores_what_was_before() -> None:
    with acting_for(SHAOLIN):
        world = EngineWorld(area(places=50))
    arrive(down(LIMIT_ORDERED, _cap(0)))
    with acting_for(SHAOLIN), pytest.raises(AreaLimited):
        world.hold(person(1))
    assert told(U12)[-1]["data"]["status"] == "closed"
    arrive(down(LIMIT_LIFTED, {}), at=NOW + timedelta(seconds=30))
    assert told(U12)[-1]["data"] == {"area": "main", "status": "open", "reason": ""}
    with acting_for(SHAOLIN):
        assert world.hold(person(1)).state == "held"
    assert (kept().ending, kept().acted is not None) == ("lifted", True)
    arrive(down(LIMIT_LIFTED, {}), at=NOW + timedelta(seconds=40))
    assert len(told(U12)) == 2


def test_a_window_that_closes_by_itself_is_told_by_the_schedule() -> None:
    from tenants.scenic.inbox import observe_flow

    with acting_for(SHAOLIN):
        EngineWorld(area(places=50))
    arrive(down(LIMIT_ORDERED, order()))
    store.forget_holding()
    with acting_for(SHAOLIN):
        observe_flow(NOW + timedelta(hours=1))
        assert len(told(U12)) == 1
        observe_flow(NOW + timedelta(hours=3, minutes=1))
        observe_flow(NOW + timedelta(hours=3, minutes=2))
    assert [one["data"]["status"] for one in told(U12)] == ["limited", "open"]


def test_a_drill_is_shown_and_answered_and_touches_no_sale() -> None:
    with acting_for(SHAOLIN):
        world = EngineWorld(area(places=50))
    arrive(down(LIMIT_ORDERED, _cap(0), status="exercise"))
    with acting_for(SHAOLIN):
        assert world.hold(person(1)).state == "held"
        assert [one.exercise for one in store.holding(now=NOW)] == [True]
    assert told(U12) == []
    (receipt,) = told(U27)
    assert (receipt["status"], receipt["data"]["state"]) == ("exercise", "delivered")


def test_only_an_authority_gives_orders() -> None:
    with acting_for(SHAOLIN):
        EngineWorld(area(places=50))
    arrive(
        down(LIMIT_ORDERED, _cap(0), by=HOTEL),
        {**down(LIMIT_ORDERED, _cap(0), by=HOTEL), "tenantid": BUREAU.id},
        down(LIMIT_ORDERED, {**_cap(0), "guestName": "x"}),
    )
    assert told(U27) == []
    with pytest.raises(Missing):
        kept()


def test_a_person_reads_and_acts_and_each_word_repeats_the_times_before_it() -> None:
    arrive(down(ALERT_ISSUED, alert(), due=NOW + timedelta(minutes=5)))
    with acting_for(HOTEL):
        assert store.waiting() == [ID]
        for seconds, answer in ((40, "open"), (50, "open"), (90, "act")):
            work = UnitOfWork(action="test", now=NOW + timedelta(seconds=seconds))
            if answer == "open":
                inbox.open_directive(ID, work=work)
            else:
                inbox.act(ID, action="guests-told", work=work)
            if not work.empty:
                work.commit()
        with pytest.raises(NotAwaited):
            inbox.act(ID, action="none", work=UnitOfWork(action="test", now=NOW))
        assert store.waiting() == []
    states = [one["data"]["state"] for one in told(U27, HOTEL)]
    assert states == ["delivered", "read", "acted"]
    assert told(U27, HOTEL)[-1]["data"] == {
        "command": ID,
        "commandType": ALERT_ISSUED,
        "state": "acted",
        "delivered": rfc3339(NOW),
        "read": rfc3339(NOW + timedelta(seconds=40)),
        "acted": rfc3339(NOW + timedelta(seconds=90)),
        "action": "guests-told",
    }


@pytest.mark.parametrize("update_first", [False, True])
def test_an_update_takes_the_place_of_what_it_names_in_any_order(update_first: bool) -> None:
    first = down(ALERT_ISSUED, alert("a_1"))
    second = down(
        ALERT_UPDATED, alert("a_2", msgType="Update", references=["a_1"], colour="yellow"), id=OTHER
    )
    arrive(*((second, first) if update_first else (first, second)))
    with acting_for(HOTEL):
        assert [one.data["colour"] for one in store.holding(now=NOW)] == ["yellow"]
    assert kept(ID, HOTEL).ending == "replaced"
    assert len(told(U27, HOTEL)) == 2, "both were delivered"


def test_a_cancellation_that_comes_first_still_ends_it() -> None:
    issued = down(ALERT_ISSUED, alert("a_1"))
    cancelled = down(ALERT_CANCELLED, alert("a_2", msgType="Cancel", references=["a_1"]))
    arrive(cancelled, issued, cancelled)
    with acting_for(HOTEL):
        assert store.holding(now=NOW) == []
        assert store.waiting() == []
    assert kept(ID, HOTEL).ending == "cancelled"


def test_a_notice_waits_to_be_read_and_holds_nothing() -> None:
    arrive(down(NOTICE, {"mustRead": True, "headline": FOUR, "description": FOUR}))
    with acting_for(SHAOLIN):
        assert store.waiting() == [ID]
        assert store.ahead(now=NOW) == []


def _cap(people: int) -> dict[str, Any]:
    given = order(cap=people)
    del given["permille"]
    return given
