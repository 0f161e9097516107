"""A judgement with one row of every kind, and one whose texts try to be more than text."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from operations.judgement import ADVISORY, DISABLED, MANDATORY, ControlFacts, Judgement, Kind, Row

# A busy machine must not turn a slow example into a failure.
settings.register_profile("p2p-nodes", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("p2p-nodes")

URN = "urn:pulumi:dev::p2p-nodes::kubernetes:apps/v1:StatefulSet::p2p-node"


def control(id_: str, level: str = MANDATORY, **more: str) -> ControlFacts:
    values = {
        "title": f"Title of {id_}",
        "reason": "Because.",
        "remediation": "Mend it.",
        "severity": "high",
        "source_title": "A page",
        "source_url": "https://kubernetes.io/docs/",
    }
    return ControlFacts(id=id_, level=level, **{**values, **more})


def row(control: str, kind: Kind = Kind.FINDING, level: str = MANDATORY, **more: Any) -> Row:
    values: dict[str, Any] = {"resource": 'StatefulSet "p2p-node"', "message": f"{control} says {kind}", "urn": URN}
    return Row(control=control, kind=kind, level=level, **{"file": "Pulumi.dev.yaml", **values, **more})


@pytest.fixture
def judgement() -> Judgement:
    """Fails: one mandatory finding. `kept` has no rows, `off` is disabled."""
    return Judgement(
        subject="stack dev",
        name="dev",
        environment="development",
        controls=(
            control("image-immutable-tag"),
            control("probes", ADVISORY),
            control("kept"),
            control("off", DISABLED),
            control("waits"),
        ),
        rows=(
            row("image-immutable-tag", Kind.EXEMPTION),
            row("image-immutable-tag", Kind.EXEMPT),
            row("waits", Kind.NOT_JUDGED),
            row("probes", level=ADVISORY),
            row("image-immutable-tag", path="spec.containers[0].image", message='StatefulSet "p2p-node"\n  found: x'),
        ),
        remarks=("A check from scratch.",),
    )


HOSTILE = (
    "@everyone <img src=x onerror=alert(1)> [click](https://evil.example) | ``` ```` #1 &lt; {0}\n"
    "```\n</code></pre>\n# Heading\n\x1b[31mred\x00 \u202ereversed ]]> \ud800"
)


@pytest.fixture
def hostile() -> Judgement:
    """Every text of it is hostile."""
    return Judgement(
        subject=HOSTILE,
        name="dev",
        environment=HOSTILE,
        controls=(control("image-immutable-tag", title=HOSTILE, reason=HOSTILE, remediation=HOSTILE),),
        rows=(row("image-immutable-tag", message=HOSTILE, path=HOSTILE, urn=HOSTILE, resource=HOSTILE),),
        failures=(HOSTILE,),
        remarks=(HOSTILE,),
    )
