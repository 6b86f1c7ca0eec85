"""HTTP on loopback: the API, the hosted pages and the control endpoints."""

from __future__ import annotations

import fcntl
import json
import sys
import threading
import traceback
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from infra.local.linger import linger

from . import endpoints, forms
from .api import Api
from .background import Background
from .control import Control
from .errors import StripeFault
from .pages import Page, Pages
from .params import Params
from .store import Store, Unit

HOST = "127.0.0.1"
MOST_BODY = 1024 * 1024
IDLE = 120


@dataclass(frozen=True)
class Settings:
    """What the command line says. ``port`` 0 takes a free one."""

    port: int
    data_dir: Path
    webhook: str | None = None
    webhook_secret: str | None = None
    webhook_events: list[str] = field(default_factory=lambda: ["*"])
    verbose: bool = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class StandIn:
    """The running stand-in: ``start()`` returns once it listens, ``stop()`` ends it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._hold_folder()
        handler = type("Handler", (_Handler,), {"standin": self})
        self._server = _Server((HOST, settings.port), handler)
        self.origin = f"http://{HOST}:{self._server.server_port}"
        self.store = Store(settings.data_dir / "stripe.sqlite3", origin=self.origin)
        with self.store.unit() as unit:
            self._settle(unit)
        self.store.prune()
        self.api = Api(self.store)
        self.control = Control(self.store, settle=self._settle)
        self.pages = Pages(self.store)
        self.background = Background(self.store)

    def start(self) -> None:
        """Serve in threads of its own."""
        self.background.start()
        threading.Thread(target=self._server.serve_forever, name="http", daemon=True).start()

    def stop(self) -> None:
        """Stop serving and close the file."""
        self._server.shutdown()
        self._server.server_close()
        self.background.stop()
        self.store.close()
        self._folder.close()

    def _hold_folder(self) -> None:
        # Two of them over one file would deliver everything twice; the lock goes with the process.
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        self._folder = (self.settings.data_dir / "stripe.lock").open("w")
        fcntl.flock(self._folder, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _settle(self, unit: Unit) -> None:
        endpoints.settle_default(
            unit,
            url=self.settings.webhook,
            secret=self.settings.webhook_secret,
            events=self.settings.webhook_events,
        )


class _Handler(BaseHTTPRequestHandler):
    standin: ClassVar[StandIn]
    protocol_version = "HTTP/1.1"
    server_version = "songyun-stripe-standin"
    sys_version = ""
    timeout = IDLE
    wbufsize = -1  # one segment per answer
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        if self.standin.settings.verbose:
            sys.stderr.write(f"{self.log_date_time_string()} {format % args}\n")

    def _serve(self) -> None:
        try:
            form = self._body()
            parts = urlsplit(self.path)
            if parts.path.startswith("/v1/"):
                self._api(path=parts.path, query=parts.query, form=form)
            elif parts.path.startswith("/_standin/"):
                self._control(path=parts.path, query=parts.query, form=form)
            else:
                self._page(path=parts.path, query=parts.query, form=form)
        except StripeFault as fault:
            self._json(fault.status, json.dumps(fault.body(), ensure_ascii=False), {})
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception:
            traceback.print_exc()
            error = {"type": "api_error", "message": "The local stand-in failed; see its log."}
            self._json(500, json.dumps({"error": error}), {})

    def _body(self) -> str:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True
            raise StripeFault("Send a Content-Length.", status=411)
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MOST_BODY:
            self.close_connection = True
            raise StripeFault("The request is too large.", status=413)
        try:
            return self.rfile.read(int(length)).decode()
        except UnicodeDecodeError as reason:
            raise StripeFault("Invalid request: the body is not UTF-8.") from reason

    def _api(self, *, path: str, query: str, form: str) -> None:
        answer = self.standin.api.answer(
            method=self.command,
            path=path,
            query=query,
            form=form,
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        self._json(answer.status, answer.body, answer.headers)

    def _control(self, *, path: str, query: str, form: str) -> None:
        # A page of another site could post here from the user's browser; tests send no Origin.
        origin = self.headers.get("Origin")
        if origin is not None and origin != self.standin.origin:
            raise StripeFault("Not from another origin.", status=403)
        params = Params(forms.decode("&".join(part for part in (query, form) if part)))
        answer = self.standin.control.answer(method=self.command, path=path, params=params)
        self._json(200, json.dumps(answer, ensure_ascii=False), {})

    def _page(self, *, path: str, query: str, form: str) -> None:
        page = self.standin.pages.answer(
            method="GET" if self.command == "HEAD" else self.command,
            path=path,
            query=forms.decode(query),
            form=forms.decode(form),
            languages=self.headers.get("Accept-Language", ""),
        )
        self._send(page)

    def _json(self, status: int, text: str, headers: dict[str, str]) -> None:
        self._send(Page(status=status, body=text.encode(), kind="application/json", headers=headers))

    def _send(self, page: Page) -> None:
        self.send_response(page.status)
        self.send_header("Content-Type", page.kind)
        self.send_header("Content-Length", str(len(page.body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in page.headers.items():
            # A value from a request is echoed only where it cannot end the line.
            self.send_header(name, "".join(c for c in value if c.isprintable()))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)
        self.wfile.flush()
        if self.close_connection:
            linger(self.connection)
