"""Envelopes as an enterprise's own system would send them: complete CloudEvents, ids that come again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.kernel.period import rfc3339
from chalicelib.messaging.schemas import contracts
from infra.visitors.cast import Operator

Envelope = dict[str, Any]


@dataclass
class Voice:
    """What one enterprise says, in the order of its saying. ``stem`` makes ids the same in every playing."""

    operator: Operator
    stem: str
    said: list[Envelope] = field(default_factory=list)

    def say(self, type: str, data: Mapping[str, Any], *, at: datetime, subject: str = "-") -> Envelope:
        """Say something that happened ``at`` a moment."""
        contract = contracts()[f"tourism.{type}"]
        envelope: Envelope = {
            "specversion": "1.0",
            "id": f"{self.stem}-{self.operator.slug}-{len(self.said):05d}",
            "source": self.operator.source,
            "type": contract.type,
            "time": rfc3339(at),
            "subject": subject,
            "dataschema": f"urn:tourism:schema:{type}",
            "datacontenttype": "application/json",
            "tenantid": self.operator.id,
            "tenantkind": self.operator.kind,
            "district": self.operator.district,
            "piiclass": contract.piiclass,
            "status": "actual",
            "data": dict(data),
        }
        self.said.append(envelope)
        return envelope

    def correct(self, wrong: Envelope, data: Mapping[str, Any], *, at: datetime) -> Envelope:
        """Say again what was said wrongly; the time of the occurrence stays the one it had."""
        right = self.say(wrong["type"].removeprefix("tourism."), data, at=at, subject=wrong["subject"])
        right["time"], right["corrects"] = wrong["time"], wrong["id"]
        return right
