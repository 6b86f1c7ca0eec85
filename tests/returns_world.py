"""A hotel's return of a month, for tests of both sides."""

from datetime import date, datetime
from typing import Any

from chalicelib.kernel.period import SHANGHAI
from chalicelib.messaging.returns.domain import Return, due_at
from chalicelib.messaging.returns.forms import form_on, period_of
from chalicelib.messaging.returns.values import Given
from tenants.bureau.domain.day import Known
from tests.feed_world import HOTEL

OCTOBER = period_of("month", date(2026, 10, 5))
NOW = datetime(2026, 11, 3, 10, 0, tzinfo=SHANGHAI)
INN = Known(id=HOTEL.id, name=HOTEL.name, kind="hotel", district="410185")


RETURNED, PASSED = (f"tourism.report.return.{word}.v1" for word in ("returned", "passed"))
LATER = "2026-11-05T00:00:00.000Z"


def form(code: str = "hotel-month") -> Any:
    found = form_on(code, OCTOBER.last)
    assert found is not None
    return found


KNOWN = {
    "available": 3000,
    "let": 1800,
    "room_income": 54_000_000,
    "other_income": 6_000_000,
    "guests": 2500,
    "inbound": 40,
    "guest_nights": 4000,
}


def asked_of_us(**computed_: int | None) -> Return:
    return Return(
        form=form(),
        period=OCTOBER,
        due=due_at(form(), OCTOBER),
        asked="2026-11-02T00:00:00.000Z",
        computed={**KNOWN, **computed_},
    )


def writing(**more: Given) -> dict[str, Given]:
    return (
        {key: Given(value=value) for key, value in KNOWN.items()}
        | {"staff": Given(value=85), "food_income": Given(value=1_000_000)}
        | more
    )


def signing(one: Return, *, by: str = "n", alone: bool = False) -> tuple[Return, Any]:
    return one.signed(by=by, role="owner", now=NOW, tenant=HOTEL.id, alone=alone)


def signed(one: Return, **more: Given) -> tuple[Return, Any]:
    filled = one.written(writing(**more), by="m", now=NOW)
    return signing(filled)
