"""Songyun 嵩云: the application, composed. One loop over the modules; no rules here."""

import re
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from chalice.app import Rate

from chalicelib.config import settings
from chalicelib.kernel.module import Module
from chalicelib.web import doors, registry
from chalicelib.web.application import Application
from chalicelib.web.moment import clock
from chalicelib.web.on_demand import OnDemand
from tenants import modules

CORE = (
    "web.platform",
    "control.routes",
    "control.names",
    "web.hooks",
    "web.feed",
    "web.feed_back",
    "web.standards",
    "web.directives",
    "web.returns",
    "web.returns_api",
    "web.hooks_desk",
    "web.account",
)
"""The core's own routes. A function that serves one module (``SONGYUN_MODULES``) does not import them."""

serves_core = not settings().modules or "core" in settings().modules


def _serves(file: str) -> bool:
    package, _, rest = file.partition(".")
    return rest.partition(".")[0] in keys if package == "tenants" else serves_core


keys = {module.key for module in modules()}
on_demand = settings().routes == "later"
app = Application(
    "songyun",
    later=OnDemand.read(Path(settings().route_index), served=_serves) if on_demand else None,
)


@app.on_dynamodb_record("arn:placeholder", batch_size=100, starting_position="TRIM_HORIZON", name="relay")
def relay(event: Any) -> Any:
    """Publish what a transaction committed (the template puts the app table's own stream here)."""
    from chalicelib.messaging.relay import relay as publish

    return publish(event.to_dict()["Records"], now=clock())


@app.schedule(Rate(15, unit=Rate.MINUTES), name="sweep")
def sweep(_event: Any) -> Any:
    """Publish what has no receipt."""
    from chalicelib.messaging.relay import sweep as publish_again

    return publish_again(now=clock())


def _take_in(module: Module, event: Any) -> Any:
    from chalicelib.messaging.consumer import consume

    return consume(module, event.to_dict()["Records"], now=clock())


@app.lambda_function(name="scheduled")
def scheduled(event: Any, _context: Any) -> Any:
    """Perform one schedule of one module: ``{"module": "hotel", "schedule": "close_day"}``, as its rule says.

    On AWS a module's schedules share a function, which every rule of theirs wakes.
    """
    from chalicelib.messaging.schedules import find, run

    return run(*find(modules(), event["module"], event["schedule"]), now=clock())


def _install(name: str, decorate: Callable[..., Any], handle: Callable[[Any], Any]) -> None:
    """Lambda looks for ``app.<function's name>``: give the function its name and this module the function."""

    def handler(event: Any) -> Any:
        return handle(event)

    handler.__name__ = re.sub(r"\W", "_", name)
    globals()[handler.__name__] = decorate(name=handler.__name__)(handler)


at_once = settings().routes == "all"
if at_once and serves_core:
    for name in CORE:
        app.register_blueprint(import_module(f"chalicelib.{name}").blueprint)
for module in modules():
    if at_once and module.routes is not None:
        app.register_blueprint(module.routes())
    if module.lent is not None:
        doors.LENT[module.key] = module.lent
    if module.receives is not None:
        registry.RECEIVERS[module.key] = module.receives
    if module.frame is not None:
        registry.FRAMES[module.key] = module.frame
    if module.books is not None:
        registry.BOOKS[module.key] = module.books
    if module.inbox is not None:
        queue = f"songyun-{settings().stage}-{module.key}-inbox"
        listen = partial(app.on_sqs_message, queue=queue, batch_size=10)
        _install(f"{module.key}_inbox", listen, partial(_take_in, module))
