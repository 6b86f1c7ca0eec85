"""Refusals at the desk."""

from chalicelib.kernel.errors import N_, Refusal


class AmountDiffers(Refusal):
    code = "scenic.payment.amount-differs"
    status = 422
    detail = N_("收款金额与订单金额(%(amount)s 分)不一致。")
    remedy = N_("请核对订单后再确认收款。")
