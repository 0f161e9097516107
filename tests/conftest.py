"""What every test may need."""

from __future__ import annotations

import gc
import os
import re
import signal
import time
from collections.abc import Iterator

import pytest

from sandbox.controlplane import TOOLS
from sandbox.egress import LaboratoryError, squid_roots
from sandbox.egress.possible import require_laboratory
from sandbox.layout import Layout
from sandbox.toolchain import Toolset, resolve
from tests.control_planes import ToTerminal, running

LIMIT_MINUTES = 35
"""Wall-clock limit of the whole suite on two cores with warm tools, as CONTRIBUTING.md states it."""
BEGAN = time.monotonic()

# A background job of a shell ignores SIGINT, and so would every process that a test interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


# The same sample in every run of the same code: what CI says must not depend on the day.
os.environ.setdefault("CHANGES_SEED", "1")


SQUID = re.compile(r"[\[-]squid-(\d+\.\d+)[\]-]")
"""In the name of a test that ran with one; tests/egress/conftest.py gives it."""


def pytest_report_header() -> str:
    """Which settings tests/engine/test_changes.py tries; the environment may say others."""
    return f"CHANGES_SEED={os.environ['CHANGES_SEED']}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `squid` runs with each one there is."""
    if "squid" in metafunc.fixturenames:
        try:
            roots = squid_roots()
        except LaboratoryError:
            roots = []
        # Without one its setup fails and says why; a test without parameters would be skipped.
        names = [f"squid-{root.version}" for root in roots] or ["no-squid"]
        metafunc.parametrize("squid", roots or [None], ids=names, scope="session")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test in namespaces that cannot run fails, unless somebody said that it cannot."""
    if item.get_closest_marker("namespaces") is None:
        return
    if os.environ.get("EGRESS_NAMESPACES") == "unavailable":
        pytest.skip("EGRESS_NAMESPACES=unavailable")
    try:
        require_laboratory()
    except LaboratoryError as error:
        pytest.fail(str(error), pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Which squids the egress tests ran, and plainly if the image's generation was not among them."""
    ran = [report.nodeid for how in ("passed", "failed") for report in terminalreporter.stats.get(how, [])]
    if versions := sorted({found[1] for found in map(SQUID.search, ran) if found}, key=float):
        terminalreporter.write_line(f"egress tests ran with squid {' and '.join(versions)}")
        if float(versions[-1]) < 6:
            terminalreporter.write_line(
                "WARNING: only squid 5.x was there. The image runs 6.13, which this run says nothing about: "
                "make egress-tools fetches it.",
                yellow=True,
            )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A suite that grew beyond its limit fails, so that it is shortened while that is easy."""
    minutes = (time.monotonic() - BEGAN) / 60
    if minutes > LIMIT_MINUTES:
        print(f"\nthe suite took {minutes:.0f} minutes; its limit is {LIMIT_MINUTES} (tests/conftest.py)")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def toolset() -> Toolset:
    """The control plane's binaries: from PATH or the cache, else built."""
    return resolve(TOOLS, ToTerminal())


@pytest.fixture(scope="session")
def controlplane(toolset: Toolset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """The layout of a running control plane with the CRDs installed. Tests share it: name what you create apart."""
    yield from running(toolset, tmp_path_factory)


@pytest.fixture(scope="session")
def engine_on_path() -> None:
    """The real engine: from PATH or the cache, else built. Its absence is a failure, never a skip."""
    engine = resolve(["pulumi"]).path("pulumi")
    os.environ["PATH"] = os.pathsep.join([str(engine.parent), os.environ["PATH"]])


@pytest.fixture(autouse=True)
def _engine_for_those_that_run_it(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("engine") is None:
        yield
        return
    request.getfixturevalue("engine_on_path")
    yield
    # A refused inline program leaves a coroutine of the SDK behind; collected in the middle of an import, it breaks it.
    gc.collect()
