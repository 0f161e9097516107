"""The `kubernetes` resource plugin: a thin server-side-apply client of a real API server."""

VERSION = "4.34.2"
"""The version of pulumi-kubernetes whose decisions this plugin states, and which the program's SDK asks for."""
