"""The bureau's doors: a wall for the room, pages for the desk, an API; all need ``bureau.read``."""

from chalice.app import Blueprint


def blueprint() -> Blueprint:
    """The module's blueprint, once every route has registered on it."""
    from tenants.bureau.routes import (
        alerts,
        api,
        areas,
        asked,
        commands,
        composing,
        kpi,
        kpi_pages,
        lake,
        officers,
        pages,
        reporting,
        restated,
    )

    assert all((alerts, api, areas, commands, composing, kpi, kpi_pages))
    assert all((lake, officers, pages, reporting, restated))
    return asked.blueprint
