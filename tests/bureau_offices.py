"""City and districts on the engine: five keys, a tenant of another district, and requests in their names."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.kernel.ids import TenantId
from chalicelib.persistence.directory import CredentialRow, MemberRow, TenantRow, fingerprint
from chalicelib.tenancy.context import Tenant
from chalicelib.web.http import set_clock
from infra.local.fixture import Stack
from tenants.bureau.store.grants import forget_grants
from tests.feed_world import BUREAU, NOW, forget, settle

ERQI = Tenant(
    id=TenantId("tn_" + "e" * 26), kind="scenic", slug="erqi-tower", name="二七纪念塔", district="410103"
)
CITY, TWO, DENGFENG, DISTRICT, PLAIN = ("sk_" + letter * 43 for letter in "ctdpq")
KEYS = {
    CITY: ("member:mb_city", {"bureau.read", "bureau.command", "bureau.approve", "bureau.delegate"}),
    TWO: ("member:mb_two", {"bureau.read", "bureau.approve"}),
    DENGFENG: (
        "member:mb_dengfeng",
        {"bureau.read@410185", "bureau.command@410185", "bureau.approve@410185", "bureau.delegate@410185"},
    ),
    DISTRICT: ("member:mb_erqi", {"bureau.read@410103"}),
    PLAIN: ("member:mb_plain", {"desk"}),
}
FORM = {"Content-Type": "application/json"}


@pytest.fixture
def http(engine: Stack) -> Iterator[Any]:
    from app import app

    forget()
    forget_grants()
    settle()
    for pk, sk in (
        (f"TENANT#{ERQI.id}", "-"),
        (f"SLUG#{ERQI.slug}", "-"),
        ("REGISTER", ERQI.id),
        ("REGISTER#scenic", ERQI.id),
    ):
        TenantRow(
            pk,
            sk,
            tenant=ERQI.id,
            tenant_kind=ERQI.kind,
            slug=ERQI.slug,
            name=ERQI.name,
            district=ERQI.district,
            status="active",
        ).put()
    for secret, (actor, roles) in KEYS.items():
        CredentialRow(
            f"CREDENTIAL#{fingerprint(secret)}",
            "-",
            tenant=BUREAU.id,
            actor=actor,
            label=actor,
            means="key",
            roles=roles,
        ).put()
        MemberRow(
            f"TENANT#{BUREAU.id}",
            f"MEMBER#{actor.removeprefix('member:')}",
            tenant=BUREAU.id,
            member=actor.removeprefix("member:"),
            label=actor,
            hint="",
            roles=roles,
        ).put()
    set_clock(lambda: NOW)
    with Client(app) as client:
        yield client.http
    set_clock(None)


def headers(key: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Accept-Language": "zh", **more}


once = iter(range(10_000))


def post(http: Any, path: str, body: Any, *, key: str = CITY) -> Any:
    key_once = f"k{next(once)}"
    given = headers(key, **FORM, **{"Idempotency-Key": key_once})
    return http.post(path, headers=given, body=json.dumps(body))


def command(http: Any, *, key: str = CITY, **body: Any) -> Any:
    return post(http, "/api/v1/bureau/commands", body, key=key)


def get(http: Any, path: str, *, key: str) -> Any:
    return http.get(path, headers=headers(key))
