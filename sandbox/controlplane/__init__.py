"""A real Kubernetes control plane on loopback: etcd, API server, controller manager and scheduler."""

from sandbox.controlplane.endpoint import Endpoint, read_endpoint
from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.lifecycle import TOOLS, ControlPlaneStatus, StartOptions, start, status, stop
from sandbox.controlplane.ports import free_ports
from sandbox.controlplane.processes import Command, Processes, ProcessState

__all__ = [
    "TOOLS",
    "Command",
    "ControlPlaneError",
    "ControlPlaneStatus",
    "Endpoint",
    "ProcessState",
    "Processes",
    "StartOptions",
    "free_ports",
    "read_endpoint",
    "start",
    "status",
    "stop",
]
