"""What was decided against the rule, as the owner reads it: who let which fee go, on what, and why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.errors import N_
from chalicelib.kernel.ids import is_id
from chalicelib.persistence.directory import members
from chalicelib.persistence.journal import AuditRow, decided
from chalicelib.web.http import Call
from tenants.hotel.domain.waiving import CORRECTED, MISSED, WAIVED
from tenants.hotel.routes.bills.waiving import WHYS, waives

_WHATS: Mapping[str, str] = {WAIVED: N_("免收费用"), MISSED: N_("免收未到店费")}
_WHYS: Mapping[str, str] = {
    **{str(why): words for why, words in WHYS.items()},
    CORRECTED: N_("在账单上冲销"),
    "missed": N_("未到店,不收费"),  # rows of before a reason was asked for
}


def decisions(call: Call, day: date) -> list[dict[str, Any]]:
    """A day's decisions in their order, for who may let fees go; nothing for others."""
    if not waives(call):
        return []
    rows = sorted(decided(day=day), key=lambda row: (row.at, row.sk))
    people = {one.actor: one.label for one in members(call.tenant.id)} if rows else {}
    return [_row(row, people, call) for row in rows]


def _row(row: AuditRow, people: Mapping[str, str], call: Call) -> dict[str, Any]:
    code, why, fen, about = [*str(row.reason).split("|"), "", "", ""][:4]
    return {
        "at": row.at,
        "who": people.get(row.actor) or row.actor,
        "what": call.translate(_WHATS[code]) if code in _WHATS else code,
        "why": call.translate(_WHYS[why]) if why in _WHYS else why,
        "amount": int(fen) if fen.isdecimal() else None,
        **_about(about or row.subject, call),
    }


def _about(id: str, call: Call) -> dict[str, str]:
    """What it was about: a stay, a bill, or a whole booking."""
    if "." in id:
        return {"about": call.translate(N_("账单")), "href": f"/hotel/folios/{id}"}
    if is_id(id, "st"):
        return {"about": call.translate(N_("住宿")), "href": f"/hotel/stays/{id}"}
    number = short_number(id) if is_id(id, "or") else id
    return {"about": number, "href": f"/hotel/stay-book?text={number}"}
