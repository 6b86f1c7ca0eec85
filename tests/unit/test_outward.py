"""Addresses that somebody typed reach public servers by https, and nothing of ours."""

import pytest

from chalicelib import outward
from chalicelib.config import settings
from chalicelib.outward import AddressRefused, require_address


@pytest.fixture(autouse=True)
def production(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SONGYUN_STAGE", "prod")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def to(*addresses: str):
    return lambda host, port: list(addresses)


def test_a_public_https_address_is_asked_at_the_address_that_was_checked() -> None:
    found = require_address("https://calendar.example/a.ics?s=1", resolve=to("8.8.8.8"))
    assert found == ("8.8.8.8", "calendar.example", 443, "/a.ics?s=1")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "192.168.1.1",
        "172.16.0.9",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
def test_an_address_that_only_we_can_reach_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        require_address("https://calendar.example/", resolve=to(address))


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(AddressRefused):
        require_address("https://calendar.example/", resolve=to("8.8.8.8", "10.0.0.1"))


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/",
        "file:///etc/passwd",
        "gopher://calendar.example/",
        "https://user:secret@calendar.example/",
        "https://",
        "https://calendar.example:99999/",
        "https://calendar.example/a b",
        "https://calendar.example/\r\nX: y",
        "",
    ],
)
def test_other_forms_of_an_address_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        require_address(url, resolve=to("8.8.8.8"))


def test_locally_this_machine_may_be_asked_because_the_stand_ins_live_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SONGYUN_STAGE", "local")
    settings.cache_clear()
    assert require_address("http://127.0.0.1:9/x", resolve=to("127.0.0.1"))[2] == 9
    with pytest.raises(AddressRefused):
        require_address("http://calendar.example/", resolve=to("8.8.8.8"))


def test_a_name_that_nobody_knows_is_said_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(outward.HostUnknown) as refused:
        outward.require_address("https://calender.example/a.ics", resolve=unknown)
    assert refused.value.facts["host"] == "calender.example"


def test_a_body_beyond_the_limit_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    import urllib3

    class Endless:
        status, headers = 200, {"Content-Type": "text/calendar"}

        def read1(self, count: int) -> bytes:
            return b"x" * count

    monkeypatch.setattr(outward, "_resolve", to("8.8.8.8"))
    monkeypatch.setattr(urllib3.HTTPSConnectionPool, "urlopen", lambda *_, **__: Endless())
    with pytest.raises(outward.Unreachable):
        outward.ask("GET", "https://calendar.example/")


def test_a_server_that_drips_is_left_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    import urllib3

    seconds, drops = [0.0], []

    class Dripping:
        status, headers = 200, {"Content-Type": "text/calendar"}

        def read1(self, _: int) -> bytes:
            seconds[0] += outward.SECONDS / 4  # each wait by itself is within the socket's patience
            drops.append(b"x")
            return b"x"

    monkeypatch.setattr(outward, "_resolve", to("8.8.8.8"))
    monkeypatch.setattr(outward, "_clock", lambda: seconds[0])
    monkeypatch.setattr(urllib3.HTTPSConnectionPool, "urlopen", lambda *_, **__: Dripping())
    with pytest.raises(outward.Unreachable):
        outward.ask("GET", "https://calendar.example/")
    assert len(drops) == 5
