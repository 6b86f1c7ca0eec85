"""Drawn areas: named stretches of land that warnings and targets speak of, at the desk and by the API."""

from datetime import date
from typing import Annotated

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import business_day
from chalicelib.web.formats import listed
from chalicelib.web.http import Answered, Asked, Blank, Call, Filled, Html, Redirect, Several, endpoint, page
from tenants.bureau.domain.drawn import DrawnArea, PolygonInvalid, polygon_of, text_of
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import READER, blueprint, senders
from tenants.bureau.routes.directing import COMMANDER, Words, desk
from tenants.bureau.routes.frame import frame
from tenants.bureau.store.areas import AreaStore

_HERE = "/bureau/areas"
District = Annotated[str, Field(pattern="^4101[0-9]{2}$")]


class AreaAsked(Asked):
    """An area. ``polygon``: ``latitude,longitude`` pairs, a space between them, the last one the first."""

    id: str = Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$")
    names: Words
    polygon: str = Field(max_length=8000)
    districts: Annotated[list[District], Several] = Field(min_length=1, max_length=16)
    tenants: Annotated[list[str], Several] = Field(default=[], max_length=500)
    source: str = Field(min_length=1, max_length=200, description="who drew it, and by what document")
    until: Annotated[date | None, Blank] = None


class AreaView(Answered):
    id: str
    names: dict[str, str]
    polygon: str
    districts: list[str]
    tenants: list[str]
    source: str
    since: date
    until: date | None


class AreasView(Answered):
    areas: list[AreaView]


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/areas",
    use_case="bureau.list-areas",
    door=READER,
    answers=AreasView,
    summary="The drawn areas that warnings and targets may name",
)
def list_areas(call: Call) -> AreasView:
    """All of them."""
    return AreasView(areas=[_view(one) for one in AreaStore(call.work).all()])


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/areas",
    use_case="bureau.keep-area",
    door=COMMANDER,
    body=AreaAsked,
    answers=AreaView,
    status=201,
    summary="Draw an area, or change it",
)
def keep_area(call: Call, body: AreaAsked) -> AreaView:
    """As it is now."""
    return _view(_keep(call, body))


@page(blueprint, "GET", _HERE, use_case="bureau.show-areas", door=READER)
def show_areas(call: Call) -> Html:
    """What is drawn, and a form for one more."""
    return _page(call)


def _again(call: Call) -> Html:
    return _page(call)


@page(blueprint, "POST", _HERE, use_case="bureau.draw-area", door=COMMANDER, body=AreaAsked, invalid=_again)
def draw_area(call: Call, body: AreaAsked) -> Html | Redirect:
    """Keep it; a polygon that is none is shown again with what is wrong."""
    try:
        _keep(call, body)
    except PolygonInvalid as refusal:
        call.errors = [{"at": "/polygon", "detail": call.translate(refusal.remedy)}]
        return _page(call).with_status(refusal.status)
    return Redirect(_HERE)


def _keep(call: Call, body: AreaAsked) -> DrawnArea:
    desk(call).scope.require(body.districts)
    said = {code: text for code, text in body.names.model_dump().items() if text}
    area = DrawnArea(
        id=body.id,
        names=said or {"zh": body.id},
        polygon=polygon_of(body.polygon),
        districts=tuple(body.districts),
        tenants=tuple(body.tenants),
        source=body.source,
        since=business_day(call.now),
        until=body.until,
    )
    AreaStore(call.work).keep(area)
    return area


def _view(area: DrawnArea) -> AreaView:
    return AreaView(
        id=area.id,
        names=dict(area.names),
        polygon=text_of(area.polygon),
        districts=list(area.districts),
        tenants=list(area.tenants),
        source=area.source,
        since=area.since,
        until=area.until,
    )


def _page(call: Call) -> Html:
    say, scope, today = call.translate, desk(call).scope, business_day(call.now)
    return Html(
        "bureau/areas.html",
        areas=[
            {
                "name": one.names.get(call.locale) or one.names.get("zh") or one.id,
                "id": one.id,
                "districts": listed(
                    (say(words.DISTRICTS.get(code, code)) for code in one.districts), locale=call.locale
                ),
                "points": len(one.polygon) - 1,
                "tenants": len(one.tenants),
                "source": one.source,
                "state": {"text": say(N_("使用中")), "tone": "good"}
                if one.holds(today)
                else {"text": say(N_("已停用")), "tone": "off"},
            }
            for one in AreaStore(call.work).all()
        ],
        form=Filled(call.form, call.wrong),
        places=[(code, say(word)) for code, word in words.DISTRICTS.items() if scope.reaches(code)],
        tenants=[(one.id, one.name) for one in senders() if scope.reaches(one.district)][:300],
        may_draw=bool(scope.districts),
        **frame(call, "/bureau/commands"),
    )
