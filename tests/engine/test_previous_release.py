"""A stack that the previous release's program made is taken over by today's without losing anything."""

import json
import re
import shutil
import tarfile
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
import semver

from tests.engine.checkouts import ROOT, Checkout
from tests.engine.running import disable_rules

RELEASES = ROOT / "tests" / "releases"
PROGRAM = ("__main__.py", "components", "settings", "Pulumi.yaml", "Pulumi.sandbox.yaml")
"""What a release is kept of: `make keep-release`. Sandbox, operations and policies are always today's."""


def previous(archives: Iterable[Path], version: str) -> Path:
    """The newest archive of a release that is older than `version`, by the rules of semantic versions."""
    releases = {semver.Version.parse(path.name.removesuffix(".tar.gz")): path for path in archives}
    return releases[max(release for release in releases if release < semver.Version.parse(version))]


def put_program(checkout: Checkout, archive: Path | None) -> None:
    """Puts a release's program and settings into the checkout, or today's."""
    for name in PROGRAM:
        path = checkout.root / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        if archive is None and (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, path, ignore=shutil.ignore_patterns("__pycache__"))
        elif archive is None:
            shutil.copy2(ROOT / name, path)
    if archive is not None:
        with tarfile.open(archive) as release:
            release.extractall(checkout.root, filter="data")


@pytest.mark.parametrize(
    ("kept", "version", "chosen"),
    [
        (["0.1.0"], "0.2.0", "0.1.0"),
        (["0.9.0", "0.10.0", "0.2.0"], "1.0.0", "0.10.0"),
        (["0.1.0", "0.2.0"], "0.2.0", "0.1.0"),
        (["0.1.0", "0.2.0-rc.1", "0.3.0"], "0.2.0", "0.2.0-rc.1"),
    ],
)
def test_the_previous_release_is_the_newest_that_is_older(kept: list[str], version: str, chosen: str) -> None:
    assert previous([Path(f"{release}.tar.gz") for release in kept], version) == Path(f"{chosen}.tar.gz")


@pytest.mark.engine
def test_nothing_of_the_previous_release_is_replaced_or_deleted(checkout: Checkout) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    put_program(checkout, previous(RELEASES.glob("*.tar.gz"), version))
    # Its own pack let it pass; today's asks for what only today's program has.
    disable_rules(checkout.root / "policies")
    checkout.make("up")
    put_program(checkout, None)
    shutil.copytree(ROOT / "policies" / "environments", checkout.root / "policies" / "environments", dirs_exist_ok=True)
    shown = checkout.make("preview").text
    gone = re.findall(r"^ +(?:replace|delete) +(\S+ \S+)", shown, re.MULTILINE)
    # squid.conf, whose checksum is in its name: the allow-list of the sandbox is another one.
    assert set(gone) <= {"kubernetes:core/v1:ConfigMap egress-proxy-conf"}, shown
    ephemeral = checkout.load_balancers()
    checkout.make("up")
    assert "no changes" in checkout.make("preview").text
    reserved = json.loads(checkout.make("pulumi", "ARGS=stack output p2p_addresses --json").text)
    assert set(reserved.values()).isdisjoint(ephemeral.values())
    deadline = time.monotonic() + 30
    while checkout.load_balancers() != reserved:
        assert time.monotonic() < deadline, "the load balancers keep addresses that the names do not lead to"
        time.sleep(0.5)
