"""The payment port: start, look, refund. Every call is idempotent by the key it is given."""

from datetime import datetime
from typing import Literal, Protocol

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money

Method = Literal["desk", "card", "alipay", "wechat_pay"]
ONLINE: tuple[Method, ...] = ("wechat_pay", "alipay", "card")


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What is to be paid. ``title`` is what the payer reads; no personal data goes to the provider."""

    order: str
    amount: Money
    title: str
    method: Method
    success_url: str
    cancel_url: str
    locale: str
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class Started:
    """A payment under way: the provider's reference, and where to send the payer."""

    ref: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Money that arrived. ``ref`` is what a refund names."""

    provider: str
    ref: str
    method: Method
    amount: Money
    at: datetime


class PaymentDeclined(Refusal):
    code = "payments.declined"
    status = 402
    detail = N_("付款没有成功。")
    remedy = N_("请换一种付款方式再试,订单会为您保留到倒计时结束。")


class MethodUnknown(Refusal):
    code = "payments.method.unknown"
    status = 422
    detail = N_("不支持这种付款方式。")


class Payments(Protocol):
    """A provider."""

    name: str

    def start(self, charge: Charge, *, key: str) -> Started:
        """Open a payment and say where the payer goes."""

    def receipt(self, ref: str, *, now: datetime) -> Receipt | None:
        """The money, if it has arrived: asked of the provider itself."""

    def refund(self, ref: str, *, amount: Money, key: str) -> str:
        """Send money back; the provider's reference of the refund. The same key refunds once."""
