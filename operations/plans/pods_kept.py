"""Whether a StatefulSet that is made anew takes its pods as they are, or would stop some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from operations.node_sets import NodeSet


def refusals(pods: Collection[str], declared: NodeSet, runs: object, would_run: object) -> Iterator[str]:
    """Why the StatefulSet `declared` would stop some of `pods`; nothing where it takes them as they are.

    `runs` is the pod template that they run by, None where nobody knows of one, and `would_run` the declared one.
    """
    if not pods:
        return
    if paths := tuple(sorted(differing(runs, would_run, "spec.template"))):
        yield (
            f"The StatefulSet would roll its pods: what they run by differs from what is declared at "
            f"{', '.join(paths)}. Take that back, in the settings or on the cluster, and run `up` for it when this "
            "command is done."
        )
    kept = {f"{declared.name}-{ordinal}" for ordinal in range(declared.first, declared.first + declared.replicas)}
    if beyond := sorted(set(pods) - kept):
        yield (
            f"The StatefulSet would stop pods that are more than its {declared.replicas}: {', '.join(beyond)}. "
            "Wait until they are gone, or set the number of nodes back."
        )


def differing(one: object, other: object, path: str) -> Iterator[str]:
    """The paths at which two values of Kubernetes differ. What is null is as what is missing."""
    match one, other:
        case Mapping(), Mapping():
            for key in one.keys() | other.keys():
                yield from differing(one.get(key), other.get(key), f"{path}.{key}")
        case [*ones], [*others] if len(ones) == len(others):
            for index, pair in enumerate(zip(ones, others, strict=True)):
                yield from differing(*pair, f"{path}[{index}]")
        case _ if one != other:
            yield path
