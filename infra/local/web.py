"""The site on this computer: ``python -m infra.local.web --port P``.

Chalice's own converter turns a request into the event a Lambda gets, so the same routes run here and on
AWS; the application takes it as an argument, so threads cannot mix requests up. What is ours is the HTTP
around it. Chalice's server answers 44 ms late on kept-alive connections, parses headers as e-mail, and
builds its route table anew for every connection; this one reads with limits and writes each answer at once.
"""

from __future__ import annotations

import argparse
import base64
import json
import logging
import signal
import socketserver
import sys
import threading
import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any

from chalice.local import LambdaEventConverter

from chalicelib.web.application import Application
from infra.local.kinship import follow_parent
from infra.local.linger import linger
from infra.local.route_tree import RouteTree

#: Larger bodies are refused: what one invocation of a function carries on AWS. Routes ask for less.
MAX_BODY = 6_000_000
MAX_HEADERS = 100
MAX_LINE = 8 * 1024
#: Seconds an idle connection is kept.
KEEP_ALIVE = 75
#: Requests at once; more are told to come again.
MAX_CONNECTIONS = 400
#: Seconds requests in hand may take after the stop signal.
GRACE = 8.0

_log = logging.getLogger("songyun.web")


class _Refused(Exception):
    """The request is not taken; the connection is closed after the answer."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Site(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One application on a loopback port."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, *, app: Application, port: int) -> None:
        self.app = app
        routes: Any = RouteTree(list(app.routes))
        self._events = LambdaEventConverter(routes)
        self._idle = threading.Condition()
        self.busy = 0
        self.connections = 0
        self.stopping = False
        super().__init__(("127.0.0.1", port), _Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is the client's affair; anything else is logged."""
        del request, client_address
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("connection")

    def answer(
        self, *, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> dict[str, Any]:
        """What the application says. ``path`` comes with its query; names of headers are in lower case."""
        try:
            event = self._events.create_lambda_event(method=method, path=path, headers=headers, body=body)
        except ValueError:  # no route; on AWS the gateway itself says so
            return self.app.unknown(method=method, path=path, headers=headers)
        return self.app(event, None)

    def entered(self) -> None:
        """A request is in hand."""
        with self._idle:
            self.busy += 1

    def left(self) -> None:
        """A request was answered."""
        with self._idle:
            self.busy -= 1
            self._idle.notify_all()

    def finish(self) -> None:
        """Take no more requests and wait for those in hand."""
        self.stopping = True
        self.shutdown()
        with self._idle:
            self._idle.wait_for(lambda: self.busy == 0, timeout=GRACE)


class _Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    timeout = KEEP_ALIVE
    server: Site

    def handle(self) -> None:
        self.server.connections += 1
        try:
            if self.server.connections > MAX_CONNECTIONS:
                self._write(_problem(503, "Too many connections; try again."), close=True)
                linger(self.connection)
                return
            while self._one_request():
                pass
        except OSError:
            return
        finally:
            self.server.connections -= 1

    def _one_request(self) -> bool:
        line = self.rfile.readline(MAX_LINE + 1)
        if not line or self.server.stopping:
            return False
        self.server.entered()
        try:
            method, target, headers = self._head(line)
            body = self._body(headers)
            keep = headers.get("connection", "").lower() != "close"
            self._write(self._answer(method, target, headers, body), close=not keep)
            return keep
        except _Refused as refused:
            self._write(_problem(refused.status, str(refused)), close=True)
            linger(self.connection)
            return False
        finally:
            self.server.left()

    def _head(self, line: bytes) -> tuple[str, str, dict[str, str]]:
        parts = line.decode("latin-1").split()
        if len(line) > MAX_LINE:
            raise _Refused(414, "The address is too long.")
        if len(parts) != 3 or not parts[1].startswith("/") or not parts[2].startswith("HTTP/1."):
            raise _Refused(400, "This is not an HTTP/1.1 request.")
        headers: dict[str, str] = {}
        for _ in range(MAX_HEADERS + 1):
            raw = self.rfile.readline(MAX_LINE + 1)
            if raw in (b"\r\n", b"\n", b""):
                break
            name, colon, value = raw.decode("latin-1").partition(":")
            if len(raw) > MAX_LINE or not colon or name != name.strip():
                raise _Refused(431, "A header is too long or has no colon.")
            name, value = name.lower(), value.strip()
            if name in headers:
                value = f"{headers[name]}{'; ' if name == 'cookie' else ', '}{value}"
            headers[name] = value
        else:
            raise _Refused(431, "The request has too many headers.")
        if parts[2] == "HTTP/1.0":
            headers["connection"] = "close"
        return parts[0], parts[1], headers

    def _body(self, headers: dict[str, str]) -> bytes | None:
        if "transfer-encoding" in headers:
            raise _Refused(411, "Send the body with a Content-Length.")
        size = headers.get("content-length", "0")
        if not size.isdigit():
            raise _Refused(400, "The Content-Length is not a number.")
        if len(size) > 8 or int(size) > MAX_BODY:
            raise _Refused(413, "The body is larger than 6 MB.")
        if headers.get("expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self.rfile.read(int(size)) if int(size) else None

    def _answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes | None
    ) -> dict[str, Any]:
        try:
            return self.server.answer(method=method, path=target, headers=headers, body=body)
        except Exception:
            _log.exception("%s %s", method, target.partition("?")[0])
            return _problem(500, "This did not work; the fault is ours and has been noted.")

    def _write(self, answer: dict[str, Any], *, close: bool) -> None:
        status = int(answer["statusCode"])
        body = answer.get("body") or b""
        if answer.get("isBase64Encoded"):
            body = base64.b64decode(body)
        elif isinstance(body, str):
            body = body.encode()
        lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, '')}"]
        typed = False
        for source in (answer.get("headers") or {}, answer.get("multiValueHeaders") or {}):
            for name, value in source.items():
                lowered = name.lower()
                if lowered in ("content-length", "connection"):
                    continue
                typed = typed or lowered == "content-type"
                for one in value if isinstance(value, list) else (value,):
                    lines.append(f"{name}: {_safe(str(one))}")
        if body and not typed:
            lines.append("Content-Type: application/json")
        lines.append(f"Content-Length: {len(body)}")
        if close:
            lines.append("Connection: close")
        head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
        self.connection.sendall(head + body)


_PHRASES = {int(status): status.phrase for status in HTTPStatus}


def _safe(value: str) -> str:
    """A header value on one line, whatever it was made from."""
    return value.replace("\r", " ").replace("\n", " ")


def _problem(status: int, detail: str) -> dict[str, Any]:
    """An RFC 9457 answer of the server itself."""
    identity = str(uuid.uuid4())
    body = {
        "type": "about:blank",
        "title": _PHRASES.get(status, ""),
        "status": status,
        "code": _CODES.get(status, "http.refused"),
        "detail": detail,
        "request_id": identity,
    }
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/problem+json", "X-Request-Id": identity},
        "body": json.dumps(body, ensure_ascii=False),
    }


_CODES = {404: "http.not-found", 413: "http.too-large", 500: "http.fault", 503: "http.busy"}


def main() -> int:
    """Serve the app of ``app.py`` until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.web")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    follow_parent()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    sys.path.insert(0, str(Path.cwd()))
    from app import app  # here: configuration is read from the environment at import

    try:
        site = Site(app=app, port=arguments.port)
    except OSError:
        print(
            f"Port {arguments.port} on this computer is taken: stop what uses it, or set PORT to another.",
            file=sys.stderr,
        )
        return 1
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    # A shorter turn: requests that compute do not hold up those that answer.
    sys.setswitchinterval(0.002)
    serving = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.2})
    serving.daemon = True
    serving.start()
    print("ready", flush=True)
    while not stop.wait(0.5) and serving.is_alive():
        pass
    site.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
