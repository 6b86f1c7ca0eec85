"""How a new version takes over: versions are kept, an alias points at the one in use, CodeDeploy moves it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from infra.package.functions import ALIAS, Function

Json = dict[str, Any]

#: At once where it is tried; a tenth of the requests for five minutes where it counts.
_SHIFT = {"prod": "LambdaCanary10Percent5Minutes"}
_SHIFT_AT_ONCE = "LambdaAllAtOnce"


def add_releases(resources: Json, *, stage: str) -> None:
    """What all shifts share: CodeDeploy's application, and its role."""
    resources["Releases"] = {
        "Type": "AWS::CodeDeploy::Application",
        "Properties": {"ApplicationName": f"songyun-{stage}", "ComputePlatform": "Lambda"},
    }
    resources["ReleaseRole"] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "codedeploy.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            "ManagedPolicyArns": [
                {
                    "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role"
                    "/AWSCodeDeployRoleForLambdaLimited"
                }
            ],
        },
    }


def add_release(resources: Json, function: Function, *, properties: Json, stage: str) -> None:
    """The version of this code with these settings, the alias, and a shift that can turn back."""
    text = json.dumps(properties, sort_keys=True, ensure_ascii=False)
    version = f"{function.logical}Version{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    resources[version] = {
        "Type": "AWS::Lambda::Version",
        # The one before stays: going back is pointing the alias at it.
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"FunctionName": {"Ref": function.logical}, "Description": _settings(function)},
    }
    alias: Json = {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "Name": ALIAS,
            "FunctionName": {"Ref": function.logical},
            "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
        },
    }
    resources[function.alias] = alias
    if function.trigger != "http":
        return
    group = f"{function.logical}Release"
    alias["UpdatePolicy"] = {
        "CodeDeployLambdaAliasUpdate": {
            "ApplicationName": {"Ref": "Releases"},
            "DeploymentGroupName": {"Ref": group},
        }
    }
    resources[group] = {
        "Type": "AWS::CodeDeploy::DeploymentGroup",
        "Properties": {
            "ApplicationName": {"Ref": "Releases"},
            "ServiceRoleArn": {"Fn::GetAtt": ["ReleaseRole", "Arn"]},
            "DeploymentConfigName": f"CodeDeployDefault.{_SHIFT.get(stage, _SHIFT_AT_ONCE)}",
            "DeploymentStyle": {
                "DeploymentType": "BLUE_GREEN",
                "DeploymentOption": "WITH_TRAFFIC_CONTROL",
            },
            "AlarmConfiguration": {
                "Enabled": True,
                "Alarms": [{"Name": {"Ref": f"{function.logical}Errors"}}],
            },
            "AutoRollbackConfiguration": {
                "Enabled": True,
                "Events": [f"DEPLOYMENT_{why}" for why in ("FAILURE", "STOP_ON_ALARM", "STOP_ON_REQUEST")],
            },
        },
    }


def _settings(function: Function) -> Json:
    """What a deployment decided of the function's settings: another text is another version.

    A version keeps the settings that it was made with, and its logical id knows of parameters only
    their names. ``Settings`` stands for what must not be shown here: secrets and the edge's token.
    """
    names = ["DomainName", "ShopDomain", *(["StripeSecret"] if function.takes_money else []), "Settings"]
    return {"Fn::Sub": " ".join(f"${{{name}}}" for name in names)}
