"""The bureau's doors: a wall for the room, pages for the desk, an API; all need ``bureau.read``."""

from importlib import import_module

from chalice.app import Blueprint

_PARTS = (
    "alerts",
    "api",
    "areas",
    "casework",
    "commands",
    "composing",
    "disputes",
    "holiday",
    "kpi",
    "kpi_pages",
    "lake",
    "looking",
    "lodging",
    "officers",
    "pages",
    "report_api",
    "reporting",
    "reports",
    "restated",
    "returns",
    "unreached",
    "upward",
    "verify",
    "wall",
)
"""One name a line: who adds a part meets nobody."""


def blueprint() -> Blueprint:
    """The module's blueprint, once every route has registered on it."""
    from tenants.bureau.routes import asked

    for part in _PARTS:
        import_module(f"{__name__}.{part}")
    return asked.blueprint
