"""`make check`: a stack judged on the real engine, without account or cluster. And what `up` could not judge."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from tests.engine.checkouts import ROOT, Checkout

pytestmark = pytest.mark.engine

RESOURCES = """
import datetime

from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import ConfigMap, Service


def deployment(name, image):
    pod = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": name, "image": image}]}}
    Deployment(
        name,
        # Its pods are not restricted enough for the namespace: it is never ready.
        metadata={"name": name, "namespace": "p2p-node", "annotations": {"pulumi.com/skipAwait": "true"}},
        spec={"selector": {"match_labels": {"app": name}}, "template": pod},
        opts=pulumi.ResourceOptions(parent=nodes),
    )
"""
UNKNOWN = (
    RESOURCES
    + """
later = ConfigMap(
    "later",
    metadata={"name": "later", "namespace": "p2p-node"},
    opts=pulumi.ResourceOptions(parent=nodes),
)
deployment("unknown", later.metadata.uid.apply(lambda _: "nginx:1.27.0"))
"""
)
BAD = (
    UNKNOWN
    + """
deployment("bad", "nginx:latest")
UNTIL = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)).date()
Service(
    "exempt",
    metadata={
        "name": "exempt",
        "namespace": "p2p-node",
        "annotations": {"guardrails-exempt-service-not-through-nodes": f"{UNTIL}: a @reason"},
    },
    spec={"type": "NodePort", "ports": [{"port": 80}]},
    opts=pulumi.ResourceOptions(parent=nodes),
)
"""
)


def only(checkout: Checkout, *controls: str) -> None:
    """Leaves the named controls mandatory in every environment and the others out: this is no test of their cases."""
    for file in (checkout.root / "policies" / "environments").glob("*.json"):
        levels = {id_: "mandatory" if id_ in controls else "disabled" for id_ in json.loads(file.read_text())}
        file.write_text(json.dumps(levels))


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    return subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where a check may put what it throws away. Its processes inherit the name, whatever else they are given."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def left_in(temporary: Path) -> list[str]:
    """What a check left behind: files, and processes after the seconds in which they may notice its end."""
    deadline = time.monotonic() + 10
    while (found := processes_of(temporary)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [*map(str, found), *(path.name for path in temporary.iterdir())]


def processes_of(temporary: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("TMPDIR") == str(temporary) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize("stack", ["dev", "staging", "prod", "dr", "sandbox"])
def test_every_stack_of_ours_passes_and_is_judged_whole(checkout: Checkout, temporary: Path, stack: str) -> None:
    out = checkout.root / "out"
    outcome = checkout.make("check", f"STACK={stack}", f"ARGS=--report-dir {out}", TMPDIR=str(temporary))
    assert "passed: no mandatory violation" in outcome.text
    judged = json.loads((out / f"check-{stack}.json").read_text())
    unjudged = [row for row in judged["rows"] if row["kind"] == "not judged" and row["level"] == "mandatory"]
    assert unjudged == [], "a first update would need --accept-unjudged"
    assert left_in(temporary) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_check_that_is_stopped_leaves_nothing(checkout: Checkout, temporary: Path, number: signal.Signals) -> None:
    running = checkout.begin("check", "STACK=prod", TMPDIR=str(temporary))
    deadline = time.monotonic() + 60
    while not any(process.name() == "pulumi" for process in processes_of(temporary)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (command,) = psutil.Process(running.pid).children()
    command.send_signal(number)
    stopped = checkout.finish(running)
    assert stopped.code == 2
    assert "Interrupted. Nothing was changed." in stopped.text
    assert "Traceback" not in stopped.text
    assert left_in(temporary) == []


def test_violations_notes_and_exemptions_reach_every_report_and_nothing_is_started(
    checkout: Checkout, temporary: Path
) -> None:
    only(checkout, "image-immutable-tag", "service-not-through-nodes")
    checkout.append("__main__.py", BAD)
    out = checkout.root / "out"
    failed = checkout.make("check", "STACK=prod", f"ARGS=--report-dir {out}", code=2, TMPDIR=str(temporary))
    assert "failed: 1 mandatory violation\n" in failed.text
    assert "no diff" in failed.text
    for label, name in (
        ("mandatory", 'Deployment "bad", spec.template.spec.containers[0].image'),
        ("not judged, mandatory", 'Deployment "unknown", spec.template.spec.containers[0].image was not judged'),
        ("exempt", 'Service "exempt", spec.type'),
        ("exemption in force", 'Service "exempt", metadata.annotations.guardrails-exempt-service-not-through-nodes'),
    ):
        assert any(label in line and name in after for line, after in pairs(failed.text)), (label, name)
    (stopping,) = [row for row in rows(out) if row["kind"] == "finding"]
    assert stopping["urn"].startswith("urn:pulumi:prod::p2p-nodes::")
    assert stopping["urn"].endswith("::bad")
    assert stopping["path"] == "spec.template.spec.containers[0].image"
    assert "`image-immutable-tag`" in (out / "check-prod.md").read_text()
    assert left_in(temporary) == []
    assert not (checkout.root / ".sandbox").exists()


def pairs(text: str) -> list[tuple[str, str]]:
    return list(pairwise(text.splitlines()))


def rows(out: Path) -> list[dict[str, Any]]:
    return list(json.loads((out / "check-prod.json").read_text())["rows"])


def test_the_update_that_takes_the_locks_off_is_let_through_where_it_is_acknowledged(checkout: Checkout) -> None:
    """As docs/upgrades.md has it. The settings refuse it without the acknowledgement, before any control."""
    path = checkout.root / "Pulumi.prod.yaml"
    stack = yaml.safe_load(path.read_text())
    stack["config"]["p2p-nodes:protect"] = False
    stack["config"]["p2p-nodes:cluster"]["deletion_protection"] = False
    stack["config"]["p2p-nodes:accept_replacement"] = ["cluster"]
    path.write_text(yaml.safe_dump(stack))
    out = checkout.root / "out"
    checkout.make("check", "STACK=prod", f"ARGS=--report-dir {out}")
    assert {(row["control"], row["level"]) for row in rows(out)} == {
        ("cluster-protect", "advisory"),
        ("cluster-deletion-protection", "advisory"),
    }


def test_a_program_that_fails_fails_the_check_in_its_own_words(checkout: Checkout) -> None:
    checkout.append("__main__.py", 'raise RuntimeError("of its own")\n')
    out = checkout.root / "out"
    failed = checkout.make("check", "STACK=dev", f"ARGS=--report-dir {out}", code=2)
    assert "failed: not everything could be judged" in failed.text
    assert "RuntimeError: of its own" in (out / "check-dev.txt").read_text()


def test_a_stack_with_a_real_key_and_secrets_is_checked_and_git_stays_clean(checkout: Checkout) -> None:
    path = checkout.root / "Pulumi.dev.yaml"
    stack = yaml.safe_load(path.read_text())
    assert stack["secretsprovider"].startswith("gcpkms://")
    stack["encryptedkey"] = "CiQAyH"
    stack["config"]["p2p-nodes:labels"] = {"owner": {"secure": "v1:abc="}}
    path.write_text(yaml.safe_dump(stack))
    (checkout.root / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    git(checkout.root, "init", "-q")
    git(checkout.root, "add", "-A")
    git(checkout.root, "commit", "-qm", "as it is")
    passed = checkout.make("check", "STACK=dev")
    assert "Judged with placeholders in place of secrets: p2p-nodes:labels.owner." in passed.text
    assert git(checkout.root, "status", "--porcelain", "--ignored=no") == ""


def test_a_configuration_with_names_that_no_control_has_is_refused_by_the_pack(checkout: Checkout) -> None:
    file = checkout.root / "policies" / "environments" / "production.json"
    levels = json.loads(file.read_text())
    levels["no-such-control"] = "mandatory"
    levels["image-immutable-tag"]["colour"] = "blue"
    file.write_text(json.dumps(levels))
    refused = checkout.make("check", "STACK=prod", code=2)
    assert "the policy pack's configuration is refused" in refused.text
    assert "no-such-control: there is no such control" in refused.text
    assert "image-immutable-tag.colour: " in refused.text
    assert "Traceback" not in refused.text
    assert "passed" in checkout.make("check", "STACK=staging").text, "another environment's file is not read"


def test_production_is_updated_with_what_was_not_judged_only_when_somebody_accepts_it(checkout: Checkout) -> None:
    only(checkout, "image-immutable-tag")
    checkout.append("__main__.py", UNKNOWN)
    checkout.settings(production)
    refused = checkout.make("up", code=2)
    assert "1 field(s) that mandatory controls could not judge" in refused.text
    assert 'Deployment "unknown", spec.template.spec.containers[0].image was not judged' in refused.text
    assert "ARGS=--accept-unjudged" in refused.text
    assert json.loads(checkout.make("pulumi", "ARGS=stack export").text)["deployment"].get("resources", []) == []
    accepted = checkout.make("up", "ARGS=--accept-unjudged")
    assert "create   kubernetes:apps/v1:Deployment unknown" in accepted.text


def production(config: dict[str, Any]) -> None:
    config["p2p-nodes:environment"] = "production"
    del config["p2p-nodes:protect"], config["p2p-nodes:storage"], config["p2p-nodes:cluster"]["deletion_protection"]
