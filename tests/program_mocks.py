"""Runs Pulumi code on mocks and records what it registered, with the outputs that a cloud would give."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi.runtime
import yaml
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.stack import run_in_stack

ROOT = Path(__file__).resolve().parent.parent
SERVICE = "kubernetes:core/v1:Service"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource as the program registered it; `inputs` in the wire's camelCase."""

    type: str
    name: str
    urn: str
    inputs: dict[str, Any]
    provider: str
    parent: str
    dependencies: tuple[str, ...]
    ignored: tuple[str, ...]
    adopted: str
    protected: bool

    @property
    def key(self) -> str:
        return f"{self.type} {self.name}"


@dataclass
class World:
    """What a run registered, in order, and what it exported."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def of_type(self, kind: str) -> list[Registered]:
        return [one for one in self.resources if one.type == kind]

    def one(self, kind: str, name: str | None = None) -> Registered:
        found = [one for one in self.of_type(kind) if name in (None, one.name)]
        assert len(found) == 1, f"{len(found)} of {kind} {name or ''}"
        return found[0]


Answers = Mapping[str, Mapping[str, Any] | str]
"""What data sources tell, by their tokens; a text is a refusal."""
GOOGLE: Answers = {
    "gcp:organizations/getProject:getProject": {"number": "123456789012"},
    "gcp:dns/getManagedZone:getManagedZone": {"dnsName": "nodes.example.org.", "visibility": "public"},
}


class _Cloud(mocks.Mocks):
    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        state = dict(args.inputs)
        if args.typ == "gcp:container/cluster:Cluster":
            state |= {
                "endpoint": "192.0.2.1",
                "masterVersion": "1.36.3-gke.1244000",
                "masterAuth": {"clusterCaCertificate": "Q0E="},
                "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": "gke-1.europe-west1.gke.goog"}},
            }
        if args.typ == "gcp:serviceaccount/account:Account":
            state["email"] = f"{args.inputs['accountId']}@project.iam.gserviceaccount.com"
            state["name"] = f"projects/project/serviceAccounts/{state['email']}"
        if args.typ == "gcp:compute/address:Address":
            ordinal = int(args.name.split("-")[-2])
            state["address"] = f"203.0.{113 + (ordinal + 1) // 256}.{(ordinal + 1) % 256}"
        return f"{args.name}-id", state

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        answer = self._answers.get(args.token, {})
        return ({}, [("", answer)]) if isinstance(answer, str) else (dict(answer), [])


class _Monitor(mocks.MockMonitor):
    def __init__(self, world: World, cloud: _Cloud) -> None:
        super().__init__(cloud)
        self._world = world

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the name of the engine's call
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            self._world.resources.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    urn=response.urn,
                    inputs=_plain(rpc.deserialize_properties(request.object)),
                    provider=request.provider,
                    parent=request.parent,
                    dependencies=tuple(request.dependencies),
                    ignored=tuple(request.ignoreChanges),
                    adopted=request.importId,
                    protected=request.protect,
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 the name of the engine's call
        if "::pulumi:pulumi:Stack::" in request.urn:
            self._world.outputs = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def run(
    program: Callable[[], object],
    *,
    stack: str = "test",
    config: Mapping[str, str] | None = None,
    answers: Answers | None = None,
    into: World | None = None,
) -> World:
    """Runs `program` as a stack. Whatever it raises comes out as it is; `into` then holds what was registered."""
    return on_mocks(
        lambda: run_in_stack(lambda: _discard(program)), stack=stack, config=config, answers=answers, into=into
    )


def on_mocks(
    runs: Callable[[], Coroutine[Any, Any, None]],
    *,
    stack: str = "test",
    config: Mapping[str, str] | None = None,
    answers: Answers | None = None,
    into: World | None = None,
) -> World:
    """Lets the SDK run a program in its own way. Whatever it raises comes out as it is, as in `run`."""
    world = World() if into is None else into
    cloud = _Cloud({**GOOGLE, **(answers or {})})
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        mocks.set_mocks(cloud, project="p2p-nodes", stack=stack, preview=False, monitor=_Monitor(world, cloud))
        settings.set_root_resource(None)  # type: ignore[arg-type]
        # What a program that raised left behind belongs to a loop that is closed by now.
        settings.SETTINGS.outputs.clear()
        settings._get_rpc_manager().clear()
        pulumi.runtime.set_all_config(dict(config or {}), [])
        loop.run_until_complete(runs())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    return world


def stack_config(stack: str) -> dict[str, str]:
    """The `config` of a stack file as the engine hands it to a program: text, or JSON for mappings and lists."""
    document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    return {
        key: json.dumps(value) if isinstance(value, dict | list) else _scalar(value)
        for key, value in document["config"].items()
    }


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _discard(program: Callable[[], object]) -> None:
    program()


def _plain(value: Any) -> Any:
    """Inputs without the envelope of secrets and with whole numbers as such; the wire knows only floats."""
    if rpc.is_rpc_secret(value):
        return _plain(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def of_settings(settings: Mapping[str, object] | None = None, *, stack: str = "test") -> World:
    """The whole program with these settings over the few that every stack must give."""
    given: dict[str, Any] = {"project": "a-project", **(settings or {})}
    cluster = given.get("cluster", {})
    reached = {} if "control_plane_access" in cluster else {"external_access": True}
    given["cluster"] = {**reached, **cluster}
    given["node"] = {"dns": {"zone": "nodes", "domain": "nodes.example.org"}, **given.get("node", {})}
    config = {
        f"p2p-nodes:{key}": json.dumps(value) if isinstance(value, dict | list) else _scalar(value)
        for key, value in given.items()
    }
    return run(lambda: runpy.run_path(str(ROOT / "__main__.py")), stack=stack, config=config)
