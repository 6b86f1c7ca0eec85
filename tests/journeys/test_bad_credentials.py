"""Tokens, sessions, forms of other sites, notices nobody signed: none of them gets in or changes a row."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.kernel.ids import TenantId
from tests.journeys.callers import Caller
from tests.journeys.refusals import ORDERS, order_asked, refused
from tests.journeys.town import AREA, Town, csrf_of, inside

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("unchanged")]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer sk_",
        "Bearer sk_" + "a" * 43,
        "Basic c2E6",
        "Bearer " + "a" * 5_000,
        "Bearer \x01",
        "bearer null",
    ],
    ids=lambda given: given[:20] or "none",
)
def test_a_token_that_nobody_issued_is_refused(town: Town, authorization: str) -> None:
    caller = town.nobody.with_headers(Authorization=authorization) if authorization else town.nobody
    for path in (ORDERS, "/api/v1/bureau/wall", "/api/v1/scenic/catalogue"):
        refused(caller.get(path), 401)
    refused(caller.post(ORDERS, order_asked()), 401)


def test_a_revoked_key_and_an_ended_session_open_nothing(town: Town) -> None:
    now = datetime.now(UTC)
    with inside(town.stack):
        secret, key = control.issue_key(
            tenant=TenantId(town.scenic.id),
            label="short-lived",
            roles=("owner",),
            actor="system:journeys",
            now=now,
            registry=ControlStore(),
        )
        control.revoke_key(
            tenant=TenantId(town.scenic.id),
            key=key.id,
            actor="system:journeys",
            now=now,
            registry=ControlStore(),
        )
    refused(replace(town.scenic.caller, key=secret).get(ORDERS), 401)

    desk = town.scenic.session("desk")
    console = desk.get("/console")
    assert console.status == 200
    assert desk.form("/logout", {"csrf": csrf_of(console)}).status == 303
    again = desk.get("/console")
    assert (again.status, again.headers["location"].partition("?")[0]) == (303, "/login")


def _forms(town: Town) -> tuple[Caller, str, str]:
    """A clerk at a browser, the token of their forms, and a form that would close the area."""
    desk = town.scenic.session("desk")
    token = csrf_of(desk.get("/console"))
    return desk, token, f"/console/areas/{AREA}/status"


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("wrong", {}),
        ("0" * 64, {}),
        ("right", {"Origin": "https://elsewhere.example"}),
        ("right", {"Origin": "null"}),
        ("right", {"Origin": "http://127.0.0.1"}),
        ("right", {"Sec-Fetch-Site": "cross-site"}),
        ("right", {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_a_form_that_another_site_sends_is_refused(town: Town, token: str, headers: dict[str, str]) -> None:
    desk, right, address = _forms(town)
    fields = {"status": "closed", "reason": "weather", "confirm": "yes"}
    if token:
        fields["csrf"] = right if token == "right" else token
    answer = desk.form(address, fields, **headers)
    assert answer.status == 403, (answer.status, answer.text[:300])
    assert answer.kind == "text/html"


def test_the_token_of_another_browser_is_refused(town: Town) -> None:
    desk, _, address = _forms(town)
    _, foreign, _ = _forms(town)
    fields = {"csrf": foreign, "status": "closed", "reason": "weather", "confirm": "yes"}
    assert desk.form(address, fields).status == 403


def test_the_api_takes_no_session_that_another_site_borrows(town: Town) -> None:
    desk, _, _ = _forms(town)
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = desk.with_headers(**headers).post(ORDERS, order_asked())
        assert refused(answer, 403)["code"] == "core.csrf"


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "t=x", "v1=", "t=9999999999,v1=" + "a" * 64])
def test_a_payment_notice_that_nobody_signed_is_refused(town: Town, signature: str) -> None:
    notice = {"type": "checkout.session.completed", "data": {"object": {"id": "cs_1"}}}
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
    answer = town.nobody.ask("POST", "/hooks/stripe", json.dumps(notice).encode(), headers)
    refused(answer, 400)
