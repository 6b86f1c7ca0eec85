"""What a refused request is and does: a problem in words, a 4xx, and not a row changed."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.kernel.period import business_day
from tests.journeys.callers import Answer
from tests.journeys.town import PRODUCT, START, person

ORDERS = "/api/v1/scenic/orders"
TRACES = ("Traceback", 'File "', "chalicelib/", "pynamodb", "botocore", "site-packages")


def order_asked(**changes: Any) -> dict[str, Any]:
    """A valid order of today, changed."""
    return {
        "product": PRODUCT,
        "day": business_day(datetime.now(UTC)).isoformat(),
        "start": START,
        "visitors": [person()],
        **changes,
    }


def refused(answer: Answer, *statuses: int) -> dict[str, Any]:
    """The problem; the answer must be a clear no without a trace of how the product is made."""
    assert 400 <= answer.status < 500, (answer.status, answer.text[:500])
    assert not statuses or answer.status in statuses, (answer.status, answer.text[:500])
    assert not any(trace in answer.text for trace in TRACES), answer.text[:500]
    return answer.problem()
