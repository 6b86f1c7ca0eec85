"""What people type into the forms of the set-up: boxes of one name, money in yuan, what was wrong with it."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Blank, Call
from tenants.hotel.routes.shown.amounts import fen_of, yuan

_NOT_MONEY = N_("请填金额,例如 328 或 328.50。")
_TOO_MUCH = N_("金额要大于零,不超过一千万元。")
_MONEY = {
    "int_parsing": _NOT_MONEY,
    "int_type": _NOT_MONEY,
    "greater_than_equal": _TOO_MUCH,
    "less_than_equal": _TOO_MUCH,
}
"""The model counts fen; who typed yuan would not know its bounds again."""
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


Fen = Annotated[int, BeforeValidator(fen_of), Field(ge=0, le=10**9)]
"""Money typed in yuan; fen inside."""
FenOrNone = Annotated[int | None, BeforeValidator(fen_of), Blank, Field(ge=0, le=10**9)]


def errors_of(call: Call, *, money: tuple[str, ...] = ()) -> dict[str, str]:
    """What was wrong with a form, by the names of its boxes. ``money``: the boxes that hold an amount."""
    found: dict[str, str] = {}
    for fault in call.errors:
        name = fault["at"].removeprefix("/").replace("/", ".")
        words = _MONEY.get(fault["code"]) if name.split(".")[0] in money else None
        found.setdefault(name, call.translate(words) if words else fault["detail"])
    return found


def per_cent(value: Any) -> Any:
    """Per cent with at most one place, either sign, as thousandths; anything else is left to be refused."""
    if not isinstance(value, str):
        return value
    fen = fen_of(value.strip().removesuffix("%").removesuffix("\uff05"))
    return fen // 10 if isinstance(fen, int) and fen % 10 == 0 else value


Thousandths = Annotated[int, BeforeValidator(per_cent), Field(ge=0, le=1000)]
Signed = BeforeValidator(per_cent)


def fresh_id(names: Mapping[str, str], taken: Iterable[str], *, otherwise: str) -> str:
    """A short name for something new: from its English name, else numbered on."""
    known = set(taken)
    stem = _NOT_A_NAME.sub("-", names.get("en", "").lower()).strip("-")[:30].strip("-") or otherwise
    numbered = (f"{stem}-{number}" for number in range(2, len(known) + 3))
    return next(name for name in (stem, *numbered) if name not in known)


def typed_percent(permille: int) -> str:
    """Thousandths as a form shows them."""
    return f"{permille / 10:g}"


def typed_yuan(fen: int) -> str:
    """Fen as a form shows them: no decimals where there are none."""
    return yuan(fen) if fen % 100 else str(fen // 100)
