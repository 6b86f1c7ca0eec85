"""Shops under hosts of their own, and what a content network in front may say about a visitor."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.config import settings
from chalicelib.control import routes as control
from chalicelib.web.application import Application
from chalicelib.web.incoming import Incoming
from tests.unit.web_world import SONGSHAN, Answer, World, ask, visitor, world_of_web

pytestmark = pytest.mark.unit

SHOP, BOOK = "/s/{slug}", "/api/v1/public/{slug}/orders"
TOKEN = "t" * 40
OWN, OTHER = f"{SONGSHAN.slug}.shop.songyun.test", "elsewhere.shop.songyun.test"


@pytest.fixture(autouse=True)
def _hosts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SONGYUN_SHOP_DOMAIN", "Shop.Songyun.test")
    monkeypatch.setenv("SONGYUN_EDGE_TOKEN", TOKEN)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def web() -> Iterator[tuple[Application, World]]:
    with world_of_web() as (app, world):
        app.register_blueprint(control.blueprint)
        yield app, world


def shop(app: Application, host: str, slug: str = SONGSHAN.slug) -> Answer:
    return visitor(app, "GET", SHOP, path=f"/s/{slug}", headers={"host": host})


def test_a_shop_answers_under_its_own_host_and_no_other_shops(web: tuple[Application, World]) -> None:
    app, _ = web
    assert shop(app, "songyun.test").status == 200
    assert shop(app, OWN).status == 200
    assert shop(app, OWN.upper()).status == 200
    assert shop(app, f"{OWN}:8443").status == 200
    assert shop(app, OTHER).status == 404
    assert shop(app, f"a.{OWN}").status == 404


def test_the_front_page_of_a_shops_host_is_the_shops(web: tuple[Application, World]) -> None:
    app, _ = web
    front = visitor(app, "GET", "/", headers={"host": OWN})
    assert (front.status, front.headers["Location"]) == (303, f"/s/{SONGSHAN.slug}")


def test_a_visitor_may_send_a_form_from_the_shops_host(web: tuple[Application, World]) -> None:
    app, _ = web
    body = {"slot": "am", "quantity": 1}
    path = BOOK.format(slug=SONGSHAN.slug)
    own = {"host": OWN, "origin": f"https://{OWN}"}
    assert visitor(app, "POST", BOOK, path=path, body=body, headers=own).status == 201
    foreign = {"host": OWN, "origin": f"https://{OTHER}"}
    assert visitor(app, "POST", BOOK, path=path, body=body, key="k2", headers=foreign).status == 403


@pytest.mark.parametrize("path", ["/login", "/api/v1/scenic/orders"])
def test_a_shops_host_has_no_desks(web: tuple[Application, World], path: str) -> None:
    app, _ = web
    assert ask(app, "GET", path, key=None, headers={"host": "songyun.test"}).status < 400
    assert ask(app, "GET", path, key=None, headers={"host": OWN}).status == 404


def test_without_a_shop_domain_every_host_is_the_platforms(
    web: tuple[Application, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = web
    monkeypatch.setenv("SONGYUN_SHOP_DOMAIN", "")
    settings.cache_clear()
    assert shop(app, OTHER).status == 200


def incoming(**headers: str) -> Incoming:
    event: dict[str, Any] = {
        "requestContext": {"identity": {"sourceIp": "192.0.2.7"}},
        "headers": {"Host": "api.test", **{name.replace("_", "-"): value for name, value in headers.items()}},
    }
    return Incoming(event, None)


def test_the_content_network_is_believed_about_host_and_address() -> None:
    told = incoming(X_Edge_Token=TOKEN, X_Forwarded_Host=OWN, X_Viewer_Address="2001:db8::7")
    assert (told.host, told.address) == (OWN, "2001:db8::7")
    silent = incoming(X_Edge_Token=TOKEN)
    assert (silent.host, silent.address) == ("api.test", "192.0.2.7")


@pytest.mark.parametrize("token", ["", "t" * 39, "T" * 40, "票"])
def test_nobody_else_is(token: str) -> None:
    told = incoming(X_Edge_Token=token, X_Forwarded_Host=OWN, X_Viewer_Address="203.0.113.1")
    assert (told.host, told.address) == ("api.test", "192.0.2.7")


def test_an_empty_token_vouches_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGYUN_EDGE_TOKEN", "")
    settings.cache_clear()
    told = incoming(X_Edge_Token="", X_Forwarded_Host=OWN, X_Viewer_Address="203.0.113.1")
    assert (told.host, told.address) == ("api.test", "192.0.2.7")
