"""Many prices at once: asked for in one form, shown as what would change, then written as it was shown."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Redirect, Several, page
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.property import text
from tenants.hotel.domain.repricing import STEPS, How, Pricing
from tenants.hotel.routes.forms.typed import errors_of, per_cent
from tenants.hotel.routes.frame import desk_page, place
from tenants.hotel.routes.registered import BLUEPRINT, RATES, SELLS
from tenants.hotel.routes.setup.price_words import ROUNDING, RuleFields, boxes, proposal_shown
from tenants.hotel.routes.setup.prices import nothing_to_price
from tenants.hotel.routes.shown.amounts import fen_of
from tenants.hotel.routes.words import Name
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import rates, repricing
from tenants.hotel.usecases.repricing import Proposal, Wish
from tenants.hotel.usecases.setup_ports import House

HOWS = {
    "": N_("不改价格"),
    "set": N_("设为"),
    "up": N_("上调百分之"),
    "down": N_("下调百分之"),
    "more": N_("加价(元)"),
    "less": N_("减价(元)"),
}
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
_PATH = "/hotel/prices/change"
_MOST_RAISE = 5000
_FIRST_PRICES = timedelta(days=90)
"""How far a new house is priced at once, if its owner does not say otherwise."""


class ChangeQuery(Asked):
    type: Annotated[Name | None, Blank] = None
    day: Annotated[date | None, Blank] = None
    how: Literal["", "set"] = ""


class ChangeForm(RuleFields):
    """A change in words. ``amount``: yuan or per cent, as ``how`` says. ``seen``: what was shown before."""

    types: Annotated[list[Name], Several, Field(min_length=1, max_length=60)]
    plans: Annotated[list[Name], Several, Field(max_length=60, default_factory=list)]
    first: date
    last: date
    weekdays: Annotated[
        list[Annotated[int, Field(ge=1, le=7)]], Several, Field(max_length=7, default_factory=list)
    ]
    how: Literal["", "set", "up", "down", "more", "less"] = ""
    amount: Annotated[str, Field(max_length=12)] = ""
    step: Annotated[int, Field(ge=1, le=1000)] = 100
    seen: Annotated[str, Field(max_length=32)] = ""

    def wish(self) -> Wish:
        """What is wished for. Raises ``AmountMissing``."""
        return Wish(
            types=tuple(dict.fromkeys(self.types)),
            first=self.first,
            last=self.last,
            plans=tuple(self.plans),
            weekdays=frozenset(self.weekdays),
            pricing=self._pricing(),
            rule=self.rule,
        )

    def _pricing(self) -> Pricing | None:
        if not self.how:
            if self.amount:
                raise HowMissing  # a number without what it means is never passed over
            return None
        share = self.how in {"up", "down"}
        value = per_cent(self.amount) if share else fen_of(self.amount)
        if not isinstance(value, int) or not 0 <= value <= (_MOST_RAISE if share else rates.HIGHEST):
            raise AmountWrong
        if self.how == "set":
            return Pricing(how=How.SET, value=value)
        sign = -1 if self.how in {"down", "less"} else 1
        step = self.step if self.step in STEPS else 1
        return Pricing(how=How.SHARE if share else How.ADD, value=sign * value, step=step)


class AmountWrong(rates.RowWrong):
    code = "hotel.prices.amount"
    detail = N_("请填金额(如 328 或 328.50)或百分比(如 10 或 12.5,最多 500)。")


class HowMissing(rates.RowWrong):
    code = "hotel.prices.how"
    detail = N_("填了金额,还没有选怎么改。")


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-change-prices", door=RATES, query=ChangeQuery)
def show_change(call: Call) -> Page:
    """The form, with what was looked at before already in it."""
    house = HotelStore(call.work).setup.house()
    if not house.plans:
        return nothing_to_price(call, plans=False)
    where = place(house)
    today = where.night_of(call.now) if where is not None else call.now.date()
    day = max(call.query.day or today, today)
    last = call.query.day or (day + _FIRST_PRICES if call.query.how else day.replace(day=28))
    kinds = [
        kind.id for kind in house.types.values() if where is not None and kind.site == where.id and kind.on
    ]
    typed = {
        "types": [call.query.type] if call.query.type else kinds if len(kinds) == 1 else [],
        "first": day.isoformat(),
        "last": max(last, day).isoformat(),
        "how": call.query.how,
    }
    return _form(call, house, typed)


def _again(call: Call) -> Page:
    return _form(
        call,
        HotelStore(call.work).setup.house(),
        call.form,
        errors=errors_of(call),
    )


@page(
    BLUEPRINT,
    "POST",
    _PATH,
    use_case="hotel.change-prices",
    door=RATES,
    body=ChangeForm,
    entitlement=SELLS,
    invalid=_again,
)
def change(call: Call, asked: ChangeForm) -> Page:
    """First what would change; sent again with its seal, it is written."""
    hotel = HotelStore(call.work)
    house = hotel.setup.house()
    try:
        proposal = repricing.propose(asked.wish(), hotel=hotel)
        if asked.seen and not proposal.empty:
            repricing.carry_out(proposal, seen=asked.seen, hotel=hotel, unit=new_unit(call.now))
            call.work.witness("ari")
            return Redirect(f"/hotel/prices?month={asked.first:%Y-%m}&done=changed")
    except repricing.PricesMoved as moved:
        return _preview(call, house, proposal, moved=refused_in_words(moved, locale=call.locale))
    except Refusal as refusal:
        told = refused_in_words(refusal, locale=call.locale)
        box = "amount" if isinstance(refusal, (AmountWrong, repricing.PriceAboveMost)) else "types"
        box = "how" if isinstance(refusal, HowMissing) else box
        box = "first" if isinstance(refusal, rates.DaysWrong) else box
        return _form(call, house, call.form, errors={box: told["detail"]}).with_status(refusal.status)
    return _preview(call, house, proposal)


def _preview(call: Call, house: House, proposal: Proposal, *, moved: dict[str, str] | None = None) -> Html:
    back = {name: value for name, value in call.form.items() if name != "seen"}
    return desk_page(
        call,
        "hotel/setup/price_change_preview.html",
        place="prices",
        action=_PATH,
        fields=_pairs(back),
        file=False,
        faults=[],
        moved=moved,
        **proposal_shown(proposal, house=house, say=call.translate, locale=call.locale),
    )


def _pairs(form: dict[str, Any]) -> list[tuple[str, str]]:
    """What was typed, as hidden fields."""
    return [
        (name, str(one))
        for name, value in form.items()
        for one in (value if isinstance(value, list) else [value])
    ]


def _form(call: Call, house: House, typed: dict[str, Any], *, errors: dict[str, str] | None = None) -> Html:
    say, locale, where = call.translate, call.locale, place(house)
    site = where.id if where is not None else ""
    return desk_page(
        call,
        "hotel/setup/price_change.html",
        place="prices",
        action=_PATH,
        types=[
            (kind.id, text(kind.names, locale))
            for kind in house.types.values()
            if kind.site == site and kind.on
        ],
        plans=[(plan.id, text(plan.names, locale)) for plan in house.plans.values() if plan.derived is None],
        weekdays=[(number, say(words)) for number, words in enumerate(WEEKDAYS, start=1)],
        hows=[(how, say(words)) for how, words in HOWS.items()],
        steps=[(step, say(words)) for step, words in ROUNDING.items()],
        form=Filled({"step": "100", "how": "", "amount": "", **typed}, errors),
        today=where.night_of(call.now).isoformat() if where is not None else "",
        boxes=boxes(typed, say=say),
    )
