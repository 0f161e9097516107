"""The simulated data plane: what a cloud does around a real Kubernetes control plane, after delays from one table.

It makes nodes for unschedulable pods, volumes for claims, addresses for load balancers and snapshots, and configures
kwok, which stands in for kubelets. `docs/sandbox.md` says what is real, what is simulated and what it cannot show.
"""

from sandbox.dataplane.stages import kwok_command

__all__ = ["kwok_command"]
