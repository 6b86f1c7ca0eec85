"""A night's proof in the bureau's own rows of the app table: pk ``PROOF``, sk the night."""

import json
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.proof import Proof


class ProofRow(Row, discriminator="bureau-proof"):
    """One a night."""

    body = UnicodeAttribute()


class ProofStore:
    """The ``Proofs`` port: each step in a transaction of its own, so a run that is killed loses one step."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def of(self, night: date) -> Proof | None:
        """See the port."""
        row = ProofRow.find(tenant_key("PROOF"), night.isoformat())
        return _proof(row) if row is not None else None

    def keep(self, proof: Proof, *, before: Proof | None) -> None:
        """See the port."""
        work = UnitOfWork(action="bureau.prove", now=self._now)
        work.about(proof.night.isoformat())
        row = ProofRow(tenant_key("PROOF"), proof.night.isoformat(), body=_body(proof))
        if before is None:
            work.create(row, otherwise=Clash())
        else:
            work.put(row, ProofRow.body == _body(before), otherwise=Clash())
        work.commit()


def _body(proof: Proof) -> str:
    return json.dumps(
        {
            "began": rfc3339(proof.began),
            "day": proof.day.isoformat() if proof.day is not None else "",
            "after": proof.after,
            "proven": proof.proven,
            "differing": list(proof.differing),
            "done": rfc3339(proof.done) if proof.done is not None else "",
            "called": proof.called,
        },
        separators=(",", ":"),
    )


def _proof(row: ProofRow) -> Proof:
    kept: dict[str, Any] = json.loads(row.body)
    return Proof(
        night=date.fromisoformat(row.sk),
        began=parse_instant(kept["began"]),
        day=date.fromisoformat(kept["day"]) if kept["day"] else None,
        after=kept["after"],
        proven=kept["proven"],
        differing=tuple(kept["differing"]),
        done=parse_instant(kept["done"]) if kept["done"] else None,
        called=kept["called"],
    )
