"""The areas at the desk: how full, what is approved, open or closed, people counted out, scans refused."""

import json
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Malformed
from chalicelib.kernel.period import SHANGHAI, business_day, parse_instant
from chalicelib.web.formats import number
from chalicelib.web.http import Asked, Call, Page, Redirect, page
from tenants.scenic.domain.area import Area
from tenants.scenic.domain.product import text
from tenants.scenic.routes.desk import DESK, READ, console
from tenants.scenic.routes.models import Name
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.routes.state import state_of
from tenants.scenic.store import ScenicShop, new_unit
from tenants.scenic.store.tickets import RefusedScanRow, refused
from tenants.scenic.usecases import gate as gates
from tenants.scenic.words import REASONS, SCANS, STATUS

_SHOWN = 50
_MEANS = {
    "open": N_("恢复售票和检票入园。"),
    "limited": N_("网页提示游客限流;售票和检票照常,由现场控制人数。"),
    "closed": N_("立即停止今天的网上售票、窗口售票和检票入园。已经入园的游客不受影响。"),
}
_DONE = {
    "status": N_("状态已更改。"),
    "exits": N_("离园人数已登记。"),
    "names": N_("名称和检票口已保存。"),
    "too-many": N_("登记的人数多于园内人数,没有更改。"),
}


class AreasQuery(Asked):
    done: Literal["", "status", "exits", "too-many", "names"] = ""


class StatusQuery(Asked):
    status: Literal["open", "limited", "closed"]


class StatusForm(Asked):
    status: Literal["open", "limited", "closed"]
    reason: Literal["", "weather", "maintenance", "event", "emergency", "authority"] = ""
    confirm: Literal["yes"]


class ExitsForm(Asked):
    gate: Name
    count: Annotated[int, Field(ge=1, le=999)]


@page(BLUEPRINT, "GET", "/console/areas", use_case="scenic.show-areas", door=READ, query=AreasQuery)
def show_areas(call: Call) -> Page:
    """Every area as it stands today."""
    shop = ScenicShop(call.work)
    done = call.query.done
    tone = "warn" if done == "too-many" else "success"
    return console(
        call,
        "scenic/console_areas.html",
        place="areas",
        flash=[{"text": call.translate(_DONE[done]), "tone": tone}] if done else [],
        writes=bool(call.context.roles & {"owner", "desk"}),
        owns="owner" in call.context.roles,
        areas=[_area(area, call=call, shop=shop) for area in shop.catalogue.areas()],
    )


@page(
    BLUEPRINT,
    "GET",
    "/console/areas/{area}/status",
    use_case="scenic.ask-status",
    door=DESK,
    query=StatusQuery,
)
def ask_status(call: Call) -> Page:
    """What the change means, why it is made; then yes or back."""
    shop = ScenicShop(call.work)
    area = shop.catalogue.area(call.path["area"])
    say, wanted = call.translate, call.query.status
    return console(
        call,
        "scenic/console_status.html",
        place="areas",
        title=say(
            N_("把“%(name)s”改为“%(status)s”?"),
            name=text(area.names, call.locale),
            status=say(STATUS[wanted]),
        ),
        text=say(_MEANS[wanted]),
        status=wanted,
        reasons=[(code, say(words)) for code, words in REASONS.items()] if wanted != "open" else [],
        yes=say(N_("改为“%(status)s”"), status=say(STATUS[wanted])),
        action=f"/console/areas/{area.id}/status",
        back="/console/areas",
    )


@page(
    BLUEPRINT,
    "POST",
    "/console/areas/{area}/status",
    use_case="scenic.change-status",
    door=DESK,
    body=StatusForm,
)
def change_status(call: Call, asked: StatusForm) -> Page:
    """Open, limit or close; the bureau learns it with the reason."""
    if asked.status != "open" and not asked.reason:
        raise Malformed
    gates.set_status(
        area_id=call.path["area"], status=asked.status, reason=asked.reason, shop=ScenicShop(call.work)
    )
    return Redirect("/console/areas?done=status")


@page(
    BLUEPRINT,
    "POST",
    "/console/areas/{area}/exits",
    use_case="scenic.enter-exits",
    door=DESK,
    body=ExitsForm,
)
def enter_exits(call: Call, asked: ExitsForm) -> Page:
    """People counted out by eye at a gate."""
    call.idempotent_by_itself()
    if call.command is None:
        raise Malformed
    shop = ScenicShop(call.work)
    today = business_day(call.now)
    before = shop.flow.gauge(call.path["area"], today)
    after = gates.leave(
        area_id=call.path["area"],
        gate=asked.gate,
        count=asked.count,
        nonce=call.command.key,
        shop=shop,
        unit=new_unit(call.now),
    )
    refused_ = after.exited == before.exited and asked.count > after.inside
    return Redirect(f"/console/areas?done={'too-many' if refused_ else 'exits'}")


def _area(area: Area, *, call: Call, shop: ScenicShop) -> dict[str, Any]:
    today = business_day(call.now)
    gauge = shop.flow.gauge(area.id, today)
    scans = sorted(
        (_scan(row, area, call) for row in refused(area=area.id, day=today)),
        key=lambda scan: scan["at"],
        reverse=True,
    )
    return {
        "id": area.id,
        "name": text(area.names, call.locale),
        "state": state_of(area, gauge, call, shop),
        "status": gauge.status,
        "inside": gauge.inside,
        "most": area.capacity.instant,
        "entered": gauge.entered,
        "exited": gauge.exited,
        "day_most": area.capacity.day,
        "approval": area.capacity.approval,
        "approved_on": area.capacity.approved_on.isoformat(),
        "sessions": [
            f"{session.start:%H:%M}–{session.end:%H:%M} · {number(session.capacity)}"
            for session in area.sessions(today)
        ],
        "gates": [(id, area.gate(id, call.locale)) for id in area.gates],
        "names_href": f"/console/areas/{area.id}/names",
        "changes": [
            {
                "label": call.translate(STATUS[status]),
                "href": f"/console/areas/{area.id}/status?status={status}",
            }
            for status in ("open", "limited", "closed")
            if status != gauge.status
        ],
        "exits": f"/console/areas/{area.id}/exits",
        "scans": scans[:_SHOWN],
    }


def _scan(row: RefusedScanRow, area: Area, call: Call) -> dict[str, Any]:
    """A refused scan; its moment stands in the event that it carries."""
    events = json.loads(row.out or "[]")
    at = parse_instant(events[0]["data"]["at"]) if events else None
    return {
        "at": f"{at.astimezone(SHANGHAI):%H:%M:%S}" if at else f"{row.sk[:2]}:00",
        "gate": area.gate(row.gate, call.locale),
        "reason": call.translate(SCANS[row.reason]) if row.reason in SCANS else row.reason,
        # An order's whole id is nobody's business here; its end is enough to compare with a ticket in hand.
        "ticket": row.ticket.rpartition("-")[0][-6:].upper() + "-" + row.ticket.rpartition("-")[2],
    }
