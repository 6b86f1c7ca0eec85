"""The unit of work: state, outbox, audit and idempotency row in one DynamoDB transaction.

``None`` of it is there or all of it is. Nothing acknowledged is lost, nothing lost was acknowledged.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.errors import Clash, KeyReused, Refusal
from chalicelib.kernel.events import Event, envelope
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from chalicelib.persistence.journal import (
    CommandRow,
    audit_row,
    command_row,
    find_command,
    journal_id,
    outbox_row,
    packed,
)
from chalicelib.persistence.table import Row, connection
from chalicelib.tenancy.backoff import back_off
from chalicelib.tenancy.context import current

_LIMIT = 100
_ATTEMPTS = 8


@dataclass(frozen=True, kw_only=True)
class Command:
    """A caller's intention: the Idempotency-Key and the hash of what was asked."""

    key: str
    digest: str


class AlreadyDone(Exception):
    """This command was carried out before; ``answer`` is what was said then."""

    def __init__(self, answer: Any) -> None:
        super().__init__("already done")
        self.answer = answer


@dataclass(frozen=True, kw_only=True)
class _Write:
    order: int  # pynamodb sends checks, deletes, puts, updates: reasons come back in that order
    row: Row
    actions: Sequence[Action] = ()
    condition: Condition | None = None
    otherwise: Refusal | None = None


class UnitOfWork:
    """Collects writes and events of one command; ``commit`` makes them real together.

    ``otherwise`` on a write is the refusal to raise when its condition does not hold; without one it is
    a ``Clash``. Conflicts with a concurrent transaction are retried here, verbatim.
    """

    def __init__(self, *, action: str, now: datetime, command: Command | None = None) -> None:
        self.action, self.now, self.command = action, now, command
        self._writes: list[_Write] = []
        self._events: list[Event] = []
        self._forwarded: list[Mapping[str, Any]] = []
        self._subject, self._named = "-", False
        self._reason: str | None = None
        self._witnessed = False
        self._back: list[Callable[[], object]] = []

    def put(self, row: Row, condition: Condition | None = None, *, otherwise: Refusal | None = None) -> None:
        """Write a whole row."""
        self._writes.append(_Write(order=2, row=row, condition=condition, otherwise=otherwise))

    def create(self, row: Row, *, otherwise: Refusal | None = None) -> None:
        """Write a row that must not be there yet."""
        self.put(row, type(row).pk.does_not_exist(), otherwise=otherwise)

    def update(
        self,
        row: Row,
        actions: Sequence[Action],
        condition: Condition | None = None,
        *,
        otherwise: Refusal | None = None,
    ) -> None:
        """Change attributes of the row at ``row``'s key."""
        self._writes.append(
            _Write(order=3, row=row, actions=actions, condition=condition, otherwise=otherwise)
        )

    def delete(
        self, row: Row, condition: Condition | None = None, *, otherwise: Refusal | None = None
    ) -> None:
        """Remove the row at ``row``'s key."""
        self._writes.append(_Write(order=1, row=row, condition=condition, otherwise=otherwise))

    def check(self, row: Row, condition: Condition, *, otherwise: Refusal | None = None) -> None:
        """Require ``condition`` of a row that is not written."""
        self._writes.append(_Write(order=0, row=row, condition=condition, otherwise=otherwise))

    def publish(self, *events: Event) -> None:
        """Say what happened: the events go out after, and only after, the commit."""
        self._events.extend(events)
        if events and not self._named:
            self._subject = events[0].subject

    def forward(self, *envelopes: Mapping[str, Any]) -> None:
        """Publish envelopes that the tenant's own system made and that were judged already."""
        self._forwarded.extend(envelopes)
        if envelopes:
            self._subject = str(envelopes[0]["subject"])

    def about(self, subject: str) -> None:
        """Name the thing this command is about; else it is what its last event is about."""
        self._subject, self._named = subject, True

    def because(self, reason: str) -> None:
        """Why it was done where somebody decided against the rule: a code and figures, nobody's data."""
        self._reason = reason

    def witness(self, subject: str) -> None:
        """Nothing changes, but somebody looked at ``subject`` (opened personal data): audit that alone."""
        self._subject, self._witnessed = subject, True

    def if_refused(self, step: Callable[[], object]) -> None:
        """What was done ahead of this work (a hold that ends by itself) and goes back at once when it is
        refused. A crash may come between: ``step`` only shortens a wait."""
        self._back.append(step)

    @property
    def empty(self) -> bool:
        """Whether nothing has been collected."""
        return not (self._writes or self._events or self._forwarded or self._witnessed)

    def commit(self, answer: Any = None) -> None:
        """One TransactWriteItems with everything. Raises ``AlreadyDone``, a refusal, or ``Clash``.

        The caller's ``answer`` (JSON) is kept with the command for 24 hours.
        """
        try:
            self._commit(answer)
        except (Refusal, AlreadyDone):
            for step in self._back:
                step()
            raise
        finally:
            self._back = []

    def _commit(self, answer: Any) -> None:
        writes = sorted(self._all(answer), key=lambda write: write.order)
        if len(writes) > _LIMIT:
            raise ValueError(f"{len(writes)} writes do not fit one transaction")
        token = new_id("tx", now=self.now)
        for attempt in range(_ATTEMPTS):
            try:
                self._send(writes, token=token)
            except TransactWriteError as error:
                if not self._may_retry(error, writes):
                    raise  # unreachable: _may_retry raises what it does not retry
                token = new_id("tx", now=self.now)
                back_off(attempt)
            else:
                self._writes, self._events, self._forwarded = [], [], []
                self._witnessed = False
                return
        raise Clash

    def _all(self, answer: Any) -> list[_Write]:
        extra: list[_Write] = []
        id = journal_id(now=self.now)
        tenant = current().tenant
        envelopes = [
            envelope(
                event,
                tenant=tenant.id,
                kind=tenant.kind,
                slug=tenant.slug,
                district=tenant.district,
                now=self.now,
            )
            for event in self._events
        ] + [dict(one) for one in self._forwarded]
        if self.command is not None:
            row = command_row(key=self.command.key, digest=self.command.digest, answer=answer, now=self.now)
            condition = type(row).pk.does_not_exist() | (type(row).ttl <= int(self.now.timestamp()))
            extra.append(_Write(order=2, row=row, condition=condition))
        events = packed(envelopes) if envelopes else None
        if events is not None:
            extra.append(_Write(order=2, row=outbox_row(events, id=id)))
        audit = audit_row(
            action=self.action,
            subject=self._subject,
            events=events,
            now=self.now,
            id=id,
            reason=self._reason,
        )
        extra.append(_Write(order=2, row=audit))
        return extra + self._writes

    def _send(self, writes: Sequence[_Write], *, token: str) -> None:
        # The tenant's own connection: a plain Connection would sign with the function's role.
        with TransactWrite(
            connection=connection(), client_request_token=token[-36:], return_consumed_capacity="TOTAL"
        ) as transaction:
            for write in writes:
                match write.order:
                    case 0:
                        transaction.condition_check(
                            type(write.row), write.row.pk, write.row.sk, condition=write.condition
                        )
                    case 1:
                        transaction.delete(write.row, condition=write.condition)
                    case 2:
                        transaction.save(write.row, condition=write.condition)
                    case _:
                        transaction.update(write.row, actions=list(write.actions), condition=write.condition)

    def _may_retry(self, error: TransactWriteError, writes: Sequence[_Write]) -> bool:
        reasons = list(error.cancellation_reasons)
        failed = [
            write
            for write, reason in zip(writes, reasons, strict=False)
            if reason is not None and reason.code == "ConditionalCheckFailed"
        ]
        if any(isinstance(write.row, CommandRow) for write in failed):
            self._raise_already_done()
        for write in failed:
            raise write.otherwise or Clash()
        if any(reason is not None and reason.code in _PASSING for reason in reasons):
            return True
        if error.cause_response_code in _PASSING:
            return True
        raise error

    def _raise_already_done(self) -> None:
        assert self.command is not None
        stored = find_command(key=self.command.key, now=self.now)
        if stored is None:
            raise Clash
        raise_stored(stored.digest, stored.answer, self.command)


_PASSING = {
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    "TransactionInProgressException",
}


def raise_stored(digest: str, answer: str, command: Command) -> None:
    """The stored answer as ``AlreadyDone``; the same key with another body is ``KeyReused``."""
    if digest != command.digest:
        raise KeyReused
    raise AlreadyDone(json.loads(answer))


def replay(command: Command, *, now: datetime) -> None:
    """Raise the stored answer of a command that was carried out before, if there is one."""
    stored = find_command(key=command.key, now=now)
    if stored is not None:
        raise_stored(stored.digest, stored.answer, command)
