"""How a month's restrictions are kept: by runs of days that are alike, and as they were kept before that."""

import orjson

from tenants.hotel.domain.sheet import Rule, Sheet
from tenants.hotel.store.cells import _body, _sheet

RULE = Rule(stop_sell=True, min_arrival=2)


def test_a_month_of_restrictions_comes_back_as_it_was_kept() -> None:
    sheet = Sheet(type="twin", month="203510", rules={1: RULE, 2: RULE, 9: Rule(closed_to_departure=True)})
    assert len(orjson.loads(_body(sheet))["r"]) == 2
    assert _sheet("twin", "203510", _body(sheet), version=0).rules == sheet.rules


def test_a_month_that_was_written_day_by_day_is_still_read() -> None:
    body = orjson.dumps({"p": {"bar": [100, 200]}, "r": {"3": [1, 2, 0, 0, 0]}}).decode()
    read = _sheet("twin", "203510", body, version=4)
    assert (read.rules, read.prices, read.version) == ({3: RULE}, {"bar": (100, 200)}, 4)
