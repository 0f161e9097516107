"""The edge between the engine's protocol and plain data."""

from __future__ import annotations

import re
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct, Value
from pulumi_policy import deserialize, proxy

from guardrails.plain import UNKNOWN, Plain, SecretText

_SENTINELS: Final = re.compile(
    "|".join(
        re.escape(sentinel)
        for sentinel in (
            proxy.UNKNOWN_BOOLEAN_VALUE,
            proxy.UNKNOWN_NUMBER_VALUE,
            proxy.UNKNOWN_STRING_VALUE,
            proxy.UNKNOWN_ARRAY_VALUE,
            proxy.UNKNOWN_ASSET_VALUE,
            proxy.UNKNOWN_ARCHIVE_VALUE,
            proxy.UNKNOWN_OBJECT_VALUE,
        )
    )
)
_SENTINEL_LENGTH: Final = len(proxy.UNKNOWN_STRING_VALUE)

# What `pulumi policy analyze` hands out in the place of a secret it cannot decrypt, whatever the secret's type was.
_REDACTED: Final = "[secret]"

_MARKED: Final = deserialize.SPECIAL_SIG_KEY
_CONTENT: Final = {
    deserialize.SPECIAL_ASSET_SIG: ("path", "text", "uri"),
    deserialize.SPECIAL_ARCHIVE_SIG: ("path", "assets", "uri"),
}


def to_props(properties: Struct) -> dict[str, Plain]:
    """A resource's properties as plain data.

    Read from the protocol's own form and not through the SDK's proxies: those leak a sentinel out of a slice, end a
    loop over a list at its first unknown, and are made anew for each policy. Unknown values become UNKNOWN, and so do
    redacted secrets and what no version of the protocol explains; texts of other secrets become SecretText. Whole
    numbers become int, since the protocol knows floats only. Assets and archives become objects with their `path`,
    `text`, `uri` or `assets`.
    """
    return {key: _plain(value) for key, value in properties.fields.items()}


def _plain(value: Value) -> Plain:
    match value.WhichOneof("kind"):
        case "string_value":
            return _text(value.string_value)
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return bool(value.bool_value)
        case "struct_value":
            fields = value.struct_value.fields
            return _marked(fields) if _MARKED in fields else {key: _plain(below) for key, below in fields.items()}
        case "list_value":
            return [_plain(below) for below in value.list_value.values]
        case "null_value":
            return None
        case _:
            return UNKNOWN


def _text(text: str) -> Plain:
    if len(text) >= _SENTINEL_LENGTH and _SENTINELS.search(text):
        return UNKNOWN
    return UNKNOWN if text == _REDACTED else text


def _marked(fields: Any) -> Plain:
    """What the engine wraps into an object with a signature: secrets, assets and archives."""
    signature = fields[_MARKED].string_value
    if signature == deserialize.SPECIAL_SECRET_SIG:
        return _withheld(_plain(fields["value"])) if "value" in fields else UNKNOWN
    content = {key: _plain(fields[key]) for key in _CONTENT.get(signature, ()) if key in fields}
    return content or UNKNOWN


def _withheld(value: Plain) -> Plain:
    match value:
        case str():
            return SecretText(value)
        case dict():
            return {key: _withheld(below) for key, below in value.items()}
        case list():
            return [_withheld(below) for below in value]
        case _:
            return value
