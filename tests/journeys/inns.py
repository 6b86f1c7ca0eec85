"""Two hotels with the same rooms, types and days: the demo inn, and a rival that was set up just like it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.persistence import directory
from chalicelib.tenancy.context import bind, duty
from infra.local.seed_hotel import seed_hotel
from tests.journeys.callers import Caller
from tests.journeys.town import PASSWORD, Enterprise, Town, inside

ROLES = ("owner", "desk", "house", "rates", "orders.read", "device", "kiosk")


@dataclass(frozen=True, kw_only=True)
class Inn:
    """A hotel, and a caller for each of its roles by API key; ``as_member``: the same at a browser."""

    enterprise: Enterprise
    keys: Mapping[str, Caller]

    @property
    def id(self) -> str:
        return self.enterprise.id

    @property
    def slug(self) -> str:
        return self.enterprise.slug

    def session(self, role: str) -> Caller:
        return self.enterprise.session(role)


def demo_inn(town: Town) -> Inn:
    """The demo's own, with a key for each role."""
    made = next(one for one in town.demo["tenants"] if one["kind"] == "hotel")
    logins = {
        login["login"].partition("@")[0]: (login["login"], login["password"])
        for login in town.demo["logins"]
        if login["tenant"] == made["slug"]
    }
    with inside(town.stack):
        return _inn(town, id=made["id"], slug=made["slug"], logins=logins)


def rival_inn(town: Town) -> Inn:
    """Another tenant with the demo inn's short names, rooms and guests."""
    slug, now = "rival-inn", datetime.now(UTC)
    logins = {}
    with inside(town.stack):
        tenant = control.create_tenant(
            kind="hotel",
            slug=slug,
            name="他山客栈",
            district="410184",
            entitlements=("hotel.rooms", "shop"),
            now=now,
            registry=ControlStore(),
        )
        directory.forget_directory()
        for role in ("owner", "desk", "house"):
            email = f"{role}@rival.example"
            logins[role] = (email, PASSWORD)
            control.add_member(
                tenant=tenant,
                email=email,
                password=PASSWORD,
                label=role,
                roles=(role,),
                now=now,
                registry=ControlStore(),
            )
        with bind(duty(tenant, "journeys")):
            seed_hotel(now=now)
        return _inn(town, id=tenant.id, slug=slug, logins=logins)


def _inn(town: Town, *, id: str, slug: str, logins: Mapping[str, Any]) -> Inn:
    tenant = directory.by_slug(slug)
    assert tenant is not None
    keys = {}
    for role in ROLES:
        secret, _ = control.issue_key(
            tenant=tenant.id,
            label=role,
            roles=(role,),
            actor="system:journeys",
            now=datetime.now(UTC),
            registry=ControlStore(),
        )
        keys[role] = Caller(base_url=town.stack.base_url, key=secret)
    enterprise = Enterprise(id=id, slug=slug, kind="hotel", caller=keys["owner"], logins=logins)
    return Inn(enterprise=enterprise, keys=keys)
