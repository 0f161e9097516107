"""What GKE's control plane brings and no Go module ships: written by us, as YAML, after Google's documentation."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Holds `*.yaml`: CustomResourceDefinitions and admission policies."""
