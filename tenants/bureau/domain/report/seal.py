"""Seals: a report's content with what it was made from, under one hash. Nothing sealed is ever edited; later
facts make an amendment, which is a new version that names the one it replaces.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import Any

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.report.content import Content


class Tampered(Refusal):
    code = "bureau.report.tampered"
    status = 500
    detail = N_("存档的文件与封存时的校验值不符,不能使用。")
    remedy = N_("请通知系统管理员从备份恢复;已下载的文件可以在核验页面核对。")


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """One version of a report. ``span``: the period's name. ``through``: the last receipt that went in.

    supersedes: the hash of the version before. changes: how many cells differ from it. checked: when it was
    last worked out again and found unchanged. final: the period's books were closed. files: by format the
    hash of what was rendered from it. published: when its public edition was released.
    """

    code: str
    span: str
    first: date
    last: date
    scope: str
    version: int
    query: str
    sha: str
    watermark: Mapping[str, int]
    through: str
    sealed: str
    by: str
    final: bool
    checked: str = ""
    supersedes: str = ""
    changes: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    published: str = ""

    @property
    def id(self) -> str:
        """``R03_2026-11-21_410100_1``."""
        return f"{self.code}_{self.span}_{self.scope}_{self.version}"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One cell that an amendment says otherwise. Empty texts stand for a row or cell that was not there."""

    sheet: str
    row: str
    label: str
    column: str
    unit: str
    before: Any
    after: Any


def body_of(
    *,
    report: str,
    span: str,
    first: date,
    last: date,
    scope: str,
    query: str,
    final: bool,
    watermark: Mapping[str, int],
    content: Content,
) -> dict[str, Any]:
    """What is sealed: the same facts make the same body, and the same body the same hash."""
    return {
        "report": report,
        "period": span,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "scope": scope,
        "query": query,
        "final": final,
        "watermark": dict(watermark),
        "content": content,
    }


def canonical(body: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys, no white space, UTF-8, whole numbers only."""
    return json.dumps(
        body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha_of(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def opened(data: bytes | None, *, sha: str) -> dict[str, Any]:
    """A sealed body, or ``Tampered`` when it is not what was sealed."""
    if data is None or sha_of(data) != sha:
        raise Tampered
    body: dict[str, Any] = json.loads(data)
    return body


def differences(before: Content, after: Content) -> list[Difference]:
    """Cell by cell what two contents of a report say otherwise; names of senders are no figures."""
    return [*_differing(_cells(before), _cells(after))]


def _differing(
    before: Mapping[tuple[str, str, str], Mapping[str, Any]],
    after: Mapping[tuple[str, str, str], Mapping[str, Any]],
) -> Iterator[Difference]:
    for key in [*after, *(one for one in before if one not in after)]:
        old, new = before.get(key), after.get(key)
        if (old or {}).get("value") == (new or {}).get("value"):
            continue
        known = new or old or {}
        yield Difference(
            sheet=known["sheet"],
            row=key[1],
            label=known["label"],
            column=known["column"],
            unit=known["unit"],
            before=(old or {}).get("value"),
            after=(new or {}).get("value"),
        )


def _cells(content: Content) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    sheets: Sequence[Mapping[str, Any]] = content["sheets"]
    return {
        (sheet["key"], row["key"], column["key"]): {
            "sheet": sheet["title"],
            "label": row.get("label", row["key"]),
            "column": column["title"],
            "unit": unit_of(row, column),
            "value": value,
        }
        for sheet in sheets
        for row in sheet["rows"]
        for column, value in zip(sheet["columns"], row["cells"], strict=True)
    }


def unit_of(row: Mapping[str, Any], column: Mapping[str, Any]) -> str:
    """The unit of a cell: its column's, or its row's where the rows are different things."""
    if column["unit"] == "row":
        return str(row["unit"])
    return f"hundredths {row['unit']}" if column["unit"] == "hundredths" else str(column["unit"])
