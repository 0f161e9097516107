"""Two pods that the standard *restricted* accepts, and what may be changed in them."""

from __future__ import annotations

from typing import Any, Final

Pod = dict[str, Any]
Change = tuple[str, Any]
"""A path with a dot between keys and list indices, and the value there; None removes the field."""

IMAGE: Final = "registry.example/tool:1.0.0"
HARDENED: Final = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
_CONFINED: Final = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
LINUX: Final[Pod] = {
    "securityContext": _CONFINED,
    "initContainers": [{"name": "prepare", "image": IMAGE, "securityContext": HARDENED, "restartPolicy": "Always"}],
    "containers": [
        {"name": "tool", "image": IMAGE, "securityContext": HARDENED},
        {"name": "exporter", "image": IMAGE, "securityContext": HARDENED},
    ],
}
WINDOWS: Final[Pod] = {
    "os": {"name": "windows"},
    "securityContext": {"runAsNonRoot": True},
    "containers": [{"name": "tool", "image": IMAGE}],
}
_CONTAINERS: Final = ("containers.0", "containers.1", "initContainers.0")
APPARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"

_PROFILES: Final = (
    {"type": "RuntimeDefault"},
    {"type": "Localhost", "localhostProfile": "tool"},
    {"type": "Unconfined"},
    None,
)
_SELINUX: Final = (
    *({"type": type_} for type_ in ("container_t", "container_engine_t", "spc_t", "")),
    {"user": "system_u"},
    {"role": "system_r"},
    {"level": "s0:c1"},
)
EVERYWHERE: Final[dict[str, tuple[Any, ...]]] = {
    "securityContext": (None, {}),
    "securityContext.runAsNonRoot": (True, False, None),
    "securityContext.runAsUser": (0, 1000, None),
    "securityContext.seccompProfile": _PROFILES,
    "securityContext.appArmorProfile": _PROFILES,
    "securityContext.seLinuxOptions": _SELINUX,
    "securityContext.windowsOptions": ({"hostProcess": True}, {"hostProcess": False}, {"runAsUserName": "a"}),
}
ONE_CONTAINER: Final[dict[str, tuple[Any, ...]]] = {
    "securityContext.allowPrivilegeEscalation": (True, False, None),
    "securityContext.privileged": (False,),
    "securityContext": ({"privileged": True}, {"privileged": True, "capabilities": {"drop": ["ALL"]}}),
    "securityContext.procMount": ("Default", "Unmasked", None),
    "securityContext.capabilities": (None, {}, {"add": ["CHOWN"]}, {"drop": ["ALL", "CHOWN"]}),
    "securityContext.capabilities.drop": (None, [], ["NET_RAW"], ["all"], ["NET_RAW", "ALL"]),
    "securityContext.capabilities.add": (
        [],
        ["NET_BIND_SERVICE"],
        ["NET_RAW"],
        ["CHOWN", "NET_BIND_SERVICE"],
        ["CAP_CHOWN"],
        ["ALL"],
    ),
    "ports": (
        [{"containerPort": 80}],
        [{"containerPort": 80, "hostPort": 0}],
        [{"containerPort": 81}, {"containerPort": 80, "hostPort": 80}],
    ),
    "livenessProbe": ({"httpGet": {"port": 80, "host": ""}}, {"tcpSocket": {"port": 80, "host": "db"}}),
    "readinessProbe": ({"httpGet": {"port": 80, "host": "127.0.0.1"}}, {"grpc": {"port": 80}}),
    "startupProbe": ({"httpGet": {"port": 80}}, {"httpGet": {"port": 80, "host": "web"}}),
    "lifecycle.preStop": ({"httpGet": {"port": 80, "host": "web"}}, {"tcpSocket": {"port": 80, "host": "web"}}),
    "lifecycle.postStart": ({"httpGet": {"port": 80}}, {"httpGet": {"port": 80, "host": "web"}}),
}
_SOURCES: Final[dict[str, Any]] = {
    "configMap": {"name": "a"},
    "csi": {"driver": "a.example"},
    "downwardAPI": {"items": []},
    "emptyDir": {},
    "ephemeral": {
        "volumeClaimTemplate": {
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        }
    },
    "image": {"reference": IMAGE},
    "persistentVolumeClaim": {"claimName": "a"},
    "projected": {"sources": []},
    "secret": {"secretName": "a"},
    "hostPath": {"path": "/var"},
    "nfs": {"server": "192.0.2.1", "path": "/"},
    "gcePersistentDisk": {"pdName": "a"},
    "awsElasticBlockStore": {"volumeID": "a"},
    "gitRepo": {"repository": "a"},
    "iscsi": {"targetPortal": "192.0.2.1", "iqn": "iqn.2001-04.com.example:a", "lun": 0},
    "glusterfs": {"endpoints": "a", "path": "a"},
    "rbd": {"monitors": ["a"], "image": "a"},
    "flexVolume": {"driver": "a/b"},
    "cinder": {"volumeID": "a"},
    "cephfs": {"monitors": ["a"]},
    "flocker": {"datasetName": "a"},
    "fc": {"targetWWNs": ["a"], "lun": 0},
    "azureFile": {"secretName": "a", "shareName": "a"},
    "azureDisk": {"diskName": "a", "diskURI": "https://blob.example/a"},
    "vsphereVolume": {"volumePath": "a"},
    "quobyte": {"registry": "a:1", "volume": "a"},
    "portworxVolume": {"volumeID": "a"},
    "photonPersistentDisk": {"pdID": "a"},
    "scaleIO": {"gateway": "a", "system": "a", "volumeName": "a", "secretRef": {"name": "a"}},
    "storageos": {"volumeName": "a", "volumeNamespace": "a"},
}
_SYSCTLS: Final = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_mem",
    "net/ipv4/tcp_syncookies",
    "kernel.msgmax",
)
_POD: Final[dict[str, tuple[Any, ...]]] = {
    "hostNetwork": (True, False),
    "hostPID": (True, False),
    "hostIPC": (True, False),
    "hostUsers": (True, False),
    "os": ({"name": "linux"}, {"name": "windows"}),
    "volumes": ([{"name": "a"}], *([{"name": "a", source: value}] for source, value in _SOURCES.items())),
    "securityContext.sysctls": tuple([{"name": name, "value": "1"}] for name in _SYSCTLS),
}
_ANNOTATIONS: Final = tuple(
    (f"metadata.annotations.{container}", profile)
    for container in ("tool", "other")
    for profile in ("runtime/default", "localhost/tool", "unconfined", "")
)
LINUX_CHANGES: Final[tuple[Change, ...]] = (
    *((f"spec.{path}", value) for path, values in (EVERYWHERE | _POD).items() for value in values),
    *(
        (f"spec.{container}.{path}", value)
        for container in _CONTAINERS
        for changes in (EVERYWHERE, ONE_CONTAINER)
        for path, values in changes.items()
        for value in values
    ),
    *_ANNOTATIONS,
)
# What the API server's validation accepts only together.
LINUX_TOGETHER: Final[tuple[tuple[Change, ...], ...]] = tuple(
    (("spec.hostUsers", False), (f"spec.{path}", value))
    for path, values in {
        "securityContext.runAsNonRoot": (False, None),
        "securityContext.runAsUser": (0,),
        "containers.0.securityContext.runAsNonRoot": (False,),
        "initContainers.0.securityContext.runAsUser": (0,),
        "containers.1.securityContext.procMount": ("Unmasked", "Default"),
        "initContainers.0.securityContext.procMount": ("Unmasked",),
        "containers.0.securityContext.allowPrivilegeEscalation": (None,),
        "securityContext.seccompProfile": (None,),
    }.items()
    for value in values
)
_HOST_PROCESS: Final[Change] = ("spec.securityContext.windowsOptions", {"hostProcess": True})
WINDOWS_TOGETHER: Final[tuple[tuple[Change, ...], ...]] = (
    (_HOST_PROCESS, ("spec.hostNetwork", True)),
    (("spec.containers.0.securityContext.windowsOptions", {"hostProcess": True}), ("spec.hostNetwork", True)),
)
WINDOWS_CHANGES: Final[tuple[Change, ...]] = (
    *(
        (f"spec.{holder}securityContext.{key}", value)
        for holder in ("", "containers.0.")
        for key, values in {
            "runAsNonRoot": (True, False, None),
            "windowsOptions": EVERYWHERE["securityContext.windowsOptions"],
        }.items()
        for value in values
    ),
    ("spec.hostNetwork", True),
    ("spec.os", None),
    ("spec.os", {"name": "linux"}),
    ("spec.volumes", [{"name": "a", "nfs": {"server": "192.0.2.1", "path": "/"}}]),
    ("spec.containers.0.ports", [{"containerPort": 80, "hostPort": 80}]),
)
