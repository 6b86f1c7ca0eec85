"""Pictures at the desk: added from the phone, described, put in order, removed."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.web import multipart
from chalicelib.web.http import Asked, Call, Confirmed, Filled, Html, Page, Redirect, page
from tenants.hotel.domain.album import MOST_PHOTOS, Album, Photo
from tenants.hotel.domain.property import text
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import desk_page, flash_of, refused
from tenants.hotel.routes.registered import BLUEPRINT, SETUP
from tenants.hotel.routes.shown.photo import photo_shown
from tenants.hotel.routes.words import Texts
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import photos

_PATH = "/hotel/setup/photos/{what}/{id}"
_ONE = f"{_PATH}/{{photo}}"
DONE = {
    "added": N_("图片已上传。"),
    "described": N_("说明已保存。"),
    "moved": N_("顺序已保存。"),
    "removed": N_("图片已删除。"),
}


class DoneQuery(Asked):
    done: Annotated[str, Field(max_length=16)] = ""


class PhotoForm(Texts):
    """A picture with what it shows; ``slim``: the same, smaller, where the browser made one."""

    picture: dict[str, Any] | None = None
    slim: dict[str, Any] | None = None


class SaysForm(Asked):
    says: Texts


class MoveForm(Asked):
    to: Annotated[int, Field(ge=0, le=MOST_PHOTOS)]


class PhotoMissing(Refusal):
    code = "hotel.photo.none"
    status = 422
    detail = N_("还没有选图片。")
    remedy = N_("请先选一张图片。")


def says_of(form: Texts) -> dict[str, str]:
    """The texts of a form by language."""
    found = {"zh": form.zh, "en": form.en, "ja": form.ja, "ko": form.ko}
    return {language: said for language, said in found.items() if said}


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-photos", door=SETUP, query=DoneQuery)
def show_photos(call: Call) -> Page:
    """The pictures of a house or a type in their order, and the form that adds one."""
    return _album_page(call, flash=flash_of(call, call.query.done, DONE))


def _again(call: Call) -> Page:
    return _album_page(call, errors=errors_of(call))


@page(
    BLUEPRINT,
    "POST",
    _PATH,
    use_case="hotel.add-photo",
    door=SETUP,
    body=PhotoForm,
    invalid=_again,
    limit=photos.MOST_BYTES + photos.MOST_SLIM + 20_000,
)
def add_photo(call: Call, asked: PhotoForm) -> Page:
    """A picture at the end; whatever is in the file beside the picture is not kept."""
    hotel, kind = HotelStore(call.work), call.header("content-type")
    multi = kind.lower().startswith(multipart.KIND)
    raw = multipart.file_of(call.raw, kind, "picture") if multi else None
    try:
        if raw is None:
            raise PhotoMissing
        slim = multipart.file_of(call.raw, kind, "slim")
        photos.add(_subject(call), raw, slim=slim, says=says_of(asked), hotel=hotel)
    except Missing:
        raise
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _album_page(call, errors={"picture": told["text"]}))
    return Redirect(f"{_here(call)}?done=added")


@page(BLUEPRINT, "POST", f"{_ONE}/place", use_case="hotel.order-photos", door=SETUP, body=MoveForm)
def move_photo(call: Call, asked: MoveForm) -> Page:
    """A picture to another place; the first stands for the house or type everywhere."""
    photos.move(_subject(call), call.path["photo"], to=asked.to, hotel=HotelStore(call.work))
    return Redirect(f"{_here(call)}?done=moved")


@page(BLUEPRINT, "GET", _ONE, use_case="hotel.show-photo-words", door=SETUP)
def show_photo(call: Call) -> Page:
    """One picture, what it shows in each language, and the way to remove it."""
    return _photo_page(call, {"says": dict(_photo(call).says)})


def _photo_again(call: Call) -> Page:
    return _photo_page(call, call.form, errors=errors_of(call))


@page(
    BLUEPRINT,
    "POST",
    _ONE,
    use_case="hotel.describe-photo",
    door=SETUP,
    body=SaysForm,
    invalid=_photo_again,
)
def describe_photo(call: Call, asked: SaysForm) -> Page:
    """What it shows, for those who do not see it and in their language."""
    photos.describe(
        _subject(call), call.path["photo"], says=asked.says.by_language, hotel=HotelStore(call.work)
    )
    return Redirect(f"{_here(call)}?done=described")


@page(BLUEPRINT, "POST", f"{_ONE}/removal", use_case="hotel.remove-photo", door=SETUP, body=Confirmed)
def remove_photo(call: Call, _: Confirmed) -> Page:
    """Out of the shop at once; the page before it asked."""
    hotel = HotelStore(call.work)
    gone = photos.remove(_subject(call), call.path["photo"], hotel=hotel)
    call.then(lambda: photos.forget(gone, albums=hotel.albums))
    return Redirect(f"{_here(call)}?done=removed")


def _subject(call: Call) -> str:
    return f"{call.path['what']}:{call.path['id']}"


def _here(call: Call) -> str:
    return f"/hotel/setup/photos/{call.path['what']}/{call.path['id']}"


def _photo(call: Call) -> Photo:
    return HotelStore(call.work).albums.album(_subject(call)).photo(call.path["photo"])


def _named(call: Call) -> tuple[str, str]:
    """The name of the house or type, and the page of its set-up. Raises ``Missing``."""
    what, id = call.path["what"], call.path["id"]
    house = HotelStore(call.work).setup.house()
    if what == "property" and id in house.properties:
        return text(house.properties[id].names, call.locale), "/hotel/setup/property"
    if what == "type" and id in house.types:
        return text(house.types[id].names, call.locale), f"/hotel/setup/types/{id}"
    raise Missing(subject=_subject(call))


def _album_page(
    call: Call,
    *,
    errors: dict[str, str] | None = None,
    flash: list[dict[str, str]] | None = None,
) -> Html:
    name, back = _named(call)
    album: Album = HotelStore(call.work).albums.album(_subject(call))
    here = _here(call)
    rows = [
        {**photo_shown(photo, call), "href": f"{here}/{photo.id}", "at": number}
        for number, photo in enumerate(album.photos)
    ]
    return desk_page(
        call,
        "hotel/setup/photos.html",
        place="setup",
        flash=flash or [],
        name=name,
        back=back,
        action=here,
        photos=rows,
        room=len(rows) < MOST_PHOTOS,
        most=MOST_PHOTOS,
        most_mb=photos.MOST_BYTES / 1_000_000,
        form=Filled(call.form, errors),
    )


def _photo_page(call: Call, typed: dict[str, Any], *, errors: dict[str, str] | None = None) -> Html:
    name, _ = _named(call)
    return desk_page(
        call,
        "hotel/setup/photo.html",
        place="setup",
        name=name,
        album=_here(call),
        action=f"{_here(call)}/{call.path['photo']}",
        photo=photo_shown(_photo(call), call),
        form=Filled(typed, errors),
    )
