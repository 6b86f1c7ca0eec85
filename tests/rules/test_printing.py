"""A route that can print lands on a function that has the printer, or knows what to do without one."""

import pytest

from app import app
from chalicelib.web.registry import ROUTES
from infra.package.functions import PRINT, functions
from tenants import modules
from tests.rules.reaching import Node, named, reach
from tests.rules.sources import PRODUCT, places

pytestmark = pytest.mark.rules

PRINTER = ("chalicelib.web.printing", "pdf")
ASKS = ("chalicelib.web.printing", "can_print")


def askers() -> frozenset[Node]:
    """Who asks first whether this process can print, and goes another way where it cannot."""
    return frozenset(node for node, others in named().items() if ASKS in others)


def test_every_route_whose_code_reaches_the_printer_says_that_it_prints() -> None:
    reaching = reach(PRINTER, but=askers())
    assert app.guarded()
    can = {route.path for route in ROUTES if (route.handler.__module__, route.handler.__name__) in reaching}
    says = {route.path for route in ROUTES if route.prints}
    assert can == says
    assert can


def test_what_prints_is_served_by_the_function_that_has_the_printer() -> None:
    (printing,) = (one for one in functions(modules=modules(), stage="prod") if one.name == PRINT)
    assert "seal" in printing.needs


def test_a_schedule_that_reaches_the_printer_says_what_it_needs() -> None:
    reaching = reach(PRINTER, but=askers())
    for module in modules():
        for schedule in module.schedules:
            run = (schedule.run.__module__, schedule.run.__name__)
            assert run not in reaching or schedule.needs == "seal", (module.key, schedule.name)
    assert ("tenants.bureau.manifest", "_reports") in reaching


def test_only_the_printer_knows_the_typesetter() -> None:
    assert places(r"^\s*(import|from)\s+typst\b", *PRODUCT, but=("chalicelib/web/printing.py",)) == []


def test_the_reader_of_the_syntax_sees_the_ways_there_are() -> None:
    """Directly, through another file's function, through a lambda that is handed over."""
    reaching = reach(PRINTER)
    assert ("tenants.bureau.routes.report_files", "_pdf") in reaching
    assert ("tenants.bureau.routes.report_files", "render") in reaching
    assert ("chalicelib.web.return_files", "document") in reaching
    assert len(askers()) < 4
