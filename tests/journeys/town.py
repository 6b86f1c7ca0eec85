"""A town: the whole product running, with the demo tenants, an area that is open all day, and strangers."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.commerce.orders.domain import Tier
from chalicelib.config import settings
from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.kernel.documents import check_digit
from chalicelib.kernel.period import business_day
from chalicelib.payments.stripe import forget_client
from chalicelib.persistence import directory, vault
from chalicelib.persistence.table import forget_connections
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import Tenant, bind, duty
from chalicelib.tenancy.credentials import forget_clients
from infra.local.fixture import Stack
from infra.local.seed import seed
from tenants.scenic.domain.area import Area, Capacity, Session, Timetable
from tenants.scenic.domain.product import Concession, Product
from tenants.scenic.store.catalogue import area_row, forget_catalogue, product_row
from tenants.scenic.store.ticket_keys import forget_ticket_keys
from tests.journeys.callers import Answer, Caller, next_number

AREA, PRODUCT, GATE, START = "valley", "stroll", "north", "00:00"
PRICE = 6000
PASSWORD = "a password for the journeys"
#: Everybody asks from one address here; the limits have tests of their own. Logs are read by a journey.
VARIABLES = {"SONGYUN_RATE_FACTOR": "1000", "SONGYUN_TELEMETRY": "lines"}


@contextmanager
def inside(stack: Stack) -> Iterator[None]:
    """This process as one of the stack's own: its environment, and no memory of another."""
    before = dict(os.environ)
    os.environ.update({**stack.environment, **VARIABLES})
    _forget()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        _forget()


def _forget() -> None:
    settings.cache_clear()
    forget_clients()
    forget_connections()
    directory.forget_directory()
    forget_catalogue()
    forget_ticket_keys()
    vault.forget_keys()
    forget_client()


def person(*, name: str = "", number: str = "", concession: str = "adult") -> dict[str, Any]:
    """A visitor nobody has seen yet, as the API takes one."""
    serial = next_number()
    return {
        "name": name or f"游客{serial}",
        "document": {"kind": "resident-id", "number": number or resident(serial)},
        "concession": concession,
    }


def resident(serial: int) -> str:
    """A resident ID that is valid in form and issued to nobody (a prefecture's code, not a county's)."""
    born = date(1960, 1, 1) + timedelta(days=serial // 900)
    body = f"410100{born:%Y%m%d}{serial % 900 + 100:03d}"
    return body + check_digit(body)


@dataclass(frozen=True, kw_only=True)
class Enterprise:
    """A tenant and the ways into it."""

    id: str
    slug: str
    kind: str
    caller: Caller
    logins: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def hold(self, *visitors: dict[str, Any], day: date | None = None, key: str = "") -> Answer:
        """Hold places in the area that is open all day."""
        return self.caller.post(
            "/api/v1/scenic/orders",
            {
                "product": PRODUCT,
                "day": (day or business_day(datetime.now(UTC))).isoformat(),
                "start": START,
                "visitors": list(visitors) or [person()],
            },
            key=key,
        )

    def pay(self, order: Mapping[str, Any], *, key: str = "") -> Answer:
        """Say that the money was taken at the desk."""
        body = {"method": "desk", "amount": order["total"]}
        return self.caller.post(f"/api/v1/scenic/orders/{order['id']}/payment", body, key=key)

    def admit(self, code: str, *, gate: str = GATE, key: str = "") -> Answer:
        """Scan a code at a gate of the area that is open all day."""
        return self.caller.post(
            f"/api/v1/scenic/gates/{gate}/admissions", {"area": AREA, "code": code}, key=key
        )

    def bought(self, *visitors: dict[str, Any], day: date | None = None) -> dict[str, Any]:
        """A paid order with its tickets."""
        held = self.hold(*visitors, day=day)
        assert held.status == 201, held.text
        paid = self.pay(held.json)
        assert paid.status == 200, paid.text
        order: dict[str, Any] = paid.json
        return order

    def session(self, role: str) -> Caller:
        """Someone of this tenant at a browser, logged in."""
        email, password = self.logins[role]
        plain = Caller(base_url=self.caller.base_url)
        shown = plain.get("/login")
        guest = Caller(base_url=plain.base_url, cookies=shown.headers["set-cookie"])
        done = guest.form("/login", {"csrf": csrf_of(shown), "email": email, "password": password})
        assert done.status == 303, done.text
        return Caller(base_url=plain.base_url, cookies=f"{guest.cookies}; {done.headers['set-cookie']}")


def csrf_of(shown: Answer) -> str:
    """The token in a page's form."""
    found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert found is not None, shown.text[:500]
    return found[1]


@dataclass(frozen=True, kw_only=True)
class Town:
    """A running stack and who is in it. ``other`` is a second scenic tenant with the same short names."""

    stack: Stack
    demo: Mapping[str, Any]
    scenic: Enterprise
    other: Enterprise
    bureau: Enterprise

    @property
    def nobody(self) -> Caller:
        return Caller(base_url=self.stack.base_url)

    def figures(self, *, of: Enterprise | None = None, day: date | None = None) -> dict[str, Any]:
        """A tenant's line on the bureau's wall, once everything under way has arrived."""
        self.stack.drain(timeout=90)
        query = {"day": day.isoformat()} if day else {}
        wall = self.bureau.caller.get("/api/v1/bureau/wall", **query).json
        sender = (of or self.scenic).id
        return next(line for line in wall["senders"] if line["sender"] == sender)

    def rows(self) -> dict[tuple[str, str], Any]:
        """Every row of the app table: what a refused request must leave as it was."""
        self.stack.drain(timeout=60)
        pages = self.stack.client("dynamodb").get_paginator("scan")
        table = self.stack.environment["SONGYUN_APP_TABLE"]
        found = pages.paginate(TableName=table, ConsistentRead=True)
        return {(row["pk"]["S"], row["sk"]["S"]): row for page in found for row in page["Items"]}


def settle(stack: Stack) -> Town:
    """Fill an empty stack with tenants and serve it."""
    stack.stripe()
    with inside(stack):
        os.environ["DATA_DIR"] = str(stack.data_dir)
        now = datetime.now(UTC)
        demo = seed(base_url=stack.base_url, now=now)
        scenic = _known(demo, "scenic", stack)
        bureau = _known(demo, "bureau", stack)
        other = _stranger(stack, now=now)
        for slug in (scenic.slug, other.slug):
            tenant = directory.by_slug(slug)
            assert tenant is not None
            with bind(duty(tenant, "journeys")):
                _open_all_day(now)
    stack.web()
    stack.pumps()
    town = Town(stack=stack, demo=demo, scenic=scenic, other=other, bureau=bureau)
    stack.drain(timeout=60)
    return town


def _known(demo: Mapping[str, Any], kind: str, stack: Stack) -> Enterprise:
    tenant = next(each for each in demo["tenants"] if each["kind"] == kind)
    logins = {
        login["login"].partition("@")[0]: (login["login"], login["password"])
        for login in demo["logins"]
        if login["tenant"] == tenant["slug"]
    }
    caller = Caller(base_url=stack.base_url, key=tenant["api_key"])
    return Enterprise(id=tenant["id"], slug=tenant["slug"], kind=kind, caller=caller, logins=logins)


def _stranger(stack: Stack, *, now: datetime) -> Enterprise:
    registry = ControlStore()
    tenant: Tenant = control.create_tenant(
        kind="scenic",
        slug="elsewhere",
        name="他山景区",
        district="410185",
        entitlements=("scenic.tickets",),
        now=now,
        registry=registry,
    )
    directory.forget_directory()
    secret, _ = control.issue_key(
        tenant=tenant.id,
        label="journeys",
        roles=("owner",),
        actor="system:journeys",
        now=now,
        registry=registry,
    )
    email = "owner@elsewhere.example"
    control.add_member(
        tenant=tenant,
        email=email,
        password=PASSWORD,
        label="负责人",
        roles=("owner",),
        now=now,
        registry=registry,
    )
    return Enterprise(
        id=tenant.id,
        slug=tenant.slug,
        kind="scenic",
        caller=Caller(base_url=stack.base_url, key=secret),
        logins={"owner": (email, PASSWORD)},
    )


def _open_all_day(now: datetime) -> None:
    """An area and a product whose one session lasts as long as the day: tests run at any hour."""
    area = Area(
        id=AREA,
        names={"zh": "北谷", "en": "North Valley", "ja": "北谷", "ko": "북곡"},
        capacity=Capacity(
            instant=1900, day=2000, approval="示例批复〔2025〕2号", approved_on=date(2025, 3, 1)
        ),
        timetables=(
            Timetable(
                valid_from=business_day(now) - timedelta(days=1),
                sessions=(Session(start=time(0, 0), end=time(23, 59), capacity=2000),),
            ),
        ),
        gates={GATE: "北门", "west": "西门"},
    )
    product = Product(
        id=PRODUCT,
        area=AREA,
        titles={"zh": "北谷散步票", "en": "Valley stroll", "ja": "北谷散策券", "ko": "북곡 산책권"},
        about={"zh": "全天有效。", "en": "Valid all day.", "ja": "終日有効。", "ko": "종일 유효."},
        classes=(
            Concession(
                code="adult",
                titles={"zh": "成人票", "en": "Adult", "ja": "大人", "ko": "성인"},
                price=PRICE,
            ),
        ),
        policy=(Tier(hours=24, permille=1000), Tier(hours=1, permille=800)),
    )
    work = UnitOfWork(action="journeys.catalogue", now=now)
    work.put(area_row(area))
    work.put(product_row(product))
    work.commit()
    forget_catalogue()
