"""The executable `pulumi-resource-kubernetes` runs this module; its arguments come from the engine."""

import sys

from sandbox.ending import leave
from sandbox.plugins.kubernetes import VERSION
from sandbox.plugins.kubernetes.provider import KubernetesPlugin
from sandbox.plugins.servicer import Served, serve


def served() -> Served:
    """A client of whatever cluster it is configured for."""
    return Served(plugin=KubernetesPlugin(), name="kubernetes", version=VERSION)


if __name__ == "__main__":
    serve(served(), args=sys.argv[1:])
    leave(0)
