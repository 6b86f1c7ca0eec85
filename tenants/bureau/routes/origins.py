"""Where people come from, in words: provinces by GB/T 2260, countries by ISO 3166."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from chalicelib.kernel.errors import N_

PROVINCES: Mapping[str, str] = {
    "110000": N_("北京"),
    "120000": N_("天津"),
    "130000": N_("河北"),
    "140000": N_("山西"),
    "150000": N_("内蒙古"),
    "210000": N_("辽宁"),
    "220000": N_("吉林"),
    "230000": N_("黑龙江"),
    "310000": N_("上海"),
    "320000": N_("江苏"),
    "330000": N_("浙江"),
    "340000": N_("安徽"),
    "350000": N_("福建"),
    "360000": N_("江西"),
    "370000": N_("山东"),
    "410000": N_("河南"),
    "420000": N_("湖北"),
    "430000": N_("湖南"),
    "440000": N_("广东"),
    "450000": N_("广西"),
    "460000": N_("海南"),
    "500000": N_("重庆"),
    "510000": N_("四川"),
    "520000": N_("贵州"),
    "530000": N_("云南"),
    "540000": N_("西藏"),
    "610000": N_("陕西"),
    "620000": N_("甘肃"),
    "630000": N_("青海"),
    "640000": N_("宁夏"),
    "650000": N_("新疆"),
    "710000": N_("台湾"),
    "810000": N_("香港"),
    "820000": N_("澳门"),
}
GROUPS: Mapping[str, str] = {
    "local": N_("本地"),
    "other": N_("外地"),
    "inbound": N_("入境"),
}


def origin(code: str, *, translate: Any, locale: str) -> str:
    """A code of a province, a country or a group of origin as people say it."""
    known = PROVINCES.get(code) or GROUPS.get(code)
    if known:
        return str(translate(known))
    return _countries(locale).get(code, code)


@cache
def _countries(locale: str) -> Mapping[str, str]:
    from babel import Locale  # one page asks for it: a cold start should not

    return Locale.parse({"zh": "zh_Hans_CN"}.get(locale, locale)).territories
