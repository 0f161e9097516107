from __future__ import annotations

from sandbox.layout import CHECKOUT
from sandbox.toolchain.catalogue import CATALOGUE
from sandbox.toolchain.facts import gather
from sandbox.toolchain.pins import cache_folder, read_pin
from tests.sandbox.toolchain.machine import Machine


def test_what_is_on_path_is_asked_for_its_version(machine: Machine) -> None:
    right = machine.put("kwok", "kwok version v0.7.0 go1.26.8 (linux/amd64)")
    (machine.bin / "etcd").write_text("#!/bin/sh\nexit 3\n")
    (machine.bin / "etcd").chmod(0o755)
    (machine.bin / "pulumi").write_text("not executable")
    pins = [
        read_pin(CATALOGUE[name], CHECKOUT / "tools", cache_folder(machine.environment))
        for name in ("kwok", "etcd", "pulumi", "schemas")
    ]
    only = {**machine.environment, "PATH": f"{machine.bin}:{machine.bin}::/nowhere"}
    facts = gather(pins, only)
    assert [[(c.path, c.version) for c in tool.on_path] for tool in facts.tools] == [
        [(right, "v0.7.0")],
        [(machine.bin / "etcd", None)],
        [],
        [],
    ]
    assert (facts.go.path, facts.go.version) == (machine.bin / "go", (1, 26))
    assert not any(tool.cached for tool in facts.tools)


def test_a_machine_without_go(machine: Machine) -> None:
    facts = gather([], {**machine.environment, "PATH": "/nowhere"})
    assert (facts.go.path, facts.go.version) == (None, None)
