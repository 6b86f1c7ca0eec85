"""An area's names, notice and gates in four languages: the owner's page."""

import re
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.web.formats import sentences
from chalicelib.web.http import Asked, Call, Filled, Html, Member, Page, Redirect, page
from chalicelib.web.orders.words import refused_in_words
from tenants.scenic.domain.area import Area, Gate
from tenants.scenic.domain.product import text
from tenants.scenic.routes.desk import console
from tenants.scenic.routes.models import Name, Spoken
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store.catalogue import AreaStore, forget_catalogue
from tenants.scenic.usecases.naming import name_area

SETUP = Member("owner", kind="scenic")
MOST_GATES, _SPARE = 40, 2
_PATH = "/console/areas/{area}/names"
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")
_Short = Annotated[str, Field(max_length=60), Spoken]
_Long = Annotated[str, Field(max_length=400), Spoken]


class AreaNames(Asked):
    """The area's name: Chinese is needed."""

    zh: Annotated[str, Field(min_length=1, max_length=60), Spoken]
    en: _Short = ""
    ja: _Short = ""
    ko: _Short = ""


class GateNames(Asked):
    zh: _Short = ""
    en: _Short = ""
    ja: _Short = ""
    ko: _Short = ""


class Notice(Asked):
    zh: _Long = ""
    en: _Long = ""
    ja: _Long = ""
    ko: _Long = ""


class GateForm(Asked):
    """A gate. A row without a Chinese name is left out; one without an id is new."""

    id: Name | None = None
    names: Annotated[GateNames, Field(default_factory=GateNames)]
    used: bool = False


class AreaForm(Asked):
    names: AreaNames
    notice: Annotated[Notice, Field(default_factory=Notice)]
    gates: Annotated[list[GateForm], Field(max_length=MOST_GATES, default_factory=list)]


@page(BLUEPRINT, "GET", _PATH, use_case="scenic.show-names", door=SETUP)
def show_names(call: Call) -> Page:
    """What stands in the boxes now, and two free rows for further gates."""
    return _form(call, _typed(AreaStore(call.work).get(call.path["area"])))


def _again(call: Call) -> Page:
    errors = call.wrong
    return _form(call, call.form, errors=errors)


@page(BLUEPRINT, "POST", _PATH, use_case="scenic.set-names", door=SETUP, body=AreaForm, invalid=_again)
def set_names(call: Call, asked: AreaForm) -> Page:
    """Keep them; visitors and the people at the gates read them at once."""
    store = AreaStore(call.work)
    try:
        name_area(
            call.path["area"],
            names=_said(asked.names),
            notice=_said(asked.notice),
            gates=_gates(asked, store.get(call.path["area"])),
            areas=store,
        )
    except Refusal as refusal:
        told = refused_in_words(refusal, locale=call.locale)
        call.begin()
        return _form(
            call,
            call.form,
            flash={
                "text": sentences(told["detail"], told["remedy"], locale=call.locale),
                "tone": "warn",
            },
        ).with_status(refusal.status)
    call.then(forget_catalogue)
    return Redirect("/console/areas?done=names")


def _gates(asked: AreaForm, area: Area) -> list[Gate]:
    """The rows that have a name. A new gate's id comes from its English name, and is never given twice."""
    taken = {*area.gates, *area.gate_names}
    found = []
    for row in asked.gates:
        if not row.names.zh:
            continue
        id = row.id if row.id in taken else _fresh(row.names.en, taken)
        taken.add(id)
        found.append(Gate(id=id, names=_said(row.names), used=row.used))
    return found


def _fresh(english: str, taken: set[str]) -> str:
    stem = _NOT_A_NAME.sub("-", english.lower()).strip("-")[:30].strip("-") or "gate"
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (stem, *numbered) if name not in taken)


def _said(texts: Asked) -> dict[str, str]:
    return {tag: value for tag, value in texts.model_dump().items() if value}


def _typed(area: Area) -> dict[str, Any]:
    gone = [id for id in area.gate_names if id not in area.gates]
    return {
        "names": dict(area.names),
        "notice": dict(area.notice or {}),
        "gates": [
            {
                "id": id,
                "names": {
                    **area.gate_names.get(id, {}),
                    **({"zh": area.gates[id]} if id in area.gates else {}),
                },
                "used": "true" if id in area.gates else "",
            }
            for id in (*area.gates, *gone)
        ],
    }


def _form(
    call: Call,
    typed: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    flash: dict[str, str] | None = None,
) -> Html:
    area = AreaStore(call.work).get(call.path["area"])
    rows = typed.get("gates") if isinstance(typed.get("gates"), list) else []
    gates = [row for row in rows or [] if isinstance(row, dict)]
    blank = sum(not (row.get("names") or {}).get("zh") for row in gates)
    spare = [{"used": "true"}] * max(0, min(_SPARE - blank, MOST_GATES - len(gates)))
    return console(
        call,
        "scenic/console_names.html",
        place="areas",
        title=text(area.names, call.locale),
        action=f"/console/areas/{area.id}/names",
        form=Filled({**typed, "gates": [*gates, *spare]}, errors),
        flash=[flash] if flash else [],
        limit=call.translate(N_("最多 %(most)s 个检票口。"), most=MOST_GATES),
    )
