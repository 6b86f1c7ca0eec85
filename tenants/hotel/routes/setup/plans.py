"""Rate plans at the desk: where a price comes from, what it includes, what cancelling costs, what is due."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Redirect, Several, page
from tenants.hotel.domain.plan import Derived, Fee, Meal, RatePlan, Secured
from tenants.hotel.domain.property import text
from tenants.hotel.routes.forms.typed import (
    Fen,
    Signed,
    Thousandths,
    errors_of,
    fresh_id,
    typed_percent,
    typed_yuan,
)
from tenants.hotel.routes.frame import desk_page, refused
from tenants.hotel.routes.registered import BLUEPRINT, SETUP
from tenants.hotel.routes.shown.amounts import fen_of
from tenants.hotel.routes.shown.offers import MEALS
from tenants.hotel.routes.words import Name, Texts
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import setting

_PATH, _NEW = "/hotel/setup/plans/{plan}", "new"
MOST_TIERS = 4
SECURED = {
    Secured.GUARANTEE: (N_("到店付"), N_("不先收钱,留下电话就订好")),
    Secured.DEPOSIT: (N_("先付订金"), N_("付一部分订好,余款到店付")),
    Secured.PREPAID: (N_("先付全款"), N_("付清才订好")),
}


class TierForm(Asked):
    """Cancelling so many hours before arrival or earlier costs so many nights, or so much of the whole."""

    hours: Annotated[int | None, Blank, Field(ge=0, le=2_400)] = None
    nights: Annotated[int, Field(ge=0, le=30)] = 0
    percent: Thousandths = 0


class PlanForm(Asked):
    names: Texts
    base: Annotated[Name | None, Blank] = None
    share: Annotated[int, Signed, Field(ge=-900, le=9_000)] = 0
    add: Annotated[int, BeforeValidator(fen_of), Field(ge=-(10**8), le=10**8)] = 0
    meal: Literal["none", "breakfast", "half-board", "full-board"] = "none"
    fees: Annotated[list[TierForm], Field(max_length=MOST_TIERS, default_factory=list)]
    secured: Literal["prepaid", "deposit", "guarantee"]
    deposit: Thousandths = 0
    types: Annotated[list[Name], Several, Field(max_length=60, default_factory=list)]
    extra_adult: Fen = 0
    extra_child: Fen = 0
    on: bool = False

    def plan(self, id: str) -> RatePlan:
        """The plan of this id. Raises ``SetupInvalid``."""
        return RatePlan(
            id=id,
            names=self.names.by_language,
            derived=Derived(plan=self.base, permille=1000 + self.share, add=self.add) if self.base else None,
            meal=Meal(self.meal),
            fees=tuple(
                Fee(hours=tier.hours, nights=tier.nights, permille=0 if tier.nights else tier.percent)
                for tier in self.fees
                if tier.hours is not None
            ),
            secured=Secured(self.secured),
            deposit=self.deposit,
            types=frozenset(self.types),
            extra_adult=self.extra_adult,
            extra_child=self.extra_child,
            on=self.on,
        )


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-plan", door=SETUP)
def show_plan(call: Call) -> Page:
    """A plan's form, or an empty one at ``new``."""
    before = _before(call)
    usual = {
        "secured": "guarantee",
        "meal": "none",
        "on": "true",
        "fees": [{"hours": "24"}],
        "names": {"zh": ""},
    }
    return _form(call, _typed(before) if before is not None else usual, before)


def _again(call: Call) -> Page:
    return _form(
        call, call.form, _before(call), errors=errors_of(call, money=("add", "extra_adult", "extra_child"))
    )


@page(BLUEPRINT, "POST", _PATH, use_case="hotel.set-plan-page", door=SETUP, body=PlanForm, invalid=_again)
def set_plan(call: Call, asked: PlanForm) -> Page:
    """Bookings keep the terms under which they were made."""
    hotel, before = HotelStore(call.work), _before(call)
    plans = hotel.setup.house().plans
    id = before.id if before is not None else fresh_id(asked.names.by_language, plans, otherwise="plan")
    try:
        setting.set_plan(asked.plan(id), hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _form(call, call.form, before, flash=told))
    return Redirect("/hotel/setup?done=plan#plans")


def _before(call: Call) -> RatePlan | None:
    if call.path["plan"] == _NEW:
        return None
    plan = HotelStore(call.work).setup.house().plans.get(call.path["plan"])
    if plan is None:
        raise Missing(plan=call.path["plan"])
    return plan


def _typed(plan: RatePlan) -> dict[str, Any]:
    derived = plan.derived
    return {
        "names": dict(plan.names),
        "base": derived.plan if derived is not None else "",
        "share": typed_percent(derived.permille - 1000) if derived is not None else "",
        "add": typed_yuan(derived.add) if derived is not None else "",
        "meal": str(plan.meal),
        "fees": tiers_typed(plan.fees),
        "secured": str(plan.secured),
        "deposit": typed_percent(plan.deposit) if plan.deposit else "",
        "types": sorted(plan.types),
        "extra_adult": typed_yuan(plan.extra_adult),
        "extra_child": typed_yuan(plan.extra_child),
        "on": "true" if plan.on else "",
    }


def tiers_typed(fees: tuple[Fee, ...]) -> list[dict[str, str]]:
    """Cancellation tiers as their boxes show them, the earliest first."""
    return [
        {
            "hours": str(fee.hours),
            "nights": str(fee.nights or ""),
            "percent": typed_percent(fee.permille) if fee.permille else "",
        }
        for fee in sorted(fees, key=lambda fee: -fee.hours)
    ]


def _form(
    call: Call,
    typed: dict[str, Any],
    before: RatePlan | None,
    *,
    errors: dict[str, str] | None = None,
    flash: dict[str, str] | None = None,
) -> Html:
    say, locale = call.translate, call.locale
    house = HotelStore(call.work).setup.house()
    rows = [row for row in typed.get("fees") or [] if isinstance(row, dict)]
    return desk_page(
        call,
        "hotel/setup/plan.html",
        place="setup",
        flash=[flash] if flash else [],
        action=f"/hotel/setup/plans/{before.id if before else _NEW}",
        title=text(before.names, locale) if before else say(N_("添加价格计划")),
        form=Filled({**typed, "fees": [*rows, *[{}] * (MOST_TIERS - len(rows))][:MOST_TIERS]}, errors),
        bases=[
            (plan.id, text(plan.names, locale))
            for plan in house.plans.values()
            if plan.derived is None and (before is None or plan.id != before.id)
        ],
        meals=[(str(meal), say(words)) for meal, words in MEALS.items()],
        ways=[
            {"value": str(way), "title": say(words), "note": say(note)}
            for way, (words, note) in SECURED.items()
        ],
        types=[(kind.id, text(kind.names, locale)) for kind in house.types.values()],
    )
