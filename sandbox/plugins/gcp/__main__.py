"""`python -m sandbox.plugins.gcp ENGINE`: what the engine starts as pulumi-resource-gcp."""

import sys
from importlib import metadata

from sandbox.ending import leave
from sandbox.layout import Layout
from sandbox.plugins.gcp.plugin import GcpSimulator
from sandbox.plugins.servicer import Served, serve


def served() -> Served:
    """The simulator of the sandbox that the environment names."""
    plugin = GcpSimulator(layout=Layout.from_environment())
    return Served(plugin=plugin, name="gcp", version=metadata.version("pulumi-gcp"))


if __name__ == "__main__":
    serve(served(), args=sys.argv[1:])
    leave(0)
