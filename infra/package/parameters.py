"""What a deployment decides: parameters, the conditions that follow from them, and what must go together."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

PARAMETERS: Json = {
    "CodeBucket": {
        "Type": "String",
        "Description": "Bucket of the archives, as songyun/<sha256>.zip",
    },
    "Front": {
        "Type": "String",
        "Default": "edge",
        "AllowedValues": ["edge", "gateway"],
        "Description": "edge: CloudFront before everything; gateway: the API alone (China, or no CloudFront)",
    },
    "EdgeToken": {
        "Type": "String",
        "Default": "",
        "NoEcho": True,
        "AllowedPattern": "^$|^[A-Za-z0-9_-]{32,128}$",
        "Description": "A random secret by which the functions know CloudFront; wanted where Front is edge",
    },
    "DomainName": {
        "Type": "String",
        "Default": "",
        "MaxLength": 100,
        "Description": "Name under which the site is reached: yours, or CloudFront's own (output SiteTarget)",
    },
    "CertificateArn": {
        "Type": "String",
        "Default": "",
        "Description": "ACM certificate of your names: in us-east-1 for edge, in this region for gateway",
    },
    "ShopDomain": {
        "Type": "String",
        "Default": "",
        "MaxLength": 60,
        "Description": "Shops answer as <slug>.<this>; the certificate must cover *.<this> too",
    },
    "AlarmEmail": {"Type": "String", "Description": "Who is told of alarms"},
    "MonthlyBudget": {
        "Type": "Number",
        "Default": 0,
        "Description": "US dollars a month at which AlarmEmail is told; 0: no budget (China has none)",
    },
    "StripeSecret": {
        "Type": "String",
        "Default": "",
        "MaxLength": 40,
        "Description": "Name of a Secrets Manager secret {key, webhook}; empty: money at the desk only",
    },
    "GatewayLogs": {
        "Type": "String",
        "Default": "make",
        "AllowedValues": ["make", "exists"],
        "Description": "API Gateway's role for logs is one per account and region: make it, or leave it",
    },
    "Settings": {
        "Type": "String",
        "Default": "1",
        "MaxLength": 20,
        "AllowedPattern": "^[A-Za-z0-9.-]+$",
        "Description": "Another word makes new versions: wanted when a secret or EdgeToken was changed",
    },
    "SilentLimit": {
        "Type": "Number",
        "Default": 1,
        "MinValue": 1,
        "Description": "So many enterprises may be silent about a closed day before somebody is called",
    },
    "LogDays": {"Type": "Number", "Default": 90, "AllowedValues": [30, 90, 180, 400, 731]},
}
CONDITIONS: Json = {
    "TakesCards": {"Fn::Not": [{"Fn::Equals": [{"Ref": "StripeSecret"}, ""]}]},
    "ByEdge": {"Fn::Equals": [{"Ref": "Front"}, "edge"]},
    "HasDomain": {"Fn::Not": [{"Fn::Equals": [{"Ref": "CertificateArn"}, ""]}]},
    "HasShops": {
        "Fn::And": [{"Condition": "HasDomain"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "ShopDomain"}, ""]}]}]
    },
    "ByGatewayName": {"Fn::And": [{"Condition": "HasDomain"}, {"Fn::Not": [{"Condition": "ByEdge"}]}]},
    "ByGatewayShops": {"Fn::And": [{"Condition": "HasShops"}, {"Fn::Not": [{"Condition": "ByEdge"}]}]},
    "HasBudget": {"Fn::Not": [{"Fn::Equals": [{"Ref": "MonthlyBudget"}, 0]}]},
    # The China regions have no X-Ray for functions: infra/operations/china.md
    "Traced": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]}]},
    "MakesGatewayLogRole": {"Fn::Equals": [{"Ref": "GatewayLogs"}, "make"]},
}
#: Said before anything is made, instead of half an hour into it.
RULES: Json = {
    "EdgeIsKnown": {
        "RuleCondition": {"Fn::Equals": [{"Ref": "Front"}, "edge"]},
        "Assertions": [
            {
                "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "EdgeToken"}, ""]}]},
                "AssertDescription": "Front is edge: EdgeToken must be a random secret",
            }
        ],
    },
    "GatewayHasAName": {
        "RuleCondition": {"Fn::Equals": [{"Ref": "Front"}, "gateway"]},
        "Assertions": [
            {
                "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "CertificateArn"}, ""]}]},
                "AssertDescription": "Front is gateway: DomainName and CertificateArn are needed, "
                "because the pages' addresses begin at the root of a name",
            }
        ],
    },
}
