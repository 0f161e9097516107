"""The plugin as the process that the engine starts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.layout import CHECKOUT

DATASET = "urn:pulumi:sandbox::p2p-nodes::gcp:bigquery/dataset:Dataset::b"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "SANDBOX_HOME": str(tmp_path)}
    started = subprocess.Popen(
        [sys.executable, "-m", "sandbox.plugins.gcp", "127.0.0.1:1", "--logtostderr"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()
        assert started.stdout is not None
        started.stdout.close()


def test_it_speaks_the_engine_s_protocol(process: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    assert process.stdout is not None
    port = int(process.stdout.readline())
    assert time.monotonic() - began < 20, "starts in about a second; the limit is for a busy machine"
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        assert stub.GetPluginInfo(empty_pb2.Empty()).version.startswith("10.")
        wrong = struct_pb2.Struct()
        wrong["projct"] = "p"
        checked = stub.CheckConfig(provider_pb2.CheckRequest(news=wrong))
        assert [failure.property for failure in checked.failures] == ["projct"]
        with pytest.raises(grpc.RpcError) as refused:
            stub.Check(provider_pb2.CheckRequest(urn=DATASET, news=struct_pb2.Struct()))
    details = refused.value.details()
    assert "gcp:bigquery/dataset:Dataset is not simulated" in details
    assert "Traceback" not in details
