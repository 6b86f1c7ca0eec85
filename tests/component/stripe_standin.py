"""The stand-in as a process of its own, a webhook receiver, and a browser without scripts."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import stripe

SECRET = "whsec_component"
ROOT = Path(__file__).parents[2]
BACK = "http://127.0.0.1:1/back"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(test: Callable[[], Any], *, seconds: float = 20.0) -> Any:
    """What ``test`` gives once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = test()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to pass in time")


class Receiver:
    """Listens for webhooks; answers with the scripted statuses, then 200."""

    def __init__(self) -> None:
        receiver = self
        self.received: list[tuple[str, bytes, str]] = []
        self.answers: list[int] = []
        self.slow = 0.0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm: ClassVar[bool] = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.slow)
                receiver.received.append((self.path, body, self.headers["Stripe-Signature"]))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def events(self, kind: str, *, secret: str = SECRET) -> list[stripe.Event]:
        """What arrived of this type, each signature verified by the SDK."""
        found = [
            stripe.Webhook.construct_event(body, header, secret)
            for path, body, header in list(self.received)
            if path == "/hook"
        ]
        return [event for event in found if event.type == kind]


@dataclass
class StandIn:
    """One process over one data folder; may be killed and started again."""

    data: Path
    webhook: str | None = None
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> StandIn:
        command = [sys.executable, "-m", "infra.local.stripe", "--port", str(self.port)]
        command += ["--data-dir", str(self.data)]
        if self.webhook:
            command += ["--webhook", self.webhook, "--webhook-secret", SECRET]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        assert b"127.0.0.1" in self.process.stdout.readline()
        return self

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self.process is not None:
            os.kill(self.process.pid, number)
            self.process.wait(timeout=20)
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None

    def client(self, *, account: str | None = None, key: str = "sk_test_songyun") -> Any:
        """The real SDK, pointed here. Any: its services are typed by code generated for Stripe."""
        return stripe.StripeClient(
            key,
            base_addresses={"api": self.origin},
            stripe_account=account,
            max_network_retries=0,
        ).v1

    def control(self, method: str, path: str, **fields: str) -> Any:
        """One of the stand-in's own endpoints."""
        answer = self.http(method, f"/_standin/{path}", form=fields)
        return json.loads(answer.text)

    def http(
        self,
        method: str,
        path: str,
        *,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request, redirects not followed."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = urllib.parse.urlencode(form or {})
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection.request(method, path, body=body if form else None, headers={**kind, **(headers or {})})
        response = connection.getresponse()
        answer = Answer(response, text=response.read().decode(errors="replace"))
        connection.close()
        return answer

    def open_page(self, url: str, *, language: str = "en") -> Answer:
        """GET a hosted page by its full address."""
        return self.http("GET", url.removeprefix(self.origin), headers={"Accept-Language": language})

    def submit(self, url: str, **form: str) -> str:
        """Send the page's form; the address it leads to."""
        answer = self.http("POST", url.removeprefix(self.origin), form=form)
        assert answer.status == 303, answer.text
        return answer.headers["location"]


class Answer:
    """Status, headers by lower-case name, text."""

    def __init__(self, response: HTTPResponse, *, text: str) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.text = text

    def form_fields(self) -> set[str]:
        return set(re.findall(r'name="(\w+)"', self.text))


def session_params(**more: Any) -> dict[str, Any]:
    """A Checkout Session for two tickets at ¥60."""
    ticket = {"currency": "cny", "unit_amount": 6000, "product_data": {"name": "少林寺门票"}}
    return {
        "mode": "payment",
        "success_url": "http://127.0.0.1:1/ok?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:1/basket",
        "line_items": [{"price_data": ticket, "quantity": 2}],
        **more,
    }


def payment_params(method: str = "pm_card_visa", **more: Any) -> dict[str, Any]:
    """A PaymentIntent of ¥100 confirmed at once with a test method."""
    return {
        "amount": 10000,
        "currency": "cny",
        "payment_method": method,
        "confirm": True,
        "return_url": BACK,
        **more,
    }
