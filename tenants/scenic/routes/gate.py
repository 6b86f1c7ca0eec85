"""The gate: one box for codes, one answer that fills the screen, people counted out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.commerce.orders.numbers import read_short
from chalicelib.kernel.errors import N_, Malformed, Missing, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, business_day
from chalicelib.kernel.texts import in_language
from chalicelib.web import formats
from chalicelib.web.formats import sentences
from chalicelib.web.http import Asked, Call, Fragment, Html, Page, Redirect, page
from chalicelib.web.orders.links import find
from chalicelib.web.orders.words import refused_in_words
from tenants.scenic.domain.area import Area, Gauge
from tenants.scenic.domain.product import Concession, text
from tenants.scenic.domain.ticket import CodeInvalid, TicketUsed, short
from tenants.scenic.routes.desk import GATE, console
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.routes.state import state_of
from tenants.scenic.store import ScenicShop, new_unit
from tenants.scenic.usecases import gate as gates


class GateQuery(Asked):
    """How many were counted out just now (0: more than were inside)."""

    left: Annotated[int | None, Field(ge=0, le=99)] = None


class ScanForm(Asked):
    """What a scanner gun types: the ticket's code; or its number, read from the paper."""

    code: Annotated[str, Field(max_length=300)] = ""


class ExitForm(Asked):
    count: Literal["1", "5"]


@page(BLUEPRINT, "GET", "/gate", use_case="scenic.choose-gate", door=GATE)
def choose_gate(call: Call) -> Page:
    """Where one stands."""
    shop = ScenicShop(call.work)
    today = business_day(call.now)
    areas = []
    for area in shop.catalogue.areas():
        gauge = shop.flow.gauge(area.id, today)
        areas.append(
            {
                "name": text(area.names, call.locale),
                "state": state_of(area, gauge, call, shop),
                "inside": gauge.inside,
                "most": area.capacity.instant,
                "gates": [
                    {"name": area.gate(id, call.locale), "href": f"/gate/{area.id}/{id}"} for id in area.gates
                ],
            }
        )
    return console(call, "scenic/gates.html", place="gate", areas=areas)


@page(BLUEPRINT, "GET", "/gate/{area}/{gate}", use_case="scenic.show-gate", door=GATE, query=GateQuery)
def show_gate(call: Call) -> Page:
    """Waiting for a code."""
    shop = ScenicShop(call.work)
    area = _area(call, shop)
    gauge = shop.flow.gauge(area.id, business_day(call.now))
    return _gate_page(call, area, gauge, left=call.query.left)


@page(BLUEPRINT, "GET", "/gate/{area}/{gate}/inside", use_case="scenic.show-gate-count", door=GATE)
def show_count(call: Call) -> Page:
    """The counter alone: other gates count too."""
    shop = ScenicShop(call.work)
    area = _area(call, shop)
    gauge = shop.flow.gauge(area.id, business_day(call.now))
    return Fragment("scenic/gate_inside.html", **_count(call, area, gauge))


@page(BLUEPRINT, "POST", "/gate/{area}/{gate}", use_case="scenic.scan", door=GATE, body=ScanForm)
def scan(call: Call, asked: ScanForm) -> Page:
    """Admit, or say why not. The form's key names the scan: sent twice, it is one scan and one answer."""
    call.idempotent_by_itself()
    if call.command is None:
        raise Malformed
    shop = ScenicShop(call.work)
    area = _area(call, shop)
    typed = ""
    try:
        code, typed = _code(asked.code, call=call, shop=shop)
        admitted = gates.admit(
            area_id=area.id,
            gate=call.path["gate"],
            code=code,
            nonce=call.command.key,
            shop=shop,
            unit=new_unit(call.now),
        )
    except Refusal as refusal:
        gauge = shop.flow.gauge(area.id, business_day(call.now))
        return _gate_page(call, area, gauge, verdict=_no(refusal, call))
    concession = _class(admitted.pass_.concession, area, shop)
    yes = _yes(concession, admitted.pass_.people, bool(typed), call)
    return _gate_page(call, area, admitted.gauge, verdict=yes)


@page(
    BLUEPRINT,
    "POST",
    "/gate/{area}/{gate}/exits",
    use_case="scenic.count-out",
    door=GATE,
    body=ExitForm,
)
def count_out(call: Call, asked: ExitForm) -> Page:
    """People who left through this gate."""
    call.idempotent_by_itself()
    if call.command is None:
        raise Malformed
    shop = ScenicShop(call.work)
    area = _area(call, shop)
    before = shop.flow.gauge(area.id, business_day(call.now))
    after = gates.leave(
        area_id=area.id,
        gate=call.path["gate"],
        count=int(asked.count),
        nonce=call.command.key,
        shop=shop,
        unit=new_unit(call.now),
    )
    too_many = after.exited == before.exited and int(asked.count) > after.inside
    return Redirect(f"/gate/{area.id}/{call.path['gate']}?left={0 if too_many else asked.count}")


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    """What fills the screen. state: of ``ui.verdict``."""

    state: str
    word: str
    reason: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def _code(given: str, *, call: Call, shop: ScenicShop) -> tuple[str, str]:
    """The signed code in what was given, and the number if a person typed that instead.

    A ticket's number is as good as its code where the paper is wet: it names an order of a day by 30 random
    bits, and the clerk is told to look at the document.
    """
    short_ = read_short(given, today=business_day(call.now))
    if short_ is None:
        return given, ""
    order = find(given, now=call.now, orders=shop.orders)
    if order is None or order.receipt is None:
        raise CodeInvalid
    tickets = shop.tickets.of(order.id)
    for ticket in tickets:
        if ticket.number == (short_.piece or 1) and (short_.piece or len(tickets) == 1):
            return shop.tickets.code(ticket.pass_()), given
    raise CodeInvalid


def _yes(concession: Concession | None, people: int, typed: bool, call: Call) -> _Verdict:
    """Green to walk on; yellow when a document has to be looked at first."""
    say = call.translate
    name = text(concession.titles, call.locale) if concession is not None else ""
    proof = text(concession.proof, call.locale) if concession is not None and concession.proof else ""
    facts = ((say(N_("门票种类")), name or "—"), (say(N_("人数")), str(people)))
    if typed:
        reason = say(N_("人工输入票号:请核对证件原件"))
        return _Verdict(state="check", word=say(N_("可入园")), reason=reason, facts=facts)
    if proof:
        reason = say(N_("%(name)s：%(proof)s"), name=name, proof=proof)
        return _Verdict(state="check", word=say(N_("可入园")), reason=reason, facts=facts)
    return _Verdict(state="admit", word=say(N_("可入园")), facts=facts)


def _no(refusal: Refusal, call: Call) -> _Verdict:
    """Red, with the reason; of a used ticket, when and where it was used."""
    say, locale = call.translate, call.locale
    facts: tuple[tuple[str, str], ...] = ()
    if isinstance(refusal, TicketUsed) and isinstance(refusal.facts.get("at"), datetime):
        at: datetime = refusal.facts["at"]
        day = (
            ""
            if business_day(at) == business_day(call.now)
            else formats.day(at, locale=locale, style="day") + " "
        )
        facts = (
            (say(N_("首次入园")), f"{day}{at.astimezone(SHANGHAI):%H:%M:%S}"),
            (say(N_("检票口")), in_language(refusal.facts.get("gate"), locale)),
        )
        reason = say(N_("这张票已经用过。"))
    elif isinstance(refusal, Missing):
        reason = say(N_("没有这张票。"))
    else:
        told = refused_in_words(refusal, locale=locale)
        reason = sentences(told["detail"], told["remedy"], locale=locale)
    return _Verdict(state="refuse", word=say(N_("不可入园")), reason=reason, facts=facts)


def _class(code: int, area: Area, shop: ScenicShop) -> Concession | None:
    """The class whose 16-bit mark stands in the code."""
    for product in shop.catalogue.products():
        if product.area == area.id:
            for concession in product.classes:
                if short(concession.code) == code:
                    return concession
    return None


def _area(call: Call, shop: ScenicShop) -> Area:
    area = shop.catalogue.area(call.path["area"])
    if call.path["gate"] not in area.gates:
        raise Missing
    return area


def _count(call: Call, area: Area, gauge: Gauge) -> dict[str, Any]:
    return {
        "inside": gauge.inside,
        "most": area.capacity.instant,
        "state": state_of(area, gauge, call, ScenicShop(call.work)),
        "count_href": f"/gate/{area.id}/{call.path['gate']}/inside",
    }


def _gate_page(
    call: Call, area: Area, gauge: Gauge, *, verdict: _Verdict | None = None, left: int | None = None
) -> Html:
    say = call.translate
    here = f"/gate/{area.id}/{call.path['gate']}"
    told = ""
    if left is not None:
        told = say(N_("已登记离园 %(count)s 人"), count=left) if left else say(N_("园内人数不足,没有登记"))
    return Html(
        "scenic/gate.html",
        gate={
            "name": f"{text(area.names, call.locale)} · {area.gate(call.path['gate'], call.locale)}",
            "action": here,
        },
        verdict=(verdict.state, verdict.word, verdict.reason, list(verdict.facts)) if verdict else None,
        told=told,
        exits=f"{here}/exits",
        gates_href="/gate",
        **_count(call, area, gauge),
    )
