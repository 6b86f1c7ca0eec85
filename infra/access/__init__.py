"""Who may do what on AWS: the policies as data, and an evaluator that tries them before AWS does."""

from infra.access.calls import Call, authorised
from infra.access.evaluation import Request, allowed, concrete
from infra.access.policies import (
    DATA_ACTIONS,
    Duty,
    execution_statements,
    tenant_statements,
    tenant_trust,
)

__all__ = [
    "DATA_ACTIONS",
    "Call",
    "Duty",
    "Request",
    "allowed",
    "authorised",
    "concrete",
    "execution_statements",
    "tenant_statements",
    "tenant_trust",
]
