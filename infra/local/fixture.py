"""The local stack for tests: an engine of its own, with the same template, on a free port.

with Stack() as stack:            # exports os.environ: boto3 and pynamodb here use it
    stack.reset()                 # empties the tables, quickly
    stack.stripe()                # the stand-in for Stripe: before the app, which is told of it
    stack.web(); stack.pumps()    # the app of app.py, where a test wants HTTP and events
    stack.kill(); stack.restart() # a crash, and what is left after it
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

from infra.local.process import Child, free_port
from infra.local.pumps.run import drain
from infra.local.pumps.wire import Engine
from infra.local.stack import REGION, apply, client, environment, modules
from infra.resources import Consumer

#: What the app is told of by the stand-in for Stripe.
WEBHOOK_EVENTS = ("checkout.session.completed", "checkout.session.async_payment_succeeded")

#: Runs a module that does not itself end with its parent.
_FOLLOWING = "infra.local.kinship"


class Stack:
    """An engine with the template applied; ``web()`` and ``pumps()`` add the app's processes.

    Code under test may keep its clients: such tests share one stack for the whole session.
    ``consumers`` are the modules the template is made for (default: those of the working tree);
    ``cwd`` is where ``app.py`` lies (default: the root of the tree); ``variables`` are added to the
    environment of this process and of the children. ``expires=False``: rows outlive their TTL, for tests
    that keep a clock of their own: the engine's would remove rows that are alive by theirs.
    """

    def __init__(
        self,
        *,
        data_dir: Path | None = None,
        consumers: Iterable[Consumer] | None = None,
        cwd: Path | None = None,
        variables: dict[str, str] | None = None,
        expires: bool = True,
    ) -> None:
        self._own_dir = data_dir is None
        self.data_dir = data_dir or Path(tempfile.mkdtemp(prefix="songyun-test-"))
        self._consumers = consumers
        self._cwd = cwd or Path(__file__).resolve().parents[2]
        self._variables = variables or {}
        self.port = free_port()
        self.web_port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.base_url = f"http://127.0.0.1:{self.web_port}"
        self.stripe_url = ""
        self.outputs: dict[str, str] = {}
        self.environment = environment(endpoint=self.endpoint, base_url=self.base_url, data_dir=self.data_dir)
        self._before: dict[str, str | None] = {}
        self._engine = self._child(
            "infra.local.engine",
            ["--port", str(self.port), "--data-dir", str(self.data_dir), "--testing"]
            + ([] if expires else ["--keep-expired"]),
        )
        self._stripe: Child | None = None
        self._web: Child | None = None
        self._pumps: Child | None = None

    def _child(
        self, module: str, arguments: list[str], variables: Mapping[str, str] = MappingProxyType({})
    ) -> Child:
        name = next(part for part in (module, *arguments) if part != _FOLLOWING)
        log = self.data_dir / "logs" / f"{name.rpartition('.')[2]}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        everything = {**os.environ, **self.environment, **self._variables, **variables}
        return Child(module=module, arguments=arguments, environment=everything, log=log, cwd=self._cwd)

    def __enter__(self) -> Stack:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Export the environment, start the engine, apply the template."""
        for name, value in {**self.environment, **self._variables}.items():
            self._before.setdefault(name, os.environ.get(name))
            os.environ[name] = value
        config = sys.modules.get("chalicelib.config")
        if config is not None:  # read before there was a stack
            config.settings.cache_clear()
        self._engine.start()
        self.apply()

    def apply(self) -> None:
        """Apply the template (again)."""
        consumers = modules() if self._consumers is None else self._consumers
        self.outputs = apply(endpoint=self.endpoint, consumers=consumers)

    def stop(self) -> None:
        """Stop everything and put the environment back as it was."""
        for child in (self._web, self._pumps, self._stripe, self._engine):
            if child is not None:
                child.stop()
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before.clear()
        if self._own_dir:
            shutil.rmtree(self.data_dir, ignore_errors=True)

    def reset(self) -> None:
        """Empty all tables, streams, queues and files; definitions and keys stay."""
        shutil.rmtree(self.environment["SONGYUN_FILES"], ignore_errors=True)
        Engine(endpoint=self.endpoint, region=REGION).control("empty")

    def kill(self, *, writer_first: bool = False) -> None:
        """End the engine as ``kill -9`` does; ``writer_first``: also the process that writes."""
        if writer_first:
            self.kill_writer()
        self._engine.kill()

    def kill_writer(self) -> None:
        """End the process that writes the data file, as a full memory might (Linux only)."""
        pid = self._engine.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)

    def restart(self) -> None:
        """Start the engine again on the same folder and port."""
        if self._engine.running:
            self._engine.stop()
        self.start()

    def stripe(self) -> str:
        """Let the stand-in play Stripe for the app that is started next; returns its address."""
        port, secret = free_port(), "whsec_local_test"
        self.stripe_url = f"http://127.0.0.1:{port}"
        self._stripe = self._child(
            _FOLLOWING,
            [
                "infra.local.stripe",
                *("--port", str(port), "--data-dir", str(self.data_dir / "stripe")),
                *("--webhook", f"{self.base_url}/hooks/stripe", "--webhook-secret", secret),
                *("--webhook-events", ",".join(WEBHOOK_EVENTS)),
            ],
        )
        self._stripe.start()
        self._variables |= {
            "STRIPE_SECRET_KEY": "sk_test_local",
            "STRIPE_API_BASE": self.stripe_url,
            "STRIPE_WEBHOOK_SECRET": secret,
        }
        return self.stripe_url

    def web(self) -> str:
        """Serve the app's pages and API; returns the address."""
        self._web = self._child("infra.local.web", ["--port", str(self.web_port)])
        self._web.start()
        return self.base_url

    def kill_web(self) -> None:
        """End the web process as ``kill -9`` does."""
        if self._web is not None:
            self._web.kill()

    def pumps(self, *, schedules: bool = False, variables: dict[str, str] | None = None) -> None:
        """Feed the app's stream, queue (and schedule) handlers; ``variables`` are for this start only."""
        arguments = ["--data-dir", str(self.data_dir)]
        if not schedules:
            arguments.append("--no-schedules")
        self._pumps = self._child("infra.local.pumps", arguments, variables or {})
        self._pumps.start()

    def kill_pumps(self) -> None:
        """End the pumps as ``kill -9`` does."""
        if self._pumps is not None:
            self._pumps.kill()

    def drain(self, *, timeout: float = 30.0) -> None:
        """Wait until every change and message has been dealt with; needs ``pumps()``."""
        drain(endpoint=self.endpoint, timeout=timeout)

    def client(self, service: str) -> Any:
        """A boto3 client of this engine."""
        return client(service, endpoint=self.endpoint)

    @property
    def engine_pid(self) -> int:
        """Process id of the engine, for measurements."""
        return self._engine.pid

    @property
    def said(self) -> str:
        """What the processes wrote last, for a failing test's message."""
        children = (self._engine, self._stripe, self._web, self._pumps)
        return "\n".join(child.said for child in children if child is not None)
