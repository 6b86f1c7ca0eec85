"""Case grants in the bureau's own rows of the app table: pk ``CASEGRANTS``, sk the id."""

import json
from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.casework import CaseGrant, CaseGrantOver

_MOST = 500
_PLAIN = ("to", "label", "sender", "case", "reason", "by")


class CaseGrantRow(Row, discriminator="bureau-case-grant"):
    """A few a month: one partition holds years. ``over``: the moment it was taken back, or ``-``."""

    body = UnicodeAttribute()
    over = UnicodeAttribute()


class CaseGrantStore:
    """The ``CaseGrants`` port on one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def all(self) -> Sequence[CaseGrant]:
        """See the port. Always read anew: a grant that was taken back opens nothing more."""
        rows: Any = CaseGrantRow.query(
            tenant_key("CASEGRANTS"), scan_index_forward=False, limit=_MOST, consistent_read=True
        )
        return [_grant(row) for row in rows]

    def keep(self, grant: CaseGrant) -> None:
        """See the port."""
        over = rfc3339(grant.over) if grant.over is not None else "-"
        row = CaseGrantRow(tenant_key("CASEGRANTS"), grant.id, body=_body(grant), over=over)
        if grant.over is None:
            self._work.create(row)
        else:
            self._work.put(row, CaseGrantRow.over == "-", otherwise=CaseGrantOver())
        self._work.about(f"{grant.sender}/{grant.id}")


def _body(grant: CaseGrant) -> str:
    plain = {name: getattr(grant, name) for name in _PLAIN}
    times = {"given": rfc3339(grant.given), "until": rfc3339(grant.until)}
    return json.dumps({**plain, **times}, ensure_ascii=False, separators=(",", ":"))


def _grant(row: CaseGrantRow) -> CaseGrant:
    kept: dict[str, Any] = json.loads(row.body)
    kept |= {name: parse_instant(kept[name]) for name in ("given", "until")}
    return CaseGrant(id=row.sk, over=parse_instant(row.over) if row.over != "-" else None, **kept)
