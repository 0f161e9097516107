"""GitHub's workflows: what a pull request may do, and what is pinned. `make check-code` runs actionlint on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from settings import EgressSettings

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / ".github" / "workflows").iterdir())
PINNED = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
ALLOWED = {
    "pull-request.yml": {},
    "pull-request-report.yml": {"pull-requests": "write", "security-events": "write"},
    "preview.yml": {"id-token": "write"},
}
"""Every right but to read, by workflow."""


class Loader(yaml.SafeLoader):
    """YAML as GitHub reads it: `on` is a word."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def workflow(path: Path) -> dict[str, Any]:
    return dict(yaml.load(path.read_text(), Loader=Loader))  # noqa: S506 - a SafeLoader


def jobs(path: Path) -> list[dict[str, Any]]:
    return list(workflow(path)["jobs"].values())


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in jobs(path):
        yield from job["steps"]


def test_there_are_these_and_no_others() -> None:
    assert sorted(ALLOWED) == [path.name for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
class TestEach:
    def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it(self, path: Path) -> None:
        used = [step["uses"] for step in steps(path) if "uses" in step]
        assert all(PINNED.fullmatch(one) for one in used)
        lines = [line for line in path.read_text().splitlines() if re.search(r"^\s*(- )?uses:", line)]
        assert len(lines) == len(used)
        assert all(re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in lines)
        assert not any("uses" in job for job in jobs(path)), "a workflow of somebody else's"

    def test_no_run_holds_an_expression(self, path: Path) -> None:
        # What a pull request decides, such as a branch's name, would be taken for the shell's own text.
        assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []

    def test_rights_are_the_least(self, path: Path) -> None:
        whole = workflow(path)
        assert whole["permissions"] in ({}, {"contents": "read"})
        granted = {
            right: how for job in jobs(path) for right, how in job.get("permissions", {}).items() if how != "read"
        }
        assert granted == ALLOWED[path.name]

    def test_it_is_not_started_with_rights_by_a_pull_request_and_knows_no_secret(self, path: Path) -> None:
        assert "pull_request_target" not in workflow(path)["on"]
        assert "secrets." not in path.read_text()

    def test_checkouts_leave_no_token_behind_and_jobs_end(self, path: Path) -> None:
        checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
        assert checkouts
        assert all(step["with"]["persist-credentials"] == "false" for step in checkouts)
        assert all(int(job["timeout-minutes"]) <= 90 for job in jobs(path))

    def test_make_s_targets_exist(self, path: Path) -> None:
        called = {target for step in steps(path) for target in re.findall(r"make ([a-z-]+)", step.get("run", ""))}
        assert called <= TARGETS


def test_every_stack_is_checked() -> None:
    check = workflow(ROOT / ".github" / "workflows" / "pull-request.yml")["jobs"]["check"]
    assert check["strategy"]["matrix"]["stack"] == STACKS
    assert any(step.get("run") == 'make check STACK="$STACK" ARGS="--report-dir reports"' for step in check["steps"])


def test_the_egress_proxy_is_tested_as_root_with_the_very_image_and_left_out_where_nobody_is_root() -> None:
    whole = workflow(ROOT / ".github" / "workflows" / "pull-request.yml")["jobs"]
    egress, suite = whole["egress"], whole["suite"]
    assert egress["strategy"]["matrix"]["squid"] == ["package", "image", "debian-12"]
    (unpack,) = [step for step in egress["steps"] if step.get("if") == "matrix.squid == 'image'"]
    assert "from settings import EgressSettings; print(EgressSettings().image)" in unpack["run"]
    assert EgressSettings().image.split("@")[0] not in str(whole), "the image is typed again"
    (named,) = [step for step in egress["steps"] if step.get("if") == "matrix.squid != 'package'"]
    (test,) = [step["run"] for step in egress["steps"] if "make test-egress" in step.get("run", "")]
    assert test.startswith("sudo env ")
    names = re.findall(r"(EGRESS_\w+)=", named["run"])
    assert names
    for name in names:
        assert f'"{name}=${{{name}:-}}"' in test, "sudo forgets it"
    (run,) = [step for step in suite["steps"] if step.get("run") == ".ci/run"]
    assert run["env"] == {"EGRESS_NAMESPACES": "unavailable"}


def test_the_job_with_rights_runs_nothing_of_the_pull_request() -> None:
    path = ROOT / ".github" / "workflows" / "pull-request-report.yml"
    assert list(workflow(path)["on"]) == ["workflow_run"]
    (checkout,) = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"] == {"persist-credentials": "false"}, "not the default branch"
    programs = {
        word
        for step in steps(path)
        for line in step.get("run", "").splitlines()
        for word in re.findall(r"\b(make|pip|python3?|npm|sh|bash|go)\b[^|]*", line)
    }
    assert programs == {"python3"}
    assert [step["run"] for step in steps(path) if "python3" in step.get("run", "")] == [
        "python3 -S -m operations.commands.comment artifacts out"
    ]


def test_production_is_previewed_without_a_key_and_one_at_a_time() -> None:
    whole = workflow(ROOT / ".github" / "workflows" / "preview.yml")
    assert set(whole["on"]) == {"push", "workflow_dispatch"}
    assert whole["concurrency"] == {"group": "preview-prod", "cancel-in-progress": "false"}
    (job,) = whole["jobs"].values()
    assert job["environment"] == "production-preview"
    assert "credentials_json" not in str(job)
    assert any("make preview STACK=prod" in step.get("run", "") for step in job["steps"])
