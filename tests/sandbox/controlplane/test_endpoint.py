from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sandbox.controlplane.endpoint import Endpoint, make_endpoint, read_endpoint, write_endpoint, write_kubeconfig
from sandbox.controlplane.errors import ControlPlaneError


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    (tmp_path / "ca.crt").write_text("PEM")
    return make_endpoint(23_456, tmp_path / "ca.crt", "secret")


def test_what_is_written_is_read_and_private(endpoint: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "endpoint.json"
    write_endpoint(file, endpoint)
    assert read_endpoint(file) == endpoint
    assert (endpoint.server, endpoint.host) == ("https://127.0.0.1:23456", "127.0.0.1:23456")
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_kubeconfig_leads_there_and_is_private(endpoint: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    write_kubeconfig(file, endpoint, tmp_path / "ca.crt", "admin", endpoint.token)
    content = yaml.safe_load(file.read_text())
    assert content["clusters"][0]["cluster"]["server"] == endpoint.server
    assert content["users"][0]["user"] == {"token": "secret"}
    assert content["current-context"] == content["contexts"][0]["name"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_without_a_control_plane_the_file_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ControlPlaneError, match=r"There is no control plane yet .*make up"):
        read_endpoint(tmp_path / "endpoint.json")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"server": "x"}'])
def test_a_damaged_file_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / "endpoint.json").write_text(content)
    with pytest.raises(ControlPlaneError, match=r"endpoint\.json is damaged .*make up"):
        read_endpoint(tmp_path / "endpoint.json")
