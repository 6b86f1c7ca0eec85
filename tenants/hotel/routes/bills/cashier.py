"""The cashier's shift at the desk, and its printed report."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, page
from tenants.hotel.domain.folio import Means
from tenants.hotel.domain.sheet import month_of
from tenants.hotel.domain.shift import Shift
from tenants.hotel.routes.forms.again import FIRST, Again, form_page
from tenants.hotel.routes.frame import desk_page, flash_of, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.amounts import MEANS, Say, YuanOrNothing
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import cashier

DONE = {
    "opened": N_("已开班。"),
    "dropped": N_("已登记投款。"),
}
Month = Annotated[str, Field(pattern=r"^(20[0-9][0-9]-(0[1-9]|1[0-2]))?$")]


class MonthQuery(Asked):
    month: Month = ""
    done: Annotated[str, Field(max_length=16)] = ""


class FloatForm(Asked):
    amount: YuanOrNothing


class CountForm(Asked):
    amount: YuanOrNothing
    reason: Annotated[str, Field(max_length=60)] = ""


@page(BLUEPRINT, "GET", "/hotel/cashier", use_case="hotel.show-cashier", door=DESK, query=MonthQuery)
def show_cashier(call: Call) -> Page:
    """My shift in this house, its other open drawers, and its shifts of a month."""
    return _cashier_page(call, FIRST, month=call.query.month, done=call.query.done)


def _cashier_page(call: Call, again: Again, *, month: str = "", done: str = "") -> Html:
    accounts = AccountsStore(call.work)
    shifts, site = accounts.shifts, property_of(accounts.setup).id
    month = month or business_day(call.now).isoformat()[:7]
    mine = shifts.mine(call.context.actor, site=site)
    others = [one for one in shifts.all_open(site=site) if one.cashier != call.context.actor]
    return desk_page(
        call,
        "hotel/bills/cashier.html",
        place="cashier",
        flash=again.flash(flash_of(call, done, DONE)),
        again=again,
        mine=shift_shown(mine, call) if mine is not None else None,
        others=[shift_shown(one, call) for one in others],
        closed=[shift_shown(one, call) for one in shifts.closed(month.replace("-", ""), site=site)],
        month=month,
    )


@form_page(
    "/hotel/cashier", "open", _cashier_page, use_case="hotel.open-shift-page", door=DESK, body=FloatForm
)
def open_shift(call: Call, asked: FloatForm) -> Page:
    """The drawer begins with a float."""
    label = call.credential.label if call.credential is not None else ""
    accounts = AccountsStore(call.work)
    cashier.open_shift(asked.amount, property=property_of(accounts.setup).id, name=label, accounts=accounts)
    return Redirect("/hotel/cashier?done=opened")


@form_page(
    "/hotel/cashier/drop", "drop", _cashier_page, use_case="hotel.drop-page", door=DESK, body=FloatForm
)
def drop(call: Call, asked: FloatForm) -> Page:
    """Cash goes to the safe."""
    accounts = AccountsStore(call.work)
    cashier.drop(asked.amount, property=property_of(accounts.setup).id, accounts=accounts)
    return Redirect("/hotel/cashier?done=dropped")


@form_page(
    "/hotel/cashier/close",
    "close",
    _cashier_page,
    use_case="hotel.close-shift-page",
    door=DESK,
    body=CountForm,
)
def close(call: Call, asked: CountForm) -> Page:
    """Counted; the report is shown to be printed. A difference is asked about first."""
    accounts = AccountsStore(call.work)
    site = property_of(accounts.setup).id
    shift = cashier.close_shift(asked.amount, property=site, reason=asked.reason, accounts=accounts)
    month = month_of(business_day(call.now))
    return Redirect(f"/hotel/cashier/{month[:4]}-{month[4:]}/{shift.id}")


@page(BLUEPRINT, "GET", "/hotel/cashier/{month}/{shift}", use_case="hotel.print-shift", door=DESK)
def print_shift(call: Call) -> Page:
    """A shift on paper: in between (X) while it is open, final (Z) once it is closed."""
    shifts, id = AccountsStore(call.work).shifts, call.path["shift"]
    month = call.path["month"].replace("-", "")
    known = [
        *shifts.all_open(),
        *(shifts.closed(month) if month.isdecimal() and month.isascii() and len(month) == 6 else []),
    ]
    found = next((one for one in known if one.id == id), None)
    if found is None:
        raise Missing(shift=id)
    return desk_page(call, "hotel/bills/shift.html", place="cashier", shift=shift_shown(found, call))


def shift_shown(shift: Shift, call: Call) -> dict[str, Any]:
    """A shift as pages show it."""
    say, day = call.translate, business_day(shift.closed or call.now)
    means = [one for one in Means if shift.taken.get(one) or shift.given.get(one)]
    return {
        "id": shift.id,
        "href": f"/hotel/cashier/{day.isoformat()[:7]}/{shift.id}",
        "name": shift.name or say(N_("前台")),
        "opened": shift.opened,
        "closed": shift.closed,
        "float": shift.float_,
        "count": shift.count,
        "means": [
            {
                "name": say(MEANS[one]),
                "taken": shift.taken.get(one, 0),
                "given": shift.given.get(one, 0),
                "net": shift.taken.get(one, 0) - shift.given.get(one, 0),
            }
            for one in means
        ],
        "drops": [{"at": at, "amount": amount} for at, amount in shift.drops],
        "dropped": sum(amount for _, amount in shift.drops),
        "expected": shift.expected,
        "counted": shift.counted,
        "difference": shift.difference,
        "reason": shift.reason,
        "result": _result(shift, say=say),
    }


def _result(shift: Shift, *, say: Say) -> dict[str, str]:
    off = shift.difference or 0
    if not off:
        return {"text": say(N_("相符")), "tone": "good"}
    return (
        {"text": say(N_("短款")), "tone": "urgent"} if off < 0 else {"text": say(N_("长款")), "tone": "warn"}
    )
