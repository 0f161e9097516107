"""Which registries an image may be of, as properties; examples are in `cases/images/image_allowed_registry.yaml`."""

from __future__ import annotations

import pytest
from guardrails.controls.images.image_allowed_registry import CONTROL, RegistryParameters, is_allowed
from guardrails.image_reference import parse
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

_SEGMENTS = st.text("ab", min_size=1, max_size=2)
_HOSTS = st.sampled_from(["docker.io", "registry.example", "registry.example:5000", "localhost", "10.0.0.1:5000"])
_PATHS = st.lists(_SEGMENTS, min_size=2, max_size=4)


@given(host=_HOSTS, path=_PATHS, allowed_host=_HOSTS, allowed_path=st.lists(_SEGMENTS, max_size=3))
def test_hosts_are_equal_and_segments_begin_alike(
    host: str, path: list[str], allowed_host: str, allowed_path: list[str]
) -> None:
    reference = parse("/".join([host, *path]) + ":1.0.0")
    expected = host == allowed_host and path[: len(allowed_path)] == allowed_path
    assert is_allowed(reference, ["/".join([allowed_host, *allowed_path])]) == expected


@given(_PATHS)
def test_every_way_to_write_docker_hub_is_one(path: list[str]) -> None:
    name = "/".join(path)
    for image in (name, f"docker.io/{name}", f"index.docker.io/{name}"):
        assert is_allowed(parse(image), [f"docker.io/{path[0]}"])
        assert not is_allowed(parse(image), [f"docker.io/{path[0]}c", f"docker.io/c/{path[0]}", "docker.io.example"])


@pytest.mark.parametrize(
    "registry",
    ["", "atactr", "/docker.io", "docker.io/", "https://docker.io", "docker.io/Atactr", "index.docker.io",
     "docker.io/a:1", "docker.io/a@sha256:0", "docker.io//a", "a b", "*.pkg.dev", "docker.io/*",
     "registry.k8s.io:port"],
)  # fmt: skip
def test_what_is_no_registry_is_refused(registry: str) -> None:
    with pytest.raises(ValidationError, match="is no registry host"):
        RegistryParameters(registries=[registry])


@pytest.mark.parametrize("registry", [*CONTROL.parameters.registries, "localhost:5000", "[2001:db8::1]:5000/a/b"])
def test_what_is_one_is_taken(registry: str) -> None:
    assert RegistryParameters(registries=[registry]).registries == [registry]


def test_the_default_has_no_host_on_which_anybody_publishes() -> None:
    for image in ("docker.io/anybody/image", "ghcr.io/anybody/image", "europe-docker.pkg.dev/anybody/images/image"):
        assert not is_allowed(parse(image), CONTROL.parameters.registries)
    for image in (
        "atactr/automata:contextfree-v0.1.0-rc4",
        "ubuntu/squid",
        "registry.k8s.io/pause",
        "gke.gcr.io/pause",
    ):
        assert is_allowed(parse(image), CONTROL.parameters.registries)
