"""Rules read out of pulumi_gcp's docstrings: found where they are stated, and only there."""

from __future__ import annotations

import pytest

from sandbox.simulator import docstrings
from sandbox.simulator.catalogue import Catalogue, rows


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("gcp:compute/network:Network", {"description.**": "always", "networkProfile.**": "always"}),
        (
            "gcp:compute/subnetwork:Subnetwork",
            {
                "description.**": "always",
                "externalIpv6Prefix.**": "once-set",
                "ipCollection.**": "once-set",
                "ipv6AccessType.**": "once-set",
                "params.resourceManagerTags.**": "always",
            },
        ),
        ("gcp:container/nodePool:NodePool", {"initialNodeCount.**": "always"}),
        ("gcp:serviceaccount/account:Account", {"accountId.**": "always"}),
        ("gcp:container/cluster:Cluster", {}),
    ],
)
def test_immutables(catalogue: Catalogue, token: str, expected: dict[str, str]) -> None:
    found = list(docstrings.immutables(catalogue.types, catalogue.entry(token).schema))
    assert {rule.path: rule.when for rule in found} == expected
    assert all(f"pulumi_gcp {catalogue.types.version}, docstring of " in rule.reference for rule in found)


def test_conflicts(catalogue: Catalogue) -> None:
    found = {
        (rule.path, rule.other, rule.both)
        for token in rows()
        for rule in docstrings.conflicts(catalogue.types, catalogue.entry(token).schema)
    }
    assert ("initialNatIps", "natIps", "given") in found
    assert ("initialNatIps", "drainNatIps", "given") in found
    assert ("enableDynamicPortAllocation", "enableEndpointIndependentMapping", "true") in found
    assert ("targetServiceAccounts", "targetTags", "given") in found
    assert ("namePrefix", "name", "given") in found
    assert not {path for path, _, _ in found} & {"priority", "addonsConfig.dnsCacheConfig"}, "prose is no rule"


@pytest.mark.parametrize(
    ("doc", "values"),
    [
        ("Mode.\nPossible values are: `A`, `B_2`.", ("A", "B_2")),
        ("Possible values are `IPV4`, `IPV4_IPV6` and `IPV6`.", ("IPV4", "IPV4_IPV6", "IPV6")),
        ("Possible values: `ONE`.", ("ONE",)),
        ("Possible values are described in the API package.", ()),
        ("Can be `A` or `B`.", ()),
        ("", ()),
    ],
)
def test_allowed_values(doc: str, values: tuple[str, ...]) -> None:
    assert docstrings.allowed_values(doc) == values
