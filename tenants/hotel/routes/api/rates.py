"""Prices and restrictions through the API: ranges with weekdays, and files with a preview."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

from chalicelib.kernel.errors import Refusal
from chalicelib.web.http import Answered, Asked, Call, endpoint
from tenants.hotel.routes.registered import BLUEPRINT, RATES, SELLS
from tenants.hotel.routes.words import FaultView, Name, in_words
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import rates, sheet_import
from tenants.hotel.usecases.sheet_import import ImportFaulty

BYTES = 6_000_000
_SHOWN = 500
_Nights = Annotated[int, Field(ge=0, le=365)]
_Weekday = Annotated[int, Field(ge=1, le=7)]


class CellsBody(Asked):
    """One row: inclusive dates, ISO weekdays, and what to set. What is not named stays; a length of 0 is
    none."""

    type: Name
    first: date
    last: date
    weekdays: Annotated[list[_Weekday], Field(max_length=7, default_factory=list)]
    plan: Name | None = None
    price: Annotated[int | None, Field(ge=0, le=10**9, description="fen a night; needs the plan")] = None
    stop_sell: bool | None = None
    closed_to_arrival: bool | None = None
    closed_to_departure: bool | None = None
    min_arrival: _Nights | None = None
    max_arrival: _Nights | None = None
    min_through: _Nights | None = None
    max_through: _Nights | None = None

    def row(self) -> rates.Row:
        """The row as the use case takes it."""
        rule = {
            "stop_sell": self.stop_sell,
            "closed_to_arrival": self.closed_to_arrival,
            "closed_to_departure": self.closed_to_departure,
            "min_arrival": self.min_arrival,
            "max_arrival": self.max_arrival,
            "min_through": self.min_through,
            "max_through": self.max_through,
        }
        return rates.Row(
            type=self.type,
            plan=self.plan,
            first=self.first,
            last=self.last,
            weekdays=frozenset(self.weekdays),
            price=self.price,
            rule={name: value for name, value in rule.items() if value is not None},
        )


class RatesBody(Asked):
    rows: Annotated[list[CellsBody], Field(min_length=1, max_length=25_000)]


class FileBody(Asked):
    csv: Annotated[str, Field(min_length=1, max_length=4_000_000, description="the text of a CSV file")]
    apply: Annotated[bool, Field(description="false: only say what would happen")] = False


class OutcomeView(Answered):
    rows: Annotated[int, Field(description="rows taken")]
    cells: Annotated[int, Field(description="(type, day) cells set")]
    months: Annotated[int, Field(description="sheets written: one a type and month")]
    refused: Annotated[int, Field(description="rows refused")]
    faults: Annotated[list[FaultView], Field(description="the first 500 of them")]
    applied: bool


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/ari",
    use_case="hotel.update-rates",
    door=RATES,
    body=RatesBody,
    answers=OutcomeView,
    entitlement=SELLS,
    limit=BYTES,
    summary="Set prices and restrictions in bulk",
)
def update_rates(call: Call, body: RatesBody) -> OutcomeView:
    """Rows that are right are written, the others answered with their reason. Later rows win over
    earlier ones. What is sold is not touched."""
    outcome = rates.update(
        [row.row() for row in body.rows], hotel=HotelStore(call.work), unit=new_unit(call.now)
    )
    call.work.witness("ari")  # the cells are written: who did it is kept, and the answer with the command
    return _view(call, outcome, refused=outcome.refused, applied=True)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/ari/import",
    use_case="hotel.import-rates",
    door=RATES,
    body=FileBody,
    answers=OutcomeView,
    entitlement=SELLS,
    limit=BYTES,
    summary="Prices and restrictions from a CSV file",
)
def import_rates(call: Call, body: FileBody) -> OutcomeView:
    """Every fault with its line first (``apply`` false); a file is taken as a whole or not at all."""
    hotel = HotelStore(call.work)
    parsed = sheet_import.parse(body.csv)
    outcome = rates.preview(parsed.rows, hotel=hotel)
    wrong = [(parsed.lines[number], refusal) for number, refusal in outcome.refused]
    faults = sorted([*parsed.faults, *wrong], key=lambda fault: fault[0])
    if body.apply and faults:
        raise ImportFaulty(faults=len(faults))
    if body.apply:
        rates.update(parsed.rows, hotel=hotel, unit=new_unit(call.now))
        call.work.witness("ari")
    return _view(call, outcome, refused=faults, applied=body.apply)


def _view(
    call: Call, outcome: rates.Outcome, *, refused: Iterable[tuple[int, Refusal]], applied: bool
) -> OutcomeView:
    all_ = list(refused)
    return OutcomeView(
        rows=outcome.rows,
        cells=outcome.cells,
        months=outcome.sheets,
        refused=len(all_),
        faults=[
            FaultView(row=number, code=refusal.code, detail=in_words(refusal, locale=call.locale))
            for number, refusal in all_[:_SHOWN]
        ],
        applied=applied,
    )
