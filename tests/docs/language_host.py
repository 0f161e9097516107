# ruff: noqa: N802 - gRPC gives the methods their names
"""As much of a Python language host as `pulumi import` asks for: the stock one comes with the official Pulumi only.

`pulumi import` starts the project's language host even where no code is to be generated, and asks it for nothing but
what the project needs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """A project that needs no plugin beyond those that its Pulumi.yaml names by path."""

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="0.0.0")

    def GetRequiredPackages(self, request: Any, context: Any) -> language_pb2.GetRequiredPackagesResponse:
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: Any) -> language_pb2.GetRequiredPluginsResponse:
        return language_pb2.GetRequiredPluginsResponse()

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[language_pb2.InstallDependenciesResponse]:
        return iter(())


if __name__ == "__main__":
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    with contextlib.suppress(KeyboardInterrupt):
        server.wait_for_termination()
