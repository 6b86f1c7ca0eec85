"""The invoice's form, at the desk and on the guest's phone; and invoices as pages show them."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Asked, Call, Several
from tenants.hotel.domain.charges import BY_CODE
from tenants.hotel.domain.fapiao import (
    OPEN_RED,
    READY,
    Buyer,
    Fapiao,
    FapiaoLine,
    FapiaoState,
    RedReason,
    RedState,
)
from tenants.hotel.routes.bills.folios import folio_name
from tenants.hotel.store.accounts import AccountsStore
from tenants.hotel.usecases import fapiao as usecases

STATES = {
    FapiaoState.REQUESTED: (N_("待提交"), "calm"),
    FapiaoState.ISSUING: (N_("开具中"), "calm"),
    FapiaoState.ISSUED: (N_("已开具"), "good"),
    FapiaoState.FAILED: (N_("开具失败"), "urgent"),
    FapiaoState.LOGIN: (N_("等操作员登录"), "warn"),
    FapiaoState.QUOTA: (N_("额度不足"), "warn"),
    FapiaoState.REVERSED: (N_("已红冲"), "off"),
}
RED = {
    RedState.FREE: N_("无需确认,正在开红字发票"),
    RedState.BUYER: N_("等购买方确认"),
    RedState.SELLER: N_("等销售方确认"),
    RedState.CONFIRMED: N_("双方已确认,正在开红字发票"),
    RedState.VOID: N_("确认单已作废"),
    RedState.VOID_SELLER: N_("确认单已作废"),
    RedState.VOID_LATE: N_("超过 72 小时未确认,已作废"),
    RedState.VOID_TAKEN_BACK: N_("已撤回"),
    RedState.VOID_AFTER: N_("确认单已作废"),
}
REASONS = {
    RedReason.ERROR: N_("开票有误"),
    RedReason.RETURN: N_("销货退回"),
    RedReason.ENDED: N_("服务中止"),
    RedReason.ALLOWANCE: N_("销售折让"),
}
KINDS = {1: N_("普通发票"), 2: N_("专用发票")}
DONE = {
    "asked": N_("发票已申请,开具后这里会显示号码。"),
    "again": N_("已重新提交。"),
    "carried": N_("已查询最新状态。"),
    "reversing": N_("红字确认单已发起。"),
    "taken-back": N_("确认单已撤回。"),
    "login": N_("操作员已登录税务平台(演示)。"),
    "confirmed": N_("对方已确认(演示)。"),
    "seller": N_("开票信息已保存。"),
}
_NUMBER = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")


def upper(value: Any) -> Any:
    """A number as it was typed, without blanks, in capitals."""
    return value.strip().upper().replace(" ", "") if isinstance(value, str) else value


def _a_tax_number(value: str) -> str:
    if value and _NUMBER.fullmatch(value) is None:
        raise ValueError(N_("统一社会信用代码是 18 位数字和大写字母(没有 I、O、S、V、Z),请核对。"))
    return value


def _needed(value: str) -> str:
    if not value:
        raise ValueError(N_("请填统一社会信用代码,18 位。"))
    return value


TaxNumber = Annotated[
    str, BeforeValidator(upper), Field(max_length=40), AfterValidator(_a_tax_number), AfterValidator(_needed)
]
"""A unified social credit code 统一社会信用代码 (GB 32100), without check of its last digit."""
_Short = Annotated[str, Field(max_length=100)]


class BuyerForm(Asked):
    """To whom, and which kind. Only a name is needed of a person."""

    kind: Literal["1", "2"] = "1"
    name: Annotated[str, Field(min_length=1, max_length=100)]
    number: Annotated[str, Field(max_length=40), AfterValidator(_a_tax_number)] = ""
    address: _Short = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    bank: _Short = ""
    account: Annotated[str, Field(max_length=40)] = ""
    codes: Annotated[list[str], Several, Field(max_length=40)] = Field(default=[])

    @field_validator("number", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return upper(value)

    @property
    def buyer(self) -> Buyer:
        """Whom it is made out to."""
        return Buyer(
            name=self.name,
            number=self.number,
            address=self.address,
            phone=self.phone,
            bank=self.bank,
            account=self.account,
        )


def listed(fapiao: Fapiao, call: Call) -> dict[str, Any]:
    """An invoice in a list: nothing of its buyer but whether it is a company."""
    say = call.translate
    words, tone = STATES[fapiao.state]
    red = fapiao.red
    return {
        "id": fapiao.id,
        "href": f"/hotel/invoices/{fapiao.id}",
        "kind": say(KINDS[fapiao.kind]),
        "amount": fapiao.amount,
        "tax": fapiao.tax,
        "asked": fapiao.asked,
        "number": fapiao.number or say(N_("申请中")),
        "numbered": bool(fapiao.number),
        "state": {"text": say(words), "tone": tone},
        "reason": fapiao.reason,
        "waits": fapiao.waits,
        "red": say(RED[red.state]) if red is not None else "",
        "red_until": red.until if red is not None and red.state in OPEN_RED else None,
        "red_number": fapiao.red_number,
        "red_reason": say(REASONS[red.reason]) if red is not None else "",
    }


def shown(fapiao: Fapiao, call: Call, accounts: AccountsStore) -> dict[str, Any]:
    """An invoice on its own page, its buyer opened from the vault."""
    buyer = usecases.buyer_of(fapiao, accounts=accounts)
    return {
        **listed(fapiao, call),
        "folio": fapiao.folio,
        "bill": folio_name(accounts.folios.get(fapiao.folio), call),
        "buyer": buyer.name,
        "buyer_number": buyer.number,
        "issued": fapiao.issued,
        "lines": [line_row(line, call) for line in fapiao.lines],
        "state_code": str(fapiao.state),
        "red_open": fapiao.red is not None and fapiao.red.state in OPEN_RED,
        "red_coming": fapiao.red is not None and fapiao.red.state in READY,
        "red_playable": fapiao.red is not None and call.now < fapiao.red.until,
        "red_state": str(fapiao.red.state) if fapiao.red is not None else "",
    }


def line_row(line: FapiaoLine, call: Call) -> dict[str, Any]:
    """A line as the invoice will have it."""
    name = call.translate(BY_CODE[line.code].name) if line.code in BY_CODE else line.code
    return {
        "code": line.code,
        "name": name,
        "article": f"*{line.article}*",
        "item": line.item,
        "rate": f"{line.permille / 10:g}%",
        "net": line.net,
        "tax": line.tax,
        "amount": line.amount,
    }
