from __future__ import annotations

import re

from components.labels import google_labels, kubernetes_labels, selector_labels


def test_google_accepts_the_labels() -> None:
    for key, value in google_labels(
        platform="p2p-nodes-dev", environment="development", others={"team": "nodes"}
    ).items():
        assert re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key)
        assert re.fullmatch(r"[a-z0-9_-]{0,63}", value)


def test_every_recommended_kubernetes_label_is_there() -> None:
    labels = kubernetes_labels("p2p-node")
    assert [labels[f"app.kubernetes.io/{key}"] for key in ("name", "component", "part-of", "managed-by")] == [
        "p2p-node",
        "p2p-node",
        "p2p-nodes",
        "pulumi",
    ]


def test_a_selector_is_part_of_the_labels_and_will_never_change() -> None:
    assert selector_labels("p2p-node").items() <= kubernetes_labels("p2p-node").items()
    # Changing this line would replace every StatefulSet and Deployment.
    assert selector_labels("x") == {"app.kubernetes.io/name": "x", "app.kubernetes.io/component": "x"}


def test_the_program_s_own_labels_win() -> None:
    others = {"team": "nodes", "platform": "somebody-else's"}
    assert google_labels(platform="p2p-nodes-dev", environment="development", others=others) == {
        "team": "nodes",
        "part-of": "p2p-nodes",
        "platform": "p2p-nodes-dev",
        "environment": "development",
        "managed-by": "pulumi",
    }
