"""Requests to addresses that somebody typed: a calendar to read, a webhook to call.

An address typed by a tenant must never reach what only we can reach (server-side request forgery): https,
a public address, no redirect; the address that was checked is the one that is connected to, so a name that
resolves otherwise a moment later gains nothing. Everything is bounded: seconds, bytes.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from urllib.parse import urlsplit

from chalicelib.config import settings
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass

SECONDS = 8.0
BYTES = 2_000_000
_AT_ONCE = 65_536
_clock = time.monotonic
_HEADERS = {"User-Agent": "songyun/1", "Accept-Encoding": "identity"}

Resolve = Callable[[str, int], Sequence[str]]
"""Every network address of a host name."""


class AddressRefused(Refusal):
    code = "core.outward.address"
    status = 422
    detail = N_("不能访问这个地址:须以 https:// 开头,并指向公网服务器。")
    remedy = N_("请检查地址是否完整,或向对方索取新的地址。")


class Unreachable(Refusal):
    code = "core.outward.unreachable"
    status = 502
    detail = N_("对方服务器没有正常回应(%(why)s)。")
    remedy = N_("请稍后再试;若一直如此,请联系对方。")


class HostUnknown(Unreachable):
    code = "core.outward.host"
    detail = N_("找不到网址 %(host)s。")
    remedy = N_("请检查网址是否写对,最好从对方页面重新复制。")


class NoAnswer(Unreachable):
    """``why``: what the network said, for the log of webhooks; nothing a clerk could use."""

    code = "core.outward.no-answer"
    detail = N_("连不上对方服务器。")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back: HTTP status, headers by lower-case name, at most ``BYTES`` of body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def require_address(url: str, *, resolve: Resolve | None = None) -> tuple[str, str, int, str]:
    """(network address, host, port, path) of an address that may be asked. Raises ``AddressRefused``.

    On the local stage plain http to this very machine is allowed too: the stand-ins live there.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise AddressRefused from None
    host = parts.hostname or ""
    if not host or parts.username is not None or not url.isprintable() or " " in url:
        raise AddressRefused
    try:
        found = [ipaddress.ip_address(one) for one in (resolve or _resolve)(host, port)]
    except (OSError, ValueError):
        raise HostUnknown(why="DNS", host=host) from None
    here = settings().stage == "local" and all(one.is_loopback for one in found)
    if not found or not (here or (parts.scheme == "https" and all(_public(one) for one in found))):
        raise AddressRefused
    path = parts.path or "/"
    return str(found[0]), host, port, f"{path}?{parts.query}" if parts.query else path


def ask(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Reply:
    """One request, answered within ``SECONDS``; a redirect is an answer and is not followed.

    Raises ``AddressRefused`` and ``Unreachable``.
    """
    import urllib3  # a cold start asks nobody

    address, host, port, path = require_address(url)
    secure = url.lower().startswith("https:")
    timeout = urllib3.Timeout(connect=SECONDS / 2, read=SECONDS, total=SECONDS)
    if secure:
        pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(
            address, port, timeout=timeout, retries=False, server_hostname=host, assert_hostname=host
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False)
    usual = port == (443 if secure else 80)
    sent = {**_HEADERS, **(headers or {}), "Host": host if usual else f"{host}:{port}"}
    try:
        until = _clock() + SECONDS
        answer = pool.urlopen(method, path, body=body, headers=sent, redirect=False, preload_content=False)
        read = b""
        while len(read) <= BYTES and (some := answer.read1(_AT_ONCE)):
            read += some
            if _clock() > until:  # a byte every few seconds keeps every single wait short
                raise NoAnswer(why="slow")
    except urllib3.exceptions.HTTPError as error:
        raise NoAnswer(why=type(error).__name__) from None
    finally:
        pool.close()
    if len(read) > BYTES:
        raise Unreachable(why=f"> {BYTES} B")
    found = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(status=answer.status, headers=found, body=read)


def _public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """A global unicast address; one that only wraps another (mapped, 6to4, NAT64) is refused."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or address.teredo
        if wrapped is not None or address in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return address.is_global and not address.is_multicast


def _resolve(host: str, port: int) -> Sequence[str]:
    return [found[4][0] for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]  # type: ignore[misc]
