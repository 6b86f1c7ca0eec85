"""Files for spreadsheets: what somebody typed is never run as a formula, and nothing is lost."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web.sheets import csv_bytes, plain
from tenants.hotel.routes.partners.police_file import FileUnread, answers_of

_RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@pytest.mark.parametrize(
    "typed",
    [
        "=HYPERLINK(1)",
        "+8613800000000",
        "-1+1|cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u3000=1",
        "＝1+1",
        "－2",
        "--5",
        "-²",
    ],
)
def test_what_begins_like_a_formula_is_shown_as_it_was_typed(typed: str) -> None:
    assert plain(typed) == f"'{typed}"


@pytest.mark.parametrize("said", ["-5", "-12.50", "0", "3", "张三", "a=b", "13800000000", "", "'=1"])
def test_numbers_and_words_stay_what_they_are(said: str) -> None:
    assert plain(said) == said


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_a_file_says_every_cell_and_no_cell_runs(rows: list[list[str]]) -> None:
    text = csv_bytes(("a", "b"), rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    for cell in (cell for row in read for cell in row):
        assert not cell.lstrip().startswith(_RUN) or plain(cell) == cell, cell


def test_silence_is_an_empty_cell_and_not_zero() -> None:
    assert csv_bytes(("a", "b"), [(None, 0)]) == b"\xef\xbb\xbfa,b\r\n,0\r\n"


@pytest.mark.parametrize("row", ["g1,acc\repted,,", f"g1,{'a' * 140_000},,", "g1", '"g1,accepted'])
def test_a_file_of_answers_that_is_no_table_is_refused_by_its_line(row: str) -> None:
    with pytest.raises(FileUnread):
        answers_of(f"guest,result,receipt,reason\n{row}\n")
