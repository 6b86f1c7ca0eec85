"""上报: a sender's account with the authority: what left, what was refused and why, how each day stands."""

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging import quarantine, statements
from chalicelib.messaging.quarantine import QuarantineRow
from chalicelib.messaging.sent import sent_on
from chalicelib.messaging.statements import Claim, Statement
from chalicelib.messaging.words import TYPES
from chalicelib.web.desk import REPORTS, framed
from chalicelib.web.directives import ANSWER, SEE
from chalicelib.web.http import Asked, Blank, Blueprint, Call, Html, Redirect, page

blueprint = Blueprint(__name__)
_HERE = "/console/reports"
_MOST = 100

STATES = {
    "silent": (N_("未上报"), "urgent"),
    "missing": (N_("缺日结"), "urgent"),
    "incomplete": (N_("不齐"), "urgent"),
    "late": (N_("日结迟到"), "warn"),
    "open": (N_("未到期"), "off"),
    "complete": (N_("齐全"), "good"),
}
DISPUTES = {
    "open": (N_("异议待核实"), "warn"),
    "accepted": (N_("异议已采纳"), "good"),
    "rejected": (N_("异议未采纳"), "off"),
}
CLAIMS = {
    "sent": N_("我方已经报送"),
    "not-operating": N_("当天没有营业"),
    "outage": N_("系统或网络故障"),
    "other": N_("其他原因"),
}
_DONE = {"resent": N_("已重新报送。"), "disputed": N_("异议已提交,主管部门会核实。")}


class OfDay(Asked):
    """A day, and what was done just now."""

    day: Annotated[date | None, Blank] = Field(default=None, description="business day, today by default")
    done: str = Field(default="", max_length=20)


class Again(Asked):
    """Which refused record is sent again: the day of its refusal and its digest."""

    day: date
    digest: str = Field(pattern="^[0-9a-f]{64}$")


class Disputing(Asked):
    """Which day's finding is wrong, and why."""

    day: date
    claim: Claim


@page(blueprint, "GET", _HERE, use_case="feed.show-account", door=SEE, query=OfDay)
def show_account(call: Call) -> Html:
    """What left on a day, what of it was refused, and how the days of the month stand with the authority."""
    if call.tenant.kind == "bureau":
        raise Missing
    say, today = call.translate, business_day(call.now)
    day = call.query.day or today
    sent, done = sent_on(day), call.query.done
    refused = list(quarantine.quarantined(day=day, most=_MOST))
    found = statements.month(day)
    stated = next((one for one in found if one.day == day), None)
    arrived = {one["type"]: one["arrived"] for one in stated.data["types"]} if stated is not None else {}
    kinds = sorted({*sent.types, *arrived}, key=lambda type: (-sent.types.get(type, 0), type))
    return framed(
        call,
        "desk/reports.html",
        place=REPORTS,
        flash=[{"text": say(_DONE[done])}] if done in _DONE else [],
        day=day.isoformat(),
        today=today.isoformat(),
        before=(day - timedelta(days=1)).isoformat(),
        after=(day + timedelta(days=1)).isoformat() if day < today else None,
        total=sum(sent.types.values()),
        last=sent.last or None,
        types=[
            {
                "type": say(TYPES.get(type, type)),
                "sent": sent.types.get(type, 0),
                "arrived": arrived.get(type) if stated is not None else None,
            }
            for type in kinds
        ],
        refused=[_refused(row, call, day) for row in refused],
        stated=_statement(stated, call) if stated is not None else None,
        days=[_statement(one, call) for one in found],
        claims=[(code, say(words)) for code, words in CLAIMS.items()],
    )


@page(blueprint, "POST", f"{_HERE}/resend", use_case="feed.resend-record", door=ANSWER, body=Again)
def resend_record(call: Call, body: Again) -> Redirect:
    """Send a refused record again; it is judged anew, and refused again where it is still wrong."""
    quarantine.resend(body.day, body.digest, work=call.work)
    return Redirect(f"{_HERE}?day={body.day}&done=resent")


@page(blueprint, "POST", f"{_HERE}/dispute", use_case="feed.dispute-finding", door=ANSWER, body=Disputing)
def dispute_finding(call: Call, body: Disputing) -> Redirect:
    """Say that a finding is wrong."""
    statements.dispute(body.day, claim=body.claim, work=call.work)
    return Redirect(f"{_HERE}?day={body.day}&done=disputed")


def _refused(row: QuarantineRow, call: Call, day: date) -> dict[str, Any]:
    say, type = call.translate, row.event_type
    return {
        "type": say(TYPES.get(type, type)) if type else say(N_("无法识别")),
        "words": say(row.words),
        "at": row.at,
        "code": row.code,
        "when": row.refused,
        "above": row.by == "above",
        "parked": row.code == "feed.version.ahead",
        "body": row.body if row.by != "above" else "",
        "resent": row.resent or None,
        "digest": row.sk,
        "day": day.isoformat(),
    }


def _statement(one: Statement, call: Call) -> dict[str, Any]:
    say, data = call.translate, one.data
    text, tone = STATES[one.state]
    dispute = DISPUTES.get(one.dispute)
    return {
        "day": one.day.isoformat(),
        "href": f"{_HERE}?day={one.day.isoformat()}",
        "state": {"text": say(text), "tone": tone},
        "at": rfc3339(one.at),
        "closed": data.get("closed"),
        "received": data["received"],
        "late": data["late"],
        "missing": data["missing"],
        "surplus": data["surplus"],
        "refused": data["refused"],
        "asked": [say(TYPES.get(type, type)) for type in data.get("asked", ())],
        "dispute": {"text": say(dispute[0]), "tone": dispute[1]} if dispute else None,
        "claim": say(CLAIMS[one.claim]) if one.claim in CLAIMS else "",
        "disputable": one.disputable,
    }
