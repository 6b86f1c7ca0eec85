"""Whose system takes nothing is seen at the bureau: since when, how many wait; and that it is over."""

import json
from datetime import timedelta

import pytest

from chalicelib.kernel.period import parse_instant
from chalicelib.messaging.feeds.domain import BACKOFF
from chalicelib.messaging.feeds.silence import NOTICED, OBSERVED
from tenants.bureau.domain.punctuality import report_of
from tenants.bureau.store import LedgerStore
from tenants.bureau.store.senders import senders
from tests.component.test_feeds_out import Api, Receiver, add, api, send
from tests.component.test_returns import (
    BUREAU,
    CITY,
    DISTRICT,
    HOTEL,
    NOW,
    OWNER,
    Web,
    asked,
    carry,
    web,
)
from tests.feed_world import acting_for, take

pytestmark = pytest.mark.component

__all__ = ["api", "web"]  # fixtures


def test_an_address_that_takes_nothing_is_shown_until_it_takes_again(web: Web, api: Api) -> None:
    add(NOW - timedelta(days=1))
    asked()
    began, receiver = web.clock.now, Receiver()
    receiver.status = 500
    for n in range(NOTICED):
        assert "收不到推送的单位" not in web.open("/bureau/reporting", by=CITY)
        assert send(receiver, began + timedelta(days=n)) == 0
    last = began + timedelta(days=NOTICED - 1)
    (event,) = carry(HOTEL, now=last)
    assert event["type"] == OBSERVED
    assert "/in" not in json.dumps(event["data"]), "the path may be somebody's secret"
    for path in ("/bureau/reporting", "/bureau/reporting?kind=hotel&day=2026-11-01"):
        page = web.open(path, by=CITY)
        assert "收不到推送的单位" in page, "what holds now is shown beside every day"
        assert "仍在重试" in page
        assert "93.184.216.34" in page
        assert "/in" + "<" not in page
    assert "收不到推送的单位" not in web.open("/bureau/reporting?kind=scenic", by=CITY)
    (one,) = api.get("/api/v1/bureau/unreached", key=CITY)["addresses"]
    assert (one["sender"], one["state"], one["waiting"]) == (HOTEL.id, "failing", 1)
    assert parse_instant(one["since"]) == began
    assert HOTEL.id in web.open("/bureau/unreached.csv", by=CITY)
    receiver.status = 200
    assert send(receiver, last + BACKOFF[NOTICED] + timedelta(days=1)) == 1
    assert [each["data"]["delivery"] for each in carry(HOTEL, now=last + timedelta(days=3))] == ["over"]
    assert api.get("/api/v1/bureau/unreached", key=CITY) == {"addresses": []}
    assert "收不到推送的单位" not in web.open("/bureau/reporting", by=CITY)


def test_removed_by_its_keeper_it_is_over_and_it_never_broke_the_silence(web: Web, api: Api) -> None:
    id, _ = add(NOW - timedelta(days=1))
    asked()
    now, receiver = web.clock.now, Receiver()
    receiver.status = 410
    send(receiver, now)
    carry(HOTEL, now=now)
    (one,) = api.get("/api/v1/bureau/unreached", key=CITY)["addresses"]
    assert one["state"] == "gone"
    day = now.date()
    with acting_for(BUREAU):
        (known,) = (each for each in senders() if each.id == HOTEL.id)
        told = LedgerStore().day(HOTEL.id, day)
    assert told is not None
    assert told.count("received") == 1
    assert report_of(known, told, day=day, closed="", now=now).state == "silent"
    web.send(f"/console/hooks/{id}/remove", by=OWNER, confirm="yes")
    carry(HOTEL, now=now + timedelta(minutes=1))
    assert api.get("/api/v1/bureau/unreached", key=CITY) == {"addresses": []}
    assert take() == set()
    assert "收不到" not in web.open("/bureau/reporting", by=DISTRICT)
