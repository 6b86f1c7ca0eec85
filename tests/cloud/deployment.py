"""A deployed installation as the smoke test sees it: who is asked, and by what the account is looked at."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request, urlopen

#: What ``from_environment`` reads; the first four are needed.
VARIABLES = {
    "SONGYUN_CLOUD_TENANT": "id of a synthetic scenic tenant (infra.register prints it)",
    "SONGYUN_CLOUD_SLUG": "its slug",
    "SONGYUN_CLOUD_KEY": "its API key",
    "SONGYUN_CLOUD_BUREAU_KEY": "an API key of the bureau that may read",
    "SONGYUN_CLOUD_STACK": "name of the stack (default songyun-prod)",
    "SONGYUN_CLOUD_URL": "where the site answers (default: https:// and the stack's DomainName)",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Ask = Callable[[str, str, str, Any], Said]
"""(method, path, API key or nothing, body or nothing) → answer."""
Verdict = Callable[[str, str, str, Mapping[str, Sequence[str]]], bool]
"""(role, action, resource, circumstances) → whether IAM allows it."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """``real``: on AWS. ``tenant``: the synthetic one; ``outputs``: the stack's."""

    stage: str
    outputs: Mapping[str, str]
    tenant: str
    slug: str
    key: str
    bureau_key: str
    ask: Ask
    verdict: Verdict
    client: Callable[[str], Any]
    real: bool = True

    @classmethod
    def from_environment(cls) -> Self:
        """The installation that ``VARIABLES`` name, with the AWS credentials of whoever runs this.

        Raises:
            RuntimeError: something is not said; the message says what.
        """
        env = os.environ
        if missing := [name for name in list(VARIABLES)[:4] if not env.get(name)]:
            wanted = "\n".join(f"  {name}: {VARIABLES[name]}" for name in missing)
            raise RuntimeError(f"The smoke test asks a deployed installation. Please set\n{wanted}")
        from botocore.session import get_session

        session = get_session()

        def client(service: str) -> Any:
            return session.create_client(service)

        name = env.get("SONGYUN_CLOUD_STACK", "songyun-prod")
        about = client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in about["Outputs"]}
        said = {one["ParameterKey"]: one.get("ParameterValue", "") for one in about["Parameters"]}
        url = env.get("SONGYUN_CLOUD_URL", "") or f"https://{said['DomainName']}"
        return cls(
            stage=outputs["AppTable"].split("-")[1],
            outputs=outputs,
            tenant=env["SONGYUN_CLOUD_TENANT"],
            slug=env["SONGYUN_CLOUD_SLUG"],
            key=env["SONGYUN_CLOUD_KEY"],
            bureau_key=env["SONGYUN_CLOUD_BUREAU_KEY"],
            ask=over_https(url),
            verdict=simulated(client("iam")),
            client=client,
        )

    def name(self, rest: str) -> str:
        """The physical name of something of this stage."""
        return f"songyun-{self.stage}-{rest}"

    def perform(self, module: str, schedule: str) -> Any:
        """What a module's schedules answer when one of them is woken by hand, as its rule would wake it."""
        answer = self.client("lambda").invoke(
            FunctionName=self.name(f"{module}-schedules"),
            Qualifier="live",
            Payload=json.dumps({"module": module, "schedule": schedule}).encode(),
        )
        assert "FunctionError" not in answer, answer
        return json.loads(answer["Payload"].read() or b"null")


def over_https(url: str) -> Ask:
    """Ask the site at ``url``."""

    def ask(method: str, path: str, key: str, body: Any) -> Said:
        headers = {"Idempotency-Key": uuid.uuid4().hex, "Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        raw = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(url + path, data=raw, headers=headers, method=method), timeout=40) as reply:
                return _said(reply.status, reply.headers, reply.read())
        except HTTPError as refused:
            return _said(refused.code, refused.headers, refused.read())

    return ask


def simulated(iam: Any) -> Verdict:
    """IAM's own evaluator on the policies as they are deployed."""

    def verdict(role: str, action: str, resource: str, context: Mapping[str, Sequence[str]]) -> bool:
        entries = [
            {"ContextKeyName": name, "ContextKeyValues": list(values), "ContextKeyType": "stringList"}
            for name, values in context.items()
        ]
        found = iam.simulate_principal_policy(
            PolicySourceArn=role, ActionNames=[action], ResourceArns=[resource], ContextEntries=entries
        )
        (result,) = found["EvaluationResults"]
        return bool(result["EvalDecision"] == "allowed")

    return verdict


def _said(status: int, headers: Any, body: bytes) -> Said:
    return Said(status=status, headers={name.lower(): value for name, value in headers.items()}, body=body)
