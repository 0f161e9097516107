"""The executable `pulumi-resource-kubernetes` runs this module; its arguments come from the engine."""

import sys

from sandbox.plugins.kubernetes import VERSION
from sandbox.plugins.kubernetes.provider import KubernetesPlugin
from sandbox.plugins.servicer import serve

if __name__ == "__main__":
    serve(KubernetesPlugin(), name="kubernetes", version=VERSION, args=sys.argv[1:])
