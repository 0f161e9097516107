"""Manifests become the resources that Pulumi would declare, and what cannot be one is told with file and line."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pulumi_kubernetes
import pytest
from guardrails.resource import Resource

from operations.adapters.manifests import Manifests, read, type_token
from operations.errors import OperationError

POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: p2p}\nspec: {containers: [{name: a, image: a:latest}]}\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one, so that messages name relative paths."""
    monkeypatch.chdir(tmp_path)
    return Path()


def only(manifests: Manifests) -> Resource:
    [resource] = manifests.resources
    return resource


def test_an_object_is_the_resource_that_pulumi_would_declare(folder: Path) -> None:
    (folder / "a.yaml").write_text("# a comment\n---\n" + POD)
    manifests = read(folder / "a.yaml")
    resource = only(manifests)
    assert (resource.type, resource.name, resource.urn) == ("kubernetes:core/v1:Pod", "a", "a.yaml:3 Pod p2p/a")
    assert resource.props == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "namespace": "p2p"},
        "spec": {"containers": [{"name": "a", "image": "a:latest"}]},
    }
    assert (manifests.places[resource.urn].file, manifests.places[resource.urn].line) == ("a.yaml", 3)
    assert manifests.notes == ()


def _sdk_types() -> Iterator[tuple[str, str, str]]:
    for file in Path(pulumi_kubernetes.__file__).parent.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        named = [re.search(rf'__props__.__dict__\["{key}"\] = \'([^\']+)\'', text) for key in ("api_version", "kind")]
        token = re.search(r"super\(\w+, __self__\).__init__\(\s*'([^']+)'", text)
        if token and named[0] and named[1] and not token[1].endswith("Patch"):
            yield token[1], named[0][1], named[1][1]


def test_every_type_is_named_as_the_sdk_names_it() -> None:
    types = list(_sdk_types())
    assert len(types) > 200
    # A Status is what the API server answers with; no manifest holds one.
    different = [token for token, api_version, kind in types if type_token(api_version, kind) != token]
    assert different == ["kubernetes:meta/v1:Status"]
    assert type_token("autoscaling.k8s.io/v1", "VerticalPodAutoscaler") == (
        "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler"
    )


def test_a_folder_is_read_to_its_depths_in_order(folder: Path) -> None:
    (folder / "z" / "deep.yml").mkdir(parents=True)
    for name in ("z/deep.yml/b.JSON", "a.yaml", "z/c.yml", "z/notes.txt"):
        kind = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name.split("/")[-1][0]}}
        (folder / name).write_text(json.dumps(kind))
    assert [one.urn for one in read(folder).resources] == [
        "a.yaml:1 Pod a",
        "z/c.yml:1 Pod c",
        "z/deep.yml/b.JSON:1 Pod b",
    ]


def test_lists_are_their_items_each_with_its_line(folder: Path) -> None:
    (folder / "a.yaml").write_text(
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: a}\n"
        "  - apiVersion: apps/v1\n    kind: DeploymentList\n    items:\n      - metadata: {name: b}\n"
        "---\napiVersion: v1\nkind: List\n"
        "---\napiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: c}\n"
    )
    assert [(one.type, one.urn) for one in read(folder).resources] == [
        ("kubernetes:core/v1:Pod", "a.yaml:4 Pod a"),
        ("kubernetes:apps/v1:Deployment", "a.yaml:10 Deployment b"),
        ("kubernetes:example.com/v1:AllowList", "a.yaml:15 AllowList c"),
    ]


def test_objects_without_a_name_of_their_own_are_told_apart(folder: Path) -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "sync-"}}
    nameless = {"apiVersion": "v1", "kind": "Pod", "metadata": "odd"}
    (folder / "a.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [job, job, nameless]}))
    manifests = read(folder)
    assert [one.urn for one in manifests.resources] == [
        "a.json:1 Job sync-*",
        "a.json:1 Job sync-* (2)",
        "a.json:1 Pod (no name)",
    ]
    assert [one.title for one in manifests.resources][1:] == ['Job "sync-*"', 'Pod "(no name)"']
    assert manifests.notes == ()


def test_what_is_there_twice_counts_once_if_equal_and_is_told(folder: Path) -> None:
    (folder / "a.yaml").write_text(POD)
    (folder / "b.yaml").write_text(POD)
    (folder / "c.yaml").write_text(POD.replace("latest", "v1.2.3"))
    (folder / "d.yaml").write_text(POD.replace("p2p", "other"))
    manifests = read(folder)
    assert [one.urn for one in manifests.resources] == [
        "a.yaml:1 Pod p2p/a",
        "c.yaml:1 Pod p2p/a",
        "d.yaml:1 Pod other/a",
    ]
    assert manifests.notes == (
        "b.yaml:1: Pod p2p/a is the same as at a.yaml:1, and counts once",
        "c.yaml:1: Pod p2p/a differs from the one at a.yaml:1; both are judged",
    )


def test_documents_without_a_kind_are_passed_over_in_a_folder_and_told(folder: Path) -> None:
    (folder / "values.yaml").write_text("replicas: 1\n---\n- a\n")
    (folder / "pod.yaml").write_text(POD)
    manifests = read(folder)
    assert only(manifests).name == "a"
    assert manifests.notes == ("values.yaml:1, values.yaml:3: passed over, without a kind it is no Kubernetes object",)
    with pytest.raises(OperationError, match=r"values\.yaml:1, values\.yaml:3 is no Kubernetes object"):
        read(folder / "values.yaml")
    (folder / "pod.yaml").unlink()
    with pytest.raises(OperationError, match=r"There is no Kubernetes manifest in \.: values\.yaml:1"):
        read(folder)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.yaml", "a: [\n", "a.yaml:1: did not find expected node content"),
        ("a.yaml", POD + "kind: Pod\n", "a.yaml:5: the key kind is given twice"),
        ("a.yaml", "kind: {{ .Values.kind }}\n", "a.yaml:1: an object or a list as a key (it looks like a template: "),
        ("a.yaml", "\n---\nkind: Pod\n", "a.yaml:3: the apiVersion is not of the form group/version: null"),
        (
            "a.yaml",
            "apiVersion: a/b/v1\nkind: Pod\n",
            'a.yaml:1: the apiVersion is not of the form group/version: "a/b',
        ),
        ("a.yaml", "apiVersion: v1\nkind: a:b\n", 'a.yaml:1: the kind is not of the form StatefulSet: "a:b"'),
        ("a.yaml", "apiVersion: v1\nkind: ~\n", "a.yaml:1: the kind is not of the form StatefulSet: null"),
        ("a.yaml", "apiVersion: v1\nkind: List\nitems: a\n", "a.yaml:1: the items of this List are no list"),
        ("a.yaml", "apiVersion: v1\nkind: List\nitems: [a]\n", "a.yaml:1: an item of a list is no object"),
        ("a.yaml", "apiVersion: v1\nkind: List\nitems:\n- {}\n", "a.yaml:4: the apiVersion is not of the form"),
        ("a.yaml", "", "There is no Kubernetes manifest in a.yaml"),
        ("a.yaml", "# nothing\n---\n", "There is no Kubernetes manifest in a.yaml"),
        ("a.json", '{\n"a": }', "a.json:2: Expecting value"),
        ("a.json", '{"kind": "Pod",\n"kind": "Pod"}', "a.json:2: the key kind is given twice"),
        ("a.json", '{"a": NaN}', "a.json: it is no JSON: NaN is no number"),
        ("a.json", '{"a": "b', "a.json:1: Unterminated string"),
        ("a.json", "[" * 100_000, "a.json:1: more than 200 objects and lists"),
    ],
)
def test_what_cannot_be_judged_is_told_with_file_and_line(folder: Path, name: str, content: str, told: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(OperationError, match=re.escape(told)) as error:
        read(folder / name)
    assert "Nothing was judged" in str(error.value)


def test_every_file_that_cannot_be_judged_is_told_at_once(folder: Path) -> None:
    (folder / "a.yaml").write_text(POD)
    (folder / "b.yaml").write_bytes(b"\xff\xfe\xff")
    (folder / "c.yaml").symlink_to("nowhere")
    (folder / "d.yaml").write_text("a: {")
    with pytest.raises(OperationError) as error:
        read(folder)
    assert re.fullmatch(
        r"b\.yaml: it is no text: .*\nc\.yaml: No such file or directory\nd\.yaml:1: .*\nNothing was judged\. .*",
        str(error.value),
    )


def test_a_path_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(OperationError, match="There is no file or folder missing"):
        read(folder / "missing")
    with pytest.raises(OperationError, match=r"There is no Kubernetes manifest in \."):
        read(folder)


def test_a_folder_that_cannot_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.yaml").write_text(POD)
    (folder / "closed").mkdir()
    scan = os.scandir

    def refuses(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuses)
    with pytest.raises(OperationError, match="closed: Permission denied"):
        read(folder)


def test_json_has_escapes_that_yaml_has_not(folder: Path) -> None:
    (folder / "a.json").write_text('{"apiVersion": "v1", "kind": "Pod", "note": "\\ud83d\\ude00\\/", "n": 2.0}')
    assert only(read(folder)).props["note"] == "\U0001f600/"
    assert repr(only(read(folder)).props["n"]) == "2"
