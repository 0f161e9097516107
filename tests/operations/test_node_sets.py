"""A StatefulSet as far as its claims go."""

import pytest

from operations.node_sets import NodeSet, Template, bytes_of, gib, node_set, source_of
from tests.operations.sets import SOURCE, inputs

GIB = 2**30


def test_a_set_is_read_by_kubernetes_own_names() -> None:
    assert node_set(inputs("60Gi", replicas=3, when_scaled="Delete", snapshot="last-night")) == NodeSet(
        namespace="p2p-node",
        name="p2p-node",
        replicas=3,
        templates={"data": Template(size=60 * GIB, source=SOURCE)},
        claims_go_when_scaled=True,
    )
    assert node_set(inputs()).templates == {"data": Template(size=50 * GIB)}


def test_what_is_of_kubernetes_own_group_is_named_without_one() -> None:
    assert source_of({"kind": "PersistentVolumeClaim", "name": "data-p2p-node-0"}) == (
        "PersistentVolumeClaim/data-p2p-node-0"
    )
    assert source_of({}) == ""


def test_templates_are_told_with_what_fills_their_volumes() -> None:
    assert Template(size=60 * GIB).text == "60 GiB"
    assert Template(size=60 * GIB, source=SOURCE).text == f"60 GiB filled from {SOURCE}"


@pytest.mark.parametrize("manifest", [{}, {"metadata": {}, "spec": {}}, {"spec": {"replicas": None}}])
def test_what_is_missing_has_kubernetes_default(manifest: dict[str, object]) -> None:
    assert node_set(manifest) == NodeSet(namespace="default", name="", replicas=1)


def test_ordinals_may_begin_later() -> None:
    assert node_set({"spec": {"replicas": 0, "ordinals": {"start": 5}}}) == NodeSet(
        namespace="default", name="", replicas=0, first=5
    )


@pytest.mark.parametrize(
    ("quantity", "size"),
    [("50Gi", 50 * GIB), ("1Ti", 1024 * GIB), ("100G", 10**11), ("53687091200", 50 * GIB), ("1500m", 2), ("1e3", 1000)],
)
def test_quantities_are_bytes_rounded_up(quantity: str, size: int) -> None:
    assert bytes_of(quantity) == size


def test_what_is_no_quantity_is_an_error() -> None:
    with pytest.raises(ValueError, match="50GB"):
        bytes_of("50GB")


@pytest.mark.parametrize(("size", "text"), [(50 * GIB, "50 GiB"), (GIB * 3 // 2, "1.5 GiB"), (0, "0 GiB")])
def test_sizes_are_told_in_gib(size: int, text: str) -> None:
    assert gib(size) == text
