"""The board of a directive over the wire and on a page: who has it, who answered, who is overdue."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import SHANGHAI, parse_instant, rfc3339
from chalicelib.persistence import directory
from chalicelib.web.formats import listed
from chalicelib.web.http import Answered, Asked, Call
from tenants.bureau.domain.authority import APPROVE, COMMAND, Scope
from tenants.bureau.domain.directive import Directive
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import LEDGER, senders
from tenants.bureau.routes.directing import KindName
from tenants.bureau.routes.paging import LAST, leaf
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.store.scope import reach
from tenants.bureau.usecases import directing
from tenants.bureau.usecases.directing import Board

HERE = "/bureau/commands"
_PARTS = ("headline", "description", "instruction", "words")
_SPOKEN = (("zh", N_("中文")), ("en", N_("英文")), ("ja", N_("日文")), ("ko", N_("韩文")))


class OfBoard(Asked):
    """A board shows whoever owes first, a page at a time."""

    page: int = Field(default=1, ge=1, le=LAST)


class ReceiptAnswer(Answered):
    """One tenant's receipt: seconds after the issue."""

    tenant: str
    name: str
    state: Literal["waiting", "delivered", "acknowledged", "refused"]
    delivered_s: int | None
    read_s: int | None
    acted_s: int | None
    overdue_s: int | None


class BoardAnswer(Answered):
    """A directive and its receipts. ``stage``: pending until a second officer releases it."""

    id: str
    kind: KindName
    status: Literal["actual", "exercise"]
    stage: Literal["pending", "issued", "declined"]
    issued: str
    due: str | None
    over: str | None
    replaces: str | None
    replaced: str | None
    content: dict[str, Any]
    tenants: int
    delivered: int
    acknowledged: int
    overdue: int
    median_s: int | None
    receipts: list[ReceiptAnswer]


def board(call: Call) -> Board:
    """The board of the directive that the path names, as far as the officer sees."""
    return directing.see_board(
        id=call.path["id"],
        now=call.now,
        ledger=LEDGER,
        senders=senders,
        directives=DirectiveStore(call.work),
        scope=reach(),
    )


def fresh(one: Directive) -> Board:
    """The board of what was said this moment: nobody has answered."""
    return Board(directive=one, receipts=(), delivered=0, acknowledged=0, overdue=0, median=None)


def places(one: Directive) -> list[str]:
    """The districts of those a directive is for; of whom nobody knows, the whole city."""
    found = [directory.by_id(tenant) for tenant in one.to]
    return sorted({tenant.district if tenant is not None else "" for tenant in found})


def reached(scope: Scope) -> frozenset[str] | None:
    """The districts whose directives an officer's lists hold; None: all there are."""
    return None if scope.everywhere else scope.districts


def board_answer(found: Board) -> BoardAnswer:
    """A board over the wire."""
    one = found.directive
    return BoardAnswer(
        id=one.id,
        kind=one.kind,
        status=one.status,
        stage=one.stage,
        issued=rfc3339(one.issued),
        due=rfc3339(one.due) if one.due is not None else None,
        over=one.over or None,
        replaces=one.replaces or None,
        replaced=one.replaced or None,
        content=dict(one.data),
        tenants=len(found.receipts) or len(one.to),
        delivered=found.delivered,
        acknowledged=found.acknowledged,
        overdue=found.overdue,
        median_s=found.median,
        receipts=[
            ReceiptAnswer(
                tenant=receipt.known.id,
                name=receipt.known.name,
                state=receipt.state,
                delivered_s=receipt.delivered,
                read_s=receipt.read,
                acted_s=receipt.acted,
                overdue_s=receipt.overdue,
            )
            for receipt in found.receipts
        ],
    )


def line(one: Directive, call: Call) -> dict[str, Any]:
    """A directive as a list shows it."""
    colour = words.COLOURS.get(str(one.data.get("colour", "")))
    return {
        "id": one.id,
        "href": f"{HERE}/{one.id}",
        "kind": one.kind,
        "kind_text": words.DIRECTIVES[one.kind],
        "headline": one.headline,
        "colour": {"text": colour[0], "tone": colour[1]} if colour else None,
        "issued": rfc3339(one.issued),
        "due": rfc3339(one.due) if one.due is not None and one.stage == "issued" else None,
        "tenants": len(one.to),
        "cap": one.data.get("cap"),
        "permille": one.data.get("permille"),
        "exercise": one.status == "exercise",
        "over": one.over or None,
        "stage": "lapsed" if one.lapsed(call.now) else one.stage,
        "replaced": bool(one.replaced),
    }


def board_page(call: Call) -> dict[str, Any]:
    """What the page of a board shows, and what may be done there."""
    found = board(call)
    one = found.directive
    alive = one.stage == "issued" and not one.over
    commands, number = reach(COMMAND), int(call.query.page)
    shown, pages = leaf(found.receipts, number, href=f"{HERE}/{one.id}", at="#receipts")
    waits, own = one.stage == "pending" and not one.lapsed(call.now), one.by == call.context.actor
    judges = waits and not own and all(map(reach(APPROVE).reaches, places(one)))
    return {
        "directive": line(one, call) | {"tenants": len(found.receipts)},
        "data": one.data,
        "texts": {
            part: one.data[part][call.locale] for part in _PARTS if isinstance(one.data.get(part), dict)
        },
        "languages": wordings(one.data),
        "facts": facts(one.data, call),
        "liftable": alive and one.kind != "notice" and bool(commands.districts),
        "updatable": one.open_alert(call.now) and bool(commands.districts),
        "releasable": judges,
        "declinable": judges or (waits and own),
        "own": own,
        "replaces_href": f"{HERE}/{one.replaces}" if one.replaces else None,
        "replaced_href": f"{HERE}/{one.replaced}" if one.replaced else None,
        "cap_href": f"{HERE}/{one.id}/cap.xml" if one.kind == "alert" and one.stage == "issued" else None,
        "live": alive and call.now - one.issued < timedelta(days=1),
        "delivered": found.delivered,
        "acknowledged": found.acknowledged,
        "overdue": found.overdue,
        "median": found.median,
        "receipts": [
            {
                "name": receipt.known.name,
                "state": _said(receipt.state, call),
                "delivered": receipt.delivered,
                "read": receipt.read,
                "acted": receipt.acted,
                "overdue": receipt.overdue,
            }
            for receipt in shown
        ],
        "pages": pages,
        "page": f"&page={number}" if number > 1 else "",
    }


def facts(data: Mapping[str, Any], call: Call) -> list[tuple[str, str]]:
    """What a directive orders besides its words, and until when."""
    say = call.translate
    found = []
    if "colour" in data:
        found.append((say(N_("预警等级")), say(words.COLOURS[data["colour"]][0])))
        found.append((say(N_("灾害种类")), say(words.HAZARDS.get(data["event"], data["event"]))))
        names = [say(words.DISTRICTS.get(code, code)) for code in data["areas"]]
        found.append((say(N_("影响范围")), listed(names, locale=call.locale)))
    if "cap" in data:
        found.append((say(N_("最多人数")), f"{data['cap']:,}"))
    if "permille" in data:
        found.append((say(N_("最大承载量的百分比")), f"{data['permille'] / 10:g}%"))
    ends = data.get("expires") or data.get("until")
    if ends and not str(ends).startswith("2099"):
        found.append((say(N_("失效时间")), f"{parse_instant(ends).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"))
    return found


def wordings(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The words of a directive, language by language, as whoever receives it reads them."""
    texts = [data[part] for part in _PARTS if isinstance(data.get(part), dict)]
    return (
        [{"lang": code, "name": name, "texts": [text[code] for text in texts]} for code, name in _SPOKEN]
        if texts
        else []
    )


def _said(state: str, call: Call) -> dict[str, str]:
    text, tone = words.RECEIPTS[state]
    return {"text": call.translate(text), "tone": tone}
