"""What the project has already of the state store. It is adopted: a key ring and a key can never be made twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_gcp as gcp

from bootstrap.state_settings import KEY_LOCATIONS, KEY_RING, BootstrapSettings

PURPOSE = "ENCRYPT_DECRYPT"
ROLES = ("roles/serviceusage.serviceUsageAdmin", "roles/storage.admin", "roles/cloudkms.admin", "roles/browser")
"""What who runs bootstrap needs on the project."""
DISABLED = re.compile(r"SERVICE_DISABLED|has not been used in project")
CONSUMER = re.compile(r'not been used in project ([\w.:-]+)|"consumer": *"projects/([\w.:-]+)"')
"""The project, by id or number, that Google says has an API disabled."""


class UnusableError(Exception):
    """Something of the state store's name is there and cannot be used. The message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Existing:
    """The ids of what is there, None for what is not."""

    bucket: str | None = None
    key_ring: str | None = None
    key: str | None = None

    @property
    def complete(self) -> bool:
        """Whether bootstrap was through here before. Then the APIs that it enables first are enabled as well."""
        return None not in (self.bucket, self.key_ring, self.key)


def look(settings: BootstrapSettings, options: pulumi.InvokeOptions) -> Existing:
    """Asks Google Cloud. Listing, because asking for one thing by name is an error where it is not there.

    Raises:
        UnusableError: what is there cannot be the state store, or Google Cloud does not tell.
    """
    project = settings.project
    buckets = _listed(
        "buckets",
        settings,
        options,
        lambda: gcp.storage.get_buckets(project=project, prefix=settings.bucket, opts=options).buckets,
    )
    bucket = next((found for found in buckets if found.name == settings.bucket), None)
    if bucket is not None:
        require_location(settings, bucket.location)
    rings = {location: _key_ring(settings, place, options) for location, place in KEY_LOCATIONS.items()}
    ring = rings[settings.location]
    # A bucket that is where it should be decides, or each LOCATION would be refused for one of the two.
    if bucket is None and ring is None:
        require_no_key_ring_elsewhere(settings, rings)
    key = _key(settings, options) if ring else None
    if key is not None:
        require_usable(settings, key.purpose, [version.state for version in key.primaries])
    return Existing(
        bucket=settings.bucket if bucket else None, key_ring=ring, key=settings.key_id if key is not None else None
    )


def require_location(settings: BootstrapSettings, location: str) -> None:
    """Refuses a bucket elsewhere: moving it would mean to replace it, with every stack's state in it."""
    if location.upper() != settings.location:
        raise UnusableError(
            f"The state bucket {settings.bucket} is in {location.upper()}, and {settings.location} is asked for. "
            f"A bucket cannot be moved; nothing was changed. Run the command again with LOCATION={location.upper()}."
        )


def require_no_key_ring_elsewhere(settings: BootstrapSettings, rings: Mapping[str, str | None]) -> None:
    """Refuses to make a second key ring of the name. `rings` are the ids by what LOCATION is called."""
    for location, ring in rings.items():
        if ring is not None:
            raise UnusableError(
                f"The key ring {ring} is there, and {settings.location} is asked for. A key ring can be neither moved "
                f"nor deleted; nothing was changed. Run the command again with LOCATION={location}."
            )


def require_usable(settings: BootstrapSettings, purpose: str, states: Sequence[str]) -> None:
    """Refuses a key that encrypts nothing (any more)."""
    if purpose != PURPOSE:
        raise UnusableError(
            f"The key {settings.key_id} is there with the purpose {purpose}; {PURPOSE} is needed, and a key's purpose "
            "cannot be changed, nor its name used again. Nothing was changed. Choose another name for the key in "
            "bootstrap/state_settings.py."
        )
    if list(states) != ["ENABLED"]:
        state = ", ".join(states) or "missing"
        raise UnusableError(
            f"The primary version of the key {settings.key_id} is not enabled ({state}), so nothing can be encrypted "
            "with it. Nothing was changed. While it is only scheduled for destruction, take it back: `gcloud kms keys "
            f"versions restore VERSION --key={settings.key_id}`, then `... versions enable`; run the command again. "
            "Once it is destroyed, the secrets of the stacks that used it are lost; a new key needs another name, in "
            "bootstrap/state_settings.py."
        )


def _key_ring(settings: BootstrapSettings, place: str, options: pulumi.InvokeOptions) -> str | None:
    """The id of the key ring of our name in one of Cloud KMS's locations."""
    rings = _listed(
        f"key rings in {place}",
        settings,
        options,
        lambda: gcp.kms.get_key_rings(project=settings.project, location=place, opts=options).key_rings,
    )
    wanted = f"projects/{settings.project}/locations/{place}/keyRings/{KEY_RING}"
    return next((wanted for found in rings if found.id == wanted), None)


def _key(settings: BootstrapSettings, options: pulumi.InvokeOptions) -> Any:
    """The key of our name, as Cloud KMS tells it."""
    keys = _listed(
        "keys",
        settings,
        options,
        lambda: gcp.kms.get_crypto_keys(key_ring=settings.key_ring_id, opts=options).keys,
    )
    return next((found for found in keys if found.id == settings.key_id), None)


def _listed(
    what: str, settings: BootstrapSettings, options: pulumi.InvokeOptions, ask: Callable[[], Iterable[Any] | None]
) -> Sequence[Any]:
    """What `ask` tells; nothing where the project never enabled the API, for then there can be nothing.

    The SDK has no type for a refusal: whatever it is, it is told in Google's words.
    """
    try:
        return list(ask() or ())
    except Exception as error:
        words = str(error)
    if not DISABLED.search(words):
        raise UnusableError(_untold(what, settings, words))
    named = {name for pair in CONSUMER.findall(words) for name in pair if name}
    if named == {settings.project}:
        return ()
    if named and named <= {settings.project, _number(settings, options, words)}:
        return ()
    raise UnusableError(
        f"Google Cloud does not tell which {what} the project {settings.project} has, because an API is not enabled in "
        f"another project, the one that your credentials count calls for: {words}\nNothing was changed. Let them count "
        f"for this one, `gcloud auth application-default set-quota-project {settings.project}`, and run the command "
        "again."
    )


def _number(settings: BootstrapSettings, options: pulumi.InvokeOptions, refused: str) -> str:
    """The project's number: Google's refusals name projects by it."""
    try:
        return str(gcp.organizations.get_project(project_id=settings.project, opts=options).number)
    except Exception as error:
        raise UnusableError(
            f"An API is not enabled, and whether in the project {settings.project} is not known without its number: "
            f"{refused}\nThe number is not told either: {error}\nNothing was changed. Who runs this needs "
            "roles/browser and, enabled, what this would enable: `gcloud services enable "
            f"cloudresourcemanager.googleapis.com --project={settings.project}`. Calls must count for that project: "
            f"`gcloud auth application-default set-quota-project {settings.project}`. Wait a minute, and run the "
            "command again."
        ) from None


def _untold(what: str, settings: BootstrapSettings, words: str) -> str:
    return (
        f"Google Cloud does not tell which {what} the project {settings.project} has: {words}\nWithout that nothing is "
        f"adopted or made; nothing was changed. Who runs this needs on the project {', '.join(ROLES)}, and application "
        "default credentials (`gcloud auth application-default login`). Mend it and run the command again."
    )
