"""A visitor's way through the pages, as a browser without scripts goes it, and what the pages weigh."""

from __future__ import annotations

import http.client
import re
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from chalicelib.kernel.period import SHANGHAI
from infra.visitors.client import Client, Unexpected, read_page
from tests.bench.figures import Report
from tests.bench.orders import today
from tests.bench.processes import Rounds
from tests.bench.world import PRODUCT, World

_SESSION = re.compile(r"cs_[A-Za-z0-9_]+")
_PATIENCE = 5.0


def measure(world: World, report: Report, scale: Any) -> None:
    """Shop, day and session, visitors, order, payment, tickets."""
    for name in ("stripe", "web", "pumps"):
        world.start(name)
    requests = 0
    for _ in range(max(2, scale.warm // 10)):
        requests = _buy(world)
    world.stack.drain()
    spent = []
    for _ in range(scale.rounds):
        meter = world.meter("web")
        before = meter.read()["web"]
        for _ in range(scale.flows):
            requests = _buy(world)
        world.stack.drain()
        spent.append((meter.read()["web"] - before) * 1000 / scale.flows)
    report.put("web_checkout_cpu_ms", Rounds(spent))
    report.put("web_checkout_requests", requests)
    report.put("storefront_page_kb", heaviest(world))


def heaviest(world: World) -> float:
    """HTML, styles and scripts (kB) of the heaviest page on the way to an order."""
    return max(weigh(world, path) for path in (_shop(world), _goods(world), _party(world)))


def weigh(world: World, path: str) -> float:
    """A page with the styles and scripts it loads, uncompressed, without pictures."""
    client = Client(world.stack.base_url)
    page = client.get(path)
    size = len(page.body)
    for asset in dict.fromkeys(read_page(page.body, path=path).assets):
        size += len(client.get(asset).body)
    client.close()
    return size / 1000


def _shop(world: World) -> str:
    return f"/s/{world.small.slug}"


def _goods(world: World) -> str:
    return f"{_shop(world)}/p/{PRODUCT}"


def _party(world: World) -> str:
    return f"{_goods(world)}/visitors?day={today().isoformat()}&start={_session()}&adult=1"


def _session() -> str:
    """The start of a session that can be had now."""
    hour = datetime.now(SHANGHAI).hour
    return "12:00" if hour < 16 else "17:00"


def _buy(world: World) -> int:
    """One visitor, from the shop front to the tickets; how many requests that took."""
    client = Client(world.stack.base_url)
    client.get(_shop(world))
    client.get(f"{_goods(world)}?day={today().isoformat()}")
    path = _party(world)
    form = read_page(client.get(path).body, path=path).form("csrf", "key", "visitors.0.name")
    form.fields |= {"visitors.0.name": "示例游客", "visitors.0.number": world.person()}
    order = client.submit(form).headers["location"]
    pay = read_page(client.get(order).body, path=order).form("csrf", "method")
    pay.fields["method"] = "card"
    session = _SESSION.search(client.submit(pay).headers["location"])
    if session is None:
        raise Unexpected("paying did not lead to the provider")
    _pay(world, session[0])
    looks = _look(client, f"{order}&paid=1")
    client.close()
    return 6 + looks


def _look(client: Client, path: str) -> int:
    """Back from the provider: look until the ticket is there; how often."""
    looks, deadline = 1, time.monotonic() + _PATIENCE
    while b'class="qr' not in client.get(path).body:
        if time.monotonic() > deadline:
            raise Unexpected(f"no ticket after {_PATIENCE:.0f} s: {path}")
        time.sleep(0.05)
        looks += 1
    return looks


def _pay(world: World, session: str) -> None:
    """What a payer does on the provider's page, through the stand-in's control endpoint."""
    address = urlsplit(world.stripe_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    connection.request("POST", f"/_standin/sessions/{session}/pay", body=b"")
    response = connection.getresponse()
    said = response.read()
    connection.close()
    if response.status != 200:
        raise Unexpected(f"the stand-in for Stripe answered {response.status}: {said[:200]!r}")
