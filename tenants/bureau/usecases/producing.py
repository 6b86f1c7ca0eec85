"""Producing: the duty that seals what is due, and makes the files that wait for a function that can."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from chalicelib.kernel.errors import Clash
from chalicelib.telemetry import alarm, emit
from tenants.bureau.domain.report.definitions import Report
from tenants.bureau.domain.report.periods import Span
from tenants.bureau.usecases.archive import FORMS, Form, Opened, Shelf, hand_out, see_report
from tenants.bureau.usecases.sealing import Archive, Made, due


class Waiting(Shelf, Archive, Protocol):
    """The archive with what waits for its files."""

    def waiting(self) -> list[str]:
        """The ids of reports whose files are to be made."""
        ...

    def done_waiting(self, id: str) -> None:
        """Its files are made."""
        ...


class Works(Protocol):
    """One transaction: the archive on it, and its commit."""

    def __call__(self, act: Callable[[Waiting], None]) -> None: ...


def produce(
    *,
    now: datetime,
    scope: str,
    since: date,
    archive: Archive,
    seal: Callable[[Report, Span], Made],
    work: Works,
    render: Callable[[Opened, Form], bytes],
    enough: Callable[[], bool] = lambda: False,
) -> int:
    """Seal what is due, each in a transaction of its own; then make the files that wait. How many were made.

    One report that cannot be made stops no other: it alarms and is due again at the next run.
    """
    made = 0
    for report, span in due(now=now, scope=scope, since=since, archive=archive):
        if enough():
            break
        try:
            made += seal(report, span).outcome != "unchanged"
        except Clash:
            continue  # somebody sealed it this very moment
        except Exception:
            alarm("bureau.report-failed", report=report.code, period=span.name)
    emit("bureau.reports", {"made": made})
    work(lambda shelf: _files(shelf, work, render=render, enough=enough))
    return made


def _files(
    shelf: Waiting,
    work: Works,
    *,
    render: Callable[[Opened, Form], bytes],
    enough: Callable[[], bool],
) -> None:
    for id in shelf.waiting():
        if enough():
            return
        for form in FORMS:
            work(lambda own, id=id, form=form: _file(own, id, form, render))  # type: ignore[misc]
        work(lambda own, id=id: own.done_waiting(id))  # type: ignore[misc]


def _file(shelf: Waiting, id: str, form: Form, render: Callable[[Opened, Form], bytes]) -> None:
    hand_out(opened=see_report(id=id, shelf=shelf), form=form, shelf=shelf, render=render)
