"""The product in this process: a journey can move its clock, from an afternoon to a morning days later."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from chalicelib.config import settings
from chalicelib.kernel.period import business_day, local
from chalicelib.messaging import consumer
from chalicelib.messaging.schedules import run
from chalicelib.web.answers import forget_headers
from chalicelib.web.doors import forget_callers
from chalicelib.web.http import set_clock
from infra.local.doors.gateway import Gateway
from infra.local.doors.house import House
from infra.local.doors.page import serve
from infra.local.fixture import Stack
from infra.local.process import free_port
from infra.local.pumps.run import Pumps
from infra.local.seed import seed
from infra.local.stack import REGION
from infra.local.web import Site
from tenants import modules
from tenants.hotel.store.memory import forget_hotel
from tests.journeys.town import VARIABLES, inside

_CHECK_IN, _LATEST = time(14, 30), time(22, 30)


@dataclass
class Running:
    """Engine and stand-in for Stripe as processes; site, pumps and doors in threads here, under one clock."""

    stack: Stack
    demo: Mapping[str, Any]
    doors_url: str
    ahead: timedelta = timedelta(0)
    logins: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def now(self) -> datetime:
        """The time here: the machine's, moved."""
        return datetime.now(UTC) + self.ahead

    def move_to(self, moment: datetime) -> None:
        """It is ``moment`` now, and goes on from there. Whoever kept something for seconds forgets it."""
        self.ahead = moment - datetime.now(UTC)
        _forget()

    def perform(self, duty: str) -> None:
        """A duty of the hotels, as its schedule would start it now."""
        hotel = next(one for one in modules() if one.key == "hotel")
        run(hotel, next(one for one in hotel.schedules if one.name == duty), now=self.now())


@contextmanager
def running() -> Iterator[Running]:
    """The demo, in the afternoon of its day: between the hour of check-in and late evening."""
    import app

    with Stack(variables=dict(VARIABLES), expires=False) as stack, ExitStack() as ends:
        stack.stripe()
        variables = {**stack.environment, **stack._variables}
        ends.enter_context(inside(stack))
        os.environ.update({**variables, "DATA_DIR": str(stack.data_dir), "SONGYUN_TELEMETRY": "off"})
        settings.cache_clear()
        port = free_port()
        made = Running(stack=stack, demo={}, doors_url=f"http://127.0.0.1:{port}")
        ends.callback(_forget)
        _forget()
        made.move_to(_afternoon(datetime.now(UTC)))
        set_clock(made.now)
        ends.callback(set_clock, None)
        made.demo = seed(base_url=stack.base_url, now=made.now())
        made.logins = {one["login"]: (one["login"], one["password"]) for one in made.demo["logins"]}
        site = Site(app=app.app, port=stack.web_port)
        _thread(site.serve_forever, 0.05)
        ends.callback(site.server_close)
        ends.callback(site.finish)
        house = House(stack.data_dir / "doors.json", devices=made.demo["doors"]["devices"])
        gateway = Gateway(house, base_url=stack.base_url, key=made.demo["doors"]["key"], clock=made.now)
        _thread(gateway.run)
        ends.callback(gateway.stop)
        doors = serve(house, port=port, clock=made.now)
        _thread(doors.serve_forever, 0.05)
        ends.callback(doors.server_close)
        ends.callback(doors.shutdown)
        pumps = Pumps(
            app=app.app,
            endpoint=stack.endpoint,
            region=REGION,
            tables={key: os.environ[f"SONGYUN_{key.upper()}_TABLE"] for key in ("app", "control", "ledger")},
            data_dir=stack.data_dir,
            schedules=False,
        )
        pumps.start()
        ends.callback(pumps.stop)
        yield made


def _afternoon(now: datetime) -> datetime:
    """Now if guests may move in now and the evening is long, else the next afternoon."""
    today = business_day(now)
    if local(today, _CHECK_IN) <= now <= local(today, _LATEST):
        return now
    day = today if now < local(today, _CHECK_IN) else today + timedelta(days=1)
    return local(day, _CHECK_IN)


def _forget() -> None:
    forget_hotel()
    forget_callers()
    consumer.forget_homes()
    forget_headers()


def _thread(work: Any, *arguments: Any) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()
