"""From the provider's `kubeconfig` input to a connection: text or path, context, exec plugins."""

from __future__ import annotations

import importlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.values import Object, at

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, kw_only=True)
class ActiveCluster:
    """What a kubeconfig's current (or the given) context points to."""

    context: str
    server: str
    settings: Object
    namespace: str


def parse_kubeconfig(text_or_path: str) -> Object:
    """The kubeconfig as data. Raises ResourceRefused when it is neither a readable file nor a kubeconfig."""
    text = text_or_path
    if "\n" not in text and "{" not in text:
        path = Path(text).expanduser()
        try:
            text = path.read_text()
        except OSError as error:
            raise ResourceRefused(f"the provider's kubeconfig {path} cannot be read: {error.strerror}") from error
    try:
        config = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        raise ResourceRefused("the provider's kubeconfig is not valid YAML or JSON") from error
    if not isinstance(config, dict) or not isinstance(config.get("clusters"), list) or not config["clusters"]:
        raise ResourceRefused("the provider's kubeconfig names no cluster")
    return config


def active_cluster(config: Object, *, context: str = "", cluster: str = "", namespace: str = "") -> ActiveCluster:
    """The cluster that the context (by default the current one) points to; `cluster` and `namespace` override."""
    name = context or str(config.get("current-context") or "")
    found = _named(config, "contexts", name, "context")
    wanted = cluster or str(found.get("cluster") or "")
    settings = _named(config, "clusters", wanted, "cluster")
    return ActiveCluster(
        context=name,
        server=str(settings.get("server") or ""),
        settings=settings,
        namespace=namespace or str(found.get("namespace") or "default"),
    )


def _named(config: Object, section: str, name: str, key: str) -> Object:
    for entry in config.get(section) or []:
        if at(entry, "name") == name:
            return dict(at(entry, key, default={}))
    known = ", ".join(str(at(entry, "name")) for entry in config.get(section) or []) or "none"
    raise ResourceRefused(f"the provider's kubeconfig has no {key} named '{name}' (it has: {known})")


def load_client() -> None:
    """Imports the client library, which takes half a second, before a cluster is known."""
    importlib.import_module("kubernetes.client")
    importlib.import_module("kubernetes.config.kube_config")


def connect(config: Object, active: ActiveCluster, *, cluster: str, connections: int) -> Any:
    """A `kubernetes.client.ApiClient` for the active cluster. Runs the user's exec plugin, if there is one.

    Raises ResourceRefused when that yields no credentials.
    """
    # Half a second to import, so only once a cluster is known.
    from kubernetes.client import ApiClient, Configuration
    from kubernetes.config.kube_config import load_kube_config_from_dict

    if cluster:
        config = {**config, "contexts": [_with_cluster(c, active.context, cluster) for c in config["contexts"]]}
    configuration = Configuration()
    complaints = _Complaints()
    logging.getLogger().addHandler(complaints)
    try:
        load_kube_config_from_dict(  # type: ignore[no-untyped-call]
            config, context=active.context, client_configuration=configuration, persist_config=False
        )
    except Exception as error:
        raise ResourceRefused(f"the provider's kubeconfig cannot be used: {error}") from error
    finally:
        logging.getLogger().removeHandler(complaints)
    user = at(_named(config, "contexts", active.context, "context"), "user", default="")
    command = at(_named(config, "users", user, "user"), "exec", "command") if user else None
    if command and not configuration.api_key and not configuration.cert_file:
        why = complaints.text or "it gave no token and no certificate"
        raise ResourceRefused(f"the kubeconfig's credential plugin {command} failed: {why}")
    if urlsplit(active.server).hostname in LOOPBACK:
        configuration.proxy = None
    configuration.connection_pool_maxsize = connections
    return ApiClient(configuration)


def _with_cluster(entry: Object, context: str, cluster: str) -> Object:
    if entry["name"] != context:
        return entry
    return {**entry, "context": {**entry["context"], "cluster": cluster}}


class _Complaints(logging.Handler):
    """The client library logs what went wrong with an exec plugin instead of raising it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()
