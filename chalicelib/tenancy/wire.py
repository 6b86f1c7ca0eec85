"""Kept connections to one endpoint, one a thread."""

import socket
import ssl
import threading
from functools import cache
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit

_CONNECT, _READ = 3.0, 10.0
_LINE = 65_536


class Reply(NamedTuple):
    """An HTTP answer; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes


class _Line:
    """A kept connection; closed when its thread ends or when anything went wrong on it."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.answer: BinaryIO = wire.makefile("rb")

    def close(self) -> None:
        self.answer.close()
        self.wire.close()

    __del__ = close


class Wire:
    """HTTP/1.1 POSTs to ``/`` of one endpoint. Whatever goes wrong is an ``OSError``."""

    def __init__(self, endpoint: str) -> None:
        self._url = urlsplit(endpoint)
        self._local = threading.local()

    @property
    def host(self) -> str:
        """What stands in the header ``Host`` and is signed."""
        return self._url.netloc

    def post(self, headers: dict[str, str], body: bytes) -> Reply:
        """Send and read one answer; whatever goes wrong, the connection is not used again."""
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(["POST / HTTP/1.1", *lines, f"content-length: {len(body)}", "", ""])
        return self._exchange(head.encode("latin-1") + body)

    def _exchange(self, message: bytes) -> Reply:
        line: _Line = self._local.__dict__.pop("line", None) or self._open()
        answer = line.answer
        try:
            line.wire.sendall(message)
            first = answer.readline(_LINE)
            if not first.startswith(b"HTTP/1."):
                raise ConnectionResetError("closed before an answer")
            headers: dict[str, str] = {}
            while (head := answer.readline(_LINE)) not in (b"\r\n", b"\n", b""):
                name, _, value = head.decode("latin-1").partition(":")
                headers[name.strip().lower()] = value.strip()
            chunked = "chunked" in headers.get("transfer-encoding", "")
            content = (
                _chunks(answer) if chunked else _exactly(answer, int(headers.get("content-length", "0")))
            )
            status = int(first.split(b" ", 2)[1])
        except ValueError as error:
            line.close()
            raise ConnectionResetError("not HTTP") from error
        except BaseException:
            line.close()
            raise
        if headers.get("connection", "").lower() == "close":
            line.close()
        else:
            self._local.line = line
        return Reply(status, headers, content)

    def _open(self) -> _Line:
        secure = self._url.scheme == "https"
        address = (self._url.hostname or "", self._url.port or (443 if secure else 80))
        wire = socket.create_connection(address, timeout=_CONNECT)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            wire = _trust().wrap_socket(wire, server_hostname=self._url.hostname)
        wire.settimeout(_READ)
        return _Line(wire)


def _exactly(answer: BinaryIO, length: int) -> bytes:
    content = answer.read(length)
    if len(content) < length:
        raise ConnectionResetError("cut short")
    return content


def _chunks(answer: BinaryIO) -> bytes:
    found = []
    while length := int(answer.readline(_LINE).partition(b";")[0], 16):
        found.append(_exactly(answer, length))
        _exactly(answer, 2)
    while answer.readline(_LINE) not in (b"\r\n", b"\n", b""):
        pass  # trailers
    return b"".join(found)


@cache
def _trust() -> ssl.SSLContext:
    """The platform's authorities; host names are checked."""
    return ssl.create_default_context()
