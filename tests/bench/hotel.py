"""A hotel's figures: searching, booking three nights, prices in bulk, the last room, the night audit."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.kernel.period import business_day
from chalicelib.tenancy.context import bind, duty
from infra.visitors.client import Client, Unexpected
from tenants.hotel.store.memory import forget_hotel
from tenants.hotel.usecases import night_audit
from tests.accounts_world import EngineMoney
from tests.bench import inn
from tests.bench.counted import Inside, inside
from tests.bench.figures import Report
from tests.bench.orders import rounds
from tests.bench.processes import Rounds
from tests.bench.world import World
from tests.hotel_full import arrive, full_house
from tests.hotel_world import DAY as AUDITED
from tests.hotel_world import INN as AUDITED_INN

_DAY = timedelta(days=1)
_RIVALS = 20
_SEARCH = "/api/v1/hotel/availability"


def measure(world: World, report: Report, scale: Any) -> None:
    """Everything of the hotel's, in a house of its own."""
    made = inn.opened()
    world.stop("pumps")
    _searches(world, made, report, scale)
    world.start("web")
    world.start("pumps")
    _bookings(world, made, report, scale)
    _last_rooms(world, made, report, scale)
    _cells(world, made, report)
    _audit(made, report)
    world.stack.drain(timeout=120)


def _searches(world: World, made: inn.Inn, report: Report, scale: Any) -> None:
    """A month of twenty types in five plans, nothing remembered of it, through the API in this process."""
    query = _query(made.month, inn.NIGHTS)
    with inside(world, key=made.key) as app:
        _search(app, query)
        app.costs.clear()  # the first one also asked who is calling
        cold = [[_search(app, query) for _ in range(max(5, scale.flows // 2))] for _ in range(scale.rounds)]
        asked = app.of("hotel.search-availability")
        report.put("availability_search_reads", max(cost.calls for cost in asked))
        warm = [[_search(app, query, cold=False) for _ in range(10)] for _ in range(scale.rounds)]
    report.put("availability_search_cpu_ms", Rounds([sum(each) / len(each) for each in cold]))
    report.put("availability_search_again_cpu_ms", Rounds([sum(each) / len(each) for each in warm]))


def _search(app: Inside, query: dict[str, str], *, cold: bool = True) -> float:
    """CPU milliseconds of one search; it must have found all there is."""
    if cold:
        forget_hotel()
    found = app.get(_SEARCH, query=query)
    offers = sum(len(one["offers"]) for one in found["types"] if one["type"] in inn.TYPES)
    if offers != 100 or {one["left"] for one in found["types"] if one["type"] in inn.TYPES} != {5}:
        raise Unexpected(f"{offers} offers of a hundred")
    return app.spent


def _bookings(world: World, made: inn.Inn, report: Report, scale: Any) -> None:
    """A stay of three nights: search, hold, confirm."""
    client, ahead = Client(world.stack.base_url, key=made.key), iter(range(100_000))

    def book() -> None:
        number = next(ahead)
        first = business_day(datetime.now(UTC)) + (2 + 3 * (number // len(inn.TYPES)) % 90) * _DAY
        type = inn.TYPES[number % len(inn.TYPES)]
        query = urlencode(_query(first, 3))
        found = _ask(client, "GET", f"{_SEARCH}?{query}", made.key)
        offers = next(one for one in found["types"] if one["type"] == type)["offers"]
        total = next(offer for offer in offers if offer["plan"] == "bar")["total"]
        held = client.post("/api/v1/hotel/bookings", _body(type, first, 3, price=total), expect=201)
        client.post(f"/api/v1/hotel/bookings/{held['id']}/guarantee", {}, expect=200)

    for _ in range(max(10, scale.warm // 4)):
        book()
    world.stack.drain()
    spent = rounds(world, book, times=scale.flows * 2, of=scale.rounds)
    report.put("hotel_booking_cpu_ms", spent["web"])
    report.put("hotel_booking_engine_cpu_ms", spent["engine"])
    report.put("hotel_booking_async_cpu_ms", spent["pumps"])
    client.close()


def _last_rooms(world: World, made: inn.Inn, report: Report, scale: Any) -> None:
    """Twenty at once want the only room of a type for three nights that overlap, night after night."""
    over = under = 0
    for attempt in range(scale.rounds * 4):
        first = made.month + (6 * attempt) * _DAY
        sold = _race(world, made, first)
        over, under = over + max(0, sold - 1), under + (sold == 0)
    if under:
        raise Unexpected(f"{under} times nobody got the last room")
    report.put("hotel_last_room_oversold", over)


def _race(world: World, made: inn.Inn, first: date) -> int:
    """How many stays over one and the same night (the third from ``first``) were sold."""
    barrier, answers = threading.Barrier(_RIVALS), Counter[int]()

    def rival(number: int) -> None:
        client = Client(world.stack.base_url, key=made.key)
        body = json.dumps(_body(inn.LAST_ROOM, first + number % 3 * _DAY, 3)).encode()
        barrier.wait()
        answer = client.send("POST", "/api/v1/hotel/bookings", headers=_headers(made.key), body=body)
        answers[answer.status] += 1
        client.close()

    threads = [threading.Thread(target=rival, args=(number,)) for number in range(_RIVALS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if answers[201] + answers[409] != _RIVALS:
        raise Unexpected(f"the race for the last room was answered {dict(answers)}")
    return answers[201]


def _cells(world: World, made: inn.Inn, report: Report) -> None:
    """Ten types, five plans, five hundred days: one request."""
    now = datetime.now(UTC)
    with bind(duty(made.tenant, "bench")):
        inn.with_bases(now)
    today = business_day(now)
    days = [(today + ahead * _DAY).isoformat() for ahead in range(500)]
    rows = [
        {"type": type, "plan": plan, "first": day, "last": day, "price": 20_000 + number}
        for type in inn.PRICED
        for plan in inn.BASES
        for number, day in enumerate(days)
    ]
    time.sleep(6)  # what the site knows of the plans is five seconds old at most
    client = Client(world.stack.base_url, key=made.key)
    before = _left(client, made)
    body = json.dumps({"rows": rows}).encode()
    meter = world.meter("web")
    began, spent = time.monotonic(), meter.read()["web"]
    answer = client.send("PUT", "/api/v1/hotel/ari", headers=_headers(made.key), body=body)
    report.put("ari_25000_cells_s", time.monotonic() - began)
    report.put("ari_25000_cells_cpu_s", meter.read()["web"] - spent)
    told = answer.json()
    if answer.status != 200 or told["cells"] != 25_000 or told["refused"]:
        raise Unexpected(f"25,000 cells were answered {answer.status}: {answer.body[:200]!r}")
    time.sleep(2)
    if _left(client, made) != before:
        raise Unexpected("setting prices has touched what is sold")
    client.close()


def _left(client: Client, made: inn.Inn) -> dict[str, int]:
    found = _ask(client, "GET", f"{_SEARCH}?{urlencode(_query(made.month, inn.NIGHTS))}", made.key)
    return {one["type"]: one["left"] for one in found["types"]}


def _audit(made: inn.Inn, report: Report) -> None:
    """A hundred and fifty rooms with guests: the day closes, every room is charged once."""
    with bind(duty(made.tenant, "bench")):
        audited = EngineMoney()
        audited.now = AUDITED_INN.arrival(AUDITED)
        arrive(audited, full_house(audited))
        audited.now += timedelta(hours=12, minutes=5)
        began, spent = time.monotonic(), time.process_time()
        closed = night_audit.run_due(AUDITED_INN.id, unit=audited.unit)
        report.put("night_audit_150_rooms_s", time.monotonic() - began)
        report.put("night_audit_150_rooms_cpu_s", time.process_time() - spent)
    if [one.rooms for one in closed] != [150]:
        raise Unexpected("the audit did not charge a hundred and fifty rooms")


def _query(first: date, nights: int) -> dict[str, str]:
    depart = first + nights * _DAY
    return {"arrive": first.isoformat(), "depart": depart.isoformat(), "property": inn.INN}


def _body(type: str, first: date, nights: int, **more: object) -> dict[str, Any]:
    return {
        "arrive": first.isoformat(),
        "depart": (first + nights * _DAY).isoformat(),
        "rooms": [{"type": type, "plan": "bar"}],
        "contact": {"name": "示例甲", "phone": "13800000000"},
        "guests": [{"name": "示例乙"}],
        **more,
    }


def _headers(key: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"{time.time_ns():x}-{threading.get_ident():x}",
    }


def _ask(client: Client, method: str, path: str, key: str) -> Any:
    answer = client.send(method, path, headers=_headers(key))
    if answer.status != 200:
        raise Unexpected(f"{path}: {answer.status}: {answer.body[:200]!r}")
    return answer.json()
