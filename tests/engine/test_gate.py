"""Nothing is created unless a preview passed the policy pack, wherever in the program the bad resource stands."""

import json

import pytest

from tests.engine.checkouts import Checkout

pytestmark = pytest.mark.engine

LAST_RESOURCE = """
from pulumi_kubernetes.apps.v1 import Deployment

Deployment(
    "last-and-bad",
    metadata={"name": "last-and-bad", "namespace": "p2p-node"},
    spec={
        "selector": {"match_labels": {"app": "bad"}},
        "template": {
            "metadata": {"labels": {"app": "bad"}},
            "spec": {"containers": [{"name": "bad", "image": "nginx:latest"}]},
        },
    },
    opts=pulumi.ResourceOptions(parent=nodes),
)
"""
FORGOTTEN_PROVIDER = """
from pulumi_kubernetes.core.v1 import ConfigMap

ConfigMap("forgotten", metadata={"name": "forgotten", "namespace": "default"})
"""


def assert_nothing_was_created(checkout: Checkout) -> None:
    state = json.loads(checkout.make("pulumi", "ARGS=stack export").text)
    assert state["deployment"].get("resources", []) == []
    assert list((checkout.root / ".sandbox" / "simulator" / "resources").glob("*.json")) == []
    namespaces = checkout.kubectl("get namespaces -o name").split()
    assert sorted(namespaces) == [
        "namespace/default",
        "namespace/kube-node-lease",
        "namespace/kube-public",
        "namespace/kube-system",
    ]


def test_the_last_resource_is_the_bad_one(checkout: Checkout) -> None:
    checkout.append("__main__.py", LAST_RESOURCE)
    refused = checkout.make("up", code=2)
    assert "mandatory image-immutable-tag last-and-bad: " in refused.text
    assert "latest" in refused.text
    assert "nothing was changed" in refused.text
    assert_nothing_was_created(checkout)


def test_an_image_tagged_latest_in_the_settings(checkout: Checkout) -> None:
    checkout.settings(lambda config: config["p2p-nodes:node"].update(image="atactr/automata:latest"))
    refused = checkout.make("up", code=2)
    assert "mandatory image-immutable-tag p2p-node: " in refused.text
    assert "nothing was changed" in refused.text
    assert_nothing_was_created(checkout)


def test_a_wrong_configuration_is_one_error_without_a_traceback(checkout: Checkout) -> None:
    checkout.settings(lambda config: config["p2p-nodes:node"].update(replicas=0, colour="blue"))
    refused = checkout.make("up", code=2)
    assert "p2p-nodes:node.replicas" in refused.text
    assert "p2p-nodes:node.colour" in refused.text
    assert "Traceback" not in refused.text
    assert refused.text.count("p2p-nodes:node.colour") == 1, "told more than once"


def test_a_misspelled_field_fails_the_first_preview(checkout: Checkout) -> None:
    checkout.append(
        "__main__.py", LAST_RESOURCE.replace('"image": "nginx:latest"', '"image": "nginx:1.27.0", "imagee": "x"')
    )
    refused = checkout.make("up", code=2)
    assert "imagee" in refused.text
    assert_nothing_was_created(checkout)


def test_a_forgotten_provider_is_an_error(checkout: Checkout) -> None:
    checkout.append("__main__.py", FORGOTTEN_PROVIDER)
    refused = checkout.make("up", code=2)
    assert "Default provider for 'kubernetes' disabled" in refused.text
    assert_nothing_was_created(checkout)
