"""What an officer reads who follows a figure home is in words: every field of everything that goes up."""

from chalicelib.kernel.events import UP
from chalicelib.messaging.schemas import contracts
from tenants.bureau.routes.field_words import FIELDS, MONEY, TIMES
from tenants.bureau.routes.views import _field


def test_every_field_of_what_goes_up_has_its_word() -> None:
    names = {name for one in contracts().values() if one.lane == UP for name in one.schema["properties"]}
    assert names - set(FIELDS) == set()
    assert names >= MONEY | TIMES


def test_a_field_is_money_or_a_moment_only_where_it_holds_one() -> None:
    assert _field("roomRevenue", 1200)["kind"] == "money"
    assert _field("until", "2026-11-22T02:30:00Z")["kind"] == "time"
    assert _field("until", "2026-10-31")["kind"] == "text", "the last day of a return's period"
