"""Prices and restrictions in words: what a cell says, what a change makes of it, and how both are typed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.web import formats
from chalicelib.web.http import Asked, Blank
from chalicelib.web.i18n import Translate
from tenants.hotel.domain.property import text
from tenants.hotel.domain.repricing import STEPS, PriceEdit
from tenants.hotel.domain.sheet import Rule
from tenants.hotel.usecases.repricing import Proposal
from tenants.hotel.usecases.setup_ports import House

FLAGS = {
    "stop_sell": (N_("停售"), N_("停")),
    "closed_to_arrival": (N_("当天不可入住"), N_("禁到")),
    "closed_to_departure": (N_("当天不可离店"), N_("禁离")),
}
LENGTHS = {
    "min_arrival": (N_("当天入住至少住(晚)"), N_("到≥%(nights)s")),
    "max_arrival": (N_("当天入住最多住(晚)"), N_("到≤%(nights)s")),
    "min_through": (N_("含这晚至少住(晚)"), N_("住≥%(nights)s")),
    "max_through": (N_("含这晚最多住(晚)"), N_("住≤%(nights)s")),
}
ROUNDING = dict(zip(STEPS, (N_("到分"), N_("到 1 元"), N_("到 5 元"), N_("到 10 元")), strict=True))
SHOWN = 93


Nights = Annotated[int | None, Blank, Field(ge=0, le=365)]
Choice = Literal["", "yes", "no"]


class RuleFields(Asked):
    """Restrictions as a form brings them: an empty box leaves a cell alone, 0 nights takes a length away."""

    stop_sell: Choice = ""
    closed_to_arrival: Choice = ""
    closed_to_departure: Choice = ""
    min_arrival: Nights = None
    max_arrival: Nights = None
    min_through: Nights = None
    max_through: Nights = None

    @property
    def rule(self) -> dict[str, int | bool]:
        """What was filled in, by the names of ``sheet.NAMES``."""
        flags = {name: getattr(self, name) == "yes" for name in FLAGS if getattr(self, name)}
        lengths = {name: getattr(self, name) for name in LENGTHS if getattr(self, name) is not None}
        return {**flags, **lengths}


def marks(rule: Rule, *, say: Translate) -> list[str]:
    """A day's restrictions in as few signs as a narrow cell has room for."""
    found = [say(short) for name, (_, short) in FLAGS.items() if getattr(rule, name)]
    for name, (_, short) in LENGTHS.items():
        nights = getattr(rule, name)
        if nights:
            found.append(say(short, nights=nights))
    return found


def rule_words(rule: Rule, *, say: Translate) -> str:
    """A day's restrictions in one line."""
    return " · ".join(marks(rule, say=say)) or say(N_("无限制"))


def legend(*, say: Translate) -> list[tuple[str, str]]:
    """What the signs mean."""
    flags = [(say(short), say(words)) for words, short in FLAGS.values()]
    return flags + [(say(short, nights=2), say(words)) for words, short in LENGTHS.values()]


def boxes(values: dict[str, Any], *, say: Translate) -> dict[str, list[dict[str, Any]]]:
    """The restriction boxes of a form, with what is in them."""
    return {
        "flags": [
            {"name": name, "label": say(words), "value": values.get(name) or ""}
            for name, (words, _) in FLAGS.items()
        ],
        "lengths": [
            {"name": name, "label": say(words), "value": _typed(values.get(name))}
            for name, (words, _) in LENGTHS.items()
        ],
    }


def rule_values(rule: Rule) -> dict[str, Any]:
    """A day's restrictions as the boxes show them."""
    return {
        name: value if not isinstance(value, bool) else ("yes" if value else "no")
        for name, value in asdict(rule).items()
    }


def proposal_shown(proposal: Proposal, *, house: House, say: Translate, locale: str) -> dict[str, Any]:
    """What would change: a line a type and plan, then the nights themselves, the first of them."""
    return {
        "seal": proposal.seal,
        "empty": proposal.empty,
        "sums": _sums(proposal.prices, house=house, locale=locale),
        "prices": [
            {
                "day": edit.day.isoformat(),
                "type": type_name(house, edit.type, locale),
                "plan": plan_name(house, edit.plan, locale),
                "before": edit.before,
                "after": edit.after,
            }
            for edit in sorted(proposal.prices, key=lambda edit: (edit.day, edit.type))[:SHOWN]
        ],
        "rules": [
            {
                "day": edit.day.isoformat(),
                "type": type_name(house, edit.type, locale),
                "before": rule_words(edit.before, say=say),
                "after": rule_words(edit.after, say=say),
            }
            for edit in sorted(proposal.rules, key=lambda edit: (edit.day, edit.type))[:SHOWN]
        ],
        "price_count": len(proposal.prices),
        "rule_count": len(proposal.rules),
        "unpriced": proposal.unpriced,
        "sold": proposal.sold,
        "shown": SHOWN,
    }


def type_name(house: House, type: str, locale: str) -> str:
    """A type's name, or its short name where it has none."""
    kind = house.types.get(type)
    return text(kind.names, locale) if kind is not None else type


def plan_name(house: House, plan: str, locale: str) -> str:
    """A plan's name, or its short name where it has none."""
    known = house.plans.get(plan)
    return text(known.names, locale) if known is not None else plan


def _sums(prices: Sequence[PriceEdit], *, house: House, locale: str) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[PriceEdit]] = {}
    for edit in prices:
        groups.setdefault((edit.type, edit.plan), []).append(edit)
    return [
        {
            "type": type_name(house, type, locale),
            "plan": plan_name(house, plan, locale),
            "nights": len(found),
            "before": _span([edit.before for edit in found], locale=locale),
            "after": _span([edit.after for edit in found], locale=locale),
        }
        for (type, plan), found in groups.items()
    ]


def _span(prices: Sequence[int | None], *, locale: str) -> str:
    known = [price for price in prices if price is not None]
    if not known:
        return "—"
    low, high = (formats.money(price, locale=locale) for price in (min(known), max(known)))
    return low if low == high else f"{low}–{high}"


def _typed(value: Any) -> str:
    return "" if value is None or value == "" else str(value)


def day_or_none(value: str) -> date | None:
    """A date as typed into an address, or nothing."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
