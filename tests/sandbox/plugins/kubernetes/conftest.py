"""Calling the plugin as the engine does, without an engine."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from pulumi.provider.experimental import provider
from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.layout import Layout
from sandbox.plugins.kubernetes.provider import KubernetesPlugin
from sandbox.plugins.kubernetes.values import Object, plain_map, to_property
from sandbox.plugins.requests import DeleteRequest, DiffRequest, ReadRequest, UpdateRequest
from sandbox.toolchain import Silent, resolve


def properties(obj: Object) -> dict[str, PropertyValue]:
    return {key: to_property(value) for key, value in obj.items()}


def urn(token: str, name: str = "one") -> str:
    return f"urn:pulumi:test::p2p-nodes::{token}::{name}"


@dataclass(kw_only=True)
class Held:
    """A resource as the engine's state has it."""

    token: str
    id: str
    outputs: dict[str, PropertyValue]
    inputs: Object

    @property
    def live(self) -> Object:
        return plain_map(self.outputs)


@dataclass
class Driver:
    """The engine's part: one call an operation."""

    plugin: KubernetesPlugin = field(default_factory=KubernetesPlugin)

    def configure(self, **options: Any) -> None:
        request = provider.ConfigureRequest({}, properties(options), True, True)
        asyncio.run(self.plugin.configure(request))

    def check(self, token: str, obj: Object) -> tuple[dict[str, PropertyValue], list[str]]:
        answer = asyncio.run(self.plugin.check(provider.CheckRequest(urn(token), {}, properties(obj), b"")))
        return answer.inputs or {}, [failure.reason for failure in answer.failures or []]

    def preview(self, token: str, obj: Object, name: str = "one") -> dict[str, PropertyValue]:
        request = provider.CreateRequest(urn(token, name), properties(obj), 0, True)
        return asyncio.run(self.plugin.create(request)).properties

    def create(self, token: str, obj: Object, *, timeout: float = 0, name: str = "one") -> Held:
        answer = asyncio.run(
            self.plugin.create(provider.CreateRequest(urn(token, name), properties(obj), timeout, False))
        )
        return Held(token=token, id=answer.resource_id or "", outputs=answer.properties, inputs=obj)

    def update(self, held: Held, obj: Object, *, preview: bool = False, timeout: float = 0) -> Held:
        request = UpdateRequest(
            urn(held.token), held.id, held.outputs, properties(obj), timeout=timeout, ignore_changes=[], preview=preview
        )
        request.old_inputs = properties(held.inputs)
        answer = asyncio.run(self.plugin.update(request))
        return Held(token=held.token, id=held.id, outputs=answer.properties, inputs=obj)

    def diff(self, held: Held, obj: Object) -> provider.DiffResponse:
        request = DiffRequest(urn(held.token), held.id, held.outputs, properties(obj), [])
        request.old_inputs = properties(held.inputs)
        return asyncio.run(self.plugin.diff(request))

    def read(self, held: Held) -> provider.ReadResponse:
        request = ReadRequest(urn(held.token), held.id, held.outputs, properties(held.inputs))
        return asyncio.run(self.plugin.read(request))

    def delete(self, held: Held, *, timeout: float = 0) -> None:
        request = DeleteRequest(urn(held.token), held.id, held.outputs, timeout=timeout)
        request.old_inputs = properties(held.inputs)
        asyncio.run(self.plugin.delete(request))


def kubeconfig_of(endpoint: Object) -> str:
    ca = base64.b64encode(endpoint["ca_pem"].encode()).decode()
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": endpoint["server"], "certificate-authority-data": ca}}],
            "users": [{"name": "u", "user": {"token": endpoint["token"]}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
    )


@pytest.fixture(scope="session")
def kubeconfig(controlplane: Layout) -> str:
    return kubeconfig_of(json.loads(controlplane.endpoint.read_text()))


@pytest.fixture
def driver(kubeconfig: str) -> Driver:
    connected = Driver()
    connected.configure(kubeconfig=kubeconfig)
    return connected


@pytest.fixture
def namespace(driver: Driver) -> str:
    """A namespace of the test's own."""
    name = f"t-{uuid.uuid4().hex[:8]}"
    driver.create(
        "kubernetes:core/v1:Namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, name=name
    )
    return name


@pytest.fixture
def new_driver(kubeconfig: str) -> Callable[..., Driver]:
    def connect(**options: Any) -> Driver:
        connected = Driver()
        connected.configure(**{"kubeconfig": kubeconfig, **options})
        return connected

    return connect


@pytest.fixture
def kubectl(controlplane: Any) -> Callable[..., str]:
    """Somebody else who changes things in the cluster."""
    executable = resolve(("kubectl",), Silent()).path("kubectl")

    def run(*arguments: str) -> str:
        command = [str(executable), "--kubeconfig", str(controlplane.kubeconfig), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    return run
