"""Refusals of the cashier's desk: what a folio, its entries and its payments cannot do."""

from chalicelib.kernel.errors import N_, Invalid, Refusal


class FolioOver(Refusal):
    code = "hotel.folio.not-open"
    detail = N_("这张账单已结清或已关闭,不能再入账。")
    remedy = N_("已结清的账单可以重新打开;已关闭的,请在新账单上更正。")


class FolioThere(Refusal):
    code = "hotel.folio.there"
    detail = N_("这个账户已经有这张账单。")


class BalanceOpen(Refusal):
    code = "hotel.folio.balance-open"
    detail = N_("账单还有余额 %(balance)s,押金 %(deposits)s,不能结清。")
    remedy = N_("请收款、退款、退还押金,或转入挂账单位。")


class EntryMissing(Refusal):
    code = "hotel.folio.entry-missing"
    status = 404
    detail = N_("账单上没有第 %(number)s 笔。")


class AlreadyCorrected(Refusal):
    code = "hotel.folio.entry-corrected"
    detail = N_("第 %(number)s 笔已经冲销、转出或退款,不能再改。")
    remedy = N_("请看账单上的冲销记录;需要时重新入账。")


class NotCorrectable(Refusal):
    code = "hotel.folio.entry-fixed"
    detail = N_("第 %(number)s 笔不能这样更正。")
    remedy = N_("线上收款和预付请用退款;挂账请在挂账单位处理。")


class PartsDiffer(Invalid):
    code = "hotel.folio.parts-differ"
    detail = N_("拆分后的合计 %(sum)s 与原金额 %(amount)s 不一致。")
    remedy = N_("请让各部分相加等于原金额,且至少两部分。")


class TooMuchBack(Refusal):
    code = "hotel.folio.refund-too-much"
    status = 422
    detail = N_("这笔款最多还能退 %(left)s。")


class RouteCircular(Refusal):
    code = "hotel.folio.route-circular"
    detail = N_("这张账单自己也在转出费用,不能接收。")
    remedy = N_("请先取消它的转账规则。")


class ChargeUnknown(Invalid):
    code = "hotel.folio.charge-unknown"
    detail = N_("没有这个收费项目。")


class AmountWrong(Invalid):
    code = "hotel.folio.amount"
    detail = N_("金额须在 %(least)s 与 %(most)s 之间。")


class BeyondOwed(Refusal):
    """More than the bill asks for, nights to come included. ``choices``: what ``over`` may say."""

    code = "hotel.folio.beyond-owed"
    detail = N_("应收 %(owed)s,多给了 %(more)s,还没有入账。")
    remedy = N_("请先问客人多的钱怎么记:找零(change)、记为押金(deposit)或全部记为付账(ahead)。")


class BusinessDayMoved(Refusal):
    code = "hotel.folio.day-moved"
    detail = N_("营业日刚刚结束,正在换日。")
    remedy = N_("请再试一次,这笔会记入新的营业日。")


class ShiftMissing(Refusal):
    code = "hotel.shift.missing"
    detail = N_("收付现金前要先开班。")
    remedy = N_("请在“收银班次”里登记备用金后开班。")


class ShiftThere(Refusal):
    code = "hotel.shift.open"
    detail = N_("您已经开班。")
    remedy = N_("请先交班,再开新的班次。")


class DrawerShort(Refusal):
    code = "hotel.shift.drawer-short"
    detail = N_("钱箱里只有 %(left)s。")
    remedy = N_("请核对金额。")


class CountDiffers(Refusal):
    code = "hotel.shift.count-differs"
    detail = N_("清点 %(counted)s,钱箱应有 %(expected)s,对不上,还没有交班。")
    remedy = N_("请再点一遍;确实如此,写明原因后再交班。")


class CreditOver(Refusal):
    code = "hotel.ledger.credit-over"
    detail = N_("挂账后欠款 %(after)s,超过授信额度 %(limit)s。")
    remedy = N_("请先收回部分欠款,或由负责人调整额度。")


class CompanyOff(Refusal):
    code = "hotel.ledger.company-off"
    detail = N_("这个单位已停止挂账。")


class SettledTooMuch(Refusal):
    code = "hotel.ledger.settled-too-much"
    status = 422
    detail = N_("这个单位现在只欠 %(owed)s。")
