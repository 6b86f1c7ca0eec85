"""Tickets in DynamoDB, and the key that signs their codes."""

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import PutError, UpdateError

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.persistence.vault import seal, unseal
from chalicelib.tenancy.context import current
from tenants.scenic.domain.passing import Passing
from tenants.scenic.domain.ticket import (
    PREFIX,
    SIZE,
    CodeInvalid,
    Pass,
    State,
    Ticket,
    base45,
    unbase45,
    unpack,
)
from tenants.scenic.usecases.ports import Admission

_SIGNATURE = 64
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


class TicketKeyRow(Row, discriminator="ticket-key"):
    """pk ``TICKETKEY``, sk ``1``: the tenant's Ed25519 private key, sealed, and the public one."""

    sealed = BinaryAttribute(legacy_encoding=False)
    public = UnicodeAttribute()


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
        payload = pass_.pack()
        return PREFIX + base45(payload + _private(self._work.now).sign(payload))

    def read(self, code: str) -> Pass:
        return read_code(code, public=public_key(now=self._work.now))


def read_code(code: str, *, public: bytes) -> Pass:
    """The pass in a code, verified with a public key alone: what an offline gate does."""
    from cryptography.exceptions import InvalidSignature

    if not code.startswith(PREFIX):
        raise CodeInvalid
    data = unbase45(code[len(PREFIX) :])
    if len(data) != SIZE + _SIGNATURE:
        raise CodeInvalid
    try:
        _verifier(public).verify(data[SIZE:], data[:SIZE])
    except InvalidSignature as error:
        raise CodeInvalid from error
    return unpack(data[:SIZE])


def public_key(*, now: datetime) -> bytes:
    """The tenant's public ticket key (32 bytes): gates keep it to verify offline."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return bytes(_private(now).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def refused(*, area: str, day: date) -> list[RefusedScanRow]:
    """The refused scans of a day."""
    return list(RefusedScanRow.query(tenant_key("REFUSED", area, day.isoformat())))


_lock = threading.Lock()
_keys: dict[str, Any] = {}
_verifiers: dict[bytes, Any] = {}


def forget_ticket_keys() -> None:
    """Read the keys anew at next use (tests)."""
    _keys.clear()


def _verifier(public: bytes) -> Any:
    found = _verifiers.get(public)
    if found is None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        found = _verifiers.setdefault(public, Ed25519PublicKey.from_public_bytes(public))
    return found


def _private(now: datetime) -> Any:
    tenant = current().tenant.id
    found = _keys.get(tenant)
    if found is not None:
        return found
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    with _lock:
        row = TicketKeyRow.find(tenant_key("TICKETKEY"), "1")
        if row is None:
            row = _made(Ed25519PrivateKey.generate(), now)
        key = Ed25519PrivateKey.from_private_bytes(
            bytes.fromhex(unseal(row.sealed, purpose="ticket", now=now))
        )
        _keys[tenant] = key
    return key


def _made(key: Any, now: datetime) -> TicketKeyRow:
    row = TicketKeyRow(
        tenant_key("TICKETKEY"),
        "1",
        sealed=seal(key.private_bytes_raw().hex(), purpose="ticket", now=now),
        public=key.public_key().public_bytes_raw().hex(),
    )
    try:
        row.put(TicketKeyRow.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code != _FAILED:
            raise
        return TicketKeyRow.get(tenant_key("TICKETKEY"), "1", consistent_read=True)
    return row


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
