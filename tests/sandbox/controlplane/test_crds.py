from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from sandbox import gke
from sandbox.controlplane.api import Answer, Api
from sandbox.controlplane.crds import apply_crds, apply_policies, read_crds, read_policies, served
from sandbox.controlplane.errors import ControlPlaneError

TWO_AND_SOMETHING_ELSE = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: a.example.com}
status: {conditions: null}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: not-wanted}
---
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: b.example.com}
"""


class Scripted:
    """An API server that gives prepared answers."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.applied: list[tuple[str, Any]] = []

    def get(self, path: str) -> Answer:
        return self.answers.pop(0)

    def apply(self, path: str, body: object) -> Answer:
        self.applied.append((path, body))
        return self.answers.pop(0)


def test_every_document_of_every_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(TWO_AND_SOMETHING_ELSE)
    (tmp_path / "README.md").write_text("not YAML: [")
    assert [crd["metadata"]["name"] for crd in read_crds(tmp_path)] == ["a.example.com", "b.example.com"]


def test_what_the_sandbox_brings_itself_is_read_beside_them(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(TWO_AND_SOMETHING_ELSE)
    names = [crd["metadata"]["name"] for crd in read_crds(tmp_path, gke.FOLDER)]
    assert names == [
        "a.example.com",
        "b.example.com",
        "computeclasses.cloud.google.com",
        "secretproviderclasses.secrets-store.csi.x-k8s.io",
    ]


def test_policies_are_applied_each_to_its_own_collection() -> None:
    policies = read_policies(gke.FOLDER)
    api = Scripted(*(Answer(status=201, text="") for _ in policies))
    apply_policies(cast(Api, api), policies)
    assert {path.split("/")[-2] for path, _ in api.applied} == {
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
    }


def test_they_are_applied_without_their_status(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(TWO_AND_SOMETHING_ELSE)
    api = Scripted(Answer(status=201, text=""), Answer(status=200, text=""))
    apply_crds(cast(Api, api), read_crds(tmp_path))
    assert [path.rpartition("/")[2] for path, _ in api.applied] == ["a.example.com", "b.example.com"]
    assert all("status" not in body for _, body in api.applied)


def test_a_refusal_carries_the_servers_words() -> None:
    api = Scripted(Answer(status=422, text="spec.versions: Required value"))
    with pytest.raises(ControlPlaneError, match=r"x\.example\.com \(422\): spec\.versions: Required value"):
        apply_crds(cast(Api, api), [{"kind": "CustomResourceDefinition", "metadata": {"name": "x.example.com"}}])


CRD = {
    "metadata": {"name": "as.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"plural": "as"},
        "versions": [{"name": "v1", "served": True}, {"name": "v0", "served": False}],
    },
}


@pytest.mark.parametrize(
    ("conditions", "storage", "missing"),
    [
        ('[{"type": "Established", "status": "True"}]', 200, None),
        ('[{"type": "Established", "status": "True"}]', 429, "not served yet: /apis/example.com/v1/as?limit=1"),
        ('[{"type": "Established", "status": "False"}]', 200, "not established yet: as.example.com"),
        ('[{"type": "NamesAccepted", "status": "True"}]', 200, "not established yet: as.example.com"),
        ("null", 200, "not established yet: as.example.com"),
    ],
)
def test_served(conditions: str, storage: int, missing: str | None) -> None:
    item = f'{{"metadata": {{"name": "as.example.com"}}, "status": {{"conditions": {conditions}}}}}'
    api = Scripted(Answer(status=200, text=f'{{"items": [{item}]}}'), Answer(status=storage, text=""))
    assert served(cast(Api, api), [CRD])() == missing


def test_a_server_that_does_not_answer_is_waited_for() -> None:
    assert served(cast(Api, Scripted(Answer(status=0, text="refused"))), [CRD])() == "0 refused"
