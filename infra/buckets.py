"""A bucket as all of ours are: nothing public, encrypted, owned by its owner, asked over TLS only."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def bucket(*, encryption: Json, **more: Any) -> Json:
    """A bucket that outlives its stack. ``more``: further properties."""
    return {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            **more,
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        },
    }


def bucket_policy(logical: str, *statements: Json) -> Json:
    """The policy of the bucket ``logical``: ``statements``, and no word in the clear."""
    return {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": logical},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    *statements,
                    {
                        "Sid": "OnlyEncrypted",
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": [
                            {"Fn::GetAtt": [logical, "Arn"]},
                            {"Fn::Sub": f"${{{logical}.Arn}}/*"},
                        ],
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    },
                ],
            },
        },
    }
