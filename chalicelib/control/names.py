"""What an enterprise calls itself in other languages: its owner's page."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.control import usecases
from chalicelib.control.store import ControlStore
from chalicelib.kernel.errors import N_
from chalicelib.persistence import directory
from chalicelib.web.desk import framed
from chalicelib.web.http import Asked, Blueprint, Call, Filled, Html, Member, Page, Redirect, page

blueprint = Blueprint(__name__)
registry: usecases.Registry = ControlStore()

OWNER = Member("owner")
_HERE = "/console/names"
_DONE = {"names": N_("名称已保存。访客的页面最迟一分钟后更新。")}
_Called = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$")]


class Names(Asked):
    """A name by language; Chinese is the registered one and has no box."""

    en: _Called = ""
    ja: _Called = ""
    ko: _Called = ""


class NamesForm(Asked):
    names: Annotated[Names, Field(default_factory=Names)]


class NamesQuery(Asked):
    done: Annotated[str, Field(max_length=16)] = ""


@page(blueprint, "GET", _HERE, use_case="control.show-names", door=OWNER, query=NamesQuery)
def show_names(call: Call) -> Page:
    """The names as visitors read them now."""
    return _form(call, dict(directory.names_of(call.tenant.id)), done=call.query.done)


def _again(call: Call) -> Page:
    typed = call.form.get("names")
    errors = call.wrong
    return _form(call, typed if isinstance(typed, dict) else {}, errors=errors)


@page(blueprint, "POST", _HERE, use_case="control.set-names", door=OWNER, body=NamesForm, invalid=_again)
def set_names(call: Call, asked: NamesForm) -> Page:
    """Keep them. Sent twice, they are the same names: the row itself is the record of the command."""
    call.idempotent_by_itself()
    usecases.name_tenant(
        tenant=call.tenant.id,
        names=asked.names.model_dump(),
        actor=call.context.actor,
        now=call.now,
        registry=registry,
    )
    return Redirect(f"{_HERE}?done=names")


def _form(call: Call, typed: dict[str, Any], *, errors: dict[str, str] | None = None, done: str = "") -> Html:
    return framed(
        call,
        "desk/names.html",
        place="names",
        registered=call.tenant.name,
        form=Filled({"names": typed}, errors),
        flash=[{"text": call.translate(_DONE[done])}] if done in _DONE else [],
        shop=f"/s/{call.tenant.slug}" if call.tenant.kind != "bureau" else "",
    )
