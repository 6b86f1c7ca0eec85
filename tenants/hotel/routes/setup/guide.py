"""What every room's page shows 住店须知: the network, breakfast, notes in four languages, the films."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Redirect, page
from tenants.hotel.domain.request import Film, Guide
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import desk_page, property_of
from tenants.hotel.routes.registered import BLUEPRINT, SETUP
from tenants.hotel.routes.words import Said
from tenants.hotel.store import HotelStore
from tenants.hotel.store.requests import RequestStore

_PATH = "/hotel/setup/guide"
MOST_FILMS = 20
_EMPTY_ROWS = 2
_Line = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class FilmForm(Asked):
    """A film of the room's list; without a title it is left out. ``path``: a page of this site, or none."""

    titles: Annotated[Said, Field(default_factory=Said)]
    minutes: Annotated[int | None, Blank, Field(ge=1, le=600)] = None
    path: Annotated[str, Field(max_length=200, pattern=r"^(/[A-Za-z0-9/._-]*)?$")] = ""


class GuideForm(Asked):
    network: _Line = ""
    password: _Line = ""
    phone: _Line = ""
    breakfast: _Line = ""
    notes: Annotated[Said, Field(default_factory=Said)]
    films: Annotated[list[FilmForm], Field(max_length=MOST_FILMS, default_factory=list)]

    def guide(self) -> Guide:
        """What the form says."""
        return Guide(
            network=self.network,
            password=self.password,
            phone=self.phone,
            breakfast=self.breakfast,
            notes=self.notes.by_language,
            films=tuple(
                Film(titles=one.titles.by_language, minutes=one.minutes or 1, path=one.path)
                for one in self.films
                if one.titles.by_language
            ),
        )


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-guide-form", door=SETUP)
def show_guide(call: Call) -> Page:
    """What the rooms of the house show now."""
    guide = RequestStore(call.work).guide(property_of(HotelStore(call.work).setup).id)
    return _form(call, _typed(guide))


def _again(call: Call) -> Page:
    return _form(call, call.form, errors=errors_of(call))


@page(BLUEPRINT, "POST", _PATH, use_case="hotel.set-guide-page", door=SETUP, body=GuideForm, invalid=_again)
def set_guide(call: Call, asked: GuideForm) -> Page:
    """Guests read it at once, on the television and on their phones."""
    site = property_of(HotelStore(call.work).setup).id
    RequestStore(call.work).keep_guide(site, asked.guide())
    return Redirect("/hotel/setup?done=guide")


def _typed(guide: Guide) -> dict[str, Any]:
    return {
        "network": guide.network,
        "password": guide.password,
        "phone": guide.phone,
        "breakfast": guide.breakfast,
        "notes": dict(guide.notes),
        "films": [
            {"titles": dict(film.titles), "minutes": str(film.minutes), "path": film.path}
            for film in guide.films
        ],
    }


def _form(call: Call, typed: dict[str, Any], *, errors: dict[str, str] | None = None) -> Html:
    films = typed.get("films")
    rows = [row for row in films if isinstance(row, dict)] if isinstance(films, list) else []
    shown = [*rows, *[{}] * _EMPTY_ROWS] if not errors else rows
    return desk_page(
        call,
        "hotel/setup/guide.html",
        place="setup",
        title=call.translate(N_("住店须知")),
        action=_PATH,
        form=Filled({**typed, "films": shown[:MOST_FILMS]}, errors),
    )
