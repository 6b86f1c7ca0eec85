"""The public edition: no cell from fewer than three enterprises, nor one that a total gives away."""

from typing import Any

import pytest

from tenants.bureau.domain.report.disclosed import disclosed


def edition(units: list[int], by: str = "district") -> list[int | None]:
    rows = [{"key": str(n), "cells": [100 + n], "units": [count]} for n, count in enumerate(units)]
    body: dict[str, Any] = {"content": {"sheets": [{"by": by, "columns": [{"key": "spent"}], "rows": rows}]}}
    return [row["cells"][0] for sheet in disclosed(body)["content"]["sheets"] for row in sheet["rows"]]


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        ([3, 5, 9], [100, 101, 102]),
        ([2, 5, 9], [None, None, 102]),
        ([1, 1, 9], [None, None, None]),
        ([1, 2, 9], [None, None, 102]),
        ([0, 1, 9], [100, None, None]),
        ([1], [None]),
    ],
)
def test_what_is_hidden_cannot_be_worked_out_from_the_total(
    units: list[int], shown: list[int | None]
) -> None:
    assert edition(units) == shown


def test_single_enterprises_are_left_out_whole() -> None:
    assert edition([9, 9], by="sender") == []
