"""The runbook of bootstrap: shown, asked, done, and then told how to use it."""

import io
from typing import Any, cast

import pytest

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands.bootstrap import bootstrap
from operations.errors import DeclinedError, OperationError
from operations.facts import Action, Failure, Operation, Run

URN = "urn:pulumi:p::p2p-nodes-bootstrap::gcp:storage/bucket:Bucket::state-bucket"
PREVIEW = Run(succeeded=True, operations=(Operation(urn=URN, action=Action.IMPORT),))
KEY = "gcpkms://projects/p/locations/europe/keyRings/p2p-nodes/cryptoKeys/stack-secrets"


@pytest.fixture
def engine(fake: Any, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(fake, "outputs", lambda: {"backend_url": "gs://p-pulumi-state", "secrets_provider": KEY})
    return cast(Engine, fake)


def text(console: Console) -> str:
    return cast(io.StringIO, console.rich.file).getvalue()


def test_what_is_made_is_shown_first_and_the_two_lines_at_the_end(fake: Any, engine: Engine, console: Console) -> None:
    fake.runs = {"preview": PREVIEW}
    bootstrap(engine, console, confirmed=True)
    assert fake.calls == ["preview", "up"]
    shown = text(console)
    assert "import   gcp:storage/bucket:Bucket state-bucket" in shown
    assert "1 to import" in shown
    for line in ("backend:\n  url: gs://p-pulumi-state", f'pulumi stack init STACK --secrets-provider="{KEY}"'):
        assert line in shown.partition("update")[2]


def test_a_repeat_asks_nothing_and_still_tells_the_lines(fake: Any, engine: Engine, console: Console) -> None:
    bootstrap(engine, console, confirmed=False)
    assert fake.calls == ["preview"]
    assert "gs://p-pulumi-state" in text(console)


def test_a_caution_is_told_before_the_lines(fake: Any, engine: Engine, console: Console) -> None:
    bootstrap(engine, console, confirmed=True, caution="not for real")
    assert "gs://p-pulumi-state" in text(console).partition("not for real\n")[2]


def test_nobody_there_to_confirm(fake: Any, engine: Engine, console: Console) -> None:
    fake.runs = {"preview": PREVIEW}
    with pytest.raises(DeclinedError):
        bootstrap(engine, console, confirmed=False)
    assert fake.calls == ["preview"]


def test_nothing_is_recommended_after_a_failure(fake: Any, engine: Engine, console: Console) -> None:
    fake.runs = {"preview": PREVIEW, "up": Run(succeeded=False, failures=(Failure(urn=URN, message="denied"),))}
    with pytest.raises(OperationError):
        bootstrap(engine, console, confirmed=True)
    assert "gs://" not in text(console)
