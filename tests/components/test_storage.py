from __future__ import annotations

from typing import Literal

import pytest

from components.storage import Storage, StorageArgs
from settings import StorageSettings
from tests.program_mocks import run


@pytest.mark.parametrize("policy", ["Retain", "Delete"])
def test_the_ssd_class(policy: Literal["Retain", "Delete"]) -> None:
    args = StorageArgs(settings=StorageSettings(reclaim_policy=policy))
    inputs = run(lambda: Storage("storage", args)).one("kubernetes:storage.k8s.io/v1:StorageClass").inputs
    assert inputs["metadata"]["name"] == "ssd"
    assert inputs["provisioner"] == "pd.csi.storage.gke.io"
    assert inputs["parameters"] == {"type": "pd-ssd"}
    assert inputs["volumeBindingMode"] == "WaitForFirstConsumer"
    assert inputs["allowVolumeExpansion"] is True
    assert inputs["reclaimPolicy"] == policy
