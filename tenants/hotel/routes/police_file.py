"""The file for the police terminal, and the one that comes back. Our own columns: no format is published."""

import csv
import io
from collections.abc import Sequence

from chalicelib.kernel.errors import N_, Invalid
from chalicelib.web.sheets import plain
from tenants.hotel.usecases.police import Answer, Row

COLUMNS = (
    "ref",
    "name",
    "sex",
    "country",
    "ethnic",
    "born",
    "document",
    "number",
    "valid_until",
    "visa",
    "visa_until",
    "entered",
    "port",
    "address",
    "phone",
    "guardian_name",
    "guardian_phone",
    "room",
    "arrived",
    "depart",
)
MOST_ROWS = 500


class FileUnread(Invalid):
    code = "hotel.registration.file"
    detail = N_("文件第 %(line)s 行无法识别。")
    remedy = N_("请使用 guest、result、receipt、reason 四列的 CSV 文件,result 为 accepted 或 rejected。")


def form(row: Row) -> dict[str, str]:
    """A registration as a line of the file, by column."""
    person, known = row.person, row.person.document
    own = {name: getattr(person, name) for name in COLUMNS if name in type(person).__annotations__}
    texts = {name: "" if value is None else f"{value}" for name, value in own.items()}
    return {
        **texts,
        "ref": row.guest.ref,
        "document": str(known.kind) if known is not None else "",
        "number": known.number if known is not None else "",
        "room": row.stay.room or "",
        "arrived": row.guest.arrived.isoformat() if row.guest.arrived is not None else "",
        "depart": row.stay.depart.isoformat(),
    }


def as_csv(rows: Sequence[Row]) -> str:
    """The file for people's spreadsheets: a BOM, and no cell that a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: plain(value) for name, value in form(row).items()})
    return "\ufeff" + out.getvalue()


def answers_of(text: str) -> list[Answer]:
    """The answers in a CSV file. Raises ``FileUnread`` with the first line that is none."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        rows = list(reader)
    except csv.Error:  # a stray carriage return, a cell of more than 128 kB
        raise FileUnread(line=reader.line_num + 1) from None
    if not {"guest", "result"} <= set(reader.fieldnames or ()):
        raise FileUnread(line=1)
    found: list[Answer] = []
    for line, row in enumerate(rows, start=2):
        ref, result = (row.get("guest") or "").strip(), (row.get("result") or "").strip().lower()
        receipt, reason = (row.get("receipt") or "").strip(), (row.get("reason") or "").strip()
        sound = result in {"accepted", "rejected"} and len(ref) <= 40 and len(reason) <= 200
        if not sound or len(found) >= MOST_ROWS or not _receipt(receipt):
            raise FileUnread(line=line)
        found.append(Answer(ref=ref, accepted=result == "accepted", receipt=receipt, reason=reason))
    return found


def _receipt(text: str) -> bool:
    return len(text) <= 64 and text.replace("-", "").isascii() and (text.replace("-", "") or "0").isalnum()
