"""`python -m sandbox.plugins.gcp ENGINE`: what the engine starts as pulumi-resource-gcp."""

import sys
from importlib import metadata

from sandbox.layout import Layout
from sandbox.plugins.gcp.plugin import GcpSimulator
from sandbox.plugins.servicer import serve

if __name__ == "__main__":
    serve(
        GcpSimulator(layout=Layout.from_environment()),
        name="gcp",
        version=metadata.version("pulumi-gcp"),
        args=sys.argv[1:],
    )
