"""What the API answers."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from chalicelib.web.http import Answered, MoneyView


class Comparison(Answered):
    type: str
    said: int
    arrived: int
    state: Literal["open", "equal", "missing", "surplus", "differs"]


class SenderFigures(Answered):
    """One sender's day. A null means that nobody said; a zero that somebody said zero."""

    sender: str
    name: str
    kind: str
    district: str
    reporting: bool
    heard: str | None = Field(description="when the bureau last received something of this day")
    sold: int
    ticket_amount: MoneyView
    orders: int
    order_amount: MoneyView
    paid: MoneyView
    refunds: int
    refunded: MoneyView
    admitted: int
    refused: int
    inside: int | None
    instant_capacity: int | None
    day_capacity: int | None
    entered_today: int | None
    level: int | None = Field(description="rung of the capacity ladder: 0, 80, 90 or 100")
    status: Literal["open", "limited", "closed"] | None
    late: int
    received: int
    quarantined: int
    guests: int
    registered: int
    free: int | None = Field(description="rooms free tonight")
    occupancy: float | None = Field(description="of last night, by the night audit")
    contracts: int
    contract_amount: MoneyView
    groups: int
    group_pax: int
    applies: list[str] = Field(
        description="the figures that this kind of enterprise has; another's zero says nothing"
    )
    close: Literal["open", "equal", "missing", "surplus", "differs"]
    events: dict[str, str] = Field(description="for each figure the query that lists its events")


class WallAnswer(Answered):
    day: date
    sold: int
    ticket_amount: MoneyView
    order_amount: MoneyView
    paid: MoneyView
    refunded: MoneyView
    admitted: int
    refused: int
    inside: int | None
    instant_capacity: int | None
    late: int
    quarantined: int
    silent: int = Field(description="senders of which nothing was heard that day")
    hours_admitted: list[int | None]
    hours_sold: list[int | None]
    senders: list[SenderFigures]


class FiledEvent(Answered):
    """An event as it was received: verbatim but for what is ``covered``, with the hash of all of it."""

    envelope: dict[str, Any]
    covered: list[str] = Field(description="fields that stand for a person; shown with a case's grant")
    sha256: str
    received: str
    late: bool
    replay: str | None
    replaced_by: str | None
    counts: bool


class EventsAnswer(Answered):
    events: list[FiledEvent]
    next: str | None


class SetAside(Answered):
    id: str
    sender: str
    type: str
    code: str
    at: str
    words: str
    received: str
    parked: bool
    sha256: str
    body: str


class AsidesAnswer(Answered):
    quarantine: list[SetAside]
    next: str | None


class ReconciledDay(Answered):
    sender: str
    name: str
    state: Literal["open", "equal", "missing", "surplus", "differs"]
    closed: str | None
    chain: Literal["first", "kept", "broken"]
    missing: int
    surplus: int
    types: list[Comparison]


class ReconciliationAnswer(Answered):
    day: date
    senders: list[ReconciledDay]


class AskedAgain(Answered):
    sender: str
    day: date
    types: list[str]
