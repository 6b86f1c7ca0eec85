"""A tax platform to practise with: it answers late, wants its operator to log in, runs out of quota, refuses
a wrong buyer, and asks a company to confirm a reversal. A real one is another adapter behind ``Issuer``.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.period import SHANGHAI, parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from tenants.hotel.domain.fapiao import (
    OPEN_RED,
    RED_WITHIN,
    Answer,
    Buyer,
    Fapiao,
    FapiaoState,
    RedAnswer,
    RedForm,
    RedReason,
    RedState,
    Seller,
)

NAME = "simulator"
TAKES = timedelta(seconds=2)
LOGIN_FOR = timedelta(hours=12)
QUOTA = 75_000_000
"""Fen a month: the 75 ten-thousand yuan that a new taxpayer begins with here."""
REFUSED = "演示拒绝"
"""A buyer's name that begins so is refused, to show what that looks like."""
_PROVINCE = "41"
_COUNTED = 100


class TaxDeskRow(Row, discriminator="hotel-tax-desk"):
    """pk ``TAXDESK``, sk ``OPERATOR`` or a request's reference: what this simulated platform remembers."""

    body = UnicodeAttribute()


class TaxSimulator:
    """The ``Issuer`` port, played."""

    name = NAME

    def __init__(self, now: datetime) -> None:
        self._now = now

    def request(self, fapiao: Fapiao, *, buyer: Buyer, seller: Seller) -> str:
        ref = f"sim-{fapiao.id}"
        known = _read(ref)
        if known is None or known["state"] == FapiaoState.FAILED:
            refused = buyer.name.startswith(REFUSED)
            missing = not seller.number
            reason = "购买方名称与代码不一致" if refused else "销售方信息未登记" if missing else ""
            asked = {"at": rfc3339(self._now), "amount": fapiao.amount, "reason": reason}
            _write(ref, {**asked, "state": str(FapiaoState.ISSUING), "number": ""})
        return ref

    def answer(self, ref: str) -> Answer | None:
        known = _read(ref)
        if known is None:
            return None
        if known["state"] == FapiaoState.ISSUED:
            return _issued(known)
        if self._now < parse_instant(known["at"]) + TAKES:
            return Answer(state=FapiaoState.ISSUING)
        if known["reason"]:
            _write(ref, {**known, "state": str(FapiaoState.FAILED)})
            return Answer(state=FapiaoState.FAILED, reason=known["reason"])
        operator = self.operator()
        waits = _waits(operator, known["amount"], now=self._now)
        if waits is not None:
            return waits
        self._count(ref, known["amount"])
        done = {**known, "state": str(FapiaoState.ISSUED), "number": _number(ref, self._now)}
        done["issued"] = rfc3339(self._now)
        _write(ref, done)
        return _issued(done)

    def reverse(self, fapiao: Fapiao, *, reason: RedReason) -> RedForm:
        ref = f"red-{fapiao.id}-{fapiao.version}"
        state = RedState.BUYER if fapiao.company else RedState.FREE
        known = _read(ref)
        if known is None:
            known = {"at": rfc3339(self._now), "state": str(state), "amount": fapiao.amount}
            _write(ref, known)
        return RedForm(
            reason=reason, state=RedState(known["state"]), opened=parse_instant(known["at"]), ref=ref
        )

    def red(self, form: RedForm) -> RedAnswer:
        known = _read(form.ref)
        if known is None:
            return RedAnswer(state=form.state)
        state, opened = RedState(known["state"]), parse_instant(known["at"])
        if state in OPEN_RED and self._now >= opened + RED_WITHIN:
            _write(form.ref, {**known, "state": str(RedState.VOID_LATE)})
            return RedAnswer(state=RedState.VOID_LATE)
        if state in {RedState.FREE, RedState.CONFIRMED} and self._now >= opened + TAKES:
            if "number" not in known:
                known["number"] = _number(form.ref, self._now)
                self._count(form.ref, -known["amount"])
                _write(form.ref, known)
            return RedAnswer(state=state, number=known["number"])
        return RedAnswer(state=state)

    def take_back(self, form: RedForm) -> None:
        known = _read(form.ref)
        if known is not None:
            _write(form.ref, {**known, "state": str(RedState.VOID_TAKEN_BACK)})

    def confirm(self, form: RedForm) -> None:
        """The other side agrees (somebody presses the button that stands for it)."""
        known = _read(form.ref)
        if known is not None and RedState(known["state"]) in OPEN_RED:
            _write(form.ref, {**known, "state": str(RedState.CONFIRMED)})

    def log_in(self) -> None:
        """The operator logs in at the platform: good for half a day."""
        _write("OPERATOR", {**self.operator(), "until": rfc3339(self._now + LOGIN_FOR)})

    def _count(self, ref: str, amount: int) -> None:
        """Take ``amount`` of the month's quota, once for a reference: asked again after a crash, none."""
        operator = self.operator()
        counted = operator.get("counted", [])
        if ref not in counted:
            counted = [*counted, ref][-_COUNTED:]
            _write("OPERATOR", {**operator, "used": operator["used"] + amount, "counted": counted})

    def operator(self) -> dict[str, Any]:
        """{until, used, quota}: logged in until, fen used of this month's quota."""
        month = f"{self._now.astimezone(SHANGHAI):%Y%m}"
        known = _read("OPERATOR") or {"until": "", "used": 0, "quota": QUOTA, "month": month}
        return known if known["month"] == month else {**known, "used": 0, "month": month}


def _waits(operator: dict[str, Any], amount: int, *, now: datetime) -> Answer | None:
    if not operator["until"] or parse_instant(operator["until"]) <= now:
        return Answer(state=FapiaoState.LOGIN, reason="操作员未登录税务平台")
    if operator["used"] + amount > operator["quota"]:
        return Answer(state=FapiaoState.QUOTA, reason="本月发票额度不足")
    return None


def _issued(known: dict[str, Any]) -> Answer:
    return Answer(state=FapiaoState.ISSUED, number=known["number"], at=parse_instant(known["issued"]))


def _number(ref: str, now: datetime) -> str:
    """Twenty digits: the year, the province, and what no real platform would give out."""
    digits = int.from_bytes(hashlib.blake2b(ref.encode(), digest_size=8).digest()) % 10**16
    return f"{now.astimezone(SHANGHAI):%y}{_PROVINCE}{digits:016d}"


def _read(ref: str) -> dict[str, Any] | None:
    row = TaxDeskRow.find(tenant_key("TAXDESK"), ref)
    return dict(json.loads(row.body)) if row is not None else None


def _write(ref: str, value: dict[str, Any]) -> None:
    TaxDeskRow(tenant_key("TAXDESK"), ref, body=json.dumps(value, ensure_ascii=False)).put()
