"""The whole demo can be made on whatever day and hour somebody starts it for the first time."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.kernel.period import SHANGHAI
from chalicelib.messaging.returns.forms import period_of
from chalicelib.persistence import directory
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind, duty
from infra.local.fixture import Stack
from infra.local.seed import HOTEL, seed
from infra.local.seed_inn import INN
from tenants.hotel.store.accounts import AccountsStore


@pytest.mark.parametrize(
    "local",
    [
        "2035-12-01T10:00",  # the house closed the last two days of the month before, of which it is asked
        "2036-01-02T00:30",  # a year before the night is over
        "2036-02-29T23:59",
        "2036-03-01T03:59",
        "2036-03-31T12:00",  # a month back there is no such day
    ],
)
def test_the_demo_can_be_made_on_any_day(
    engine: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: str
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    now = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)
    made = seed(base_url="http://127.0.0.1", now=now)
    assert len(made["tenants"]) == 3
    hotel = directory.by_slug(HOTEL)
    assert hotel is not None
    before = period_of("month", period_of("month", now.date()).first - timedelta(days=1))
    with bind(duty(hotel, "test")):
        audits = AccountsStore(UnitOfWork(action="test", now=now)).audits
        days = [one.day for one in audits.figures(INN, before.first, before.last)]
    assert days == [before.first + timedelta(days=n) for n in range(len(days))]
    assert days[-1] == before.last
