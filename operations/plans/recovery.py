"""What to do about a state that says an earlier run was killed in the middle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from operations.facts import PendingOperation, Recovery


def plan(pending: Iterable[PendingOperation], found: Mapping[str, str]) -> Recovery:
    """Settles each pending operation. `found` gives the id of each pending creation that exists by now."""
    adopt, forget, repeat = {}, [], []
    for operation in pending:
        if operation.kind != "creating":
            repeat.append(operation.urn)
        elif operation.urn in found:
            adopt[operation.urn] = found[operation.urn]
        else:
            forget.append(operation.urn)
    return Recovery(adopt=adopt, forget=tuple(forget), repeat=tuple(repeat))
