"""Starting the local stack, keeping it up, and stopping it in order."""

from __future__ import annotations

import importlib
import importlib.util
import os
import signal
import threading
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.local.board import board
from infra.local.process import Child, NotStarted
from infra.local.pumps.checkpoints import write_whole
from infra.local.settings import Settings, Unusable
from infra.local.stack import apply, environment, modules

#: A child that dies more often than this within a minute is not started again.
_PATIENCE = 5
#: Where the app takes Stripe's messages.
_STRIPE_WEBHOOK = "/hooks/stripe"


class Launcher:
    """The processes of one local stack."""

    def __init__(self, *, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._children: dict[str, Child] = {}  # in the order they are stopped
        self._deaths: dict[str, list[float]] = {}
        # Our stand-in plays Stripe when no key of the real one is set.
        self._stripe = (
            not os.environ.get("STRIPE_SECRET_KEY")
            and importlib.util.find_spec("infra.local.stripe") is not None
        )

    def run(self) -> int:
        """Start everything, show the table, stay until told to stop; returns the exit status.

        Raises:
            Unusable: something could not be started; the message says what to do.
        """
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._stop.set())
        # Here too: manifests and demo data are imported into this process.
        os.environ.update(self._variables())
        try:
            self._start()
            if not self._stop.is_set():
                demo = self._seed()
                self._open_doors(demo)
                self._pump()
                print(board(settings=self._settings, demo=demo, stripe=self._stripe), flush=True)
            while not self._stop.wait(0.3):
                self._look_after()
        except NotStarted as error:
            raise Unusable(str(error)) from error
        finally:
            self._shut_down()
        return 0

    def _start(self) -> None:
        settings = self._settings
        began = time.monotonic()
        _say("Starting the engine: tables, queues, bus and keys …")
        engine = self._child(
            "infra.local.engine",
            ["--port", str(settings.engine_port), "--data-dir", str(settings.data_dir)],
        )
        engine.start()
        self._children = {"engine": engine}
        self._apply()
        if self._stop.is_set():
            return
        if self._stripe:
            _say("Starting the local stand-in for Stripe …")
            stripe = self._child(
                "infra.local.kinship",
                [
                    "infra.local.stripe",
                    *("--port", str(settings.stripe_port)),
                    *("--data-dir", str(settings.data_dir / "stripe")),
                    *("--webhook", f"{settings.base_url}{_STRIPE_WEBHOOK}"),
                    *("--webhook-secret", settings.webhook_secret),
                    *(
                        "--webhook-events",
                        "checkout.session.completed,checkout.session.async_payment_succeeded",
                    ),
                ],
            )
            self._start_patiently(stripe)
            self._children = {"stripe": stripe, **self._children}
        _say("Starting the site …")
        web = self._child("infra.local.web", ["--port", str(settings.port)])
        web.start()
        self._children = {"web": web, **self._children}
        _say(f"The site answers after {time.monotonic() - began:.1f} s.")

    def _start_patiently(self, child: Child) -> None:
        """Start a child whose predecessor may still be letting go of its folder."""
        deadline = time.monotonic() + 8
        while True:
            try:
                child.start()
            except NotStarted:
                if time.monotonic() > deadline or self._stop.wait(0.5):
                    raise
            else:
                return

    def _variables(self) -> dict[str, str]:
        settings = self._settings
        variables = environment(
            endpoint=settings.engine_url, base_url=settings.base_url, data_dir=settings.data_dir
        )
        if self._stripe:
            variables |= {
                "STRIPE_SECRET_KEY": settings.stripe_key,
                "STRIPE_API_BASE": settings.stripe_url,
                "STRIPE_WEBHOOK_SECRET": settings.webhook_secret,
            }
        return variables

    def _apply(self) -> None:
        try:
            apply(endpoint=self._settings.engine_url, consumers=modules())
        except RuntimeError as error:
            raise Unusable(str(error)) from error

    def _child(self, module: str, arguments: list[str]) -> Child:
        name = next(part for part in (module, *arguments) if part != "infra.local.kinship")
        log = self._settings.data_dir / "logs" / f"{name.rpartition('.')[2]}.log"
        return Child(module=module, arguments=arguments, environment=os.environ, log=log)

    def _seed(self) -> dict[str, Any]:
        """Place the demo data once; returns what to show of it."""
        if importlib.util.find_spec("infra.local.seed") is None:
            return {}
        _say("Looking after the demo data …")
        try:
            seed: Any = importlib.import_module("infra.local.seed").seed

            demo: dict[str, Any] = seed(base_url=self._settings.base_url, now=datetime.now(UTC))
            write_whole(path=Path(".local") / "demo.json", content=demo)
        except Exception:
            log = self._settings.data_dir / "logs" / "seed.log"
            log.write_text(traceback.format_exc(), encoding="utf-8")
            _say(f"The demo data could not be placed; everything else runs. Details: {log}")
            return {}
        return demo

    def _open_doors(self, demo: dict[str, Any]) -> None:
        """Start the simulated locks of the demo hotel, where there is one."""
        if "doors" not in demo:
            return
        settings = self._settings
        doors = self._child(
            "infra.local.doors",
            [
                *("--port", str(settings.doors_port)),
                *("--base-url", settings.base_url),
                *("--data-dir", str(settings.data_dir)),
            ],
        )
        doors.start()
        self._children = {"doors": doors, **self._children}
        demo.setdefault("addresses", {})["Simulated doors"] = settings.doors_url

    def _pump(self) -> None:
        """Deliver and keep the schedules, once the demo data stand: a schedule that closes yesterday while
        yesterday is still being played would take the day from under it."""
        _say("Starting what delivers events and keeps the schedules …")
        pumps = self._child("infra.local.pumps", ["--data-dir", str(self._settings.data_dir)])
        pumps.start()
        self._children = {"pumps": pumps, **self._children}

    def _look_after(self) -> None:
        """Start again what died."""
        for name, child in list(self._children.items()):
            if child.running or self._stop.is_set():
                continue
            now = time.monotonic()
            deaths = [at for at in self._deaths.get(name, []) if now - at < 60] + [now]
            self._deaths[name] = deaths
            # The last line says what happened; what led there is in the log.
            said = (child.said or "without a word").splitlines()[-1]
            if len(deaths) > _PATIENCE:
                raise Unusable(f"{_NAMES[name]} ends again and again: {said}")
            _say(f"{_NAMES[name]} ended unexpectedly ({said}); starting it again …")
            self._stop.wait(min(5.0, 0.2 * 2 ** len(deaths)))
            self._start_patiently(child)
            if name == "engine":
                self._apply()
                _say("The engine is back; what was acknowledged before is there.")

    def _shut_down(self) -> None:
        if self._children:
            _say("Stopping …")
        for child in self._children.values():
            child.stop()


_NAMES = {
    "doors": "The process of the simulated doors",
    "engine": "The engine",
    "stripe": "The local stand-in for Stripe",
    "pumps": "The process that delivers events",
    "web": "The site's process",
}


def _say(line: str) -> None:
    print(f"  {line}", flush=True)
