"""The file for the police terminal, and the one that comes back. Our own columns: no format is published.

A clerk's file has Chinese heads and words, and three empty columns at its end: what the terminal said of each
guest is written there, and the same file comes back. A program's answers have English heads.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from chalicelib.kernel.errors import N_, Invalid
from chalicelib.kernel.period import SHANGHAI
from chalicelib.web.sheets import plain
from tenants.hotel.routes.countries import countries
from tenants.hotel.routes.shown.stay import DOCUMENTS
from tenants.hotel.usecases.police import Answer, Row

COLUMNS: Mapping[str, str] = {
    "ref": "登记编号",
    "name": "姓名",
    "sex": "性别",
    "country": "国籍或地区",
    "ethnic": "民族",
    "born": "出生日期",
    "document": "证件种类",
    "number": "证件号码",
    "valid_until": "证件有效期至",
    "visa": "签证种类",
    "visa_until": "签证有效期至",
    "entered": "入境日期",
    "port": "入境口岸",
    "address": "住址",
    "phone": "电话",
    "guardian_name": "监护人姓名",
    "guardian_phone": "监护人电话",
    "room": "房号",
    "arrived": "入住时间",
    "depart": "离店日期",
}
"""What is said of a guest, by its name for programs. The terminal is Chinese, whatever its clerk reads."""
ANSWERED = ("结果", "回执编号", "退回原因")
_TEXT = frozenset({"number", "phone", "guardian_phone"})
"""Digits that a spreadsheet would round or write with an exponent; a tab behind them makes them text."""
_SEX = {"m": "男", "f": "女"}
_HEADS = {"登记编号": "guest", "结果": "result", "回执编号": "receipt", "退回原因": "reason"}
_RESULTS = {
    "accepted": True,
    "已受理": True,
    "受理": True,
    "通过": True,
    "rejected": False,
    "被退回": False,
    "退回": False,
    "不通过": False,
}
MOST_ROWS = 500


class FileUnread(Invalid):
    code = "hotel.registration.file"
    detail = N_("文件第 %(line)s 行无法识别。")
    remedy = N_("请在报送文件的最后三列填写:结果(已受理或被退回)、回执编号、退回原因。")


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
    """The file for people's spreadsheets: a BOM, and no cell that a spreadsheet would run or round."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS.values(), *ANSWERED])
    for row in rows:
        said = form(row)
        writer.writerow([*(_cell(name, said[name]) for name in COLUMNS), *("" for _ in ANSWERED)])
    return "\ufeff" + out.getvalue()


def answers_of(text: str) -> list[Answer]:
    """The answers in a CSV file. Raises ``FileUnread`` with the first line that is none."""
    return [answer for _, answer in lines_of(text)]


def lines_of(text: str) -> list[tuple[int, Answer]]:
    """The same with the line on which each stands; a guest of whom nothing is said yet is passed over."""
    reader: csv.DictReader[str] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        heads = [_HEADS.get(head.strip(), head.strip()) for head in reader.fieldnames or ()]
        reader.fieldnames = heads
        rows = [(reader.line_num, row) for row in reader]  # empty lines are none, and count
    except csv.Error:  # a stray carriage return, a cell of more than 128 kB
        raise FileUnread(line=reader.line_num + 1) from None
    if not {"guest", "result"} <= set(heads):
        raise FileUnread(line=1)
    return list(_lines(rows))


def _lines(rows: Sequence[tuple[int, Mapping[str, str | None]]]) -> Iterator[tuple[int, Answer]]:
    for line, row in rows:
        ref, result = (row.get("guest") or "").strip(), (row.get("result") or "").strip().lower()
        receipt, reason = (row.get("receipt") or "").strip(), (row.get("reason") or "").strip()
        if row.get("result") is not None and not (result or receipt or reason):
            continue
        sound = result in _RESULTS and len(ref) <= 40 and len(reason) <= 200
        if not sound or line > MOST_ROWS + 1 or not _receipt(receipt):
            raise FileUnread(line=line)
        yield line, Answer(ref=ref, accepted=_RESULTS[result], receipt=receipt, reason=reason)


def _cell(name: str, value: str) -> str:
    if name == "sex":
        return _SEX.get(value, value)
    if name == "country":
        return countries("zh").get(value, value)
    if name == "arrived" and value:
        return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if name == "document":
        return next((words for kind, words in DOCUMENTS.items() if kind == value), value)
    return f"{plain(value)}\t" if name in _TEXT and value else str(plain(value))


def _receipt(text: str) -> bool:
    return len(text) <= 64 and text.replace("-", "").isascii() and (text.replace("-", "") or "0").isalnum()
