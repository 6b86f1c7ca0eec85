"""Whose own systems do not take what the city sends them: page, file and API."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Answered, Attachment, Call, endpoint, page
from chalicelib.web.sheets import csv_sheet
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import LEDGER, READER, OfSenders, blueprint, senders
from tenants.bureau.routes.ways import query
from tenants.bureau.usecases.unreached import Unreached, see_unreached

_FILE: Final = ("sender", "name", "kind", "district", "state", "domain", "since", "waiting", "told")
_STATES: Final[Mapping[str, tuple[str, str]]] = {
    "failing": (N_("仍在重试"), "warn"),
    "silent": (N_("已停止推送"), "urgent"),
    "gone": (N_("对方已停用"), "urgent"),
}


class UnreachedAddress(Answered):
    """An address that takes nothing: ``failing`` (tried on), ``silent`` or ``gone`` (switched off)."""

    sender: str
    name: str
    kind: str
    district: str
    state: Literal["failing", "silent", "gone"]
    domain: str = Field(description="under which it stands; nothing more of it is told")
    since: str | None = Field(description="the first failure; null where it is not known")
    waiting: int = Field(description="how many wait to be sent, as of ``told``; 500 means that or more")
    told: str


class UnreachedAnswer(Answered):
    addresses: list[UnreachedAddress]


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/unreached",
    use_case="bureau.unreached",
    door=READER,
    query=OfSenders,
    answers=UnreachedAnswer,
    summary="Whose systems take nothing of what goes down",
)
def list_unreached(call: Call) -> UnreachedAnswer:
    """The longest first."""
    return UnreachedAnswer(addresses=[_answer(one) for one in _found(call.query)])


@page(
    blueprint,
    "GET",
    "/bureau/unreached.csv",
    use_case="bureau.export-unreached",
    door=READER,
    query=OfSenders,
)
def export_unreached(call: Call) -> Attachment:
    """The same as a table, to call whoever is not reached."""
    rows = [tuple(str(getattr(_answer(one), part) or "") for part in _FILE) for one in _found(call.query)]
    return csv_sheet(_FILE, rows, name=f"unreached-{business_day(call.now)}.csv")


def section(call: Call, *, kind: str, district: str, name: str) -> dict[str, Any]:
    """What the page of who reported shows of it."""
    asked = OfSenders(kind=kind, district=district, name=name)
    narrowed = query(kind=kind, district=district, name=name)
    return {
        "unreached": [_view(one, call) for one in _found(asked)],
        "unreached_csv": "/bureau/unreached.csv" + (f"?{narrowed}" if narrowed else ""),
    }


def _found(asked: OfSenders) -> Sequence[Unreached]:
    return see_unreached(
        ledger=LEDGER, senders=senders, kind=asked.kind, district=asked.district, name=asked.name.strip()
    )


def _answer(one: Unreached) -> UnreachedAddress:
    return UnreachedAddress(
        sender=one.known.id,
        name=one.known.name,
        kind=one.known.kind,
        district=one.known.district,
        state=one.state,
        domain=one.domain,
        since=one.since or None,
        waiting=one.waiting,
        told=one.told,
    )


def _view(one: Unreached, call: Call) -> dict[str, Any]:
    text, tone = _STATES[one.state]
    return {
        "name": one.known.name,
        "href": f"/bureau/figures/{one.known.id}",
        "kind": words.KINDS.get(one.known.kind, one.known.kind or "—"),
        "district": words.DISTRICTS.get(one.known.district, one.known.district or "—"),
        "state": {"text": call.translate(text), "tone": tone},
        "domain": one.domain,
        "since": one.since or None,
        "waiting": one.waiting,
        "told": one.told,
    }
