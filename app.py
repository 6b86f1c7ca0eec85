"""Songyun 嵩云: the application, composed. One loop over the modules; no rules here."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from chalice.app import Rate

from chalicelib.config import settings
from chalicelib.control.routes import blueprint as control
from chalicelib.kernel.module import Module, Schedule
from chalicelib.web.application import Application
from chalicelib.web.feed import blueprint as feed
from chalicelib.web.hooks import RECEIVERS
from chalicelib.web.hooks import blueprint as hooks
from chalicelib.web.moment import clock
from chalicelib.web.platform import blueprint as platform
from chalicelib.web.standards import blueprint as standards
from tenants import modules

app = Application("songyun")


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


def _perform(module: Module, schedule: Schedule, _event: Any) -> Any:
    from chalicelib.messaging.schedules import run

    return run(module, schedule, now=clock())


def _install(name: str, decorate: Callable[..., Any], handle: Callable[[Any], Any]) -> None:
    """Lambda looks for ``app.<function's name>``: give the function its name and this module the function."""

    def handler(event: Any) -> Any:
        return handle(event)

    handler.__name__ = re.sub(r"\W", "_", name)
    globals()[handler.__name__] = decorate(name=handler.__name__)(handler)


app.register_blueprint(platform)
app.register_blueprint(control)
app.register_blueprint(hooks)
app.register_blueprint(feed)
app.register_blueprint(standards)
for module in modules():
    if module.routes is not None:
        app.register_blueprint(module.routes())
    if module.receives is not None:
        RECEIVERS[module.key] = module.receives
    if module.inbox is not None:
        queue = f"songyun-{settings().stage}-{module.key}-inbox"
        listen = partial(app.on_sqs_message, queue=queue, batch_size=10)
        _install(f"{module.key}_inbox", listen, partial(_take_in, module))
    for schedule in module.schedules:
        every = partial(app.schedule, Rate(schedule.minutes, unit=Rate.MINUTES))
        _install(f"{module.key}_{schedule.name}", every, partial(_perform, module, schedule))
