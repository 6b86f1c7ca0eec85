"""The first tenants of a deployed artefact, and what they do."""

import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.messaging.returns.store import ReturnStore
from chalicelib.persistence import directory
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind, duty
from infra.local.seed_hotel import seed_hotel
from tests.journeys.artefact_world import World, invoked
from tests.journeys.callers import Caller
from tests.journeys.town import Enterprise, _open_all_day, csrf_of, inside
from tests.returns_world import asked_of_us

_ENTITLED = {"scenic": ("scenic.tickets",), "hotel": ("hotel.rooms",), "bureau": ()}


@dataclass(frozen=True, kw_only=True)
class Tenants:
    """A scenic area that is open all day, a hotel with prices, and the bureau."""

    scenic: Enterprise
    hotel: Enterprise
    bureau: Enterprise


def settled(world: World) -> Tenants:
    """Made with the operator's rights, as an installation's first ones are."""
    before, now = dict(os.environ), datetime.now(UTC)
    with inside(world):  # type: ignore[arg-type]  # it only reads the environment
        made = Tenants(**{kind: _tenant(kind, world, now) for kind in _ENTITLED})
        for enterprise, furnish in (
            (made.scenic, lambda: _open_all_day(now)),
            (made.hotel, lambda: seed_hotel(now=now)),
        ):
            tenant = directory.by_slug(enterprise.slug)
            assert tenant is not None
            with bind(duty(tenant, "journeys")):
                furnish()
    assert dict(os.environ) == before
    return made


def logged_in(world: World, enterprise: Enterprise) -> Caller:
    """The owner's session. The engine takes any form that is posted for its Cognito's: the function is
    asked itself, with the event that the gateway would have made.
    """
    shown = world.caller().get("/login")
    email, password = enterprise.logins["owner"]
    form = {"csrf": csrf_of(shown), "email": email, "password": password}
    event = {
        "httpMethod": "POST",
        "path": "/login",
        "headers": {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": shown.headers["set-cookie"],
        },
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": "/login",
            "identity": {"sourceIp": "203.0.113.9"},
        },
        "body": urlencode(form),
        "isBase64Encoded": False,
    }
    answer = invoked(world, "core", event)
    assert answer["statusCode"] == 303, answer
    given = answer["multiValueHeaders"]["Set-Cookie"]
    cookies = "; ".join(cookie.partition(";")[0] for cookie in given)
    return replace(world.caller(), cookies=f"{shown.headers['set-cookie']}; {cookies}")


def booked(hotel: Enterprise, *, arrive: date) -> dict[str, Any]:
    """One room for one night, guaranteed."""
    body = {
        "arrive": arrive.isoformat(),
        "depart": (arrive + timedelta(days=1)).isoformat(),
        "rooms": [{"type": "king", "plan": "standard"}],
        "contact": {"name": "示例甲", "phone": "13800000000"},
    }
    held = hotel.caller.post("/api/v1/hotel/bookings", body)
    assert held.status == 201, held.text
    firm = hotel.caller.post(f"/api/v1/hotel/bookings/{held.json['id']}/guarantee", {})
    assert firm.status == 200, firm.text
    found: dict[str, Any] = firm.json
    return found


def asked_for_return(world: World, hotel: Enterprise) -> str:
    """The bureau has asked for last month's return; its id."""
    asked, now = asked_of_us(), datetime.now(UTC)
    with inside(world):  # type: ignore[arg-type]  # it only reads the environment
        tenant = directory.by_slug(hotel.slug)
        assert tenant is not None
        with bind(duty(tenant, "journeys")):
            work = UnitOfWork(action="journeys.ask", now=now)
            ReturnStore(work).keep(asked)
            work.commit()
    return asked.id


def waiting(world: World, queue: str) -> int:
    """Messages that lie in a queue."""
    sqs = world.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    said = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(said["Attributes"]["ApproximateNumberOfMessages"])


def _tenant(kind: str, world: World, now: datetime) -> Enterprise:
    registry = ControlStore()
    tenant = control.create_tenant(
        kind=kind,
        slug=f"shipped-{kind}",
        name=f"试运行{kind}",
        district="410185",
        entitlements=_ENTITLED[kind],
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
    email, password = f"owner@{kind}.example", "a password for the artefact"
    control.add_member(
        tenant=tenant,
        email=email,
        password=password,
        label="负责人",
        roles=("owner",),
        now=now,
        registry=registry,
    )
    return Enterprise(
        id=tenant.id,
        slug=tenant.slug,
        kind=kind,
        caller=world.caller(key=secret),
        logins={"owner": (email, password)},
    )
