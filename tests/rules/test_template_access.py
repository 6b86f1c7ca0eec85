"""Who may do what, in the final template: no wildcard, one role a function, one kind a module."""

import json
from typing import Any

import pytest

from infra.access import concrete
from infra.package.functions import functions
from tenants import kinds, modules
from tests.artefact import STAGE, artefact
from tests.rules.template_reading import listed, statements, texts, words

pytestmark = [pytest.mark.rules, pytest.mark.timeout(600)]

#: Where AWS itself demands a wildcard: (statement, what). Nothing else may have one.
_DEMANDED = {
    ("Traces", "*"),  # X-Ray has no resources
    ("AccountDecidesByIam", "kms:*"),  # a key policy that hands the key to the account's IAM …
    ("AccountDecidesByIam", "*"),  # … where the star means the key itself
    ("OnlyEncrypted", "s3:*"),  # a denial: whatever it is, not in the clear
    ("OnlyEncrypted", "${FilesBucket.Arn}/*"),
    ("OnlyEncrypted", "${AssetsBucket.Arn}/*"),
    ("OurDistributionReads", "${AssetsBucket.Arn}/assets/*"),  # the hashed names below one folder
    ("OwnFiles", "${FilesBucket.Arn}/${!aws:PrincipalTag/tenant}/*"),  # all below the tenant's own id …
    ("SealsStay", "${FilesBucket.Arn}/${!aws:PrincipalTag/tenant}/sealed/*"),  # … but what is sealed stays
}
_MANAGED = {"AmazonAPIGatewayPushToCloudWatchLogs", "AWSCodeDeployRoleForLambdaLimited"}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return artefact().template


def test_no_wildcard_slips_in(template: dict[str, Any]) -> None:
    found = set()
    for resource, statement in statements(template):
        names = [*texts(statement["Action"]), *map(words, listed(statement.get("Resource", [])))]
        for name in names:
            if "*" in name:
                found.add((statement.get("Sid", resource), name))
        if statement["Effect"] == "Allow":
            assert "NotAction" not in statement
            assert "NotResource" not in statement
            principal = statement.get("Principal", {})
            assert principal != "*", resource
            assert "*" not in texts(principal.get("AWS", []) if isinstance(principal, dict) else [])
    assert found <= _DEMANDED, found - _DEMANDED
    managed = {
        words(arn).rpartition("/")[2]
        for resource in template["Resources"].values()
        for arn in resource["Properties"].get("ManagedPolicyArns", [])
    }
    assert managed <= _MANAGED


def test_each_function_has_a_role_of_its_own_that_reaches_no_tenants_data(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    roles = [
        one["Properties"]["Role"]["Fn::GetAtt"][0]
        for one in resources.values()
        if one["Type"] == "AWS::Lambda::Function"
    ]
    assert len(roles) == len(set(roles)) == len(functions(modules=modules(), stage=STAGE))
    for role in roles:
        for policy in resources[role]["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                for resource in map(words, listed(statement["Resource"])):
                    assert "LedgerTable" not in resource
                    assert resource != "AppTable.Arn"
                    if resource == "AppTable.StreamArn":
                        assert role == "RelayFunctionRole"


def test_kinds_that_only_have_a_contract_have_a_role_for_those_who_report_with_systems_of_their_own(
    template: dict[str, Any],
) -> None:
    assert {"agency", "homestay", "hotel", "scenic", "bureau"} <= set(kinds())
    for kind in kinds():
        trust = template["Resources"][f"{kind.capitalize()}TenantRole"]["Properties"]
        callers = trust["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["ArnEquals"]
        names = {words(caller).rpartition("/")[2] for caller in callers["aws:PrincipalArn"]}
        assert {f"songyun-{STAGE}-{name}" for name in ("feed", "relay", "sweep")} <= names, kind


def test_a_module_becomes_tenants_of_its_own_kind_only(template: dict[str, Any]) -> None:
    for module in modules():
        trust = template["Resources"][f"{module.key.capitalize()}TenantRole"]["Properties"]
        callers = trust["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["ArnEquals"][
            "aws:PrincipalArn"
        ]
        names = {words(caller).rpartition(f"songyun-{STAGE}-")[2] for caller in callers}
        others = {other.key for other in modules()} - {module.key}
        assert {module.key, f"{module.key}-inbox", "relay", "sweep"} <= names
        assert not [name for name in names if name.partition("-")[0] in others]
        assert "core" not in names


def test_every_reference_of_every_policy_can_be_read(template: dict[str, Any]) -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    for _, statement in statements(template):
        assert "Fn::" not in json.dumps(concrete(statement, names=Anything()))
