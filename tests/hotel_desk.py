"""A desk that speaks HTTP to the hotel's API on the engine: a tenant, its key, what it was answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.kernel.period import business_day
from chalicelib.persistence.journal import AuditRow, audited, envelopes_of
from chalicelib.tenancy.context import Tenant, bind, duty
from chalicelib.web.application import Application
from chalicelib.web.doors import forget_callers
from chalicelib.web.http import set_clock
from tenants.hotel.routes import blueprint
from tenants.hotel.store.memory import forget_hotel
from tests.hotel_world import NOW
from tests.unit.web_world import Answer, ask

DAY = date(2035, 10, 10)
API = "/api/v1/hotel"


class Desk:
    """A tenant's key and what it is answered. ``now`` is moved by the test."""

    def __init__(self, app: Application, tenant: Tenant, key: str) -> None:
        self.app, self.tenant, self.key, self.now = app, tenant, key, NOW
        self._number = 0
        set_clock(lambda: self.now)

    def ask(self, method: str, pattern: str, *, path: str = "", body: Any = None, key: str = "") -> Answer:
        self._number += 1
        return ask(
            self.app,
            method,
            API + pattern,
            path=API + (path or pattern),
            body=body,
            key=key or f"key-{self._number}",
            bearer=self.key,
        )

    def ok(self, method: str, pattern: str, **more: Any) -> Any:
        answer = self.ask(method, pattern, **more)
        assert answer.status in {200, 201}, answer.text
        return answer.json

    def said(self) -> list[dict[str, Any]]:
        return self.said_on(business_day(NOW), business_day(self.now))

    def said_on(self, *days: date) -> list[dict[str, Any]]:
        """What was said on these days."""
        with bind(duty(self.tenant, "test")):
            return [
                said for day in sorted(set(days)) for row in audited(day=day) for said in envelopes_of(row)
            ]

    def audited(self, action: str) -> list[AuditRow]:
        """What is on record of an action today."""
        with bind(duty(self.tenant, "test")):
            return [row for row in audited(day=business_day(self.now)) if row.action == action]


def opened_hotel(slug: str, *roles: str, name: str = "嵩云居") -> tuple[Tenant, str]:
    """A new hotel on an engine that runs, and a key of it that has these roles."""
    forget_callers()
    forget_hotel()
    tenant = control.create_tenant(
        kind="hotel",
        slug=slug,
        name=name,
        district="410185",
        entitlements=("hotel.rooms",),
        now=NOW,
        registry=ControlStore(),
    )
    return tenant, issued(tenant, *roles)


def issued(tenant: Tenant, *roles: str) -> str:
    """A further key of a hotel."""
    key, _ = control.issue_key(
        tenant=tenant.id, label="t", roles=roles, actor="system:test", now=NOW, registry=ControlStore()
    )
    return key


def hotel_app() -> Application:
    """An application with the hotel's routes alone."""
    app = Application("songyun")
    app.register_blueprint(blueprint())
    return app


@contextmanager
def opened_desk() -> Iterator[Desk]:
    """A new tenant's desk, on an engine that runs."""
    tenant, key = opened_hotel("songyun-inn", "owner")
    yield Desk(hotel_app(), tenant, key)
    set_clock(None)


def furnish(desk: Desk) -> None:
    """A property with two types, one plan and its derived one, and prices."""
    desk.ok(
        "PUT",
        "/properties/{property}",
        path="/properties/inn",
        body={
            "names": {"zh": "嵩云居", "en": "Songyun Inn"},
            "district": "410185",
            "stars": 4,
            "taxes": [{"code": "vat", "names": {"zh": "增值税"}, "permille": 60}],
        },
    )
    for number, type in enumerate(("twin", "king"), start=2):
        body = {"property": "inn", "names": {"zh": type}, "beds": {"single": 2}}
        desk.ok("PUT", "/types/{type}", path=f"/types/{type}", body=body)
        rooms = [{"number": f"{number}0{each}", "floor": f"{number}"} for each in (1, 2, 3)]
        made = desk.ok("PUT", "/types/{type}/rooms", path=f"/types/{type}/rooms", body={"rooms": rooms})
        assert made["rooms"] == 3
    plan = {
        "names": {"zh": "标准价"},
        "secured": "guarantee",
        "cancellation": [{"hours": 24}, {"hours": 0, "nights": 1}],
    }
    desk.ok("PUT", "/plans/{plan}", path="/plans/bar", body=plan)
    strict = {"names": {"zh": "预付"}, "derived": {"plan": "bar", "permille": 900}}
    desk.ok("PUT", "/plans/{plan}", path="/plans/strict", body=strict)
    rows = [
        {"type": type, "plan": "bar", "first": "2035-10-02", "last": "2035-12-31", "price": 40000}
        for type in ("twin", "king")
    ]
    outcome = desk.ok("PUT", "/ari", body={"rows": rows})
    assert (outcome["cells"], outcome["months"], outcome["refused"]) == (182, 6, 0)
