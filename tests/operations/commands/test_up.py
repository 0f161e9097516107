"""No update without a preview that passed the policy pack and a confirmation."""

import io
from typing import Any, cast

import pytest

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands.up import up
from operations.errors import DeclinedError, OperationError
from operations.facts import Action, Failure, Operation, Run, Violation
from operations.judgement import Kind

URN = "urn:pulumi:dev::p2p-nodes::kubernetes:apps/v1:StatefulSet::p2p-node"
CHANGE = Operation(urn=URN, action=Action.CREATE)
UNJUDGED = Violation(
    policy="image-immutable-tag",
    level="advisory",
    urn=URN,
    message="Images have fixed tags\n[not judged, mandatory] spec.image was not judged",
    kind=Kind.NOT_JUDGED,
    insists=True,
)
EXEMPTION = Violation(
    policy="image-immutable-tag",
    level="advisory",
    urn=URN,
    message="Images have fixed tags\n[exemption in force] it does not hold until 2027-03-31: a reason",
    kind=Kind.EXEMPTION,
)


def engine(fake_engine: object) -> Engine:
    return cast(Engine, fake_engine)


def test_a_mandatory_violation_stops_before_the_update(fake: Any, console: Console) -> None:
    violation = Violation(policy="image-immutable-tag", level="mandatory", urn=URN, message="tag `latest` moves")
    fake.runs = {"preview": Run(succeeded=False, violations=(violation,))}
    with pytest.raises(OperationError, match=r"1 mandatory policy violation.*nothing was changed"):
        up(engine(fake), console, confirmed=True)
    assert fake.calls == ["preview"]


def test_a_failed_preview_stops_before_the_update(fake: Any, console: Console) -> None:
    fake.runs = {"preview": Run(succeeded=False, failures=(Failure(urn="", message="boom"),))}
    with pytest.raises(OperationError, match=r"preview of stack dev failed\. Nothing was changed"):
        up(engine(fake), console, confirmed=True)
    assert fake.calls == ["preview"]


def test_nobody_there_to_confirm(fake: Any, console: Console) -> None:
    fake.runs = {"preview": Run(succeeded=True, operations=(CHANGE,))}
    with pytest.raises(DeclinedError, match="--yes"):
        up(engine(fake), console, confirmed=False)
    assert fake.calls == ["preview"]


def test_a_clean_preview_is_followed_by_the_update(fake: Any, console: Console) -> None:
    fake.runs = {"preview": Run(succeeded=True, operations=(CHANGE,))}
    up(engine(fake), console, confirmed=True)
    assert fake.calls == ["preview", "up"]


def test_without_changes_nothing_is_asked_and_nothing_is_run(fake: Any, console: Console) -> None:
    up(engine(fake), console, confirmed=False)
    assert fake.calls == ["preview"]


def test_what_the_update_s_own_policies_say_is_shown(fake: Any, console: Console) -> None:
    violation = Violation(policy="image-immutable-tag", level="mandatory", urn=URN, message="known only now")
    fake.runs = {
        "preview": Run(succeeded=True, operations=(CHANGE,)),
        "up": Run(succeeded=False, violations=(violation,)),
    }
    with pytest.raises(OperationError):
        up(engine(fake), console, confirmed=True)
    file = console.rich.file
    assert isinstance(file, io.StringIO)
    assert "known only now" in file.getvalue()


def test_what_the_preview_said_already_is_not_said_again(fake: Any, console: Console) -> None:
    advice = Violation(policy="image-immutable-tag", level="advisory", urn=URN, message="not known yet")
    both = Run(succeeded=True, operations=(CHANGE,), violations=(advice,))
    fake.runs = {"preview": both, "up": both}
    up(engine(fake), console, confirmed=True)
    file = console.rich.file
    assert isinstance(file, io.StringIO)
    assert file.getvalue().count("not known yet") == 1


def test_a_failed_update_says_what_is_kept(fake: Any, console: Console) -> None:
    fake.runs = {
        "preview": Run(succeeded=True, operations=(CHANGE,)),
        "up": Run(succeeded=False, failures=(Failure(urn=URN, message="quota exceeded"),)),
    }
    with pytest.raises(OperationError, match="kept in the state"):
        up(engine(fake), console, confirmed=True)


def said(console: Console) -> str:
    file = console.rich.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_production_is_not_updated_with_what_could_not_be_judged(fake: Any, console: Console) -> None:
    fake.environment = "production"
    fake.runs = {"preview": Run(succeeded=True, operations=(CHANGE,), violations=(UNJUDGED,))}
    with pytest.raises(OperationError, match=r"1 field\(s\).*Nothing was changed.*ARGS=--accept-unjudged"):
        up(engine(fake), console, confirmed=True)
    assert fake.calls == ["preview"]
    assert "1 field(s) that mandatory controls could not judge" in said(console)
    assert "spec.image was not judged" in said(console)


def test_it_is_when_somebody_accepts_that(fake: Any, console: Console) -> None:
    fake.environment = "production"
    fake.runs = {"preview": Run(succeeded=True, operations=(CHANGE,), violations=(UNJUDGED,))}
    up(engine(fake), console, confirmed=True, accept_unjudged=True)
    assert fake.calls == ["preview", "up"]


def test_elsewhere_what_could_not_be_judged_is_listed_before_the_confirmation(fake: Any, console: Console) -> None:
    fake.runs = {"preview": Run(succeeded=True, operations=(CHANGE,), violations=(UNJUDGED,))}
    with pytest.raises(DeclinedError):
        up(engine(fake), console, confirmed=False)
    assert "spec.image was not judged" in said(console)


def test_exemptions_are_listed_at_the_end_of_the_preview_and_of_the_update(fake: Any, console: Console) -> None:
    both = Run(succeeded=True, operations=(CHANGE,), violations=(EXEMPTION,))
    fake.runs = {"preview": both, "up": both}
    up(engine(fake), console, confirmed=True)
    assert said(console).count("exemptions in force:") == 2
    assert said(console).count("exempt image-immutable-tag it does not hold until 2027-03-31: a reason") == 2
    assert "[exemption in force]" not in said(console)
