"""The API before the functions: who serves which path, throttling, access logs, the gateway's own answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from infra.package.functions import Function

Json = dict[str, Any]

STAGE_NAME = "live"
#: Requests a second before the gateway itself says 429; functions limit each caller besides.
_THROTTLE = {"dev": (50, 100), "prod": (2_000, 4_000)}

_ACCESS_LINE = {
    "request": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    # The route and not the path: a path may carry an order's number or a tenant's slug.
    "route": "$context.resourcePath",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "integration": "$context.integrationLatency",
    "bytes": "$context.responseLength",
    "error": "$context.error.responseType",
}

#: What the gateway answers by itself: its word, the status, our code, what to say.
_ANSWERS: tuple[tuple[str, int | None, str, str], ...] = (
    # API Gateway's word for a path without a route; ours is the usual one.
    ("MISSING_AUTHENTICATION_TOKEN", 404, "core.path.unknown", "没有这个地址。"),
    ("RESOURCE_NOT_FOUND", 404, "core.path.unknown", "没有这个地址。"),
    ("REQUEST_TOO_LARGE", 413, "core.too-large", "内容太大。"),
    ("UNSUPPORTED_MEDIA_TYPE", 415, "core.unsupported-media", "格式不支持。"),
    ("THROTTLED", 429, "core.exhausted", "操作太频繁。"),
    ("INTEGRATION_TIMEOUT", 503, "core.unavailable", "服务繁忙。"),
    ("INTEGRATION_FAILURE", 503, "core.unavailable", "服务繁忙。"),
)


def add_gateway(
    template: Json,
    *,
    body: Json,
    functions: Sequence[Function],
    serving: Mapping[tuple[str, str], str],
    stage: str,
) -> None:
    """Put the API into ``template``: Chalice's description with each route led to its own function."""
    resources = template["Resources"]
    by_name = {function.name: function for function in functions}
    _lead(body, serving=serving, by_name=by_name)
    body["info"]["title"] = f"songyun-{stage}"
    # In the description and not as resources of their own: writing the description anew forgets those.
    body["x-amazon-apigateway-gateway-responses"] = _own_answers()
    rate, burst = _THROTTLE.get(stage, _THROTTLE["dev"])
    resources["AccessLog"] = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {
            "LogGroupName": f"/songyun/{stage}/access",
            "RetentionInDays": {"Ref": "LogDays"},
        },
    }
    resources["Api"] = {
        "Type": "AWS::ApiGateway::RestApi",
        "Properties": {
            "Name": f"songyun-{stage}",
            "Body": body,
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "MinimumCompressionSize": 1024,
            # Only the domain leads in, or the content network: the pages' addresses begin at its root.
            "DisableExecuteApiEndpoint": {"Fn::If": ["ByEdge", False, True]},
        },
    }
    # A deployment is a photograph: another description needs another one.
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    deployment = f"ApiDeployment{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    resources[deployment] = {
        "Type": "AWS::ApiGateway::Deployment",
        "Properties": {"RestApiId": {"Ref": "Api"}},
    }
    resources["ApiStage"] = {
        "Type": "AWS::ApiGateway::Stage",
        "Properties": {
            # Naming the account's leave to write logs makes the stage wait for it, where it is made here.
            "Description": {"Fn::If": ["MakesGatewayLogRole", {"Fn::Sub": "${GatewayAccount}"}, STAGE_NAME]},
            "RestApiId": {"Ref": "Api"},
            "DeploymentId": {"Ref": deployment},
            "StageName": STAGE_NAME,
            "TracingEnabled": {"Fn::If": ["Traced", True, False]},
            "AccessLogSetting": {
                "DestinationArn": {"Fn::GetAtt": ["AccessLog", "Arn"]},
                "Format": json.dumps(_ACCESS_LINE, separators=(",", ":")),
            },
            "MethodSettings": [
                {
                    "ResourcePath": "/*",
                    "HttpMethod": "*",
                    "ThrottlingRateLimit": rate,
                    "ThrottlingBurstLimit": burst,
                    "MetricsEnabled": True,
                }
            ],
        },
    }
    for function in functions:
        if function.trigger == "http":
            _permit(resources, function)
    _add_domain(template)
    _add_log_role(resources)


def _lead(body: Json, *, serving: Mapping[tuple[str, str], str], by_name: Mapping[str, Function]) -> None:
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            if method == "options":  # a mock of the gateway's own, where a route has CORS
                continue
            name = serving[method.upper(), path]
            operation["x-amazon-apigateway-integration"]["uri"] = {
                "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31"
                f"/functions/${{{by_name[name].alias}}}/invocations"
            }
            # The API's words have a document of their own, and the function answers as it is: models,
            # types and mappings of answers would only fill the template.
            for word in ("summary", "description", "consumes", "produces"):
                operation.pop(word, None)
            operation["responses"] = {"200": {"description": "-"}}
            for word in ("responses", "passthroughBehavior"):
                operation["x-amazon-apigateway-integration"].pop(word, None)


def _permit(resources: Json, function: Function) -> None:
    resources[f"{function.logical}Permission"] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": function.alias},
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"
            },
        },
    }


def _own_answers() -> Json:
    told = [*_ANSWERS, ("DEFAULT_4XX", None, "core.malformed", "请求有误。")]
    told.append(("DEFAULT_5XX", None, "core.crash", "系统出了意外,我们已收到通知。"))
    return {word: _answer(status, code, detail) for word, status, code, detail in told}


def _answer(status: int | None, code: str, detail: str) -> Json:
    problem: Json = {"type": "about:blank", "title": detail, "code": code, "detail": detail}
    if status is not None:  # otherwise whichever it is: the gateway knows
        problem["status"] = status
    problem["instance"] = "$context.requestId"
    headers = {"Content-Type": "'application/problem+json'"}
    if status == 429:
        headers["Retry-After"] = "'1'"
    return {
        **({"statusCode": status} if status else {}),
        "responseParameters": {f"gatewayresponse.header.{name}": text for name, text in headers.items()},
        "responseTemplates": {
            "application/json": json.dumps(problem, ensure_ascii=False, separators=(",", ":"))
        },
    }


def _add_domain(template: Json) -> None:
    """The names of the site and of the shops, where the gateway itself is asked by them."""
    resources, outputs = template["Resources"], template["Outputs"]
    for logical, name, condition in (
        ("Domain", {"Ref": "DomainName"}, "ByGatewayName"),
        ("ShopsDomain", {"Fn::Sub": "*.${ShopDomain}"}, "ByGatewayShops"),
    ):
        resources[logical] = {
            "Type": "AWS::ApiGateway::DomainName",
            "Condition": condition,
            "Properties": {
                "DomainName": name,
                "RegionalCertificateArn": {"Ref": "CertificateArn"},
                "EndpointConfiguration": {"Types": ["REGIONAL"]},
                "SecurityPolicy": "TLS_1_2",
            },
        }
        resources[f"{logical}Mapping"] = {
            "Type": "AWS::ApiGateway::BasePathMapping",
            "Condition": condition,
            "Properties": {
                "DomainName": {"Ref": logical},
                "RestApiId": {"Ref": "Api"},
                "Stage": {"Ref": "ApiStage"},
            },
        }
        outputs[f"{logical}Target"] = {
            "Condition": condition,
            "Description": "This name is an alias (CNAME) of it",
            "Value": {"Fn::GetAtt": [logical, "RegionalDomainName"]},
        }
    outputs["RestApi"] = {"Value": {"Ref": "Api"}}


def _add_log_role(resources: Json) -> None:
    """The account's leave for API Gateway to write logs, where nobody has given it yet."""
    resources["GatewayLogRole"] = {
        "Type": "AWS::IAM::Role",
        "Condition": "MakesGatewayLogRole",
        # Other APIs of the account may have come to rely on it.
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "apigateway.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            "ManagedPolicyArns": [
                {
                    "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role"
                    "/AmazonAPIGatewayPushToCloudWatchLogs"
                }
            ],
        },
    }
    resources["GatewayAccount"] = {
        "Type": "AWS::ApiGateway::Account",
        "Condition": "MakesGatewayLogRole",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"CloudWatchRoleArn": {"Fn::GetAtt": ["GatewayLogRole", "Arn"]}},
    }
