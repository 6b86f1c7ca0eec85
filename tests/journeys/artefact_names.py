"""The references of the deployed template's policies, filled in."""

from typing import Any

from infra.package.functions import functions
from tenants import modules
from tests.artefact import STAGE
from tests.journeys.artefact_engine import ACCOUNT, REGION
from tests.journeys.artefact_world import World


def names_of(world: World) -> dict[str, str]:
    tables = {
        f"{table.capitalize()}Table.Arn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/songyun-{STAGE}-{table}"
        for table in ("app", "control", "ledger")
    }
    queues = {
        f"{name}.Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        for name in ("RelayDead", *(f"{module.key.capitalize()}Inbox" for module in modules()))
    }
    logs = {
        f"{one.logical}Log.Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{one.name}:*"
        for one in functions(modules=modules(), stage=STAGE)
    }
    return {
        **tables,
        **queues,
        **logs,
        "AppTable.StreamArn": f"{tables['AppTable.Arn']}/stream/1",
        "DataKey.Arn": world.outputs["DataKey"],
        "FilesBucket.Arn": f"arn:aws:s3:::{world.outputs['FilesBucket']}",
        "Bus.Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/songyun-{STAGE}-tourism",
        "AWS::Partition": "aws",
        "AWS::AccountId": ACCOUNT,
        "AWS::Region": REGION,
        "AWS::URLSuffix": "amazonaws.com",
    }


def policy_of(template: dict[str, Any], role: str) -> list[Any]:
    return [
        statement
        for policy in template[role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
