"""The stack under measurement: its own engine, web and pumps processes, and a shop with large sessions."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from chalicelib.commerce.orders.domain import Tier
from chalicelib.config import settings
from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.kernel.documents import check_digit
from chalicelib.kernel.period import business_day
from chalicelib.messaging import consumer
from chalicelib.persistence.directory import forget_directory
from chalicelib.persistence.table import forget_connections
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.persistence.vault import forget_keys
from chalicelib.tenancy.context import Tenant, bind, duty
from chalicelib.tenancy.credentials import forget_clients
from chalicelib.web.answers import forget_headers
from infra.local.fixture import Stack
from infra.local.process import Child, free_port
from infra.local.pumps.wire import Engine
from infra.local.stack import REGION
from tenants.scenic.domain.area import Area, Capacity, Session, Timetable
from tenants.scenic.domain.product import Concession, Product
from tenants.scenic.store.catalogue import area_row, forget_catalogue, product_row
from tenants.scenic.store.ticket_keys import forget_ticket_keys
from tests.bench.processes import Meter, family

ROOT = Path(__file__).resolve().parents[2]
AREA, PRODUCT, GATE = "valley", "entry", "south"
ALL_DAY = time(0, 0)
"""The start of the session that is on sale and admits at any hour."""

_VARIABLES = {"SONGYUN_TELEMETRY": "off", "SONGYUN_RATE_FACTOR": "1000000", "PYTHONWARNINGS": "ignore"}


@dataclass
class World:
    """One running stack and the tenants on it.

    ``scenic`` has 30,000 places a day in one area, ``small`` has 4,000, like the demo's.
    """

    stack: Stack
    stripe_port: int
    scenic: Tenant
    small: Tenant
    bureau: Tenant
    key: str
    children: dict[str, Child] = field(default_factory=dict)
    people: int = 0

    @property
    def engine(self) -> Engine:
        """A plain connection to the engine (one per thread)."""
        return Engine(endpoint=self.stack.endpoint, region=REGION)

    @property
    def stripe_url(self) -> str:
        """Where the local stand-in for Stripe listens."""
        return f"http://127.0.0.1:{self.stripe_port}"

    def start(self, name: str) -> None:
        """Start the process ``web``, ``pumps`` or ``stripe`` if it does not run."""
        if name in self.children:
            return
        arguments = {
            "web": ["--port", str(self.stack.web_port)],
            "pumps": ["--data-dir", str(self.stack.data_dir), "--no-schedules"],
            "stripe": [
                *("--port", str(self.stripe_port)),
                *("--data-dir", str(self.stack.data_dir.parent / "stripe")),
                *("--webhook", f"{self.stack.base_url}/hooks/stripe"),
                *("--webhook-secret", os.environ["STRIPE_WEBHOOK_SECRET"]),
                *("--webhook-events", "checkout.session.completed"),
            ],
        }[name]
        child = Child(
            module=f"infra.local.{name}",
            arguments=arguments,
            environment={**os.environ, **self.stack.environment},
            cwd=ROOT,
        )
        child.start()
        self.children[name] = child

    def stop(self, name: str) -> None:
        """End one of the processes."""
        child = self.children.pop(name, None)
        if child is not None:
            child.stop()

    def meter(self, *names: str) -> Meter:
        """A meter of these processes; ``engine`` includes the child that writes to disk."""
        pids = {
            name: self.stack.engine_pid if name == "engine" else self.children[name].pid for name in names
        }
        return Meter({name: family(pid) for name, pid in pids.items()})

    @contextlib.contextmanager
    def acting(self) -> Iterator[None]:
        """Act for the scenic tenant in this process."""
        with bind(duty(self.scenic, "bench")):
            yield

    def person(self) -> str:
        """An ID number nobody has used here yet: valid in form, issued to nobody."""
        self.people += 1
        return id_number(self.people)


def id_number(count: int) -> str:
    """The ``count``-th invented resident ID: region 410100, a grown-up."""
    born = date(1970, 1, 1) + timedelta(days=count // 999)
    body = f"410100{born:%Y%m%d}{count % 999 + 1:03d}"
    return body + check_digit(body)


@contextlib.contextmanager
def world() -> Iterator[World]:
    """A stack of its own in a folder of its own: engine running, tenants and catalogue in place."""
    folder = Path(tempfile.mkdtemp(prefix="songyun-bench-"))
    stripe_port = free_port()
    variables = {
        **_VARIABLES,
        "STRIPE_SECRET_KEY": f"sk_test_local{secrets.token_hex(12)}",
        "STRIPE_API_BASE": f"http://127.0.0.1:{stripe_port}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_local{secrets.token_hex(16)}",
    }
    try:
        with Stack(data_dir=folder / "data", variables=variables) as stack:
            forget()
            made = _settled(stack, stripe_port)
            try:
                yield made
            finally:
                for name in ("web", "pumps", "stripe"):
                    made.stop(name)
    finally:
        forget()
        shutil.rmtree(folder, ignore_errors=True)


def forget() -> None:
    """Remember nothing of another engine in this process."""
    settings.cache_clear()
    forget_headers()
    forget_clients()
    forget_connections()
    forget_directory()
    forget_catalogue()
    forget_keys()
    forget_ticket_keys()
    consumer.forget_homes()


def _settled(stack: Stack, stripe_port: int) -> World:
    now = datetime.now(UTC)
    bureau = _tenant("bureau", "city-bureau", now)
    scenic, small = _tenant("scenic", "grand-valley", now), _tenant("scenic", "little-valley", now)
    key, _ = control.issue_key(
        tenant=scenic.id, label="bench", roles=("owner",), actor="bench", now=now, registry=ControlStore()
    )
    _settle(scenic, area(business_day(now)), now=now)
    _settle(small, area(business_day(now), small=True), now=now)
    return World(stack=stack, stripe_port=stripe_port, scenic=scenic, small=small, bureau=bureau, key=key)


def _tenant(kind: str, slug: str, now: datetime) -> Tenant:
    return control.create_tenant(
        kind=kind,
        slug=slug,
        name="大峡谷景区" if kind == "scenic" else "市文化广电和旅游局",
        district="410185" if kind == "scenic" else "410100",
        entitlements=("scenic.tickets",) if kind == "scenic" else (),
        now=now,
        registry=ControlStore(),
    )


def _settle(tenant: Tenant, made: Area, *, now: datetime) -> None:
    with bind(duty(tenant, "bench")):
        work = UnitOfWork(action="bench.catalogue", now=now)
        work.put(area_row(made))
        work.put(product_row(product()))
        work.commit()
    forget_catalogue()


def area(today: date, *, small: bool = False) -> Area:
    """An area with one session that runs all day and three within it."""
    places = (300, 1_500, 1_500, 700) if small else (12_000, 7_000, 7_000, 4_000)
    bounds = ((ALL_DAY, time(23, 59)), (time(8), time(12)), (time(12), time(17)), (time(17), time(23, 59)))
    sessions = tuple(
        Session(start=start, end=end, capacity=capacity)
        for (start, end), capacity in zip(bounds, places, strict=True)
    )
    return Area(
        id=AREA,
        names={"zh": "大峡谷景区", "en": "Grand Valley", "ja": "大峡谷景勝地", "ko": "대협곡 관광지"},
        capacity=Capacity(
            instant=60_000, day=60_000, approval="示例批复〔2025〕2号", approved_on=date(2025, 3, 1)
        ),
        timetables=(Timetable(valid_from=today - timedelta(days=30), sessions=sessions),),
        gates={GATE: "南门", "east": "东门"},
        notice={"zh": "山路湿滑,请穿防滑鞋。", "en": "Paths may be slippery: wear shoes with grip."},
        place=(34.5071, 112.9353),
    )


def product() -> Product:
    """One product in four classes."""
    return Product(
        id=PRODUCT,
        area=AREA,
        titles={"zh": "大峡谷景区门票", "en": "Grand Valley entry ticket"},
        about={
            "zh": "含入园与步道;不含索道。请在所选时段内检票。",
            "en": "Entry and footpaths; cable car not included. Enter within the session you choose.",
        },
        classes=tuple(
            Concession(code=code, titles={"zh": title, "en": code}, price=price)
            for code, title, price in (
                ("adult", "成人票", 8000),
                ("youth", "青少年票", 4000),
                ("student", "学生票", 4000),
                ("senior", "老年票", 0),
            )
        ),
        policy=(Tier(hours=24, permille=1000), Tier(hours=2, permille=800), Tier(hours=0, permille=500)),
    )


def order_body(number: str, *, day: date) -> dict[str, Any]:
    """The API's order of one named adult for the all-day session."""
    visitor = {
        "name": "示例游客",
        "document": {"kind": "resident-id", "number": number},
        "concession": "adult",
    }
    return {"product": PRODUCT, "day": day.isoformat(), "start": "00:00", "visitors": [visitor]}
