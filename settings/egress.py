"""Settings of the proxy that workloads are told to use for HTTP and HTTPS."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from settings.fields import Changes, Domain, Image, Port, Section, Unit
from settings.node_access import Namespace


class EgressSettings(Section):
    """The squid proxy."""

    image: Annotated[Image, Changes("rolls the proxies")] = Field(
        default="ubuntu/squid@sha256:6a097f68bae708cedbabd6188d68c7e2e7a38cedd05a176e1cc0ba29e3bbe029",
        description="Image of the proxy (Squid 6.13 on Ubuntu 24.04), by digest.",
    )
    replicas: Annotated[int, Field(ge=2, le=20), Unit("pods"), Changes("in place")] = Field(
        default=2, description="Number of proxies, each on a machine of its own."
    )
    port: Annotated[Port, Changes("rolls the nodes, rolls the proxies")] = Field(
        default=3128, description="Port that the proxy listens on."
    )
    allowed_domains: Annotated[tuple[Domain, ...], Changes("rolls the proxies")] = Field(
        default=(),
        description="Domains that the proxy forwards to, with a leading dot those below it too, none included in "
        "another; it refuses everything else.",
    )
    drain_seconds: Annotated[
        int, Field(ge=10, le=3600), Unit("seconds"), Changes("rolls the proxies")
    ] = Field(
        default=300,
        description="How long a proxy that is replaced lets open transfers and tunnels go on, those to removed domains "
        "too; then it ends them.",
    )  # fmt: skip
    client_namespaces: Annotated[tuple[Namespace, ...], Changes("in place")] = Field(
        default=(), description="Namespaces beside the nodes' whose pods may use the proxy."
    )
