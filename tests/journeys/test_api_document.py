"""The API holds to its own document: whatever schemathesis thinks of is answered as the document says."""

import contextlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.config import settings as configured
from tests.journeys.inns import Inn
from tests.journeys.town import Town

pytestmark = pytest.mark.journey

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
_EXAMPLES = 10
_TOO_LONG = 414
#: Takes many at once and says of each whether it was refused.
_ANSWERS_EACH = {"/api/v1/feed/events"}


def _operations() -> list[Any]:
    import app  # the document is made from its routes

    configured.cache_clear()
    return [
        pytest.param(route.path, route.method, id=f"{route.method} {route.path}")
        for route in app.app.guarded()
        if route.api
    ]


@pytest.fixture(scope="module")
def document(town: Town) -> Any:
    schema = schemathesis.openapi.from_url(f"{town.stack.base_url}/openapi.json")
    # The key is valid throughout: who may not come in is another journey's question.
    schema.config.generation.update(with_security_parameters=False)
    return schema


@pytest.mark.parametrize(("path", "method"), _operations())
def test_every_answer_is_the_one_the_document_promises(
    town: Town, rival: Inn, document: Any, path: str, method: str
) -> None:
    operation = document[path][method]
    owners = {"bureau": town.bureau.caller, "hotel": rival.keys["owner"], "scenic": town.other.caller}
    kind = path.removeprefix("/api/v1/").split("/")[0]
    caller = owners.get("hotel" if kind == "partners" else kind, town.other.caller)
    answered = _bounded(operation.as_strategy, caller.key)
    assert answered - {401, 403}, "nobody got past the door: the owner of which kind should ask here?"


def _bounded(strategy: Callable[..., Any], key: str) -> set[int]:
    """The statuses of what was answered."""
    statuses: set[int] = set()

    @given(case=strategy(generation_mode=GenerationMode.POSITIVE))
    @_SETTINGS
    def valid(case: Any) -> None:
        statuses.add(_asked(case, key))

    @given(case=strategy(generation_mode=GenerationMode.NEGATIVE))
    @_SETTINGS
    def spoilt(case: Any) -> None:
        statuses.add(_asked(case, key))

    valid()
    with contextlib.suppress(Unsatisfiable):  # nothing can be spoilt where nothing is asked
        spoilt()
    return statuses


_SETTINGS = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _asked(case: Any, key: str) -> int:
    headers: Mapping[str, str] = {"Authorization": f"Bearer {key}"}
    if "Idempotency-Key" not in (case.headers or {}) and case.method != "GET":
        headers = {**headers, "Idempotency-Key": uuid.uuid4().hex}
    answer = case.call(headers=headers)
    status: int = answer.status_code
    if status == _TOO_LONG:  # said before any route is found, there as here
        return status
    # An empty value counts as none given: forms send their empty boxes.
    blank = any(value == "" for value in (case.query or {}).values())
    lenient = blank or case.operation.path in _ANSWERS_EACH
    checks = [check for check in _CHECKS if not (lenient and check is negative_data_rejection)]
    case.validate_response(answer, checks=checks, headers=dict(headers))
    return status
