"""The bureau's doors: a wall for the room, pages for the desk, an API; all need ``bureau.read``."""

from tenants.bureau.routes import (
    api,
    commands,
    kpi,
    kpi_pages,
    lake,
    pages,
    reporting,
    restated,
)
from tenants.bureau.routes.asked import blueprint

__all__ = [
    "api",
    "blueprint",
    "commands",
    "kpi",
    "kpi_pages",
    "lake",
    "pages",
    "reporting",
    "restated",
]
