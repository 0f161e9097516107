"""What is read out of pulumi_gcp's sources is what its classes say when they are imported."""

from __future__ import annotations

import inspect
import sys
import time
import typing
from pathlib import Path
from typing import Any

import pytest

from sandbox.simulator.catalogue import rows
from sandbox.simulator.extraction import ExtractionError, Extractor, package_folder


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(package=package_folder())


def test_nothing_of_pulumi_gcp_is_imported(extractor: Extractor) -> None:
    import subprocess

    code = (
        "import sys; from sandbox.simulator.extraction import *; "
        "Extractor(package=package_folder()).resource('container/cluster.py'); "
        "print([name for name in sys.modules if name.startswith('pulumi')])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize(
    ("module", "file", "classes"),
    [
        ("serviceaccount", "account.py", ["AccountArgs"]),
        ("projects", "iam_member.py", ["IAMMemberArgs", "IAMMemberConditionArgs"]),
        ("projects", "service.py", ["ServiceArgs"]),
    ],
)
def test_same_as_the_imported_classes(extractor: Extractor, module: str, file: str, classes: list[str]) -> None:
    imported = __import__(f"pulumi_gcp.{module}", fromlist=["*"])
    found = extractor.resource(f"{module}/{file}")
    for name in classes:
        ours = found["inputs"] if name == f"{found['name']}Args" else extractor.classes[f"{module}.{name}"]
        real = inspect.signature(getattr(imported, name).__init__).parameters
        wires = _wires(getattr(imported, name))
        assert {wires[p] for p in real if p != "__self__"} == set(ours), name
        for parameter in real.values():
            if parameter.name != "__self__":
                assert ours[wires[parameter.name]]["required"] is (parameter.default is inspect.Parameter.empty)


def _wires(cls: Any) -> dict[str, str]:
    """Python names to wire names, as the SDK itself records them."""
    from pulumi import _types

    return dict(_types.input_type_py_to_pulumi_names(cls))


def test_types_of_the_real_annotations(extractor: Extractor) -> None:
    from pulumi import _types
    from pulumi_gcp.projects import IAMMemberConditionArgs

    extractor.resource("projects/iam_member.py")
    ours = extractor.classes["projects.IAMMemberConditionArgs"]
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number"}
    for wire, kind in _types.input_type_types(IAMMemberConditionArgs).items():
        plain = next((t for t in _inner(kind) if t in kinds), None)
        assert ours[wire]["type"]["kind"] == kinds[plain], wire  # type: ignore[index]


def _inner(kind: Any) -> list[Any]:
    arguments = typing.get_args(kind)
    return [kind] if not arguments else [inner for argument in arguments for inner in _inner(argument)]


def test_nested_lists_and_maps(extractor: Extractor) -> None:
    inputs = extractor.resource("container/cluster.py")["inputs"]
    assert inputs["clusterAutoscaling"]["type"]["class"] == "container.ClusterClusterAutoscalingArgs"
    limits = extractor.classes["container.ClusterClusterAutoscalingArgs"]["resourceLimits"]["type"]
    assert limits == {
        "kind": "list",
        "items": {"kind": "object", "class": "container.ClusterClusterAutoscalingResourceLimitArgs"},
    }
    limit = extractor.classes["container.ClusterClusterAutoscalingResourceLimitArgs"]
    assert {name: item["required"] for name, item in limit.items()} == {
        "maximum": True,
        "minimum": False,
        "resourceType": True,
    }
    assert inputs["resourceLabels"]["type"] == {"kind": "map", "items": {"kind": "string"}}
    assert inputs["initialNodeCount"]["type"] == {"kind": "integer"}
    outputs = extractor.resource("container/cluster.py")["outputs"]
    assert {"endpoint", "masterVersion", "selfLink"} <= set(outputs)
    assert "endpoint" not in inputs


def test_reading_every_simulated_type_is_quick() -> None:
    """Well under a second alone; the limit is for a busy machine."""
    began = time.process_time()
    extractor = Extractor(package=package_folder())
    for row in rows().values():
        extractor.resource(row.file)
    extractor.provider()
    assert time.process_time() - began < 5


def test_a_layout_that_is_not_pulumi_gcps_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("class Lonely:\n    pass\n")
    with pytest.raises(ExtractionError, match="defines no resource"):
        Extractor(package=tmp_path).resource("x.py")
    with pytest.raises(ExtractionError, match="cannot read"):
        Extractor(package=tmp_path).resource("missing.py")
