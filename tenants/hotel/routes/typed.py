"""What people type into the forms of the set-up: boxes of one name, money in yuan, what was wrong with it."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Call
from tenants.hotel.routes.choice import Blank
from tenants.hotel.routes.office import fen_of

_NOT_MONEY = N_("请填金额,例如 328 或 328.50。")
_NUMBERS = {"int_parsing", "int_type"}


def several(value: Any) -> Any:
    """Boxes of one name: none, one or many are a list."""
    return [value] if isinstance(value, str) else value


Several = BeforeValidator(several)
Fen = Annotated[int, BeforeValidator(fen_of), Field(ge=0, le=10**9)]
"""Money typed in yuan; fen inside."""
FenOrNone = Annotated[int | None, BeforeValidator(fen_of), Blank, Field(ge=0, le=10**9)]


def errors_of(call: Call, *, money: tuple[str, ...] = ()) -> dict[str, str]:
    """What was wrong with a form, by the names of its boxes. ``money``: the boxes that hold an amount."""
    found: dict[str, str] = {}
    for fault in call.errors:
        name = fault["at"].removeprefix("/").replace("/", ".")
        amount = fault["code"] in _NUMBERS and name.split(".")[0] in money
        found.setdefault(name, call.translate(_NOT_MONEY) if amount else fault["detail"])
    return found
