"""Refusals: the answers "no" that were foreseen. Everything else crashes, is logged, and alarms."""

from typing import Any, ClassVar


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a Chinese source text for the catalogues without translating it here."""
    return text


class Refusal(Exception):
    """An anticipated no. ``code`` is public for ever; ``detail`` is Chinese source text.

    ``facts`` fill the named places of ``detail`` (``%(left)s``) and stand in the problem document
    under their own names, so a machine needs no parsing. ``remedy`` says what to do next.
    """

    code: ClassVar[str] = "core.refused"
    status: ClassVar[int] = 409
    detail: ClassVar[str] = N_("现在不能这样做。")
    remedy: ClassVar[str] = ""

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts


class Invalid(Refusal):
    code = "core.invalid"
    status = 422
    detail = N_("有些内容不符合要求,请检查标出的项目。")


class Malformed(Refusal):
    code = "core.malformed"
    status = 400
    detail = N_("请求的格式无法读取。")


class Missing(Refusal):
    code = "core.missing"
    status = 404
    detail = N_("没有找到这项内容。")
    remedy = N_("请检查链接或编号。")


class Clash(Refusal):
    code = "core.clash"
    status = 409
    detail = N_("刚才有人同时修改了这项内容。")
    remedy = N_("请刷新后再试一次。")


class Unauthenticated(Refusal):
    code = "core.unauthenticated"
    status = 401
    detail = N_("请先登录,或提供有效的密钥。")


class Forbidden(Refusal):
    code = "core.forbidden"
    status = 403
    detail = N_("您的账号没有这项权限。")
    remedy = N_("请联系本单位的管理员。")


class NotEntitled(Forbidden):
    code = "core.not-entitled"
    detail = N_("当前套餐不含此功能。")


class Exhausted(Refusal):
    code = "core.exhausted"
    status = 429
    detail = N_("操作太频繁了。")
    remedy = N_("请稍后再试。")


class KeyReused(Refusal):
    code = "core.idempotency.mismatch"
    status = 422
    detail = N_("同一个 Idempotency-Key 用在了不同的请求上。")
    remedy = N_("新的请求请使用新的 Idempotency-Key。")


class TooLarge(Refusal):
    code = "core.too-large"
    status = 413
    detail = N_("提交的内容太大。")


class Unsupported(Refusal):
    code = "core.unsupported-media"
    status = 415
    detail = N_("不支持这种内容格式。")


class Unavailable(Refusal):
    code = "core.unavailable"
    status = 503
    detail = N_("服务暂时繁忙。")
    remedy = N_("请稍后重试;已提交的内容不会重复执行。")
