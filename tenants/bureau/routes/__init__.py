"""The bureau's doors: a wall for the room, pages for the desk, an API; all need ``bureau.read``."""

from tenants.bureau.routes import (
    alerts,
    api,
    areas,
    commands,
    composing,
    kpi,
    kpi_pages,
    lake,
    officers,
    pages,
    report_api,
    reporting,
    reports,
    restated,
    verify,
)
from tenants.bureau.routes.asked import blueprint

__all__ = [
    "alerts",
    "api",
    "areas",
    "blueprint",
    "commands",
    "composing",
    "kpi",
    "kpi_pages",
    "lake",
    "officers",
    "pages",
    "report_api",
    "reporting",
    "reports",
    "restated",
    "verify",
]
