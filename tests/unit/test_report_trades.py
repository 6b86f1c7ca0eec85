"""A sealed sheet says no zero of a trade that a place does not have; what was sealed before stays."""

import csv
import io
from datetime import date
from typing import Any

import pytest

from tenants.bureau.domain.day import Known
from tenants.bureau.domain.report.definitions import Report, report_on
from tenants.bureau.routes import report_files
from tenants.bureau.usecases import archive as shelf
from tests.fake_archive import FakeArchive
from tests.feed_world import HOTEL, SHAOLIN, entry
from tests.unit.test_reports import a_day, cells, make

pytestmark = pytest.mark.unit

ERQI = "410103"


def version(day: date) -> Report:
    found = report_on("R03", day)
    assert found is not None
    return found


def sealed(monkeypatch: pytest.MonkeyPatch, report: Report, *, scenic: str = "410185") -> Any:
    """Of a day on which the scenic area and the hotel stand in two districts."""
    monkeypatch.setattr(
        "tests.unit.test_reports.KNOWN",
        [
            Known(id=SHAOLIN.id, name=SHAOLIN.name, kind="scenic", district=scenic),
            Known(id=HOTEL.id, name=HOTEL.name, kind="hotel", district=ERQI),
        ],
    )
    archive = FakeArchive()
    made = make(a_day(), archive, report=report)
    return shelf.see_report(id=made.sealed.id, shelf=archive)


def test_a_district_without_a_scenic_area_has_no_admissions_and_no_zero(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = sealed(monkeypatch, version(date(2026, 11, 23))).body
    erqi, dengfeng = (cells(now, "districts", one) for one in (ERQI, "410185"))
    assert (erqi["admitted"], erqi["sold_fen"], erqi["guests"], erqi["let"]) == (None, None, 0, 60)
    assert (dengfeng["admitted"], dengfeng["guests"], dengfeng["let"]) == (34, None, None)
    assert erqi["paid_fen"] == 0, "everybody can be paid: that is a zero"
    before = sealed(monkeypatch, version(date(2026, 11, 22))).body
    assert cells(before, "districts", ERQI)["admitted"] == 0, "an earlier period keeps its question"
    assert cells(now, "totals") | {"groups": 0, "group_pax": 0} == cells(before, "totals"), "the sums stand"


def test_what_somebody_did_is_counted_whatever_he_is_registered_as(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = a_day()
    ledger.take(entry(3, by=HOTEL))
    monkeypatch.setattr("tests.unit.test_report_trades.a_day", lambda: ledger)
    body = sealed(monkeypatch, version(date(2026, 11, 23))).body
    assert cells(body, "districts", ERQI)["admitted"] == 3


def test_the_table_to_download_says_the_dash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = sealed(monkeypatch, version(date(2026, 11, 23)))
    file = report_files.render(opened, "csv", slug="bureau", issuer="演示").decode("utf-8-sig")
    found = {
        (line["row"], line["column"]): line["value"]
        for line in csv.DictReader(io.StringIO(file))
        if line["sheet"] == "districts"
    }
    assert (found[ERQI, "admitted"], found[ERQI, "paid_fen"]) == ("—", "0")
    assert found["410185", "admitted"] == "34"
