"""One entry of a bill, and what can still be done about it: contra, move, part, give back, let it pay."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from chalicelib.kernel.errors import Missing, Refusal
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, page
from tenants.hotel.domain import corrections
from tenants.hotel.domain.folio import BY_HAND as BY_HAND_MEANS
from tenants.hotel.domain.folio import Entry, Folio, Link, Means, Sort, State, living
from tenants.hotel.domain.waiving import FEES
from tenants.hotel.routes.bills.folios import folio_name
from tenants.hotel.routes.bills.posting import FolioId, Remark
from tenants.hotel.routes.bills.waiving import waives, who_waives
from tenants.hotel.routes.forms.again import FIRST, Again, form_page
from tenants.hotel.routes.frame import desk_page
from tenants.hotel.routes.money import settle
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.amounts import BY_HAND, MEANS, Yuan, entry_row, fen_of, yuan
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import folios, takings

_ENTRY = "/hotel/folios/{folio}/entries/{number}"


def _amounts(value: Any) -> Any:
    """Amounts in yuan, separated by spaces, commas or plus signs."""
    if not isinstance(value, str):
        return value
    for sign in "++,,、;;":
        value = value.replace(sign, " ")
    return [fen_of(one) for one in value.split()]


class ReasonForm(Asked):
    text: Annotated[str, Field(min_length=1, max_length=60)]


class MoveForm(Asked):
    to: FolioId
    text: Remark = ""


class PartForm(Asked):
    amounts: Annotated[
        list[Annotated[int, Field(ge=1, le=10**9)]],
        BeforeValidator(_amounts),
        Field(min_length=2, max_length=20),
    ]
    to: Annotated[str, Field(max_length=44)] = ""
    text: Remark = ""


class BackForm(Asked):
    amount: Yuan
    means: Literal["", "cash", "terminal", "scan", "transfer"] = ""
    text: Remark = ""


@page(BLUEPRINT, "GET", _ENTRY, use_case="hotel.show-entry", door=DESK)
def show_entry(call: Call) -> Page:
    """The entry, what answered it, and what can still be done."""
    return _entry_page(call, FIRST)


def _entry_page(call: Call, again: Again) -> Html:
    accounts, number = AccountsStore(call.work), _number(call)
    folio = accounts.folios.get(call.path["folio"])
    entries = accounts.folios.entries(folio)
    entry = _found(entries, number)
    standing = {one.key for one in living(entries)}
    others = [one for one in accounts.folios.open() if one.id != folio.id and one.site == folio.site]
    others.sort(key=lambda one: (one.account != folio.account, one.room or "~", one.id))
    say = call.translate
    row = entry_row(entry, say=say, corrected=entry.key not in standing and entry.link is not Link.CONTRA)
    left = _left(entries, entry)
    can = _can(folio, entries, entry, left)
    withheld = who_waives(call, entry.amount) if can["contra"] and entry.code in FEES else ""
    can["contra"] = can["contra"] and not withheld
    return desk_page(
        call,
        "hotel/bills/folio_entry.html",
        place="folios",
        flash=again.flash([]),
        again=again,
        folio={"id": folio.id, "title": folio_name(folio, call), "href": f"/hotel/folios/{folio.id}"},
        entry=row,
        net=entry.net,
        answers=[
            entry_row(one, say=say, corrected=one.key not in standing and one.link is not Link.CONTRA)
            for one in entries
            if one.of == entry.key
        ],
        can=can,
        who_waives=withheld,
        left=left,
        left_yuan=yuan(left),
        halves=" + ".join(yuan(part) for part in corrections.evenly(abs(entry.amount), 2)),
        folios=[(one.id, folio_name(one, call)) for one in others],
        means=[(str(one), say(MEANS[one])) for one in BY_HAND],
        here=f"/hotel/folios/{folio.id}/entries/{number}",
    )


@form_page(
    _ENTRY + "/contra", "contra", _entry_page, use_case="hotel.contra-page", door=DESK, body=ReasonForm
)
def contra(call: Call, asked: ReasonForm) -> Page:
    """Both entries stay on the bill."""
    id = call.path["folio"]
    accounts = AccountsStore(call.work)
    folio = accounts.folios.get(id)
    entry = _found(accounts.folios.entries(folio), _number(call))
    if entry.means is Means.LEDGER:
        takings.from_ledger(id, entry.number, text=asked.text, accounts=accounts)
    else:
        takings.undo(id, entry.number, text=asked.text, waives=waives(call), accounts=accounts)
    return Redirect(f"/hotel/folios/{id}?done=corrected")


@form_page(_ENTRY + "/move", "move", _entry_page, use_case="hotel.move-page", door=DESK, body=MoveForm)
def move(call: Call, asked: MoveForm) -> Page:
    """A contra here, the entry there."""
    id = call.path["folio"]
    folios.move(id, _number(call), to=asked.to, text=asked.text, accounts=AccountsStore(call.work))
    return Redirect(f"/hotel/folios/{id}?done=moved")


@form_page(_ENTRY + "/part", "part", _entry_page, use_case="hotel.part-page", door=DESK, body=PartForm)
def part(call: Call, asked: PartForm) -> Page:
    """Amounts that add up to it; the first part stays, the others go to another bill where one is named."""
    id = call.path["folio"]
    to = [id, *[asked.to or id] * (len(asked.amounts) - 1)]
    folios.part(
        id,
        _number(call),
        asked.amounts,
        to=to,
        text=asked.text,
        accounts=AccountsStore(call.work),
    )
    return Redirect(f"/hotel/folios/{id}?done=parted")


@form_page(_ENTRY + "/back", "back", _entry_page, use_case="hotel.give-back-page", door=DESK, body=BackForm)
def back(call: Call, asked: BackForm) -> Page:
    """Money goes back the way it came, or by hand another way."""
    id, now = call.path["folio"], call.now
    means = Means(asked.means) if asked.means else None
    _, entry = takings.give_back(
        id,
        _number(call),
        asked.amount,
        text=asked.text,
        means=means,
        accounts=AccountsStore(call.work),
    )
    call.then(lambda: settle(entry.order or id, now=now))
    return Redirect(f"/hotel/folios/{id}?done=returned")


@form_page(
    _ENTRY + "/apply", "apply", _entry_page, use_case="hotel.apply-deposit-page", door=DESK, body=BackForm
)
def apply(call: Call, asked: BackForm) -> Page:
    """A deposit pays; no money moves."""
    id = call.path["folio"]
    takings.apply_deposit(id, _number(call), asked.amount, text=asked.text, accounts=AccountsStore(call.work))
    return Redirect(f"/hotel/folios/{id}?done=applied")


def _can(folio: Folio, entries: Any, entry: Entry, left: int) -> dict[str, bool]:
    """Which of the ways are open: the same rules refuse the others."""
    if folio.state is not State.OPEN:
        return dict.fromkeys(("contra", "move", "part", "back", "apply"), False)
    ledger = entry.means is Means.LEDGER and entry.link is None
    return {
        "contra": ledger or _may(lambda: corrections.contra(entries, entry.number, text="")),
        "move": _may(lambda: corrections.moved(entries, entry.number, text="")),
        "part": abs(entry.amount) > 1
        and _may(
            lambda: corrections.parted(entries, entry.number, corrections.evenly(entry.amount, 2), text="")
        ),
        "back": left > 0,
        "by_hand": entry.means in BY_HAND_MEANS or entry.ref.startswith("desk|"),
        "apply": left > 0 and entry.sort is Sort.DEPOSIT and folio.balance + folio.deposits > 0,
    }


def _may(act: Any) -> bool:
    try:
        act()
    except Refusal:
        return False
    return True


def _left(entries: Any, entry: Entry) -> int:
    try:
        return corrections.refundable(entries, entry.number)[1] if entry.amount < 0 else 0
    except Refusal:
        return 0


def _found(entries: Any, number: int) -> Entry:
    for entry in entries:
        if entry.number == number:
            found: Entry = entry
            return found
    raise Missing(entry=number)


def _number(call: Call) -> int:
    typed = call.path["number"]
    if not (typed.isascii() and typed.isdigit()) or len(typed) > 6:
        raise Missing(entry=typed)
    return int(typed)
