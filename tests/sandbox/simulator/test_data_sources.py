"""Data sources: answered from the store, in the form that pulumi_gcp reads."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from sandbox.layout import CHECKOUT
from sandbox.simulator import data_sources
from sandbox.simulator.cloud import Cloud
from sandbox.simulator.data_sources import SOURCES, answer
from sandbox.simulator.errors import Refused
from sandbox.simulator.extraction import package_folder
from sandbox.simulator.identity import Defaults
from tests.sandbox.simulator.lives import RING, Make, until

ARGUMENTS: dict[str, dict[str, Any]] = {
    "gcp:organizations/getProject:getProject": {},
    "gcp:kms/getKeyRings:getKeyRings": {"location": "europe"},
    "gcp:kms/getCryptoKeys:getCryptoKeys": {"keyRing": RING},
    "gcp:dns/getManagedZone:getManagedZone": {"name": "nodes"},
    "gcp:storage/getBuckets:getBuckets": {},
}


def ask(cloud: Cloud, token: str, **arguments: Any) -> dict[str, Any]:
    return answer(token, {**ARGUMENTS[token], **arguments}, cloud.store, cloud.defaults)


def wire_names(text: str, class_name: str) -> set[str]:
    """The names of the properties of an output class of pulumi_gcp."""
    found = next(node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == class_name)
    names = set()
    for getter in [node for node in found.body if isinstance(node, ast.FunctionDef) and node.decorator_list]:
        call = getter.decorator_list[-1]
        renamed = (
            [k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)]
            if isinstance(call, ast.Call)
            else []
        )
        names.add(str(renamed[0]) if renamed else getter.name)
    return names


@pytest.mark.parametrize(
    ("token", "file", "result", "items", "item"),
    [
        ("gcp:organizations/getProject:getProject", "organizations/get_project.py", "GetProjectResult", "", ""),
        ("gcp:kms/getKeyRings:getKeyRings", "kms/get_key_rings.py", "GetKeyRingsResult", "keyRings", "KeyRing"),
        ("gcp:kms/getCryptoKeys:getCryptoKeys", "kms/get_crypto_keys.py", "GetCryptoKeysResult", "keys", "Key"),
        ("gcp:dns/getManagedZone:getManagedZone", "dns/get_managed_zone.py", "GetManagedZoneResult", "", ""),
        ("gcp:storage/getBuckets:getBuckets", "storage/get_buckets.py", "GetBucketsResult", "buckets", "Bucket"),
    ],
)
def test_answers_have_the_form_that_pulumi_gcp_reads(
    cloud: Cloud, make: Make, token: str, file: str, result: str, items: str, item: str
) -> None:
    until(make, "Bucket")
    source = package_folder() / file
    assert f"'{token}'" in source.read_text(encoding="utf-8")
    told = ask(cloud, token)
    assert set(told) <= wire_names(source.read_text(encoding="utf-8"), result)
    if items:
        outputs = (source.parent / "outputs.py").read_text(encoding="utf-8")
        name = f"{result.removesuffix('Result')}{item}Result"
        block = outputs[outputs.index(f"class {name}(") :]
        block = block.partition("\n@pulumi.output_type")[0]
        assert len(told[items]) == 1
        assert set(told[items][0]) == wire_names(block, name)


def test_every_source_is_cited() -> None:
    for token, source in SOURCES.items():
        assert re.search(r"hashicorp/[\w-]+, .+ at [0-9a-f]{40}", source.reference), token


def test_where_nothing_is_nothing_is_told(cloud: Cloud, make: Make) -> None:
    make("Service", service="cloudkms.googleapis.com")
    assert ask(cloud, "gcp:kms/getKeyRings:getKeyRings")["keyRings"] == []
    assert ask(cloud, "gcp:kms/getCryptoKeys:getCryptoKeys")["keys"] == []
    assert ask(cloud, "gcp:storage/getBuckets:getBuckets")["buckets"] == []


def test_only_what_is_asked_for_is_told(cloud: Cloud, make: Make) -> None:
    until(make, "Bucket")
    assert ask(cloud, "gcp:kms/getKeyRings:getKeyRings", location="us")["keyRings"] == []
    assert ask(cloud, "gcp:kms/getCryptoKeys:getCryptoKeys", keyRing="europe/ring")["keys"] != []
    assert ask(cloud, "gcp:kms/getCryptoKeys:getCryptoKeys", keyRing="europe/rin")["keys"] == []
    assert ask(cloud, "gcp:storage/getBuckets:getBuckets", prefix="bu")["buckets"] != []
    assert ask(cloud, "gcp:storage/getBuckets:getBuckets", prefix="other")["buckets"] == []
    assert ask(cloud, "gcp:storage/getBuckets:getBuckets", project="elsewhere")["buckets"] == []


@pytest.mark.parametrize("token", ["gcp:kms/getKeyRings:getKeyRings", "gcp:kms/getCryptoKeys:getCryptoKeys"])
def test_an_api_that_is_not_enabled_tells_nothing(cloud: Cloud, token: str) -> None:
    with pytest.raises(Refused, match="SERVICE_DISABLED"):
        ask(cloud, token)


def test_a_zone_is_told_whoever_made_it(cloud: Cloud, make: Make) -> None:
    until(make, "ManagedZone")
    token = "gcp:dns/getManagedZone:getManagedZone"
    made = ask(cloud, token, name="zone")
    assert (made["dnsName"], made["visibility"]) == ("googleapis.com.", "private")
    there = ask(cloud, token, project="dns-team")
    assert there["id"] == "projects/dns-team/managedZones/nodes"
    assert (there["dnsName"], there["visibility"]) == ("nodes.example.org.", "public")
    assert set(there) == set(made)
    with pytest.raises(Refused, match=r"Error 404: The 'parameters\.managedZone' resource named 'gone' does not exist"):
        ask(cloud, token, name="gone")


def test_a_project_has_one_number_everywhere(cloud: Cloud, make: Make) -> None:
    number = ask(cloud, "gcp:organizations/getProject:getProject")["number"]
    assert re.fullmatch(r"[1-9]\d{11}", number)
    assert str(make("Bucket", name="b", location="EU").outputs["projectNumber"]) == number
    assert ask(cloud, "gcp:organizations/getProject:getProject", projectId="other")["number"] != number


def test_refusals(cloud: Cloud) -> None:
    with pytest.raises(Refused, match="project: required field is not set"):
        answer("gcp:storage/getBuckets:getBuckets", {"project": None}, cloud.store, Defaults())
    with pytest.raises(Refused, match="`filter` is not simulated"):
        ask(cloud, "gcp:kms/getKeyRings:getKeyRings", filter="name:x")
    with pytest.raises(data_sources.NotSimulated) as refused:
        answer("gcp:compute/getZones:getZones", {}, cloud.store, cloud.defaults)
    assert str(refused.value).startswith("gcp:compute/getZones:getZones is not simulated")
    assert all(token in str(refused.value) for token in SOURCES)


def test_the_page_about_the_sandbox_names_them_all() -> None:
    page = (CHECKOUT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    dotted = [re.sub(r"/\w+:", ".", token.replace("gcp:", "gcp.")) for token in SOURCES]
    names = {re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", name) for name in dotted}
    assert set(re.findall(r"^\| `(gcp\.\w+\.get_\w+)` \|", page, re.MULTILINE)) == names
