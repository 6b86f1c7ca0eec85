"""Problems: every refusal and every crash as RFC 9457, in the reader's language, without anybody's values."""

import json
import traceback
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from botocore import exceptions as aws

from chalicelib import telemetry
from chalicelib.kernel.errors import N_, Refusal, Unavailable
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import rfc3339
from chalicelib.kernel.texts import in_language
from chalicelib.web import i18n

_RESERVED = frozenset({"type", "title", "status", "detail", "code", "remedy", "instance", "errors"})
_TITLES: Mapping[int, str] = {
    400: N_("请求有误"),
    401: N_("需要登录"),
    403: N_("没有权限"),
    404: N_("没有找到"),
    405: N_("不支持的方法"),
    409: N_("现在不能这样做"),
    410: N_("已经失效"),
    413: N_("内容太大"),
    415: N_("格式不支持"),
    422: N_("内容不符合要求"),
    429: N_("操作太频繁"),
    500: N_("系统出错了"),
    503: N_("服务繁忙"),
}
_PASSING = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


class Crash(Refusal):
    """What the caller sees of an error that nobody foresaw."""

    code = "core.crash"
    status = 500
    detail = N_("系统出了意外,我们已收到通知。")
    remedy = N_("请稍后再试;如仍有问题,请告知客服下方的请求编号。")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A problem document and the headers that belong to it."""

    status: int
    document: dict[str, Any]
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """The document as JSON."""
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":"))


def problem(refusal: Refusal, *, locale: str, request: str) -> Problem:
    """The problem document of a refusal."""
    say = i18n.translator(locale)
    known = {name: _read(value, locale) for name, value in refusal.facts.items()}
    facts = {name: _simple(value) for name, value in known.items() if name not in _RESERVED}
    spoken = {name: _spoken(value, locale) for name, value in known.items()}
    document: dict[str, Any] = {
        "type": f"urn:songyun:problem:{refusal.code}",
        "title": say(_TITLES.get(refusal.status, _TITLES[409])),
        "status": refusal.status,
        "detail": _said(say, refusal.detail, spoken),
        "code": refusal.code,
        "instance": request,
    }
    if refusal.remedy:
        document["remedy"] = _said(say, refusal.remedy, spoken)
    errors = refusal.facts.get("errors")
    if isinstance(errors, list):
        document["errors"] = errors
    document.update({name: value for name, value in facts.items() if value is not None})
    headers = {}
    wait = refusal.facts.get("retry_after", 1 if refusal.status == 503 else None)
    if isinstance(wait, int) and refusal.status in {429, 503}:
        headers["Retry-After"] = str(wait)
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="songyun"'
    if isinstance(allow := refusal.facts.get("allow"), str) and refusal.status == 405:
        headers["Allow"] = allow
    return Problem(status=refusal.status, document=document, headers=headers)


def foreseen(error: Exception, *, use_case: str, request: str) -> Refusal:
    """The refusal to answer with: the error itself, a passing unavailability, or a crash (which alarms)."""
    if isinstance(error, Refusal):
        return error
    if _passing(error):
        return Unavailable(retry_after=1)
    # Called outside the ``except`` block, so the alarm prints no message: messages carry values.
    telemetry.alarm(
        "crash",
        use_case=use_case,
        request=request,
        error=type(error).__qualname__,
        where=_where(error),
    )
    return Crash()


def _passing(error: BaseException | None) -> bool:
    """Whether DynamoDB or the way to it was busy; pynamodb hides the cause one level down."""
    for _ in range(6):
        if error is None:
            return False
        if isinstance(error, aws.ClientError):
            return error.response.get("Error", {}).get("Code") in _PASSING
        if isinstance(error, aws.BotoCoreError):
            return isinstance(error, aws.HTTPClientError | aws.ConnectionError)
        error = getattr(error, "cause", None) or error.__cause__
    return False


def _where(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def _said(say: i18n.Translate, text: str, facts: Mapping[str, Any]) -> str:
    try:
        return say(text, **facts) if facts else say(text)
    except (KeyError, TypeError, ValueError):
        return say(text)  # a translation with a place that nobody fills is still better than a crash


def _read(value: Any, locale: str) -> Any:
    """A text that was written in several languages, in the reader's own; anything else as it is."""
    return in_language(value, locale) if isinstance(value, Mapping) and "zh" in value else value


def _simple(value: Any) -> Any:
    """A fact as JSON; what is neither simple nor ours is left out (``None``)."""
    match value:
        case bool() | int() | float() | str():
            simple: Any = value
        case Money():
            simple = {"amount": value.amount, "currency": value.currency}
        case datetime():
            simple = rfc3339(value)
        case date():
            simple = value.isoformat()
        case Decimal():
            simple = str(value)
        case list() | tuple() | set() | frozenset():
            simple = [_simple(item) for item in value]
        case Mapping():
            simple = {str(name): _simple(item) for name, item in value.items()}
        case _:
            simple = None
    return simple


def _spoken(value: Any, locale: str) -> Any:
    """A fact as it stands in a sentence."""
    from chalicelib.web import formats

    match value:
        case Money():
            return formats.money(value, locale=locale)
        case datetime():
            return formats.instant(value, locale=locale)
        case date():
            return formats.day(value, locale=locale)
        case list() | tuple():
            return formats.listed((str(_spoken(item, locale)) for item in value), locale=locale)
    return value
