"""The refusals of the door itself."""

from chalicelib.kernel.errors import N_, Forbidden, Malformed, Missing, Refusal


class Suspended(Forbidden):
    code = "core.suspended"
    detail = N_("这家商户暂停了在线业务。")
    remedy = N_("已有订单不受影响;如需帮助,请直接联系商户。")


class WrongKind(Forbidden):
    code = "core.wrong-kind"
    detail = N_("这项功能不属于贵单位的业务类型。")
    remedy = N_("请使用本单位的工作台。")


class Forged(Forbidden):
    code = "core.csrf"
    detail = N_("页面已过期,或请求来自其他网站。")
    remedy = N_("请刷新页面后再提交一次。")


class KeyMissing(Malformed):
    code = "core.idempotency.missing"
    detail = N_("缺少 Idempotency-Key 请求头,或它的写法不对。")
    remedy = N_("请为每个新操作生成一个唯一的 Idempotency-Key(1-80 位字母、数字或 . _ : -),重试时保持不变。")


class VisitorMissing(Malformed):
    code = "core.visitor.missing"
    detail = N_("缺少访客标识 Cookie(v)。")
    remedy = N_("本次回答已发出 Cookie;请带上它,用同一个 Idempotency-Key 再提交一次。")


class UnknownPath(Missing):
    code = "core.path.unknown"
    detail = N_("没有这个地址。")
    remedy = N_("请检查链接。")


class WrongMethod(Refusal):
    code = "core.method"
    status = 405
    detail = N_("这个地址不支持这种请求方法。")
