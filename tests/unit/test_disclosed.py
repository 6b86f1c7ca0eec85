"""The public edition: no cell of few enterprises or of one nearly alone, nor what a total gives away."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.bureau.domain.disclosure import RULES, Share, largest_share, too_telling
from tenants.bureau.domain.report.disclosed import disclosed

(RULE,) = RULES


def edition(
    units: list[int], by: str = "district", largest: list[int] | None = None, values: list[int] | None = None
) -> list[int | None]:
    rows: list[dict[str, Any]] = [
        {"key": str(n), "cells": [values[n] if values else 100 + n], "units": [count]}
        for n, count in enumerate(units)
    ]
    for row, share in zip(rows, largest or (), strict=False):
        row["largest"] = [share]
    sheet = {"by": by, "columns": [{"key": "spent", "unit": "fen"}], "rows": rows}
    body: dict[str, Any] = {"last": "2026-11-22", "content": {"sheets": [sheet]}}
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


@pytest.mark.parametrize(
    ("largest", "values", "shown"),
    [
        ([800, 400, 300], [100, 100, 100], [100, 100, 100]),
        ([801, 400, 300], [100, 100, 100], [None, None, 100]),
        ([900, 400, 300], [1000, 10, 100], [None, None, None]),
    ],
)
def test_a_cell_that_one_enterprise_makes_nearly_alone_is_hidden_and_hides_in_others(
    largest: list[int], values: list[int], shown: list[int | None]
) -> None:
    """Beside a small cell it would still stand out: then another goes with it."""
    assert edition([5, 5, 9], largest=largest, values=values) == shown


def test_single_enterprises_are_left_out_whole() -> None:
    assert edition([9, 9], by="sender") == []


def test_how_cells_are_made_is_not_published() -> None:
    rows = [{"key": "a", "cells": [1], "units": [9], "largest": [300]}]
    body = {
        "last": "2026-11-22",
        "content": {"sheets": [{"by": "kind", "columns": [{"key": "spent"}], "rows": rows}]},
    }
    assert disclosed(body)["content"]["sheets"][0]["rows"] == [{"key": "a", "cells": [1]}]


@given(st.lists(st.lists(st.integers(0, 1000), max_size=6), min_size=1, max_size=6))
def test_nothing_that_gives_an_enterprise_away_is_shown_or_follows(districts: list[list[int]]) -> None:
    """Cells as they are made: districts of enterprises with what each of them took."""
    made = [[one for one in part if one] for part in districts]
    cells = [Share(units=len(part), largest=largest_share(part), value=sum(part)) for part in made]
    hidden = too_telling(cells, RULE)
    for place, part in enumerate(made):
        if part and place not in hidden:
            assert len(part) >= RULE.units
            assert max(part) * 1000 < (RULE.share + 1) * sum(part)
    together = [one for place in hidden for one in made[place]]
    everything = all(place in hidden for place, part in enumerate(made) if part)
    if together and not everything:
        assert len(together) >= RULE.units
        assert max(together) * 1000 < (RULE.share + 2) * sum(together)
