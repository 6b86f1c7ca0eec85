"""Schedules: a module's recurring duty, once for each of its tenants, under that tenant."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib import telemetry
from chalicelib.kernel.module import Module, Schedule
from chalicelib.persistence import directory
from chalicelib.tenancy.context import bind, duty


def find(modules: Iterable[Module], key: str, name: str) -> tuple[Module, Schedule]:
    """The schedule ``name`` of the module ``key``.

    Raises:
        LookupError: this function has none of that name; whoever woke it meant another version.
    """
    for module in modules:
        for schedule in module.schedules:
            if (module.key, schedule.name) == (key, name):
                return module, schedule
    raise LookupError(f"no schedule {key}.{name}")


def run(module: Module, schedule: Schedule, *, now: datetime) -> dict[str, int]:
    """Run ``schedule`` for every tenant of the module's kind, or of those it carries: {done, failed}.

    Suspended tenants too: a lapsed subscriber still reports. One tenant's crash alarms and stops
    nobody else.
    """
    totals = {"done": 0, "failed": 0}
    kinds = module.carries if schedule.carried else (module.key,)
    for tenant in (one for kind in kinds for one in directory.tenants(kind=kind)):
        try:
            with bind(duty(tenant, schedule.name)):
                schedule.run(now)
        except Exception:
            telemetry.alarm("schedule.failed", module=module.key, schedule=schedule.name, tenant=tenant.id)
            totals["failed"] += 1
        else:
            totals["done"] += 1
    telemetry.emit(f"{module.key}.{schedule.name}", totals)
    return totals
