"""The front page, and the way in and out."""

import threading
import time
from collections.abc import Mapping
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.control import usecases
from chalicelib.control.store import ControlStore
from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.texts import in_language
from chalicelib.messaging.codelists import DISTRICTS
from chalicelib.persistence import directory
from chalicelib.web.answers import is_local
from chalicelib.web.http import Asked, Blueprint, Call, Filled, Html, Open, Page, Redirect, page

blueprint = Blueprint(__name__)
registry: usecases.Registry = ControlStore()

_KINDS: Mapping[str, str] = {
    "scenic": N_("景区"),
    "hotel": N_("酒店"),
    "agency": N_("旅行社"),
    "homestay": N_("乡村民宿"),
}

_FRESH, _MOST, _FEW = 60.0, 60, 6


class HomeQuery(Asked):
    """What one looks for: a part of a name, a kind, a district. Nothing asked shows everything."""

    q: str = Field(default="", max_length=40)
    kind: str = Field(default="", max_length=20)
    district: str = Field(default="", max_length=6)
    to: Literal["", "find"] = Field(default="", description="find: each shop leads to its lost orders")


class LoginForm(Asked):
    """The log-in form. A password's ends are part of it, so nothing is stripped."""

    model_config = ConfigDict(str_strip_whitespace=False)

    email: str = Field(min_length=3, max_length=320)
    password: str = Field(min_length=1, max_length=200, repr=False)
    next: str = Field(default="", max_length=1_000)


class LoginQuery(Asked):
    """Where to go after the log-in."""

    next: str = Field(default="", max_length=1_000)


@page(blueprint, "GET", "/", use_case="control.home", door=Open(), query=HomeQuery)
def show_home(call: Call) -> Page:
    """The platform's front page: the shops that are open; under a shop's own host, its front page."""
    if call.shop is not None:
        return Redirect(f"/s/{call.shop}")
    shops, asked = _shops(), call.query
    found = [shop for shop in shops if shop.fits(asked)]
    return Html(
        "home.html",
        shops=[shop.shown(call) for shop in sorted(found, key=lambda shop: shop.name(call.locale))[:_MOST]],
        more=max(0, len(found) - _MOST),
        # Three shops are found by looking; boxes above them would only be in the way.
        filters=_filters(shops, call) if len(shops) > _FEW else None,
        asked={"q": asked.q, "kind": asked.kind, "district": asked.district, "to": asked.to},
    )


@page(blueprint, "GET", "/login", use_case="control.show-login", door=Open(), query=LoginQuery)
def show_login(call: Call) -> Page:
    """The log-in form; who is logged in goes straight to their desk."""
    _at_the_desks(call)
    wanted = call.query.next if is_local(call.query.next) else ""
    if (found := call.credential) is not None:
        return Redirect(wanted or f"/{found.tenant.kind}")
    return Html("login.html", next=wanted)


def _shown_again(call: Call) -> Html:
    return _refused(call, str(call.form.get("email", "")), str(call.form.get("next", "")))


@page(
    blueprint,
    "POST",
    "/login",
    use_case="control.log-in",
    door=Open(),
    body=LoginForm,
    limit=8_000,
    invalid=_shown_again,
)
def log_in(call: Call, body: LoginForm) -> Page:
    """Check email and password; hand out a session."""
    _at_the_desks(call)
    try:
        secret, account = usecases.log_in(
            email=body.email,
            password=body.password,
            address=call.address,
            now=call.now,
            registry=registry,
        )
    except usecases.WrongLogin:
        return _refused(call, body.email, body.next)
    call.open_session(secret, seconds=int(usecases.SESSION_LIFE.total_seconds()))
    return Redirect(body.next if is_local(body.next) else f"/{account.tenant.kind}")


@page(blueprint, "POST", "/logout", use_case="control.log-out", door=Open(), limit=8_000)
def log_out(call: Call) -> Redirect:
    """End the session, here and in the directory."""
    usecases.log_out(secret=call.session, registry=registry)
    call.close_session()
    return Redirect("/")


def _at_the_desks(call: Call) -> None:
    """Desks have one address; under a shop's own host nobody is asked for a password."""
    if call.shop is not None:
        raise Missing


def _refused(call: Call, email: str, wanted: str) -> Html:
    return Html(
        "login.html",
        error=call.translate(usecases.WrongLogin.detail),
        form=Filled({"email": email[:320]}),
        next=wanted if is_local(wanted) else "",
    ).with_status(401)


SHOP = "shop"
"""The entitlement of a tenant whose pages under ``/s/<slug>`` are open: those stand on the front page."""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """An open shop as the front page knows it. ``names``: by language, the registered one under ``zh``."""

    names: Mapping[str, str]
    kind: str
    slug: str
    district: str

    def name(self, locale: str) -> str:
        return in_language(self.names, locale)

    def fits(self, asked: HomeQuery) -> bool:
        """Whether it is one of those asked for; a name is found in whichever language it is typed."""
        wanted = asked.q.casefold()
        return (
            (not asked.kind or asked.kind == self.kind)
            and (not asked.district or asked.district == self.district)
            and (not wanted or any(wanted in name.casefold() for name in (*self.names.values(), self.slug)))
        )

    def shown(self, call: Call) -> dict[str, str]:
        """The shop as a card."""
        return {
            "name": self.name(call.locale),
            "kind": call.translate(_KINDS.get(self.kind, self.kind)),
            "text": _district(self.district, call),
            "href": f"/s/{self.slug}{'/find' if call.query.to else ''}",
        }


_lock = threading.Lock()
_kept: tuple[float, list[Shop]] = (0.0, [])


def _shops() -> list[Shop]:
    """Open shops; read once a minute, because everybody looks at the front page."""
    global _kept  # noqa: PLW0603 - one list for the process
    with _lock:
        made, shops = _kept
    if shops and time.monotonic() - made < _FRESH:
        return shops
    names = directory.all_names()
    shops = [
        Shop(
            names={"zh": tenant.name, **names.get(tenant.id, {})},
            kind=tenant.kind,
            slug=tenant.slug,
            district=tenant.district,
        )
        for tenant in directory.tenants()
        if tenant.status == "active" and SHOP in tenant.entitlements
    ]
    with _lock:
        _kept = (time.monotonic(), shops)
    return shops


def _filters(shops: list[Shop], call: Call) -> dict[str, list[tuple[str, str]]]:
    """The kinds and districts that there are, as choices."""
    kinds = [(kind, call.translate(words)) for kind, words in _KINDS.items()]
    districts = sorted({shop.district for shop in shops})
    return {
        "kinds": [each for each in kinds if any(shop.kind == each[0] for shop in shops)],
        "districts": [(code, _district(code, call)) for code in districts],
    }


def _district(code: str, call: Call) -> str:
    """A district by its name, as the reader's language writes it; in Latin letters where it has no word."""
    row = next((one for one in DISTRICTS.codes if one.code == code), None)
    if row is None:
        return code
    said = call.translate(row.zh)
    return said if said != row.zh or call.locale in {"zh", "ja"} else row.en
