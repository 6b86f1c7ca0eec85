"""KPIs: the page of the desk, the file, and the API; each value leads to the events that it counts."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.period import business_day
from chalicelib.web.http import Answered, Asked, Blank, Call, endpoint
from tenants.bureau.domain.disclosure import Share, publishable, rule_on, too_telling
from tenants.bureau.domain.kpi import Cell, Reading
from tenants.bureau.routes.asked import LEDGER, READER, SENDER, blueprint, senders
from tenants.bureau.routes.ways import API_KPI, query
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.usecases import measuring
from tenants.bureau.usecases.measuring import Period

ByName = Literal["district", "kind", "sender", "day", "code"]
StateName = Literal["met", "missed", "plain", "unmeasured", "insufficient"]


class OfPeriod(Asked):
    """Business days, both included; the last seven full days by default."""

    first: Annotated[date | None, Blank] = None
    last: Annotated[date | None, Blank] = Field(default=None, description="yesterday by default")
    kind: Annotated[Literal["scenic", "hotel", "agency", "homestay"] | None, Blank] = None
    district: Annotated[str | None, Blank] = Field(
        default=None, pattern=r"^4101[0-9]{2}$", description="GB/T 2260; 410100 is the city"
    )


class OfKpi(OfPeriod):
    by: ByName = "district"
    publish: bool = Field(
        default=False, description="leave out what must not be published: counts below ten, few enterprises"
    )


class OfIds(Asked):
    sender: str = Field(pattern=SENDER)
    day: date
    limit: int = Field(default=200, ge=1, le=1000)


class KpiPart(Answered):
    """``numerator`` and ``value`` are null where a published count would be below ten."""

    key: str
    numerator: int | None
    denominator: int | None
    value: float | None
    events: str | None = Field(description="the query that lists the ids of the events behind it")


class Kpi(Answered):
    code: str
    version: int
    title: str
    unit: Literal["percent", "permille", "count", "minutes", "fen", "score"]
    first: date
    last: date
    numerator: int
    denominator: int | None
    value: float | None
    threshold: float | None
    better: Literal["more", "less"]
    state: StateName
    owner: str
    source: str
    since: date
    note: str


class KpiWithParts(Kpi):
    by: ByName
    parts: list[KpiPart]


class KpisAnswer(Answered):
    first: date
    last: date
    kpis: list[Kpi]


class IdsAnswer(Answered):
    code: str
    sender: str
    day: date
    ids: list[str]


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/kpi",
    use_case="bureau.see-kpis",
    door=READER,
    query=OfPeriod,
    answers=KpisAnswer,
    summary="All KPIs of a period, each by the version of its definition that holds then",
)
def see_kpis(call: Call) -> KpisAnswer:
    """Values with their numerators and denominators."""
    period = period_asked(call)
    found = measuring.see_kpis(period=period, subjects=subjects_asked(call, period))
    return KpisAnswer(first=period.first, last=period.last, kpis=[Kpi(**_answer(call, one)) for one in found])


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/kpi/{code}",
    use_case="bureau.see-kpi",
    door=READER,
    query=OfKpi,
    answers=KpiWithParts,
    summary="One KPI by district, kind, sender, day or code",
)
def see_kpi(call: Call) -> KpiWithParts:
    """With the way to the ids of its events, sender by sender."""
    reading = reading_asked(call)
    return KpiWithParts(
        **_answer(call, reading),
        by=call.query.by,
        parts=[
            KpiPart(
                key=cell.key,
                numerator=cell.numerator,
                denominator=cell.denominator,
                value=number(cell),
                events=_ids_href(reading, cell) if call.query.by == "sender" else None,
            )
            for cell in shown(call, reading)
        ],
    )


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/kpi/{code}/events",
    use_case="bureau.see-kpi-events",
    door=READER,
    query=OfIds,
    answers=IdsAnswer,
    summary="The ids of the events of one sender's day that a KPI counts",
)
def see_kpi_events(call: Call) -> IdsAnswer:
    """Newest first."""
    asked = call.query
    definition = measuring.defined(call.path["code"], asked.day)
    ids = measuring.ids_behind(
        definition, sender=asked.sender, day=asked.day, ledger=LEDGER, most=asked.limit
    )
    return IdsAnswer(code=definition.code, sender=asked.sender, day=asked.day, ids=ids)


def period_asked(call: Call) -> Period:
    last: date = call.query.last or business_day(call.now) - timedelta(days=1)
    return Period(first=call.query.first or last - timedelta(days=6), last=last)


def subjects_asked(call: Call, period: Period) -> Any:
    return measuring.subjects_of(
        period,
        now=call.now,
        ledger=LEDGER,
        senders=senders,
        directives=DirectiveStore(call.work),
        kind=call.query.kind or "",
        district=call.query.district or "",
    )


def reading_asked(call: Call) -> Reading:
    period = period_asked(call)
    measuring.defined(call.path["code"], period.last)
    subjects = subjects_asked(call, period)
    return measuring.see_kpi(code=call.path["code"], period=period, subjects=subjects, by=call.query.by)


def _answer(call: Call, reading: Reading) -> dict[str, Any]:
    definition = reading.definition
    return {
        **{name: getattr(definition, name) for name in _PLAIN},
        "title": call.translate(definition.title),
        "owner": call.translate(definition.owner),
        "note": call.translate(definition.note) if definition.note else "",
        "threshold": plain(definition.threshold),
        "first": reading.first,
        "last": reading.last,
        "numerator": reading.whole.numerator,
        "denominator": reading.whole.denominator,
        "value": number(reading.whole),
        "state": reading.state,
    }


_PLAIN = ("code", "version", "unit", "better", "source", "since")


def shown(call: Call, reading: Reading) -> list[Any]:
    """The parts; for publication without counts below ten, and without what gives an enterprise away."""
    if not call.query.publish:
        return list(reading.parts)
    rule = rule_on(reading.last)
    if call.query.by in rule.withheld:
        return [_Hidden(cell) for cell in reading.parts]
    open_ = publishable({cell.key: cell.numerator for cell in reading.parts})
    telling = too_telling([_share(cell) for cell in reading.parts], rule)
    return [
        _Hidden(cell) if place in telling or open_[cell.key] is None else cell
        for place, cell in enumerate(reading.parts)
    ]


def _share(cell: Cell) -> Share:
    """A part as the rule asks for it. A rate's parts do not add up to the whole, a count's do."""
    value = cell.numerator if cell.denominator is None else None
    return Share(units=cell.units, largest=cell.largest, value=value)


class _Hidden:
    """A part whose numbers are not published."""

    numerator = denominator = value = None

    def __init__(self, cell: Cell) -> None:
        self.key = cell.key


def number(cell: Any) -> float | None:
    return plain(cell.value)


def plain(value: Any) -> float | None:
    return None if value is None else round(float(value), 4)


def _ids_href(reading: Reading, cell: Cell) -> str | None:
    if reading.first != reading.last:
        return None  # ids are of one sender and one day
    return (
        f"{API_KPI}/{reading.definition.code}/events?{query(sender=cell.key, day=reading.last.isoformat())}"
    )
