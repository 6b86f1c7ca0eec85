"""Faults: what pydantic found wrong, as places and sentences. The values themselves are never repeated."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from chalicelib.kernel.errors import N_
from chalicelib.web import i18n

_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,60}$")
_LIMITS = ("min_length", "max_length", "ge", "le", "gt", "lt", "multiple_of")
_OTHERWISE = N_("内容不符合要求。")
_SENTENCES: Mapping[str, str] = {
    "missing": N_("此项必填。"),
    "extra_forbidden": N_("没有这一项。"),
    "string_too_short": N_("至少 %(min_length)s 个字符。"),
    "string_too_long": N_("最多 %(max_length)s 个字符。"),
    "too_short": N_("至少 %(min_length)s 项。"),
    "too_long": N_("最多 %(max_length)s 项。"),
    "greater_than_equal": N_("不能小于 %(ge)s。"),
    "greater_than": N_("必须大于 %(gt)s。"),
    "less_than_equal": N_("不能大于 %(le)s。"),
    "less_than": N_("必须小于 %(lt)s。"),
    "multiple_of": N_("必须是 %(multiple_of)s 的倍数。"),
    "string_pattern_mismatch": N_("格式不正确。"),
    "string_type": N_("这里需要文字。"),
    "string_unicode": N_("含有无法识别的字符。"),
    "int_type": N_("这里需要整数。"),
    "int_parsing": N_("这里需要整数。"),
    "int_from_float": N_("这里需要整数。"),
    "float_parsing": N_("这里需要数字。"),
    "float_type": N_("这里需要数字。"),
    "bool_parsing": N_("这里需要“是”或“否”。"),
    "bool_type": N_("这里需要“是”或“否”。"),
    "date_parsing": N_("日期写法应为 2026-10-01。"),
    "date_from_datetime_parsing": N_("日期写法应为 2026-10-01。"),
    "date_type": N_("日期写法应为 2026-10-01。"),
    "time_parsing": N_("时间写法应为 09:30。"),
    "datetime_parsing": N_("时间写法应为 2026-10-01T09:30:00+08:00。"),
    "datetime_from_date_parsing": N_("时间写法应为 2026-10-01T09:30:00+08:00。"),
    "timezone_aware": N_("时间必须带时区。"),
    "enum": N_("不是可选的值。"),
    "literal_error": N_("不是可选的值。"),
    "list_type": N_("这里需要一个列表。"),
    "tuple_type": N_("这里需要一个列表。"),
    "dict_type": N_("这里需要一个对象。"),
    "model_type": N_("这里需要一个对象。"),
    "model_attributes_type": N_("这里需要一个对象。"),
}


def faults(error: ValidationError, *, locale: str) -> list[dict[str, str]]:
    """``[{"at": "/visitors/0/document", "code": "missing", "detail": "…"}]``, at most 50 of them."""
    say = i18n.translator(locale)
    found = error.errors(include_url=False, include_input=False, include_context=True)
    return [
        {"at": _pointer(one["loc"]), "code": one["type"], "detail": _sentence(one, say, locale)}
        for one in found[:50]
    ]


def _pointer(loc: tuple[int | str, ...]) -> str:
    """A JSON pointer. A name that the caller made up and that is not plain is shown as ``?``."""
    names = (str(name) for name in loc)
    return "".join(f"/{name if _NAME.match(name) else '?'}" for name in names) or "/"


def _sentence(one: Mapping[str, Any], say: i18n.Translate, locale: str) -> str:
    context = one.get("ctx") or {}
    if one["type"] in {"value_error", "assertion_error"}:
        # A validator's own words are repeated only when they are ours: others might quote the value.
        own = str(context.get("error", ""))
        return i18n.lookup(locale=locale, message=own) or say(_OTHERWISE)
    limits = {name: context[name] for name in _LIMITS if name in context}
    text = _SENTENCES.get(one["type"], _OTHERWISE)
    if "%(" in text and not all(f"%({name})s" in text for name in limits):
        text = _OTHERWISE
    return say(text, **limits) if "%(" in text else say(text)
