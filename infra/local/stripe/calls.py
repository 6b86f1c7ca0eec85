"""One request as the resources see it."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import no_such
from .params import Params
from .store import Record, Unit

# The version the pinned SDK speaks; sent by it in ``Stripe-Version``.
API_VERSION = "2026-10-28.endive"
# From this version on ``payment_method_types`` may be read but no longer written.
ENDIVE = "2026-09-30"


@dataclass(frozen=True)
class Call:
    """``account`` is "" for the platform itself, else the connected account named in the header."""

    method: str
    path: str
    params: Params
    account: str
    version: str
    ident: str = ""

    def subject(self, unit: Unit, *, kind: str, param: str = "id") -> Record:
        """The object the path names, or 404."""
        record = unit.get(self.ident, account=self.account, kind=kind)
        if record is None:
            raise no_such(kind=kind, ident=self.ident, param=param, in_path=True)
        return record

    def named(self, unit: Unit, *, kind: str, key: str) -> Record | None:
        """The object a parameter names, None where the parameter is absent, or 400."""
        ident = self.params.text(key)
        if ident is None:
            return None
        record = unit.get(ident, account=self.account, kind=kind)
        if record is None:
            raise no_such(kind=kind, ident=ident, param=self.params.name(key), in_path=False)
        return record
