"""The template applied to the embedded engine, and the environment the processes share."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.resources import Consumer, table_name, template

REGION = "cn-north-1"
STAGE = "local"
_STACK = "songyun"
_ACCOUNT = "000000000000"

#: The engine does not check signatures; SDKs insist on having something to sign with.
_KEYS = {"AWS_ACCESS_KEY_ID": "songyun", "AWS_SECRET_ACCESS_KEY": "local-only"}


def client(service: str, *, endpoint: str) -> Any:
    """A client of the embedded engine."""
    session: Any = boto3.session.Session()  # the stubs know services by name only
    return session.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=_KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=_KEYS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 3}, read_timeout=30, parameter_validation=False),
    )


def modules() -> tuple[Consumer, ...]:
    """The modules of the working tree."""
    import tenants

    return tuple(tenants.modules())


def apply(*, endpoint: str, consumers: Iterable[Consumer], stage: str = STAGE) -> dict[str, str]:
    """Create or update the stack; returns its outputs.

    Raises:
        RuntimeError: CloudFormation refused, with its reason.
    """
    cloudformation = client("cloudformation", endpoint=endpoint)
    from tenants import kinds  # here: the app reads its settings when tenants are imported

    arguments = {
        "StackName": _STACK,
        "TemplateBody": json.dumps(template(modules=consumers, stage=stage, kinds=kinds())),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    try:
        cloudformation.create_stack(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AlreadyExistsException":
            raise
        try:
            cloudformation.update_stack(**arguments)
        except ClientError as refusal:
            if "No updates" not in str(refusal):
                raise
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=_STACK)["Stacks"][0]
        status = stack["StackStatus"]
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
        if not status.endswith("_IN_PROGRESS"):
            reasons = [
                f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
                for event in cloudformation.describe_stack_events(StackName=_STACK)["StackEvents"]
                if event["ResourceStatus"].endswith("_FAILED")
            ]
            raise RuntimeError(f"The resources were refused ({status}): {'; '.join(reasons)}")
        time.sleep(0.02)
    raise RuntimeError("The resources did not become ready within a minute.")


def environment(*, endpoint: str, base_url: str, data_dir: Path, stage: str = STAGE) -> dict[str, str]:
    """The variables every process of the stack runs with. ``data_dir``: tenants' files lie in it.

    All are known before the template is applied: the app reads its settings when it is imported,
    and applying the template imports the modules' manifests.
    """
    return {
        **_KEYS,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_XRAY_SDK_ENABLED": "false",
        "SONGYUN_STAGE": stage,
        "SONGYUN_APP_TABLE": table_name(stage=stage, table="app"),
        "SONGYUN_CONTROL_TABLE": table_name(stage=stage, table="control"),
        "SONGYUN_LEDGER_TABLE": table_name(stage=stage, table="ledger"),
        "SONGYUN_BUS": f"songyun-{stage}-tourism",
        "SONGYUN_DATA_KEY": f"alias/songyun-{stage}",
        "SONGYUN_FILES": str(data_dir / "files"),
        "SONGYUN_TENANT_ROLE_PREFIX": f"arn:aws:iam::{_ACCOUNT}:role/songyun-{stage}-tenant-",
        "SONGYUN_BASE_URL": base_url,
        # Browsers take every name below localhost for this computer.
        "SONGYUN_SHOP_DOMAIN": "shop.localhost",
        "SONGYUN_ASSETS": "build/assets",
    }
