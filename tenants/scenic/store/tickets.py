"""Tickets in DynamoDB."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import PutError, UpdateError

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.scenic.domain.passing import Passing
from tenants.scenic.domain.ticket import Pass, State, Ticket
from tenants.scenic.store import ticket_keys
from tenants.scenic.usecases.ports import Admission

_NAME = 16
_FAILED = "ConditionalCheckFailedException"


class TicketRow(Row, discriminator="ticket"):
    """pk ``TICKET#<order's 16 characters>``, sk ``<number>``. Under 1 kB: an admission is one write unit.

    ``out`` is the row's own outbox: the relay publishes it when it changes. ``passing`` is the turn of the
    passing that admitted it, ``void`` has those that were given back: they admit nobody any more.
    """

    order = UnicodeAttribute()
    state = UnicodeAttribute()
    body = UnicodeAttribute()
    person = BinaryAttribute(legacy_encoding=False)
    at = UnicodeAttribute(null=True)
    gate = UnicodeAttribute(null=True)
    nonce = UnicodeAttribute(null=True)
    passing = UnicodeAttribute(null=True)
    void = UnicodeSetAttribute(null=True)
    out = UnicodeAttribute(null=True)


class RefusedScanRow(Row, discriminator="refused-scan"):
    """pk ``REFUSED#<area>#<day>``, sk ``<time>#<nonce>``: a refusal at a gate, with its own outbox."""

    gate = UnicodeAttribute()
    ticket = UnicodeAttribute()
    reason = UnicodeAttribute()
    out = UnicodeAttribute()


class TicketStore:
    """The ``Tickets`` port on the app table."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def issue(self, tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            self._work.create(_row(ticket))

    def of(self, order: str) -> Sequence[Ticket]:
        rows = TicketRow.query(tenant_key("TICKET", order[-_NAME:]), consistent_read=True)
        return [_ticket(row) for row in rows]

    def one(self, order: str, number: int) -> Ticket | None:
        row = TicketRow.find(tenant_key("TICKET", order[-_NAME:]), _number(number))
        return _ticket(row) if row is not None else None

    def take_back(self, tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            self._work.update(
                TicketRow(tenant_key("TICKET", ticket.order[-_NAME:]), _number(ticket.number)),
                [TicketRow.state.set(str(State.REFUNDED))],
                TicketRow.state == str(State.ISSUED),
                otherwise=Clash(),
            )

    def admit(self, admission: Admission, *, passing: Passing, said: Mapping[str, Any]) -> bool:
        try:
            TicketRow._get_connection().update_item(
                tenant_key("TICKET", admission.order),
                _number(admission.number),
                actions=[
                    TicketRow.state.set(str(State.USED)),
                    TicketRow.at.set(rfc3339(admission.at)),
                    TicketRow.gate.set(admission.gate),
                    TicketRow.nonce.set(admission.nonce),
                    TicketRow.passing.set(passing.turn),
                    TicketRow.out.set(_out(said)),
                ],
                condition=(TicketRow.state == str(State.ISSUED)) & ~TicketRow.void.contains(passing.turn),
                return_values="NONE",
            )
        except UpdateError as error:
            if error.cause_response_code == _FAILED:
                return False
            raise
        return True

    def confirms(self, passing: Passing) -> bool:
        while (
            ticket := self.one(passing.order, passing.number)
        ) is not None and ticket.state is State.ISSUED:
            try:
                TicketRow._get_connection().update_item(
                    tenant_key("TICKET", passing.order),
                    _number(passing.number),
                    actions=[TicketRow.void.add({passing.turn})],
                    condition=TicketRow.state == str(State.ISSUED),
                    return_values="NONE",
                )
                return False
            except UpdateError as error:
                if error.cause_response_code != _FAILED:
                    raise
        return ticket is not None and ticket.passing == passing.turn

    def refuse(self, admission: Admission, *, reason: str, said: Mapping[str, Any]) -> None:
        row = RefusedScanRow(
            tenant_key("REFUSED", admission.area, business_day(admission.at).isoformat()),
            f"{admission.at:%H}#{admission.nonce}",
            gate=admission.gate,
            ticket=f"{admission.order}-{admission.number}",
            reason=reason,
            out=_out(said),
        )
        try:
            row.put(RefusedScanRow.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != _FAILED:
                raise

    def code(self, pass_: Pass) -> str:
        return ticket_keys.signed(pass_, now=self._work.now)

    def read(self, code: str) -> Pass:
        return ticket_keys.read(code, now=self._work.now)


def refused(*, area: str, day: date) -> list[RefusedScanRow]:
    """The refused scans of a day."""
    return list(RefusedScanRow.query(tenant_key("REFUSED", area, day.isoformat())))


def _number(number: int) -> str:
    return f"{number:02d}"


def _out(said: Mapping[str, Any]) -> str:
    return json.dumps([said], ensure_ascii=False, separators=(",", ":"))


def _row(ticket: Ticket) -> TicketRow:
    body = [
        ticket.area,
        ticket.product,
        ticket.title,
        ticket.concession,
        ticket.day.isoformat(),
        ticket.start,
        ticket.end,
    ]
    return TicketRow(
        tenant_key("TICKET", ticket.order[-_NAME:]),
        _number(ticket.number),
        order=ticket.order,
        state=str(ticket.state),
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        person=ticket.person,
    )


def _ticket(row: TicketRow) -> Ticket:
    area, product, title, concession, day, start, end = json.loads(row.body)
    return Ticket(
        order=row.order,
        number=int(row.sk),
        state=State(row.state),
        area=area,
        product=product,
        title=title,
        concession=concession,
        day=date.fromisoformat(day),
        start=start,
        end=end,
        person=row.person,
        at=parse_instant(row.at) if row.at else None,
        gate=row.gate or "",
        nonce=row.nonce or "",
        passing=row.passing or "",
    )
