"""No private keys, tokens or passwords where everybody reads them.

Judged are ConfigMaps, and of pods the commands, arguments, environment values and the commands of probes and hooks.
Decided: Secrets are not judged. What they hold is encrypted in Pulumi's state, encrypted by Cloud KMS where the cluster
has a key, and read by those alone who may read Secrets; the other places are in every `kubectl describe`.

A secret is told by its form (guardrails.secret_forms), or by a name that says so before a value that is no reference
(guardrails.secret_names), also within a text: `--node-key=...`, `-Ddb.password=...`, `password: ...` in a file. Values
that nobody can know are noted, since each may be one. No message contains a value.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.pods import containers
from guardrails.resource import Resource
from guardrails.secret_forms import secret_form
from guardrails.secret_names import secret_assigned, secret_name

_FLAG: Final = re.compile(r"--?[A-Za-z][\w.-]*", re.ASCII)
_HOOKS: Final = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)

_IN_CONFIG_MAP: Final = "move it into a Secret, and mount that"
_IN_ENVIRONMENT: Final = "take it from a Secret, by valueFrom.secretKeyRef or better as a mounted file"
_IN_ARGUMENT: Final = "give the program a file of a mounted Secret, or $(NAME) of a variable that comes from one"


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each entry, argument and value that has a secret in it."""
    told: set[str] = set()
    for outcome in _config_map(resource) if resource.kind == ("core", "ConfigMap") else _pods(resource):
        if outcome.path not in told:
            told.add(outcome.path)
            yield outcome


def _config_map(resource: Resource) -> Iterator[Outcome]:
    for key, is_binary in (("data", False), ("binaryData", True)):
        entries = Field.root(resource).object_at(key)
        if isinstance(entries, Unjudged):
            yield entries
        elif isinstance(entries.value, dict):
            for name in entries.value:
                text = _decoded(entries.at(name)) if is_binary else _text(entries.at(name))
                yield from _told(text, name, _IN_CONFIG_MAP)


def _pods(resource: Resource) -> Iterator[Outcome]:
    for container in containers(resource):
        if isinstance(container, Unjudged):
            yield container
            continue
        yield from _environment(container.at("env"))
        yield from _arguments(container.at("command"), container.at("args"))
        for hook in _HOOKS:
            yield from _arguments(container.at(*hook, "exec", "command"))


def _environment(variables: Field | Unjudged) -> Iterator[Outcome]:
    for variable in [variables] if isinstance(variables, Unjudged) else variables.elements():
        if isinstance(variable, Unjudged):
            yield variable
            continue
        value = _text(variable.at("value"))
        if isinstance(value, Unjudged):
            yield value
            continue
        name = variable.at("name")
        if isinstance(name, Field):
            yield from _told(value, name.value if isinstance(name.value, str) else "", _IN_ENVIRONMENT)
        elif found := list(_told(value, "", _IN_ENVIRONMENT)):
            yield from found
        elif value.value:
            yield name


def _arguments(*lists: Field | Unjudged) -> Iterator[Outcome]:
    flag = ""
    for arguments in lists:
        for argument in [arguments] if isinstance(arguments, Unjudged) else arguments.elements():
            text = argument if isinstance(argument, Unjudged) else _text(argument)
            yield from _told(text, flag, _IN_ARGUMENT)
            value = text.value if isinstance(text, Field) else None
            flag = value if isinstance(value, str) and _FLAG.fullmatch(value) else ""


def _told(text: Field | Unjudged, name: str, fix: str) -> Iterator[Outcome]:
    if isinstance(text, Unjudged):
        yield text
    elif isinstance(text.value, str) and (found := _secret(name, text.value)):
        yield Finding(
            path=text.path,
            found=f"{found}, which is not shown here",
            allowed="no private keys, tokens or passwords in plain text",
            fix=f"{fix}; then change the secret itself, since it was readable",
        )


def _secret(name: str, text: str) -> str | None:
    if found := secret_form(text):
        return found
    value = text.strip()
    # After a flag comes its value or the next flag.
    is_value = "\n" not in value and not (name.startswith("-") and value.startswith("-"))
    words = (secret_name(name, value) if is_value else None) or secret_assigned(text)
    return f"a literal {words}" if words else None


def _text(field: Field | Unjudged) -> Field | Unjudged:
    if isinstance(field, Unjudged) or isinstance(field.value, str | None):
        return field
    return field.malformed("a string")


def _decoded(field: Field | Unjudged) -> Field | Unjudged:
    text = _text(field)
    if isinstance(text, Unjudged) or not isinstance(text.value, str):
        return text
    try:
        decoded = base64.b64decode(text.value, validate=True)
    except (binascii.Error, ValueError):
        return Unjudged(path=text.path, reason="is no base64")
    return Field(path=text.path, value=decoded.decode("utf-8", errors="replace"))


CONTROL: Final = Control(
    id="no-secrets-in-plain-text",
    title="No private keys, tokens or passwords in ConfigMaps, arguments or environment values",
    reason=(
        '"ConfigMap does not provide secrecy or encryption. If the data you want to store are confidential, use a '
        'Secret rather than a ConfigMap". Arguments and environment values are shown to everybody who may read pods, '
        "and end up in process lists, crash reports and logs."
    ),
    source=Source(
        title="Kubernetes documentation, ConfigMaps",
        url="https://kubernetes.io/docs/concepts/configuration/configmap/",
    ),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Keep the secret in a Kubernetes Secret or in Secret Manager and give the pod a file of it or a reference. "
        "With Workload Identity often no secret is needed at all. What stood in plain text has leaked: change it."
    ),
    judge=judge,
)
