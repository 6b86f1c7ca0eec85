"""Folios at the desk: the list of what is open, one bill with its windows, what can be done with it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.kernel.ids import new_id
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, page
from tenants.hotel.domain.charges import BY_CODE, CANCELLATION
from tenants.hotel.domain.folio import Folio, Link, Payer, State, living
from tenants.hotel.routes.forms.again import FIRST, Again
from tenants.hotel.routes.frame import desk_page, flash_of, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.amounts import BY_HAND, MEANS, PAYERS, STATES, entry_row, yuan
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import folios

DONE = {
    "opened": N_("已开账单。"),
    "advance": N_("在这里收押金或预付;入住时自动转到住宿账单。"),
    "charged": N_("已入账。"),
    "routed": N_("已入账,按转账规则记到另一张账单。"),
    "taken": N_("已收款。"),
    "change": N_("只收了应收的金额,多给的请找还客人。"),
    "corrected": N_("已冲销,原来的一笔和冲销都留在账单上。"),
    "moved": N_("已转到另一张账单。"),
    "parted": N_("已拆分。"),
    "returned": N_("已退款。"),
    "applied": N_("押金已抵账。"),
    "settled": N_("账单已结清。"),
    "reopened": N_("账单已重新打开。"),
    "rules": N_("转账规则已保存。"),
    "window": N_("已加开一张账单。"),
    "ledger": N_("已转入挂账单位。"),
}


class FolioQuery(Asked):
    done: Annotated[str, Field(max_length=16)] = ""


class ListQuery(Asked):
    """Which of the folios that are not closed; a room, a name or a number to find."""

    state: Literal["", "owing", "credit", "settled"] = ""
    find: Annotated[str, Field(max_length=40)] = ""
    done: Annotated[str, Field(max_length=16)] = ""


class OpenForm(Asked):
    title: Annotated[str, Field(min_length=1, max_length=40)]
    payer: Literal["guest", "group", "company"] = "guest"


@page(BLUEPRINT, "GET", "/hotel/folios", use_case="hotel.show-folios", door=DESK, query=ListQuery)
def show_folios(call: Call) -> Page:
    """Every folio of this house that is not closed: by room, with what is owed."""
    accounts = AccountsStore(call.work)
    asked: ListQuery = call.query
    site = property_of(accounts.setup).id
    here = [one for one in accounts.folios.open() if one.site == site]
    every = sorted(here, key=lambda one: (one.room or "~", one.title, one.id))
    rows = [_listed(one, call) for one in every if _wanted(one, asked)]
    return desk_page(
        call,
        "hotel/bills/folios.html",
        place="folios",
        flash=flash_of(call, asked.done, DONE),
        rows=rows,
        every=len(every),
        state=asked.state,
        find=asked.find,
        states=[
            ("", call.translate(N_("全部"))),
            ("owing", call.translate(N_("有欠款"))),
            ("credit", call.translate(N_("有余款"))),
            ("settled", call.translate(N_("已结清"))),
        ],
        owed=sum(max(0, one.balance) for one in every),
        credit=sum(max(0, -one.balance) for one in every),
        deposits=sum(one.deposits for one in every),
        payers=[(str(payer), call.translate(words)) for payer, words in PAYERS.items()],
    )


@page(BLUEPRINT, "POST", "/hotel/folios", use_case="hotel.open-account", door=DESK, body=OpenForm)
def open_account(call: Call, asked: OpenForm) -> Page:
    """An account of its own: who only eats, a group, a function."""
    accounts = AccountsStore(call.work)
    made = folios.open_account(
        new_id("ac", now=call.now),
        property=property_of(accounts.setup).id,
        title=asked.title,
        payer=Payer(asked.payer),
        accounts=accounts,
    )
    return Redirect(f"/hotel/folios/{made.id}?done=opened")


@page(
    BLUEPRINT,
    "GET",
    "/hotel/folios/{folio}",
    use_case="hotel.show-bill",
    door=DESK,
    query=FolioQuery,
)
def show_folio(call: Call) -> Page:
    """One bill: entries with their corrections, what is owed, and what can be done."""
    return folio_page(call, FIRST, done=call.query.done)


def folio_page(call: Call, again: Again, *, done: str = "") -> Html:
    """A bill; a form of it that was refused comes as it was typed."""
    accounts = AccountsStore(call.work)
    folio = accounts.folios.get(call.path["folio"])
    windows = accounts.folios.windows(folio.account)
    say = call.translate
    companies = [one for one in accounts.companies.all() if one.on]
    return desk_page(
        call,
        "hotel/bills/folio.html",
        place="folios",
        flash=again.flash(flash_of(call, done, DONE)),
        again=again,
        folio=_shown(folio, call),
        windows=[{**_listed(one, call), "current": one.id == folio.id} for one in windows],
        entries=_entries(folio, call, accounts),
        charges=[
            (one.code, say(one.name) + (f" · {yuan(one.price)}" if one.price else ""))
            for one in accounts.charges.all()
        ],
        means=[(str(one), say(MEANS[one])) for one in BY_HAND],
        companies=[(one.id, one.name) for one in companies],
        routes=_routes(folio, windows, call),
        targets=[(one.id, folio_name(one, call)) for one in windows if one.id != folio.id],
    )


def _entries(folio: Folio, call: Call, accounts: AccountsStore) -> list[dict[str, Any]]:
    entries = accounts.folios.entries(folio)
    standing = {entry.key for entry in living(entries)}
    return [
        entry_row(
            entry,
            say=call.translate,
            corrected=entry.key not in standing and entry.link is not Link.CONTRA,
        )
        for entry in entries
    ]


def _shown(folio: Folio, call: Call) -> dict[str, Any]:
    return {
        **_listed(folio, call),
        "opened": folio.opened.isoformat(),
        "open": folio.state is State.OPEN,
        "settled": folio.state is State.SETTLED,
        "charged": folio.charged,
        "paid": folio.paid,
        "pays": yuan(folio.balance) if folio.balance > 0 else "",
        "final": folio.state is State.OPEN and not folio.balance and not folio.deposits,
        "account": folio.account,
        "advance": bool(folio.order) and folio.account == folio.order,
        "company": folio.company,
        "stay": folio.stay,
    }


def _listed(folio: Folio, call: Call) -> dict[str, Any]:
    say = call.translate
    words, tone = STATES[folio.state]
    return {
        "id": folio.id,
        "href": f"/hotel/folios/{folio.id}",
        "title": folio_name(folio, call),
        "room": folio.room,
        "payer": say(PAYERS[folio.payer]),
        "balance": folio.balance,
        "deposits": folio.deposits,
        "state": {"text": say(words), "tone": tone},
    }


def folio_name(folio: Folio, call: Call) -> str:
    """A folio as people call it: its room and, of several windows, whose it is."""
    payer = call.translate(PAYERS[folio.payer])
    fee = BY_CODE[CANCELLATION].name
    title = call.translate(folio.title) if folio.title in {fee, *PAYERS.values()} else folio.title
    if folio.window > 1 or folio.payer is not Payer.GUEST:
        return f"{folio.room} · {title}" if folio.room and folio.title != folio.room else title
    return f"{title} · {payer}"


def _routes(folio: Folio, windows: Any, call: Call) -> list[dict[str, str]]:
    names = {one.id: folio_name(one, call) for one in windows}
    words = {
        "room": N_("房费"),
        "food": N_("餐饮"),
        "other": N_("其他收费"),
        "*": N_("全部费用"),
    }
    return [
        {"what": call.translate(words.get(rule, rule)), "to": names.get(target, target)}
        for rule, target in folio.routes.items()
    ]


def _wanted(folio: Folio, asked: ListQuery) -> bool:
    fits = {
        "": True,
        "owing": folio.balance > 0,
        "credit": folio.balance < 0 or folio.deposits > 0,
        "settled": folio.state is State.SETTLED,
    }[asked.state]
    typed = asked.find.strip().lower()
    return fits and (not typed or typed in f"{folio.room} {folio.title} {folio.id}".lower())
