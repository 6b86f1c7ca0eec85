"""A form that was refused is shown on its page again, with what was typed and what is wrong beside it."""

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial, wraps
from typing import Any

from pydantic import BaseModel

from chalicelib.kernel.errors import N_, Clash, Missing, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.web.formats import sentences
from chalicelib.web.http import Call, Filled, Html, Member, Page, page
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import refused
from tenants.hotel.routes.registered import BLUEPRINT

MONEY = ("amount", "amounts", "limit")


@dataclass(frozen=True, kw_only=True)
class Again:
    """Which form of the page comes again. ``told``: what was refused or is wrong, for the top of the page."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] | None = None

    @property
    def filled(self) -> Filled:
        """The form, for a page that has no other."""
        return Filled(self.typed, self.errors)

    def of(self, form: str) -> Filled:
        """This form of a page with several: filled in where it is the one that comes again."""
        return self.filled if form == self.form else Filled()

    def flash(self, otherwise: list[dict[str, str]]) -> list[dict[str, str]]:
        """What stands at the top of the page."""
        return [dict(self.told)] if self.told is not None else otherwise


FIRST = Again()
"""Nothing was sent yet."""
Show = Callable[[Call, Again], Html]


def or_again(form: str, show: Show) -> Callable[[Callable[[Call, Any], Page]], Callable[[Call, Any], Page]]:
    """What the use case refuses is said where it was asked for; what is not there at all is not."""

    def within(handler: Callable[[Call, Any], Page]) -> Callable[[Call, Any], Page]:
        @wraps(handler)
        def handle(call: Call, asked: Any) -> Page:
            try:
                return handler(call, asked)
            except (Clash, Missing):  # tried again; nothing to show
                raise
            except Refusal as refusal:
                typed = _typed(call)
                return refused(
                    call, refusal, lambda told: show(call, Again(form=form, typed=typed, told=told))
                )

        return handle

    return within


def form_page(
    path: str,
    form: str,
    show: Show,
    *,
    use_case: str,
    door: Member,
    body: type[BaseModel],
    entitlement: str | None = None,
) -> Callable[[Callable[[Call, Any], Page]], Callable[[Call, Any], Page]]:
    """Declare where ``form`` of the page that ``show`` gives is sent. It comes again when its boxes hold what
    they cannot, and when the use case refuses."""

    def declared(handler: Callable[[Call, Any], Page]) -> Callable[[Call, Any], Page]:
        invalid = partial(_faulty, form, show)
        declare = page(
            BLUEPRINT,
            "POST",
            path,
            use_case=use_case,
            door=door,
            body=body,
            entitlement=entitlement,
            invalid=invalid,
        )
        return declare(or_again(form, show)(handler))

    return declared


def _faulty(form: str, show: Show, call: Call) -> Page:
    errors = errors_of(call, money=MONEY)
    text = sentences(call.translate(N_("没有保存:")), *dict.fromkeys(errors.values()), locale=call.locale)
    told = {"text": text, "tone": "warn"}
    return show(call, Again(form=form, typed=_typed(call), errors=errors, told=told))


def _typed(call: Call) -> dict[str, str]:
    return {name: value for name, value in call.form.items() if isinstance(value, str)}
