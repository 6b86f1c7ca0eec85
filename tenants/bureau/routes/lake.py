"""The lake's catalogue: what is in it, who answers for it, how fresh it is; and its questions, asked here."""

from datetime import date, datetime, timedelta
from importlib.util import find_spec
from typing import Annotated, Any

from pydantic import Field, model_validator

from chalicelib.config import settings
from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.period import Period, business_day
from chalicelib.messaging.schemas import contracts
from chalicelib.web.http import Answered, Asked, Attachment, Blank, Call, Html, endpoint, page
from chalicelib.web.sheets import csv_sheet
from tenants.bureau.domain.lake import LakeSet
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import READER, blueprint
from tenants.bureau.routes.frame import frame
from tenants.bureau.store.lake import athena
from tenants.bureau.store.lake.files import LakeStore
from tenants.bureau.store.lake.queries import Query, queries
from tenants.bureau.store.scope import require_city
from tenants.bureau.usecases.cataloguing import Catalogue, see_lake

_HERE = "/bureau/lake"
_SHOWN = 200
_LONGEST = timedelta(days=400)


class Elsewhere(Refusal):
    code = "bureau.lake.elsewhere"
    status = 503
    detail = N_("这里没有装分析引擎,不能直接运行查询。")
    remedy = N_("请把查询文字放到 Athena 里运行,数据是同一份。")


class OfQuestion(Asked):
    """A question of the lake, and the days it is about: both ends included."""

    query: str = Field(pattern=r"^[a-z_]{3,40}$")
    since: Annotated[date | None, Blank] = None
    until: Annotated[date | None, Blank] = None

    @model_validator(mode="after")
    def _in_order(self) -> "OfQuestion":
        if self.since and self.until and not self.since <= self.until < self.since + _LONGEST:
            raise ValueError("from the first to the last day, at most 400 days")
        return self


class ColumnAnswer(Answered):
    name: str
    type: str
    about: str
    partition: bool


class SetAnswer(Answered):
    """One set. ``stale``: nothing landed for longer than it may be old."""

    name: str
    title: str
    owner: str
    rows: int
    stale: bool
    columns: list[ColumnAnswer]


class ThemeAnswer(Answered):
    type: str
    rows: int
    first: date
    last: date
    data_schema: str


class CatalogueAnswer(Answered):
    landed: datetime | None
    through: datetime | None
    files: int
    bytes: int
    days: int
    sets: list[SetAnswer]
    types: list[ThemeAnswer]
    queries: dict[str, str] = Field(description="version of each question by its name")


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/lake",
    use_case="bureau.lake",
    door=READER,
    answers=CatalogueAnswer,
    summary="What the lake holds: sets, owners, rows, freshness",
)
def lake(call: Call) -> CatalogueAnswer:
    """The catalogue."""
    found = see_lake(now=call.now, lake=LakeStore())
    return CatalogueAnswer(
        landed=_instant(found.landed),
        through=_instant(found.through),
        files=found.files,
        bytes=found.bytes,
        days=len(found.days),
        sets=[
            SetAnswer(
                name=shelf.of.name,
                title=call.translate(shelf.of.title),
                owner=call.translate(shelf.of.owner),
                rows=shelf.rows,
                stale=shelf.stale,
                columns=[ColumnAnswer(**one) for one in _columns(call, shelf.of)],
            )
            for shelf in found.shelves
        ],
        types=[
            ThemeAnswer(
                type=theme.type,
                rows=theme.rows,
                first=theme.first,
                last=theme.last,
                data_schema=f"/schemas/{theme.type}",
            )
            for theme in found.themes
        ],
        queries={name: one.version for name, one in queries().items()},
    )


@page(blueprint, "GET", _HERE, use_case="bureau.show-lake", door=READER)
def show_lake(call: Call) -> Html:
    """The catalogue at the desk."""
    found = see_lake(now=call.now, lake=LakeStore())
    return Html(
        "bureau/lake.html",
        lake=_view(call, found),
        queries=[_question(one) for one in queries().values()],
        runs=find_spec("duckdb") is not None,
        **frame(call, _HERE),
    )


@page(blueprint, "GET", f"{_HERE}/tables.sql", use_case="bureau.export-tables", door=READER)
def export_tables(call: Call) -> Attachment:
    """The words that make Athena's tables of these files."""
    place = settings().files if settings().files.startswith("s3://") else "s3://BUCKET"
    text = athena.tables(
        database=f"songyun_{settings().stage}",
        place=f"{place}/{call.tenant.id}/lake",
        contracts=contracts().values(),
        districts=words.DISTRICTS,
    )
    return Attachment(text, content_type="text/plain; charset=utf-8", name="songyun-lake.sql")


@page(blueprint, "GET", f"{_HERE}/ask", use_case="bureau.ask-lake", door=READER, query=OfQuestion)
def ask_lake(call: Call) -> Html:
    """One question: its text, and the answer for the days that were chosen."""
    query, period = _asked(call)
    names, rows = _answered(query, period, most=_SHOWN + 1)
    until = period.end - timedelta(days=1)
    return Html(
        "bureau/lake_ask.html",
        query=_question(query),
        text=query.text,
        since=period.start,
        until=until,
        names=names,
        rows=[[_cell(value) for value in row] for row in rows[:_SHOWN]],
        more=len(rows) > _SHOWN,
        csv_href=f"{_HERE}/ask.csv?query={query.name}&since={period.start}&until={until}",
        **frame(call, _HERE),
    )


@page(blueprint, "GET", f"{_HERE}/ask.csv", use_case="bureau.export-answer", door=READER, query=OfQuestion)
def export_answer(call: Call) -> Attachment:
    """The same as a file, every row of it."""
    query, period = _asked(call)
    names, rows = _answered(query, period, most=100_000)
    return csv_sheet(names, rows, name=f"{query.name}-{period.start}.csv")


def _asked(call: Call) -> tuple[Query, Period]:
    require_city()  # a question reads every district's events at once
    query = queries().get(call.query.query)
    if query is None:
        raise Missing
    until = call.query.until or business_day(call.now)
    since = call.query.since or until.replace(day=1)
    return query, Period(min(since, until), until + timedelta(days=1))


def _answered(query: Query, period: Period, *, most: int) -> tuple[list[str], list[tuple[Any, ...]]]:
    if find_spec("duckdb") is None:  # on AWS the pages' package has no engine
        raise Elsewhere
    from tenants.bureau.store.lake.duck import answer

    return answer(query, period=period, most=most)


def _view(call: Call, found: Catalogue) -> dict[str, Any]:
    return {
        "landed": found.landed or None,
        "through": found.through or None,
        "files": found.files,
        "bytes": found.bytes,
        "days": [
            {
                "day": one.day,
                "rows": one.rows["events"],
                "files": one.files,
                "landed": one.landed,
                "compacted": one.compacted,
            }
            for one in found.days[:31]
        ],
        "shelves": [
            {
                "name": shelf.of.name,
                "title": shelf.of.title,
                "owner": shelf.of.owner,
                "rows": shelf.rows,
                "stale": shelf.stale,
                "columns": _columns(call, shelf.of),
            }
            for shelf in found.shelves
        ],
        "themes": [
            {
                "type": theme.type,
                "text": words.TYPES.get(theme.type, theme.type),
                "rows": theme.rows,
                "first": theme.first,
                "last": theme.last,
                "href": f"/schemas/{theme.type}",
            }
            for theme in found.themes
        ],
    }


def _columns(call: Call, of: LakeSet) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "type": one.type,
            "about": call.translate(one.about),
            "partition": one.name in of.partitions,
        }
        for one in of.columns
    ]


def _question(query: Query) -> dict[str, str]:
    return {
        "name": query.name,
        "about": words.QUESTIONS.get(query.name, query.about),
        "version": query.version,
        "href": f"{_HERE}/ask?query={query.name}",
    }


def _cell(value: Any) -> str:
    return "—" if value is None else str(value)


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
