"""Looks 查阅: who opened what one enterprise said, when; and the page that tells it.

What identifies a single respondent may be used for its purpose only (Statistics Law, art. 28), and a grant of
personal data is given for a case: so every look leaves an audit row of the action ``bureau.looked``, whoever
looks. Lists of many and sums leave none.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import business_day
from chalicelib.persistence import directory
from chalicelib.persistence.journal import audited
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.web.http import Attachment, Blank, Call, Html, Paging, page
from chalicelib.web.sheets import csv_sheet
from tenants.bureau.domain.authority import DELEGATE
from tenants.bureau.routes.asked import blueprint
from tenants.bureau.routes.frame import dated, frame
from tenants.bureau.routes.officers import DELEGATOR
from tenants.bureau.routes.paging import paged
from tenants.bureau.routes.ways import query
from tenants.bureau.store.grants import officers
from tenants.bureau.store.scope import reach

LOOKED = "bureau.looked"
HERE = "/bureau/looks"

What = Literal["return", "figures", "events", "export", "grant"]
WHATS: dict[str, str] = {
    "return": N_("单位的统计报表"),
    "figures": N_("单位的各项数字"),
    "events": N_("单位的上报事件"),
    "export": N_("导出单位的上报事件"),
    "grant": N_("案件的个人信息授权"),
}


class OfLooks(Paging):
    """A day, and one enterprise's or everybody's."""

    day: Annotated[date | None, Blank] = Field(default=None, description="today by default")
    what: str = Field(default="", max_length=20)


def looked(call: Call, what: What, *, sender: str, at: str) -> None:
    """Leave the audit row of a look, in a work of its own, before anything is shown. at: day or period."""
    work = UnitOfWork(action=LOOKED, now=call.now)
    work.witness(f"{what}/{sender}/{at}")
    work.commit()


@page(blueprint, "GET", HERE, use_case="bureau.see-looks", door=DELEGATOR, query=OfLooks)
def see_looks(call: Call) -> Html:
    """A day's looks, the latest first."""
    day, what = call.query.day or business_day(call.now), call.query.what
    found, following = paged(_looks(day, what), call, key=lambda one: one["id"])
    here = query(day=day, what=what)
    return Html(
        "bureau/looks.html",
        looks=[{**one, "what": call.translate(WHATS[one["code"]])} for one in found],
        next_href=f"{HERE}?{here}&cursor={following}" if following else None,
        what=what,
        whats=[(code, call.translate(text)) for code, text in WHATS.items()],
        csv_href=f"{HERE}.csv?day={day}&what={what}",
        **dated(call, day),
        **frame(call, "/bureau/officers"),
    )


@page(blueprint, "GET", f"{HERE}.csv", use_case="bureau.export-looks", door=DELEGATOR, query=OfLooks)
def export_looks(call: Call) -> Attachment:
    """The same as a table."""
    day = call.query.day or business_day(call.now)
    rows = [
        (one["when"], one["who"], one["code"], one["sender"], one["about"], one["at"])
        for one in _looks(day, call.query.what)
    ]
    head = ("when", "who", "what", "tenant", "name", "about")
    return csv_sheet(head, rows, name=f"looks-{day}.csv")


def _looks(day: date, what: str) -> list[dict[str, Any]]:
    """The day's looks at whom the caller may answer for."""
    scope, people = reach(DELEGATE), {one.actor: one.label for one in officers()}
    found = []
    for row in audited(day=day):
        if row.action != LOOKED:
            continue
        code, sender, at = (*row.subject.split("/", 2), "", "")[:3]
        tenant = directory.by_id(sender)
        if code not in WHATS or (what and what != code):
            continue
        if not scope.everywhere and (tenant is None or not scope.reaches(tenant.district)):
            continue
        found.append(
            {
                "id": row.sk,
                "when": row.at,
                "who": people.get(row.actor, row.actor),
                "code": code,
                "sender": sender,
                "about": tenant.name if tenant is not None else sender,
                "at": at,
            }
        )
    return sorted(found, key=lambda one: one["when"], reverse=True)
