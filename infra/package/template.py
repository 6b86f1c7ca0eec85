"""The final template: the resources, what Chalice says of the functions, and what AWS wants besides.

Chalice knows the routes and the handlers; from its template come the API's description and the
runtime. Its one function for all routes and its roles are replaced by ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from chalicelib.kernel.module import Module
from infra.access import tenant_trust
from infra.package.edge import add_edge
from infra.package.functions import Function
from infra.package.gateway import add_gateway
from infra.package.lambdas import Code, add_function, inbox_of, role_arn
from infra.package.parameters import CONDITIONS, PARAMETERS, RULES
from infra.package.releases import add_releases
from infra.package.watching import add_watching
from infra.resources import template as resources_of
from tenants import kinds

Json = dict[str, Any]

#: CloudFormation takes a template of this size from S3.
MOST_BYTES = 1_000_000
#: A message stays invisible six times as long as the function may work on it: AWS's own advice.
_INVISIBLE = 6


def final_template(
    *,
    stage: str,
    modules: Sequence[Module],
    functions: Sequence[Function],
    serving: Mapping[tuple[str, str], str],
    chalice: Json,
    codes: Mapping[str, Code],
) -> Json:
    """The template of ``stage``. ``chalice``: its own template; ``codes``: by group of archive."""
    _agree(functions=functions, chalice=chalice)
    template = resources_of(modules=modules, stage=stage, kinds=kinds())
    resources: Json = template["Resources"]
    template["Description"] = f"Songyun, stage {stage}"
    template["Parameters"], template["Conditions"] = deepcopy(PARAMETERS), deepcopy(CONDITIONS)
    template["Rules"] = deepcopy(RULES)
    _add_aside(resources, stage=stage)
    add_releases(resources, stage=stage)
    for function in functions:
        add_function(resources, function, stage=stage, code=codes[function.needs])
    for kind in sorted({module.key for module in modules} | set(kinds())):
        _narrow_trust(resources, module=kind, functions=functions, stage=stage)
    for module in modules:
        _lengthen_visibility(resources, module=module.key, functions=functions)
    body = chalice["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    add_gateway(template, body=body, functions=functions, serving=serving, stage=stage)
    add_edge(template, stage=stage)
    add_watching(template, functions=functions, modules=modules, stage=stage)
    return template


def _agree(*, functions: Iterable[Function], chalice: Json) -> None:
    """Chalice and the plan know the same handlers, or one of them has forgotten something."""
    said = {
        resource["Properties"]["Handler"]
        for resource in chalice["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    planned = {function.handler for function in functions}
    if said != planned:
        raise ValueError(f"Chalice and the plan differ about the handlers {sorted(said ^ planned)}")


def _add_aside(resources: Json, *, stage: str) -> None:
    """Where the stream's records go that the relay could not deal with."""
    resources["RelayDead"] = {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": f"songyun-{stage}-relay-dead",
            "MessageRetentionPeriod": 14 * 24 * 3600,
            "SqsManagedSseEnabled": True,
        },
    }


def _narrow_trust(resources: Json, *, module: str, functions: Iterable[Function], stage: str) -> None:
    callers = [
        role_arn(function.physical(stage=stage)) for function in functions if module in function.tenants
    ]
    role = resources[f"{inbox_of(module).removesuffix('Inbox')}TenantRole"]["Properties"]
    role["AssumeRolePolicyDocument"] = tenant_trust(callers=callers)


def _lengthen_visibility(resources: Json, *, module: str, functions: Iterable[Function]) -> None:
    for function in functions:
        if function.queue == module:
            queue = resources[inbox_of(module)]["Properties"]
            queue["VisibilityTimeout"] = _INVISIBLE * function.timeout
