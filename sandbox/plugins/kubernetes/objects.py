"""What becomes of an object on its way into the engine's state: outputs, previews, drift, secrets."""

from __future__ import annotations

import base64
import binascii
import copy
from collections.abc import Mapping
from typing import Final

from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import UNKNOWN, Json, Object, at, to_property

FIELD_MANAGER: Final = "__fieldManager"
_SERVER_METADATA: Final = ("uid", "resourceVersion", "creationTimestamp", "generation")
_CHANGING_METADATA: Final = ("resourceVersion", "generation")
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"

# Fields that the API server or a controller fills in with a value which a dry run invents (clusterIP, ports) or cannot
# know (assignments). Source: the types of k8s.io/api/core/v1, fields documented as assigned by the system.
ASSIGNED: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "Service"): ("clusterIP", "clusterIPs", "healthCheckNodePort"),
    ("", "PersistentVolumeClaim"): ("volumeName",),
    ("", "Pod"): ("nodeName",),
}


def is_secret(kind: Kind) -> bool:
    """Whether the object's content is secret by its kind."""
    return (kind.group, kind.name) == ("", "Secret")


def to_state(kind: Kind, obj: Object, *, manager: str = "") -> dict[str, PropertyValue]:
    """Properties for the engine. A Secret's content is marked secret wherever it stands; managedFields stay out.

    `manager` is the field manager the object was applied with, kept for later updates.
    """
    metadata = at(obj, "metadata", default={})
    if isinstance(metadata, dict):
        obj = {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}
    properties = {key: to_property(value) for key, value in obj.items()}
    if is_secret(kind):
        for key in ("data", "stringData"):
            if key in properties:
                properties[key] = properties[key].with_secret(True)
    if at(obj, "metadata", "annotations", _LAST_APPLIED) is not None:
        # What kubectl keeps there is the whole object, a Secret's content included.
        metadata = copy.copy(obj["metadata"])
        annotations = {k: to_property(v) for k, v in metadata.pop("annotations").items()}
        annotations[_LAST_APPLIED] = annotations[_LAST_APPLIED].with_secret(True)
        fields = {k: to_property(v) for k, v in metadata.items()}
        properties["metadata"] = PropertyValue({**fields, "annotations": PropertyValue(annotations)})
    if manager:
        properties[FIELD_MANAGER] = PropertyValue(manager)
    return properties


def hide_secrets(kind: Kind, message: str, obj: Object) -> str:
    """`message` without any value of the Secret it is about."""
    if not is_secret(kind):
        return message
    for key in ("stringData", "data"):
        content = at(obj, key)
        for value in content.values() if isinstance(content, dict) else ():
            if isinstance(value, str) and value:
                message = message.replace(value, "[secret]")
    return message


def previewed(kind: Kind, inputs: Object, answer: Object, *, live: Object | None) -> Object:
    """What a preview may promise: the dry run's `answer`, with what only the server will know left unknown.

    `live` is the object that an update changes, None for one that is created: then nothing the server adds is known.
    """
    promised = copy.deepcopy(answer)
    metadata = promised.setdefault("metadata", {})
    if isinstance(metadata, dict):
        metadata.pop("managedFields", None)
        metadata.update(dict.fromkeys(_SERVER_METADATA if live is None else _CHANGING_METADATA, UNKNOWN))
    promised["status"] = UNKNOWN
    spec, given = promised.get("spec"), at(inputs, "spec", default={})
    if not isinstance(spec, dict):
        return promised
    for key in ASSIGNED.get((kind.group, kind.name), ()):
        if key not in given and at(live, "spec", key) is None:
            spec[key] = UNKNOWN
    if kind.name == "Service" and not kind.group:
        _unknown_node_ports(spec, given, live)
    return promised


def _unknown_node_ports(spec: Object, given: Object, live: Object | None) -> None:
    if at(given, "clusterIP") is not None and at(given, "clusterIPs") is None and isinstance(given["clusterIP"], str):
        # clusterIPs repeats what was given.
        spec["clusterIPs"] = [given["clusterIP"]]
    kept = {port.get("nodePort") for port in at(live, "spec", "ports", default=[])}
    asked = {at(port, "nodePort") for port in at(given, "ports", default=[])}
    allocates = spec.get("type") in ("LoadBalancer", "NodePort")
    for port in spec.get("ports") or []:
        if port.get("nodePort") not in kept | asked or (allocates and port.get("nodePort") is None):
            port["nodePort"] = UNKNOWN


def drifted(inputs: Json, live: Json, intended: Json) -> Json:
    """The inputs as the live object has them.

    `intended` is the live object after a dry run of the same inputs: where that equals `live`, the input stands as it
    was written (the server may spell it differently); where it does not, the live value takes its place.
    """
    if live == intended:
        return inputs
    if isinstance(inputs, dict) and isinstance(live, dict) and isinstance(intended, dict):
        found = {}
        for key, value in inputs.items():
            if key in live:
                found[key] = drifted(value, live[key], intended.get(key))
            elif key not in intended:
                found[key] = value
        return found
    lists = (inputs, live, intended)
    if all(isinstance(one, list) for one in lists) and len({len(one) for one in lists}) == 1:
        return [drifted(*items) for items in zip(*lists, strict=True)]
    return shaped(inputs, live)


def shaped(inputs: Json, live: Json) -> Json:
    """`live` without the fields that `inputs` does not have; an element of a list is compared by its place."""
    if isinstance(inputs, dict) and isinstance(live, dict):
        return {key: shaped(value, live[key]) for key, value in inputs.items() if key in live}
    if isinstance(inputs, list) and isinstance(live, list):
        return [shaped(inputs[i], item) if i < len(inputs) else item for i, item in enumerate(live)]
    return live


def with_string_data(inputs: Object, live: Object) -> Object:
    """A live Secret with the keys that were written as stringData shown as such again."""
    written = at(inputs, "stringData", default={})
    if not written:
        return live
    data = dict(at(live, "data", default={}))
    texts = {}
    for key in written:
        if key in data and key not in at(inputs, "data", default={}):
            try:
                texts[key] = base64.b64decode(data.pop(key), validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                continue
    return {**live, "data": data, "stringData": texts}
