"""Composing at the desk: the form, what it would do, then yes; a warning that is out is updated so too."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import Refusal
from chalicelib.kernel.period import SHANGHAI, business_day, parse_instant
from chalicelib.web.formats import sentences
from chalicelib.web.http import Asked, Call, Filled, Html, Redirect, page
from tenants.bureau.domain.directive import Directive, Over
from tenants.bureau.domain.second import needs_second
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import blueprint, senders
from tenants.bureau.routes.boards import HERE, facts, wordings
from tenants.bureau.routes.directing import (
    COMMANDER,
    EVENTS,
    REASONS,
    Compose,
    KindName,
    concerned,
    content,
    desk,
    send,
)
from tenants.bureau.routes.frame import frame
from tenants.bureau.store.areas import AreaStore
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.usecases import directing

_MOST_NAMED = 300
_SHOWN = 12


class OfNew(Asked):
    kind: KindName = "alert"


class Form(Compose):
    """The same from a form, with the answer to what it would do."""

    confirm: Literal["", "yes", "change"] = Field(default="")


@page(blueprint, "GET", f"{HERE}/new", use_case="bureau.compose-directive", door=COMMANDER, query=OfNew)
def compose_directive(call: Call) -> Html:
    """The form of one kind."""
    return _form(call, kind=call.query.kind, given={})


@page(blueprint, "GET", f"{HERE}/{{id}}/update", use_case="bureau.compose-update", door=COMMANDER)
def compose_update(call: Call) -> Html:
    """The form with a warning that is out: what is sent takes its place."""
    old = directing.find(id=call.path["id"], directives=DirectiveStore(call.work))
    if not old.open_alert(call.now):
        raise Over
    return _form(call, kind="alert", given=_given(old))


def _again(call: Call) -> Html:
    kind = str(call.form.get("kind"))
    return _form(call, kind=kind if kind in words.DIRECTIVES else "alert", given=call.form)


@page(
    blueprint,
    "POST",
    HERE,
    use_case="bureau.send-directive",
    door=COMMANDER,
    body=Form,
    invalid=_again,
)
def send_directive(call: Call, body: Form) -> Html | Redirect:
    """First what it would do, then do it and go to its board."""
    if body.confirm == "yes":
        return Redirect(f"{HERE}/{send(call, body).id}")
    if body.confirm == "change":
        return _form(call, kind=body.kind, given=call.form)
    try:
        to, data = concerned(call, body), content(call, body)
        desk(call).scope.require(data.get("areas", ()))
    except Refusal as refusal:
        return _form(call, kind=body.kind, given=call.form, refused=refusal).with_status(refusal.status)
    say = call.translate
    return Html(
        "bureau/command_confirm.html",
        title=say(words.DIRECTIVES[body.kind]),
        exercise=body.exercise,
        two=not body.exercise and needs_second(body.kind, data, now=call.now),
        tenants=len(to),
        names=[one.name for one in to[:_SHOWN]],
        more=max(len(to) - _SHOWN, 0),
        languages=wordings(data),
        facts=facts(data, call),
        fields=list(_flat(call.form)),
        **frame(call, HERE),
    )


def _form(call: Call, *, kind: str, given: Mapping[str, Any], refused: Refusal | None = None) -> Html:
    say, here = call.translate, desk(call)
    known = [one for one in senders() if here.scope.reaches(one.district)]
    places = [(code, say(word)) for code, word in words.DISTRICTS.items() if here.scope.reaches(code)]
    areas = [one for one in AreaStore(call.work).all() if one.holds(business_day(call.now))]
    return Html(
        "bureau/command_new.html",
        kind=kind,
        title=words.DIRECTIVES[kind],
        kinds=[(each, word) for each, word in words.DIRECTIVES.items()],
        form=Filled(given, call.wrong),
        refused=_said(call, refused) if refused is not None else "",
        tenant_kinds=[(code, say(word)) for code, word in words.KINDS.items() if code != "bureau"],
        tenants=[(one.id, one.name) for one in known] if len(known) <= _MOST_NAMED else [],
        districts=places,
        drawn=[(one.id, one.names.get(call.locale) or one.names["zh"]) for one in areas],
        colours=[(code, say(word)) for code, (word, _) in words.COLOURS.items()],
        hazards=[(code, say(words.HAZARDS[code])) for code in EVENTS],
        reasons=[(code, say(words.LIMIT_REASONS[code])) for code in REASONS],
        **frame(call, HERE),
    )


def _said(call: Call, refusal: Refusal) -> str:
    facts = {name: str(value) for name, value in refusal.facts.items()}
    told = (call.translate(text, **facts) for text in (refusal.detail, refusal.remedy))
    return sentences(*told, locale=call.locale)


def _given(old: Directive) -> dict[str, Any]:
    data = old.data
    expires = parse_instant(str(data["expires"])).astimezone(SHANGHAI)
    return {
        **{name: dict(data[name]) for name in ("headline", "description", "instruction")},
        **{name: data[name] for name in ("colour", "event")},
        "areas": list(data["areas"]),
        "expires": f"{expires:%Y-%m-%dT%H:%M}",
        "exercise": "yes" if old.status == "exercise" else "",
        "replaces": old.id,
        "to": list(old.to),
    }


def _flat(form: Mapping[str, Any], stem: str = "") -> Iterator[tuple[str, str]]:
    """A form's fields as they came, for the hidden ones of the next page."""
    for name, value in form.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{stem}{name}.")
        elif isinstance(value, list):
            yield from ((f"{stem}{name}", str(one)) for one in value)
        else:
            yield f"{stem}{name}", str(value)
