"""Containers know the egress proxy by the variables that programs look for, in both cases.

Decided:
- All containers count, init containers too: those that fetch snapshots are the ones with something to fetch.
- The value is judged where it is known: an empty http_proxy or https_proxy turns the proxy off, and `*` in no_proxy
  goes around it. Values that are not known yet, or come from a ConfigMap or Secret by `valueFrom`, are taken for good.
- Variables from `envFrom` have names that nobody sees here; where some are missing otherwise, that is said.
- A patch is judged by the values that it gives.
- The proxy itself is told apart by the label `app.kubernetes.io/name` of its workload.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as ParameterField

from guardrails.conditions import Condition, under
from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.pods import containers
from guardrails.resource import Resource

_LOWER: Final = ("http_proxy", "https_proxy", "no_proxy")
_NAMES: Final = (*_LOWER, *(name.upper() for name in _LOWER))
_LABEL: Final = "app.kubernetes.io/name"
_ALLOWED: Final = "http_proxy, https_proxy and no_proxy, each in small and in capital letters"


class WorkloadProxyParameters(Parameters):
    """Who needs no proxy."""

    proxies: list[str] = ParameterField(
        default=["egress-proxy"],
        description=f"Values of the label {_LABEL} of workloads that are proxies and go out by themselves.",
    )


def judge(resource: Resource, parameters: WorkloadProxyParameters) -> Iterator[Finding | Unjudged]:
    """One finding for each container without the variables, and one for each value that turns the proxy off."""
    yield from under([_goes_through_proxy(resource, parameters)], _outcomes(resource))


def _goes_through_proxy(resource: Resource, parameters: WorkloadProxyParameters) -> Condition:
    label = Field.root(resource).at("metadata", "labels", _LABEL)
    return label if isinstance(label, Unjudged) else label.value not in parameters.proxies


def _outcomes(resource: Resource) -> Iterator[Finding | Unjudged]:
    for container in containers(resource):
        known = container if isinstance(container, Unjudged) else container.object_at()
        yield from [known] if isinstance(known, Unjudged) else _container(known, is_patch=resource.is_patch)


def _container(container: Field, *, is_patch: bool) -> Iterator[Finding | Unjudged]:
    env = container.at("env")
    if isinstance(env, Unjudged):
        yield env
        return
    variables: dict[str, Field] = {}
    unjudged: list[Unjudged] = []
    for variable in env.elements():
        name = variable if isinstance(variable, Unjudged) else variable.at("name")
        if isinstance(name, Unjudged):
            unjudged.append(name)
        elif isinstance(variable, Field):
            # The last one of a name is the one that the container gets.
            variables[str(name.value)] = variable
    for name_ in _NAMES:
        if name_ in variables:
            yield from _value(name_, variables[name_])
    if is_patch:
        return
    missing = [name_ for name_ in _NAMES if name_ not in variables]
    if missing and not unjudged:
        yield _missing(missing, container, env)
    elif missing:
        yield unjudged[0]


def _missing(missing: list[str], container: Field, env: Field) -> Finding | Unjudged:
    sources = container.at("envFrom")
    if isinstance(sources, Unjudged):
        return sources
    if sources.value not in (None, []):
        return Unjudged(path=sources.path, reason=f"may or may not bring {', '.join(missing)}, which env does not have")
    return Finding(
        path=env.path,
        found=f"no {', '.join(missing)}",
        allowed=_ALLOWED,
        fix="give the container the variables of the egress proxy",
    )


def _value(name: str, variable: Field) -> Iterator[Finding]:
    value, source = variable.at("value"), variable.at("valueFrom")
    if isinstance(value, Unjudged) or isinstance(source, Unjudged) or source.value is not None:
        return
    if name.lower() == "no_proxy":
        if "*" in (entry.strip() for entry in str(value.value or "").split(",")):
            yield Finding(
                path=value.path,
                found="* among its entries, which goes around the proxy for every address",
                allowed="the names and ranges that are inside",
                fix="name what is reached directly",
            )
    elif value.value in (None, ""):
        yield Finding(
            path=value.path,
            found=f"nothing, which turns the proxy off for {name}",
            allowed="the address of the egress proxy",
            fix="give the address",
        )


CONTROL: Final = Control(
    id="workload-proxy-settings",
    title="Containers know the egress proxy, by variables in both cases",
    reason=(
        '"The environment variables can be specified in lower case or upper case. [...] http_proxy is an exception as '
        'it is only available in lower case." Other programs read only capitals. A container that has one half goes '
        "around the proxy, or fails where policies let nothing else out."
    ),
    source=Source(title="curl, the man page, Environment", url="https://curl.se/docs/manpage.html#ENVIRONMENT"),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=WorkloadProxyParameters(),
    remediation=(
        "Give each container http_proxy, https_proxy and no_proxy, and the same in capitals. no_proxy has what is "
        "inside: localhost, the metadata server, .svc, .cluster.local and the ranges of the cluster."
    ),
    judge=judge,
)
