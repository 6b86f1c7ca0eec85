"""What the gate is shown and told: admitted once, refused with when and where."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tenants.scenic.domain.area import Gauge
from tests.scenic_pages import GATE, Place, code_of, paid, scenic_web, words
from tests.scenic_world import DAY, NOW


@pytest.fixture
def place() -> Iterator[Place]:
    with scenic_web() as made:
        yield made


def test_the_gate_admits_once_and_says_when_and_where_it_was(place: Place) -> None:
    paid(place, 1)
    code, _ = code_of(place)
    place.now = NOW + timedelta(hours=3)
    yes = place.send(GATE, "/gate/main/south", staff=True, key="scan-1", code=code)
    assert 'data-verdict="admit"' in yes.text
    assert "可入园" in words(yes)
    again = place.send(GATE, "/gate/main/south", staff=True, key="scan-1", code=code)
    assert 'data-verdict="admit"' in again.text
    no = place.send(GATE, "/gate/main/east", staff=True, key="scan-2", code=code)
    assert 'data-verdict="refuse"' in no.text
    assert "首次入园 12:30:00" in words(no)
    assert "南门" in words(no)
    assert place.gauge().inside == 1


def test_a_number_read_from_wet_paper_is_admitted_with_a_look_at_the_document(place: Place) -> None:
    paid(place, 1)
    _, typed = code_of(place)
    place.now = NOW + timedelta(hours=3)
    answer = place.send(GATE, "/gate/main/south", staff=True, code=typed)
    assert 'data-verdict="check"' in answer.text
    assert "请核对证件原件" in words(answer)


@pytest.mark.parametrize("code", ["HELLO", "", "SY:" + "0" * 132, "1002-ZZZZZZ-1", "<script>"])
def test_whatever_is_no_ticket_is_refused_in_words(place: Place, code: str) -> None:
    answer = place.send(GATE, "/gate/main/south", staff=True, code=code)
    assert answer.status == 200
    assert "不可入园" in words(answer)
    assert "<script>" not in answer.text.split("</head>")[1]


def test_people_are_counted_out_at_the_gate_but_not_below_nobody(place: Place) -> None:
    place.memory.gauges[("main", DAY)] = Gauge(inside=3, entered=3)
    out = place.send(f"{GATE}/exits", "/gate/main/south/exits", staff=True, count="1")
    assert "已登记离园 1 人" in words(place.look(GATE, out.headers["Location"], staff=True))
    out = place.send(f"{GATE}/exits", "/gate/main/south/exits", staff=True, count="5")
    assert "园内人数不足" in words(place.look(GATE, out.headers["Location"], staff=True))
    assert place.gauge().inside == 2


def test_a_log_in_leads_the_gate_to_the_gate_and_the_desk_to_the_day(place: Place) -> None:
    assert place.look("/scenic", "/scenic", staff=True).headers["Location"] == "/console"
    place.roles = frozenset({"gate"})
    assert place.look("/scenic", "/scenic", staff=True).headers["Location"] == "/gate"
