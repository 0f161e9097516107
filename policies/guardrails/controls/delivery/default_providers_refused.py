"""Every resource is given to a provider that the program configured.

Decided: a default provider is one whose name begins with `default`, since that is how the engine tells them itself
(IsDefaultProvider in sdk/go/common/providers of v3.250.0); it calls them `default` or `default_4_34_2`. The
provider `default-europe` of a program is therefore refused as well. One mistake is one finding: on the provider where
the engine shows it, otherwise on the first resource that was given to it. Only the packages of the parameter are
judged: a default provider of `random` reaches nothing. Manifests have no provider.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from guardrails.control import EVERYWHERE, Finding, Parameters, Placed, Severity, Source, StackControl
from guardrails.resource import Resource, Stack

_PROVIDERS: Final = "pulumi:providers:"


class PackageParameters(Parameters):
    """Whose default providers are refused."""

    packages: list[str] = Field(
        default=["gcp", "kubernetes"],
        description="Pulumi packages that reach something by what the machine at hand is logged in to.",
    )


def judge(stack: Stack, parameters: PackageParameters) -> Iterator[Placed]:
    """One finding for each default provider, however many resources were given to it."""
    found: dict[tuple[str, str], list[Resource]] = {}
    for resource in stack.resources:
        package, provider = _provider(resource)
        if package in parameters.packages and provider.startswith("default"):
            found.setdefault((package, provider), []).append(resource)
    for (package, provider), resources in found.items():
        itself = [one for one in resources if one.type.startswith(_PROVIDERS)]
        users = [one for one in resources if not one.type.startswith(_PROVIDERS)]
        yield (itself or users)[0], _finding(package, provider, users, "name" if itself else "provider")


def _provider(resource: Resource) -> tuple[str, str]:
    if resource.type.startswith(_PROVIDERS):
        return resource.type.removeprefix(_PROVIDERS), resource.name
    return resource.type.partition(":")[0], resource.provider


def _finding(package: str, provider: str, users: list[Resource], path: str) -> Finding:
    given = f", given {users[0].title}" if users else ""
    others = f" and {len(users) - 1} more" if len(users) > 1 else ""
    return Finding(
        path=path,
        found=f'"{provider}", the default provider of {package}{given}{others}',
        allowed="a provider that the program makes, with the project or the kubeconfig that it is for",
        fix=f"pass the program's own {package} provider, in the options of the component, the resource or the call",
    )


CONTROL: Final = StackControl(
    id="default-providers-refused",
    title="No resource is left to a default provider",
    reason=(
        "A default provider takes whatever the machine at hand is logged in to, for Kubernetes the current context of "
        "its kubeconfig. An own provider is easily forgotten on one resource, which then lands in any cluster."
    ),
    source=Source(
        title="Pulumi documentation, Resource providers: Disabling default providers",
        url="https://www.pulumi.com/docs/iac/concepts/resources/providers/#disabling-default-providers",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=PackageParameters(),
    remediation=(
        "Give the resource, its component or the call the provider that the program makes, as provider or providers in "
        "its options, and keep pulumi:disable-default-providers in the stack's configuration."
    ),
    judge=judge,
)
