"""The archive: sealed reports listed, opened, verified, handed out and published."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal, Protocol

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day, rfc3339
from tenants.bureau.domain.report.definitions import REPORTS
from tenants.bureau.domain.report.disclosed import disclosed
from tenants.bureau.domain.report.dispatch import RECIPIENTS, Dispatch, confirm
from tenants.bureau.domain.report.periods import Span
from tenants.bureau.domain.report.seal import Difference, Sealed, differences, opened
from tenants.bureau.domain.upward import PROVINCE, report_sent

Form = Literal["pdf", "xlsx", "csv"]
FORMS: tuple[Form, ...] = ("pdf", "xlsx", "csv")


class NotReady(Refusal):
    code = "bureau.report.not-ready"
    status = 503
    detail = N_("这个文件正在生成。")
    remedy = N_("请几分钟后再下载;页面上的内容已经可以查看。")


class NotFinal(Refusal):
    code = "bureau.report.not-final"
    detail = N_("这份报告的时段还没有结束,不能公开。")
    remedy = N_("请等时段结束、报告定稿后再公开。")


class Shelf(Protocol):
    """Sealed reports as they are found, read and handed out."""

    def versions(self, *, code: str, span: Span, scope: str) -> list[Sealed]:
        """The versions of a report, the first first."""
        ...

    def find(self, id: str) -> Sealed | None:
        """The version with this id."""
        ...

    def listed(self, *, code: str, year: int) -> Iterator[Sealed]:
        """The versions of one kind of report in a year, the newest period first."""
        ...

    def content(self, sha: str) -> bytes | None:
        """What was sealed under a hash."""
        ...

    def of_hash(self, sha: str) -> tuple[str, str] | None:
        """The id of the report that these bytes are, and their form."""
        ...

    def file(self, sealed: Sealed, form: str) -> bytes | None:
        """What was rendered, or nothing; ``Tampered`` when it is not what was rendered."""
        ...

    def keep_file(self, sealed: Sealed, form: str, body: bytes) -> Sealed:
        """Keep what was rendered and its hash."""
        ...

    def publish(self, sealed: Sealed) -> None:
        """Remember when a version was published."""
        ...

    def wait(self, sealed: Sealed) -> None:
        """Let a function that can make the files make them."""
        ...


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A report with its content, its other versions and what it changed."""

    sealed: Sealed
    body: Mapping[str, Any]
    versions: Sequence[Sealed]
    changes: Sequence[Difference]

    @property
    def superseded(self) -> Sealed | None:
        """The version that stands, where it is not this one."""
        return self.versions[-1] if self.versions[-1].version != self.sealed.version else None


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a hash belongs to. ``current``: no later version stands."""

    sealed: Sealed
    form: str
    current: bool


def see_reports(
    *, year: int, shelf: Shelf, code: str = "", month: int | None = None, latest: bool = True
) -> list[Sealed]:
    """Sealed reports of a year, by when they were sealed, the newest first; of each the version that stands,
    or all."""
    codes = [one.code for one in REPORTS if code in {"", one.code}]
    found: list[Sealed] = []
    for each in dict.fromkeys(codes):
        seen: set[tuple[str, str]] = set()
        for one in shelf.listed(code=each, year=year):
            if month is not None and not one.first.month <= month <= one.last.month:
                continue
            if latest and (one.span, one.scope) in seen:
                continue
            seen.add((one.span, one.scope))
            found.append(one)
    return sorted(found, key=lambda one: (one.last, one.sealed, one.code), reverse=True)


def see_report(*, id: str, shelf: Shelf) -> Opened:
    """One version: its content, checked against its seal. Raises ``Missing``, ``Tampered``."""
    sealed = shelf.find(id)
    if sealed is None:
        raise Missing
    body = opened(shelf.content(sealed.sha), sha=sealed.sha)
    span = Span(sealed.first, sealed.last, sealed.span)
    versions = shelf.versions(code=sealed.code, span=span, scope=sealed.scope)
    changes: list[Difference] = []
    if sealed.supersedes:
        former = opened(shelf.content(sealed.supersedes), sha=sealed.supersedes)
        changes = differences(former["content"], body["content"])
    return Opened(sealed=sealed, body=body, versions=versions, changes=changes)


def hand_out(
    *,
    opened: Opened,
    form: Form,
    shelf: Shelf,
    render: Callable[[Opened, Form], bytes] | None,
) -> bytes:
    """A file of a report: as it was rendered first, for good. ``render`` None: it cannot be made here."""
    kept = shelf.file(opened.sealed, form)
    if kept is not None:
        return kept
    if render is None:
        raise NotReady
    body = render(opened, form)
    shelf.keep_file(opened.sealed, form, body)
    return body


def verify(*, sha: str, shelf: Shelf) -> Verified | None:
    """Whether bytes with this hash are ours: the sealed content, or a file that was made of it."""
    found = shelf.of_hash(sha)
    if found is None:
        return None
    sealed = shelf.find(found[0])
    if sealed is None:
        return None
    span = Span(sealed.first, sealed.last, sealed.span)
    versions = shelf.versions(code=sealed.code, span=span, scope=sealed.scope)
    return Verified(sealed=sealed, form=found[1], current=versions[-1].version == sealed.version)


def publish(*, opened: Opened, now: datetime, shelf: Shelf) -> Sealed:
    """Release the public edition: small cells left out. A second time changes nothing."""
    if not opened.sealed.final:
        raise NotFinal
    if opened.sealed.published:
        return opened.sealed
    published = replace(opened.sealed, published=rfc3339(now))
    shelf.publish(published)
    return published


def public_edition(*, id: str, shelf: Shelf) -> Opened:
    """A published report as anybody may see it. Raises ``Missing`` for what was not published."""
    found = see_report(id=id, shelf=shelf)
    if not found.sealed.published:
        raise Missing
    return replace(found, body=disclosed(found.body), changes=())


def years(*, now: date, since: date) -> list[int]:
    """The years that may hold reports, the newest first."""
    return list(range(now.year, since.year - 1, -1))


class Dispatches(Protocol):
    """What was sent to the next level up."""

    def keep(self, dispatch: Dispatch) -> None:
        """A new one, or the same confirmed."""
        ...

    def find(self, id: str) -> Dispatch | None:
        """The dispatch with this id."""
        ...

    def sent(self, *, year: int, after: str = "", most: int = 200) -> list[Dispatch]:
        """Those of a year, the first first, with ids above ``after``."""
        ...

    def tell_above(self, event: Event, *, district: str) -> None:
        """The next item of the feed of the level above, with the commit."""
        ...


def send(*, opened: Opened, to: str, by: str, now: datetime, dispatches: Dispatches) -> Dispatch:
    """Put a sealed report on its way: the recipient's feed has it from now on. Sent twice, it is one."""
    if to not in {one.code for one in RECIPIENTS}:
        raise Missing
    for one in dispatches.sent(year=business_day(now).year):
        if (one.sha, one.to) == (opened.sealed.sha, to):
            return one
    dispatch = Dispatch(
        id=new_id("dp", now=now),
        report=opened.sealed.id,
        sha=opened.sealed.sha,
        to=to,
        by=by,
        at=rfc3339(now),
    )
    dispatches.keep(dispatch)
    if to == PROVINCE:
        sent = report_sent(opened.sealed, dispatch, now=now)
        dispatches.tell_above(sent, district=opened.sealed.scope)
    return dispatch


def receive(*, id: str, sha: str, now: datetime, dispatches: Dispatches) -> Dispatch:
    """The recipient confirms what they hold by its hash."""
    found = dispatches.find(id)
    if found is None:
        raise Missing
    confirmed = confirm(found, sha=sha, at=rfc3339(now))
    dispatches.keep(confirmed)
    return confirmed


def sent_with(*, id: str, dispatches: Dispatches) -> Dispatch:
    """The dispatch with this id, or ``Missing``: the next level up reads what was sent, and only that."""
    found = dispatches.find(id)
    if found is None:
        raise Missing
    return found
