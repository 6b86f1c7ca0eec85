"""The functions: one for each module's routes, its inbox and its schedules; and the core's own.

All run the same archive. What sets them apart is the handler, the modules they import and the role
they run as, and all of that is derived from the manifests and the routes: a new module brings its
functions with its folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib.kernel.module import Module, Schedule
from tenants import kinds

#: The value of ``SONGYUN_MODULES`` that names no module: the function imports none.
NO_MODULE = "core"
CORE, WHOLE, FEED, DESK, PRINT = "core", "whole", "feed", "desk", "print"
#: The alias that points at the version in use.
ALIAS = "live"

#: The core's routes that speak for every module: the document of the whole API, and the providers'
#: webhooks, whose tenant may be of any kind that sells. They get a function that imports all.
_FOR_ALL = ("/openapi.json", "/hooks/")

#: The HTTPS door for enterprises with systems of their own: it may become a tenant of any kind.
_FEED = "/api/v1/feed"

#: The core's pages inside every kind's console: each module brings the frame around them.
_DESK = ("/console/directives", "/console/reports", "/console/returns", "/console/hooks", "/api/v1/returns")

#: Megabytes; at 1769 a function has one whole processor. ``infra/decisions.md`` says why these.
_HTTP_MEMORY = {"dev": 1024, "prod": 1769}
_EVENT_MEMORY = 1024
_SCHEDULE_MEMORY = 512
#: Columns and documents are made in memory, and faster with a whole processor.
_GROUP_MEMORY = 2048

Trigger = Literal["http", "stream", "queue", "schedule"]


@dataclass(frozen=True, kw_only=True)
class Time:
    """A rule that wakes a function every ``minutes``. ``says``: the event (none: EventBridge's own)."""

    name: str
    minutes: int
    says: Mapping[str, str] = field(default_factory=dict)

    @property
    def logical(self) -> str:
        """Its logical id in the template."""
        return f"{_logical(self.name)}Time"


@dataclass(frozen=True, kw_only=True)
class Function:
    """One Lambda. ``tenants``: kinds whose tenants it may become. ``timeout`` in seconds, ``memory`` in MB.

    ``needs``: the group of optional dependencies whose archive it runs from (none: everybody's).
    """

    name: str
    handler: str
    trigger: Trigger
    modules: str
    memory: int
    timeout: int
    tenants: tuple[str, ...] = ()
    sessions: bool = False
    publishes: bool = False
    takes_money: bool = False
    queue: str = ""
    times: tuple[Time, ...] = ()
    needs: str = ""

    @property
    def serves(self) -> dict[str, str]:
        """The variables by which it imports no more than it needs: its modules, routes when asked for."""
        modules = {"SONGYUN_MODULES": self.modules} if self.modules else {}
        return {**modules, "SONGYUN_ROUTES": "later" if self.trigger == "http" else "none"}

    @property
    def logical(self) -> str:
        """Its logical id in the template."""
        return f"{_logical(self.name)}Function"

    @property
    def alias(self) -> str:
        """The logical id of its alias: requests and events go to it, never to the function."""
        return f"{self.logical}{ALIAS.capitalize()}"

    def physical(self, *, stage: str) -> str:
        """Its name on AWS."""
        return f"songyun-{stage}-{self.name}"


def functions(*, modules: Iterable[Module], stage: str) -> list[Function]:
    """Every function of ``stage``."""
    known = list(modules)
    every = tuple(sorted({module.key for module in known} | set(kinds())))
    selling = tuple(module.key for module in known if module.receives is not None)
    web = {"handler": "app.app", "trigger": "http", "memory": _HTTP_MEMORY.get(stage, 1024), "timeout": 29}
    found = [
        _function(name=CORE, modules=NO_MODULE, sessions=True, **web),
        _function(name=WHOLE, modules="", tenants=selling, takes_money=True, **web),
        _function(name=FEED, modules=NO_MODULE, tenants=every, **web),
        _function(name=DESK, modules="", tenants=every, **web),
        _function(name=PRINT, modules="", tenants=every, needs="seal", **{**web, "memory": _GROUP_MEMORY}),
        _function(
            name="relay",
            handler="app.relay",
            trigger="stream",
            modules=NO_MODULE,
            memory=_EVENT_MEMORY,
            timeout=60,
            tenants=every,
            publishes=True,
        ),
        _function(
            name="sweep",
            handler="app.sweep",
            trigger="schedule",
            modules=NO_MODULE,
            memory=_SCHEDULE_MEMORY,
            timeout=300,
            tenants=every,
            publishes=True,
            times=(Time(name="sweep", minutes=15),),
        ),
    ]
    for module in known:
        found += _of(module, web=web)
    return found


def groups(planned: Iterable[Function]) -> tuple[str, ...]:
    """The groups of optional dependencies that get an archive of their own."""
    return tuple(sorted({function.needs for function in planned} - {""}))


def serving(*, routes: Iterable[Any]) -> dict[tuple[str, str], str]:
    """Which function serves which (method, path): the module that declares a route serves it; an address that
    several kinds answer is led to the function that imports all."""
    found: dict[tuple[str, str], str] = {}
    for route in routes:
        at, server = (route.method, route.path), _server(route)
        found[at] = server if found.get(at, server) == server else WHOLE
    return found


def _of(module: Module, *, web: Mapping[str, Any]) -> list[Function]:
    own = {"modules": module.key, "tenants": (module.key,), "takes_money": module.receives is not None}
    found = []
    if module.routes is not None:
        found.append(_function(name=module.key, **own, **web))
    if module.inbox is not None:
        inbox = _function(
            name=f"{module.key}-inbox",
            handler=f"app.{module.key}_inbox",
            trigger="queue",
            memory=_EVENT_MEMORY,
            timeout=60,
            queue=module.key,
            # The bureau asks for what is missing, and the sender's inbox says it again.
            publishes=module.own or bool(module.carries),
            **{**own, "tenants": (module.key, *module.carries)},
        )
        found.append(inbox)
    for needs, carried in sorted({(one.needs, one.carried) for one in module.schedules}):
        # Duties for enterprises that the module only carries become theirs, and never the module's own.
        name = f"{module.key}-{'carried' if carried else 'schedules'}"
        found.append(
            _function(
                name=f"{name}-{needs}" if needs else name,
                handler="app.scheduled",
                trigger="schedule",
                memory=_GROUP_MEMORY if needs else _SCHEDULE_MEMORY,
                timeout=300,
                times=tuple(
                    _time(module, one)
                    for one in module.schedules
                    if (one.needs, one.carried) == (needs, carried)
                ),
                needs=needs,
                **{**own, "tenants": module.carries if carried else own["tenants"]},
            )
        )
    return found


def _time(module: Module, schedule: Schedule) -> Time:
    return Time(
        name=f"{module.key}-{schedule.name.replace('_', '-')}",
        minutes=schedule.minutes,
        says={"module": module.key, "schedule": schedule.name},
    )


def _logical(name: str) -> str:
    return "".join(word.capitalize() for word in name.replace("_", "-").split("-"))


def _function(**values: Any) -> Function:
    return Function(**values)


def _server(route: Any) -> str:
    if route.prints:
        return PRINT
    package, _, rest = route.handler.__module__.partition(".")
    if package == "tenants":
        return str(rest.partition(".")[0])
    if str(route.path).startswith(_FEED):
        return FEED
    if str(route.path).startswith(_DESK):
        return DESK
    return WHOLE if str(route.path).startswith(_FOR_ALL) else CORE
