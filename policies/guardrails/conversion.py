"""The edge between the policy SDK and plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pulumi
from pulumi_policy import proxy
from pulumi_policy.proxy import UnknownValueError

from guardrails.plain import UNKNOWN, Plain

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


def to_plain(value: object) -> Plain:
    """A value of the policy SDK as plain data.

    Unknown values become UNKNOWN, whether the SDK raises on them or lets its sentinel through, and so do redacted
    secrets. Whole numbers become int, since the protocol knows floats only. Assets and archives become objects with
    their `path`, `text`, `uri` or `assets`.
    """
    match value:
        case None | bool() | int():
            return value
        case float():
            return int(value) if value.is_integer() else value
        case str():
            withheld = value == _REDACTED or (len(value) >= _SENTINEL_LENGTH and _SENTINELS.search(value))
            return UNKNOWN if withheld else value
        case Mapping():
            return {str(key): _item(value, key) for key in value}
        case Sequence():
            return [_item(value, index) for index in range(len(value))]
        case pulumi.FileAsset() | pulumi.FileArchive():
            return {"path": to_plain(value.path)}
        case pulumi.StringAsset():
            return {"text": to_plain(value.text)}
        case pulumi.RemoteAsset() | pulumi.RemoteArchive():
            return {"uri": to_plain(value.uri)}
        case pulumi.AssetArchive():
            return {"assets": to_plain(value.assets)}
        case _:
            return UNKNOWN


def to_props(props: Mapping[str, object]) -> dict[str, Plain]:
    """A resource's properties as plain data."""
    return {str(key): _item(props, key) for key in props}


def _item(container: Mapping[str, object] | Sequence[object], key: object) -> Plain:
    # One element at a time: iterating over a list proxy stops at its first unknown, and a slice leaks the sentinel.
    try:
        return to_plain(container[key])  # type: ignore[index, call-overload]
    except UnknownValueError:
        return UNKNOWN
