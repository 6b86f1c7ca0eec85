"""The content network before the site: assets from a bucket, everything else through to the API.

It is one distribution for the site and all shops. Pages are not cached: what they show is counted by the
second. An asset's name carries its content's hash, so it is kept for ever; one that is not in the bucket
yet comes from the functions, which carry the same files.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from infra.buckets import bucket, bucket_policy
from infra.package.gateway import STAGE_NAME

Json = dict[str, Any]

#: AWS's own policies, the same in every account.
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_CACHING_OPTIMISED = "658327ea-f89d-4fab-a63d-7e88639e58f6"

_FOR_EVER = "public, max-age=31536000, immutable"
_ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]

#: Runs before each request: the API is asked by its own name, so the visitor's is told beside it.
_TELL_WHO = """function handler(event) {
  var request = event.request;
  request.headers['x-forwarded-host'] = { value: request.headers.host.value };
  request.headers['x-viewer-address'] = { value: event.viewer.ip };
  return request;
}
"""


def add_edge(template: Json, *, stage: str) -> None:
    """Put bucket and distribution into ``template``; they are made where ``Front`` is ``edge``."""
    resources, outputs = template["Resources"], template["Outputs"]
    made: dict[str, Json] = {
        # Files that a page of an hour ago still asks for stay in it.
        "AssetsBucket": bucket(encryption={"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}),
        "AssetsBucketPolicy": _bucket_policy(),
        "EdgeAccess": _access(stage=stage),
        "EdgeTeller": _teller(stage=stage),
        "EdgeRequests": _requests(stage=stage),
        "EdgeAssetHeaders": _headers(stage=stage),
        "Edge": _distribution(stage=stage),
    }
    for logical, resource in made.items():
        resources[logical] = {**resource, "Condition": "ByEdge"}
    outputs["SiteTarget"] = {
        "Condition": "ByEdge",
        "Description": "Your names are aliases (CNAME) of it; without a name of your own it is DomainName",
        "Value": {"Fn::GetAtt": ["Edge", "DomainName"]},
    }
    outputs["Assets"] = {
        "Condition": "ByEdge",
        "Description": "The bucket that build/assets is copied to, under assets/",
        "Value": {"Ref": "AssetsBucket"},
    }


def without_edge(template: Json) -> Json:
    """The same template where CloudFront's parts are not known, as in China: the API alone.

    A condition is not enough there: CloudFormation refuses a type that it does not know, made or not.
    """
    made = deepcopy(template)
    for part in ("Resources", "Outputs"):
        made[part] = {name: one for name, one in made[part].items() if one.get("Condition") != "ByEdge"}
    made["Parameters"]["Front"] |= {"Default": "gateway", "AllowedValues": ["gateway"]}
    return made


def _bucket_policy() -> Json:
    ours = {"Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Edge}"}
    reads = {
        "Sid": "OurDistributionReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": "${AssetsBucket.Arn}/assets/*"},
        "Condition": {"StringEquals": {"aws:SourceArn": ours}},
    }
    return bucket_policy("AssetsBucket", reads)


def _access(*, stage: str) -> Json:
    return {
        "Type": "AWS::CloudFront::OriginAccessControl",
        "Properties": {
            "OriginAccessControlConfig": {
                "Name": f"songyun-{stage}-assets",
                "OriginAccessControlOriginType": "s3",
                "SigningBehavior": "always",
                "SigningProtocol": "sigv4",
            }
        },
    }


def _teller(*, stage: str) -> Json:
    return {
        "Type": "AWS::CloudFront::Function",
        "Properties": {
            "Name": f"songyun-{stage}-teller",
            "AutoPublish": True,
            "FunctionCode": _TELL_WHO,
            "FunctionConfig": {"Comment": "Who asked, and by which name", "Runtime": "cloudfront-js-2.0"},
        },
    }


def _requests(*, stage: str) -> Json:
    return {
        "Type": "AWS::CloudFront::OriginRequestPolicy",
        "Properties": {
            "OriginRequestPolicyConfig": {
                "Name": f"songyun-{stage}-all-but-host",
                "CookiesConfig": {"CookieBehavior": "all"},
                "QueryStringsConfig": {"QueryStringBehavior": "all"},
                "HeadersConfig": {"HeaderBehavior": "allExcept", "Headers": ["host"]},
            }
        },
    }


def _headers(*, stage: str) -> Json:
    return {
        "Type": "AWS::CloudFront::ResponseHeadersPolicy",
        "Properties": {
            "ResponseHeadersPolicyConfig": {
                "Name": f"songyun-{stage}-assets",
                "CustomHeadersConfig": {
                    "Items": [{"Header": "Cache-Control", "Value": _FOR_EVER, "Override": True}]
                },
                "SecurityHeadersConfig": {
                    "ContentTypeOptions": {"Override": True},
                    "StrictTransportSecurity": {
                        "AccessControlMaxAgeSec": 31_536_000,
                        "IncludeSubdomains": True,
                        "Override": True,
                    },
                },
            }
        },
    }


def _distribution(*, stage: str) -> Json:
    api = {
        "Id": "api",
        "DomainName": {"Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"},
        "OriginPath": f"/{STAGE_NAME}",
        "CustomOriginConfig": {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]},
        "OriginCustomHeaders": [{"HeaderName": "x-edge-token", "HeaderValue": {"Ref": "EdgeToken"}}],
    }
    bucket = {
        "Id": "bucket",
        "DomainName": {"Fn::GetAtt": ["AssetsBucket", "RegionalDomainName"]},
        "OriginAccessControlId": {"Fn::GetAtt": ["EdgeAccess", "Id"]},
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    pages = {
        "TargetOriginId": "api",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": _ALL_METHODS,
        "CachePolicyId": _CACHING_DISABLED,
        "OriginRequestPolicyId": {"Ref": "EdgeRequests"},
        "FunctionAssociations": [
            {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["EdgeTeller", "FunctionARN"]}}
        ],
    }
    assets = {
        "PathPattern": "/assets/*",
        "TargetOriginId": "assets",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD"],
        "CachePolicyId": _CACHING_OPTIMISED,
        "ResponseHeadersPolicyId": {"Ref": "EdgeAssetHeaders"},
        "Compress": True,
    }
    shops = {"Fn::If": ["HasShops", {"Fn::Sub": "*.${ShopDomain}"}, {"Ref": "AWS::NoValue"}]}
    own = {
        "AcmCertificateArn": {"Ref": "CertificateArn"},
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    return {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {
            "DistributionConfig": {
                "Comment": f"songyun-{stage}",
                "Enabled": True,
                "HttpVersion": "http2and3",
                "IPV6Enabled": True,
                "PriceClass": "PriceClass_200",
                "Aliases": {"Fn::If": ["HasDomain", [{"Ref": "DomainName"}, shops], {"Ref": "AWS::NoValue"}]},
                "ViewerCertificate": {"Fn::If": ["HasDomain", own, {"CloudFrontDefaultCertificate": True}]},
                "Origins": [api, bucket],
                "OriginGroups": {
                    "Quantity": 1,
                    "Items": [
                        {
                            "Id": "assets",
                            "FailoverCriteria": {"StatusCodes": {"Quantity": 2, "Items": [403, 404]}},
                            "Members": {
                                "Quantity": 2,
                                "Items": [{"OriginId": "bucket"}, {"OriginId": "api"}],
                            },
                        }
                    ],
                },
                "DefaultCacheBehavior": pages,
                "CacheBehaviors": [assets],
            }
        },
    }
