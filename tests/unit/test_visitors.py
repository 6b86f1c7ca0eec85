"""The played day: whoever finds everything sold met no trouble, and anything else is told as it is."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from infra.visitors import walkers
from infra.visitors.beside import Beside
from infra.visitors.browser import Browser
from infra.visitors.client import Answer, Client, Form, SoldOut
from infra.visitors.town import Town

_SITE = "http://127.0.0.1:9"


@pytest.fixture
def beside() -> Beside:
    demo = [{"kind": "bureau", "api_key": "k", "slug": "b"}]
    town = Town(base_url=_SITE, stripe_url=_SITE, data_dir=Path(), demo={"tenants": demo})
    return Beside(town, seed=1)


def _submitting(monkeypatch: pytest.MonkeyPatch, status: int, page: str) -> Browser:
    browser = Browser(_SITE)
    monkeypatch.setattr(browser, "send", lambda _form: Answer(status, {}, page.encode()))
    return browser


@pytest.mark.parametrize("code", ["commerce.stock.sold-out", "scenic.area.full"])
def test_somebody_elses_last_ticket_is_no_trouble(
    code: str, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (
        f'<div class="notice notice--urgent" data-code="{code}"><p class="notice__title">刚刚售罄。</p></div>'
    )
    browser = _submitting(monkeypatch, 409, page)
    beside._try("visit", lambda: browser.submit(Form("/s/x", "post")))
    assert (beside.full, beside.trouble) == (1, {})
    assert "found it full 1" in beside.news()


@pytest.mark.parametrize(
    ("status", "code"),
    [(409, "scenic.person.has"), (422, "commerce.stock.sold-out"), (500, "")],
    ids=["a person who has one", "a form that is wrong", "a crash"],
)
def test_any_other_answer_is_trouble_and_is_quoted(
    status: int, code: str, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f'<html><head></head><div data-code="{code}"></div><p class="lead">不能这样做。</p></html>'
    browser = _submitting(monkeypatch, status, page)
    beside._try("visit", lambda: browser.submit(Form("/s/x", "post")))
    assert (beside.full, beside.trouble) == (0, {"visit": 1})
    assert beside.why == f"/s/x: {status}: 不能这样做。"


def test_a_day_without_an_open_session_is_full_before_anything_is_typed() -> None:
    with pytest.raises(SoldOut):
        walkers._now([])


def test_an_order_is_lifted_once_somebody_answers(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def post(path: str, _body: object, *, expect: int) -> None:
        asked.append(path)
        if len(asked) == 1:
            raise BrokenPipeError(expect)

    monkeypatch.setattr(beside._bureau, "post", post)
    beside._limit, beside._limited = "cm_1", True
    beside._lift()
    assert (beside._limited, beside.trouble) == (True, {"order": 1})
    beside._lift()
    beside._lift()
    assert (beside._limited, asked) == (False, ["/api/v1/bureau/commands/cm_1/lift"] * 2)


def test_a_connection_that_rested_too_long_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    client, answers = Client(_SITE), [BrokenPipeError(), "answer"]

    def once(*_: object, **__: object) -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(client, "_once", once)
    with pytest.raises(BrokenPipeError):
        client._ask("GET", "/", headers={}, body=None)  # a new connection that fails is a site that is down
    answers[:] = [BrokenPipeError(), "answer"]
    monkeypatch.setattr(client._connection, "sock", Mock())
    assert client._ask("GET", "/", headers={}, body=None) == "answer"
