"""The engine's HTTP server: one asyncio protocol on loopback.

ministack ships with Hypercorn; its HTTP parser costs more than most DynamoDB operations. SDK
clients speak a small part of HTTP/1.1, which is parsed here, and the JSON services are called
without passing ministack's router. Everything else goes through its ASGI application.

Every reply waits for the journal (see :mod:`infra.local.engine.journal`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from ministack import app as ministack_app
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import dynamodb, dynamodb_streams, eventbridge, kms, sqs

from infra.local.engine.journal import Journal
from infra.local.engine.ministack_env import REGION
from infra.local.linger import PATIENCE

#: Services called directly, by the prefix of ``X-Amz-Target``.
_DIRECT: dict[str, Any] = {
    "DynamoDB_20120810": dynamodb,
    "DynamoDBStreams_20120810": dynamodb_streams,
    "AmazonSQS": sqs,
    "AWSEvents": eventbridge,
    "TrentService": kms,
}

_CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/")
_MAX_HEADERS = 64 * 1024
_MAX_BODY = 32 * 1024 * 1024

_Headers = dict[str, str]
_Reply = tuple[int, dict[str, str], bytes]
#: Called after every request with the service's prefix and the action.
AfterRequest = Callable[[str, str], None]
#: Answers the paths under ``/_songyun/``.
Control = Callable[[str, dict[str, Any]], dict[str, Any]]

_log = logging.getLogger("songyun.engine")


class Connection(asyncio.Protocol):
    """One client connection: requests are answered one after the other."""

    def __init__(self, *, journal: Journal, after: AfterRequest, control: Control) -> None:
        self._journal = journal
        self._after = after
        self._control = control
        self._buffer = bytearray()
        self._busy = False
        self._transport: Any = None
        self._head: tuple[str, str, _Headers, int] | None = None
        self._task: asyncio.Task[None] | None = None
        self._close_after = False
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, _exc: Exception | None) -> None:
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._buffer += data
        if not self._busy:
            self._next()

    def _next(self) -> None:
        """Take one whole request from the buffer, when there is one."""
        if self._head is None and not self._take_head():
            return
        assert self._head is not None
        method, path, headers, length = self._head
        if length < 0:
            body = self._take_chunks()
            if body is None:
                return
        else:
            if len(self._buffer) < length:
                return
            body = bytes(self._buffer[:length])
            del self._buffer[:length]
        self._head = None
        self._busy = True
        self._close_after = headers.get("connection", "").lower() == "close"
        self._answer(method, path, headers, body)

    def _take_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_HEADERS:
                self._refuse(431)
            return False
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        parts = lines[0].split(" ")
        if len(parts) != 3:
            self._refuse(400)
            return False
        headers: _Headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        # A browser page of any site could reach a loopback port; SDKs never send an Origin.
        if "origin" in headers:
            self._refuse(403)
            return False
        chunked = "chunked" in headers.get("transfer-encoding", "")
        size = headers.get("content-length", "0")
        if not size.isdigit() or int(size) > _MAX_BODY:
            self._refuse(413)
            return False
        if headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._head = (parts[0], parts[1], headers, -1 if chunked else int(size))
        return True

    def _take_chunks(self) -> bytes | None:
        body = bytearray()
        at = 0
        while True:
            end = self._buffer.find(b"\r\n", at)
            if end < 0:
                return None
            try:
                size = int(self._buffer[at:end].split(b";")[0], 16)
            except ValueError:
                self._refuse(400)
                return None
            start = end + 2
            if len(self._buffer) < start + size + 2:
                return None
            body += self._buffer[start : start + size]
            at = start + size + 2
            if size == 0:
                del self._buffer[:at]
                return bytes(body)

    def _refuse(self, status: int) -> None:
        phrase = HTTPStatus(status).phrase
        self._transport.write(
            f"HTTP/1.1 {status} {phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        self._buffer.clear()
        # A close while the client still sends would reset the connection before it reads the answer.
        self._refused = True
        self._transport.write_eof()
        asyncio.get_running_loop().call_later(PATIENCE, self._transport.close)

    def _answer(self, method: str, path: str, headers: _Headers, body: bytes) -> None:
        prefix, _, action = headers.get("x-amz-target", "").partition(".")
        service = _DIRECT.get(prefix)
        if service is not None:
            credential = _CREDENTIAL.search(headers.get("authorization", ""))
            set_request_account_id(credential.group(1) if credential else "")
            set_request_region(credential.group(2) if credential else REGION)
            call = service.handle_request(method, path, headers, body, {})
            if service is dynamodb or service is dynamodb_streams:
                # These never wait: run them to their end without a task.
                try:
                    call.send(None)
                except StopIteration as done:
                    self._replied(done.value, prefix, action)
                except Exception:
                    _log.exception("%s", action)
                    self._replied(_internal_error(), prefix, action)
                return
            self._task = asyncio.get_running_loop().create_task(self._answer_later(call, prefix, action))
        elif path.startswith("/_songyun/"):
            answer = self._control(path[len("/_songyun/") :], json.loads(body or b"{}"))
            reply = (200, {"Content-Type": "application/json"}, json.dumps(answer).encode())
            self._replied(reply, "", path)
        else:
            call = _through_asgi(method, path, headers, body)
            self._task = asyncio.get_running_loop().create_task(self._answer_later(call, prefix, action))

    async def _answer_later(self, call: Awaitable[_Reply], prefix: str, action: str) -> None:
        try:
            reply = await call
        except Exception:
            _log.exception("%s", action)
            reply = _internal_error()
        self._task = None
        self._replied(reply, prefix, action)

    def _replied(self, reply: _Reply, prefix: str, action: str) -> None:
        self._after(prefix, action)
        status, headers, body = reply
        if isinstance(body, str):
            body = body.encode()
        lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Unknown')}"]
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                lines.append(f"{name}: {value}")
        if "x-amzn-requestid" not in headers:
            lines.append(f"x-amzn-requestid: {uuid.uuid4()}")
        lines.append(f"content-length: {len(body)}")
        if self._close_after:
            lines.append("connection: close")
        data = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body
        self._journal.when_durable(lambda: self._write(data))

    def _write(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(data)
        self._busy = False
        if self._close_after:
            self._transport.close()
        elif self._buffer:
            self._next()


_PHRASES = {int(status): status.phrase for status in HTTPStatus}


def _internal_error() -> _Reply:
    body = b'{"__type":"InternalServerError","message":"The local engine failed"}'
    return 500, {"Content-Type": "application/x-amz-json-1.0"}, body


async def _through_asgi(method: str, target: str, headers: _Headers, body: bytes) -> _Reply:
    """One request through ministack's own application."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
    sent = [False]
    status = [500]
    reply_headers: dict[str, str] = {}
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        if not sent[0]:
            sent[0] = True
            return {"type": "http.request", "body": body, "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            status[0] = message["status"]
            for name, value in message.get("headers", []):
                reply_headers[name.decode("latin-1")] = value.decode("latin-1")
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await ministack_app.app(scope, receive, send)
    return status[0], reply_headers, b"".join(parts)
