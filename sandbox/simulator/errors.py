"""Refusals in Google's words, as the official provider passes them on."""

from __future__ import annotations

from pathlib import Path


class Refused(Exception):  # noqa: N818 - named after what happened
    """The simulated cloud refused an operation and changed nothing. The message is all that a person should see."""


class ClusterUnreachable(Refused):
    """A cluster was asked for while no control plane runs behind it."""

    def __init__(self) -> None:
        super().__init__("the control plane is not running, so the simulated cluster has no endpoint: make up")


def not_found(id: str) -> Refused:
    """HTTP 404 for a resource that is referred to."""
    return Refused(f"googleapi: Error 404: The resource '{id}' was not found, notFound")


def no_zone(name: str) -> Refused:
    """HTTP 404 for a DNS zone, in the words of Cloud DNS."""
    return Refused(
        f"googleapi: Error 404: The 'parameters.managedZone' resource named '{name}' does not exist., notFound"
    )


def already_exists(id: str, record: Path) -> Refused:
    """HTTP 409 for a resource that is there already; says how to get rid of it, as the engine cannot import here."""
    return Refused(
        f"googleapi: Error 409: The resource '{id}' already exists, alreadyExists. "
        f"If it is a left-over of an earlier run and in no state, move its record {record} away, then run `make up` "
        f"again: it is made anew."
    )


def still_there(article: str, id: str) -> Refused:
    """HTTP 409 for what no deletion takes away; moving a record away would be no help on Google Cloud."""
    return Refused(
        f"googleapi: Error 409: {article} {id} already exists., alreadyExists. Google Cloud never deletes one, so that "
        f"an earlier one of this name stays: adopt it (the resource option `import`), or choose another name."
    )


def api_disabled(api: str, project: str) -> Refused:
    """HTTP 403 for an API that the project has not enabled."""
    return Refused(
        f"googleapi: Error 403: {api} has not been used in project {project} before or it is disabled. Enable it and "
        f"retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and "
        f'retry. Details: {{"reason": "SERVICE_DISABLED"}}, forbidden'
    )


def in_use(article: str, id: str, user: str) -> Refused:
    """HTTP 400 for a deletion that another resource forbids."""
    return Refused(
        f"googleapi: Error 400: The {article} resource '{id}' is already being used by '{user}', "
        f"resourceInUseByAnotherResource"
    )


def not_empty(name: str) -> Refused:
    """HTTP 400 for the deletion of a DNS zone that still holds record sets."""
    return Refused(
        f"googleapi: Error 400: The resource named '{name}' cannot be deleted because it contains one or more "
        f"'resource records'., containerNotEmpty"
    )


def bad_request(message: str) -> Refused:
    """HTTP 400 with Google's message."""
    return Refused(f"googleapi: Error 400: {message}, badRequest")


def protected(setting: str) -> Refused:
    """The official provider's refusal to destroy a protected cluster, with the setting to change."""
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in setting)
    return Refused(
        f"Cannot destroy cluster because {snake} is set to true. Set it to false to proceed with cluster deletion. "
        f"In this program that is `{setting}` of the Cluster: set it to false, update the stack, then destroy it."
    )


def prevented(article: str, id: str) -> Refused:
    """The official provider's refusal to delete a resource whose deletionPolicy is PREVENT."""
    return Refused(
        f"Cannot destroy {article} '{id}' because its deletionPolicy is PREVENT. "
        f"Set it to DELETE, update the stack, then delete it."
    )


def forbidden(permission: str, id: str) -> Refused:
    """HTTP 403 for a missing permission."""
    return Refused(f"googleapi: Error 403: Required '{permission}' permission for '{id}', forbidden")


def quota(metric: str, limit: float, region: str | None) -> Refused:
    """HTTP 403 for an exhausted quota; `region` None for a global one."""
    where = f"in region {region}" if region else "globally"
    return Refused(f"googleapi: Error 403: Quota '{metric}' exceeded. Limit: {limit:.1f} {where}., quotaExceeded")


def timed_out(operation: str, article: str) -> Refused:
    """A long operation that did not end in time."""
    verb = {"create": "creating", "update": "updating", "delete": "deleting", "read": "reading"}[operation]
    return Refused(f"Error waiting for {verb} {article}: timeout while waiting for state to become 'DONE'")
