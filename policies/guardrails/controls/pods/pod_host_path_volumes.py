"""No volume is a folder of the node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.pod_security import baseline
from guardrails.pods import volumes
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each volume of the type hostPath."""
    for volume in volumes(resource):
        host_path = volume if isinstance(volume, Unjudged) else volume.object_at("hostPath")
        if isinstance(host_path, Unjudged):
            yield host_path
        elif host_path.value is not None:
            yield Finding(
                path=host_path.path,
                found="a folder or a file of the node",
                allowed="no volume of the type hostPath",
                fix="use a persistentVolumeClaim for data, an emptyDir for scratch, a configMap or secret for files",
            )


CONTROL: Final = Control(
    id="pod-host-path-volumes",
    title="Pods mount nothing of the node's own file system",
    reason='"HostPath volumes must be forbidden."',
    source=baseline("hostPathVolumes"),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Replace the hostPath volume: a persistentVolumeClaim keeps data, an emptyDir holds scratch files, a configMap "
        "or a secret brings files in."
    ),
    judge=judge,
)
