"""TTLock's cloud (open platform v3): codes written into and taken out of locks through their gateways.

Requests are forms; an answer is JSON, and a failure is an ``errcode`` other than 0 under status 200. A code
is named by its grant, so what was written is found again by its name and nothing of theirs is kept with us.
By the public documentation of the maker; ``deleteType`` and the cloud of mainland accounts are unverified.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.outward import Unreachable, ask
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.device import Device, Via
from tenants.hotel.domain.key import Command, Op
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import devices

CLOUD = "https://api.sciener.com"
THROUGH_GATEWAY = 2
_PAGE = 100
_PAGES = 5
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class LockRefused(Refusal):
    code = "hotel.lock.refused"
    status = 502
    detail = N_("门锁厂商的云平台没有接受(%(why)s)。")
    remedy = N_("系统会自动再试;请检查网关是否在线。")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A hotel's account at the maker's. ``cloud``: where it is, without a slash at the end."""

    client: str
    token: str
    cloud: str = CLOUD


class TTLock:
    """The ``Maker`` port. A repeated command is as good as one: what is there is not written again, what is
    gone is not taken out again."""

    def __init__(self, account: Account, *, now: datetime) -> None:
        self._account, self._now = account, now

    def carry(self, command: Command, *, device: Device, code: str) -> None:
        if command.op not in {Op.ISSUE, Op.REVOKE}:
            raise LockRefused(why=str(command.op))
        written = self._written(device, command.grant)
        if command.op is Op.ISSUE and written is None:
            self._ask(
                "keyboardPwd/add",
                lockId=device.remote,
                keyboardPwd=code,
                keyboardPwdName=command.grant,
                startDate=_millis(command.window.since),
                endDate=_millis(command.window.until),
                addType=THROUGH_GATEWAY,
            )
        if command.op is Op.REVOKE and written is not None:
            self._ask(
                "keyboardPwd/delete",
                lockId=device.remote,
                keyboardPwdId=written,
                deleteType=THROUGH_GATEWAY,
            )

    def _written(self, device: Device, grant: str) -> int | None:
        """The number under which their cloud keeps a grant's code, if it does."""
        for number in range(1, _PAGES + 1):
            page = self._ask("lock/listKeyboardPwd", lockId=device.remote, pageNo=number, pageSize=_PAGE)
            found = page.get("list", [])
            for one in found:
                if one.get("keyboardPwdName") == grant:
                    return int(one["keyboardPwdId"])
            if len(found) < _PAGE:
                return None
        return None

    def _ask(self, what: str, **fields: str | int) -> Mapping[str, Any]:
        account = {"clientId": self._account.client, "accessToken": self._account.token}
        form = urlencode({**account, **fields, "date": _millis(self._now)}).encode()
        reply = ask("POST", f"{self._account.cloud}/v3/{what}", headers=_FORM, body=form)
        if reply.status != 200:
            raise Unreachable(why=f"HTTP {reply.status}")
        try:
            answer = json.loads(reply.body)
        except ValueError:
            raise Unreachable(why="JSON") from None
        if not isinstance(answer, dict) or answer.get("errcode", 0) != 0:
            raise LockRefused(why=str(answer.get("errcode") if isinstance(answer, dict) else "JSON"))
        return answer


def carry_waiting(now: datetime) -> None:
    """The schedule: carry out what waits for locks of this maker's, where the hotel has an account there."""
    hotel = HotelStore(UnitOfWork(action="hotel.carry-commands", now=now))
    account = hotel.devices.account("ttlock")
    if account is None:
        return
    maker = TTLock(Account(**hotel.vault.unseal(account)), now=now)
    for property in hotel.setup.house().properties.values():
        devices.carry(property=property, maker=maker, via=Via.TTLOCK, hotel=hotel, unit=new_unit(now))


def _millis(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
