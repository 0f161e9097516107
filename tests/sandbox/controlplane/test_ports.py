from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.ports import free_ports, is_free, refuse_taken, remembered_ports

NAMES = ("etcd", "kube-apiserver")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which this process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_free_ports_are_different_free_and_never_ephemeral() -> None:
    ports = free_ports(50)
    assert len(set(ports)) == 50
    assert all(20_000 <= port <= 29_999 and is_free(port) for port in ports)


def test_a_listener_makes_a_port_taken(taken: int) -> None:
    assert not is_free(taken)


def test_ports_are_remembered_and_new_names_get_others(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = remembered_ports(file, NAMES, {}, pytest.fail)
    assert remembered_ports(file, NAMES, {"kube-apiserver": 1234}, pytest.fail) == first
    more = remembered_ports(file, (*NAMES, "kwok"), {}, pytest.fail)
    assert {name: more[name] for name in NAMES} == first
    assert len(set(more.values())) == 3
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    ["", "{", "[1]", "null", '{"etcd": "many"}', '{"etcd": 1, "kube-apiserver": 2}', '{"etcd": 2379, "peer": 2379}'],
)
def test_a_damaged_file_is_said_and_the_published_port_kept(content: str, tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    file.write_text(content)
    said: list[str] = []
    ports = remembered_ports(file, NAMES, {"kube-apiserver": 23_456}, said.append)
    assert ports["kube-apiserver"] == 23_456
    assert len(said) == 1
    assert f"{file} is damaged" in said[0]
    assert json.loads(file.read_text()) == ports


def test_a_taken_port_is_refused_with_its_holder_and_the_ways_out(taken: int, tmp_path: Path) -> None:
    with pytest.raises(ControlPlaneError) as raised:
        refuse_taken({"kube-apiserver": taken, "etcd": free_ports(1)[0]}, tmp_path)
    text = str(raised.value)
    assert f"port {taken} of kube-apiserver is taken by" in text
    assert f"(process {os.getpid()})" in text
    assert "of etcd" not in text
    assert f"make down, then remove {tmp_path}" in text


def test_free_ports_are_not_refused(tmp_path: Path) -> None:
    refuse_taken(dict(zip(NAMES, free_ports(2), strict=True)), tmp_path)
