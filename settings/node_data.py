"""Settings of what a node's volume begins with and keeps: its data, and the key that it is known by."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.fields import NODES, PROJECT, Allowed, Changes, Image, Section


class NodeKeySettings(Section):
    """The Ed25519 key whose public half is the peer id."""

    source: Annotated[Literal["volume", "secret-manager"], Changes(NODES)] = Field(
        default="volume",
        description="Where the key is kept: on the node's volume, where the node makes it at its first start; or in "
        "Secret Manager, where you put it. After a change nodes have other peer ids, unless you copy the keys.",
    )
    identity_of: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9_.-]{0,100}$"),
        Allowed("empty, or the name of a stack"),
        Changes(NODES),
    ] = Field(
        default="",
        description="Stack whose nodes these stand in for, with their keys; empty for keys of its own. "
        "Two running nodes with one key are an incident.",
    )
    secrets_project: Annotated[
        str,
        Field(pattern=rf"^({PROJECT})?$"),
        Allowed("empty, or the id of a Google Cloud project"),
        Changes("replaces the SecretIamMember"),
    ] = Field(
        default="",
        description="Project of the secrets, which are read at a node's start; empty for the stack's own. "
        "With secret-manager alone.",
    )


class ArchiveSettings(Section):
    """An archive of a database in a bucket. `bucket`, `object` and `sha256` go together."""

    bucket: Annotated[
        str,
        Field(pattern=r"^([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])?$"),
        Allowed("empty, or the name of a bucket, without gs://"),
        Changes(NODES),
    ] = Field(default="", description="Bucket of Cloud Storage that holds the archive; empty for none.")
    object: Annotated[
        str,
        Field(pattern=r"^([^\s/][^\s]*\.tar(\.gz|\.xz)?)?$", max_length=1024),
        Allowed("empty, or the name of an object that ends in .tar, .tar.gz or .tar.xz"),
        Changes(NODES),
    ] = Field(default="", description="Name of the archive in the bucket; at its top is the folder `chains`.")
    sha256: Annotated[
        str,
        Field(pattern=r"^([0-9a-f]{64})?$"),
        Allowed("empty, or 64 lower-case hexadecimal digits, as sha256sum prints them"),
        Changes(NODES),
    ] = Field(default="", description="Checksum of the archive. Where it differs, no node starts.")
    image: Annotated[Image, Changes(NODES)] = Field(
        default="python:3.13.7-slim-bookworm",
        description="Image with Python 3.11 or newer in which the restore runs before the node.",
    )

    @property
    def used(self) -> bool:
        """Whether there is an archive to restore from."""
        return bool(self.bucket)


class SnapshotSettings(Section):
    """What an empty volume is filled from, so that a node need not sync from genesis. Others are left alone."""

    volume_snapshot: Annotated[
        str,
        Field(pattern=r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$"),
        Allowed("empty, or the name of a VolumeSnapshot"),
        Changes("needs grow-disks"),
    ] = Field(default="", description="VolumeSnapshot in the nodes' namespace that new volumes are made from.")
    archive: ArchiveSettings = Field(default_factory=ArchiveSettings)
