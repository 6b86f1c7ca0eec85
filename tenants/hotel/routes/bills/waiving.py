"""Who may let go of a fee that the terms ask for, as pages and API ask and say it."""

from collections.abc import Mapping

from chalicelib.kernel.errors import N_
from chalicelib.persistence.directory import members
from chalicelib.web import formats
from chalicelib.web.http import Call
from tenants.hotel.domain.waiving import FeeNotYours, Why

WHYS: Mapping[Why, str] = {
    Why.ILLNESS: N_("客人生病或家中有事"),
    Why.WEATHER: N_("天气或交通"),
    Why.HOUSE: N_("酒店的原因"),
    Why.REGULAR: N_("常客"),
    Why.OTHER: N_("其他"),
}
_WAIVES = frozenset({"owner"})


def waives(call: Call) -> bool:
    """Whether whoever asks may let a fee go."""
    return bool(call.context.roles & _WAIVES)


def allowed(call: Call, why: Why | None) -> Why | None:
    """The reason for letting a fee go, from who may. Raises ``FeeNotYours``."""
    if why is not None and not waives(call):
        raise FeeNotYours
    return why


def whys(call: Call, fee: int, why: Why | None) -> list[tuple[str, str]]:
    """The reasons to choose from; none for who may not, nor where there is no fee (fen) to let go."""
    if not waives(call) or not (fee or why):
        return []
    return [(str(why), call.translate(words)) for why, words in WHYS.items()]


def who_waives(call: Call, fee: int) -> str:
    """For who may not: the names of those who may let this fee (fen) go; nothing for who may."""
    if waives(call) or not fee:
        return ""
    names = [one.label for one in members(call.tenant.id) if one.roles & _WAIVES]
    return formats.listed(names, locale=call.locale) or call.translate(N_("负责人"))
