"""Killed engines, Ctrl-C, dead API servers, two commands at once: nothing is lost, and the next command says so."""

import json
import os
import signal
import time

import psutil
import pytest

from tests.engine.checkouts import Checkout

pytestmark = pytest.mark.engine


def wait_for(what: str, condition, seconds: float = 120.0) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen in {seconds:.0f} s"
        time.sleep(0.1)


def cluster_is_being_created(checkout: Checkout) -> bool:
    """The update has begun and has made something."""
    return len(list((checkout.root / ".sandbox" / "simulator" / "resources").glob("*.json"))) >= 2


def test_a_killed_engine_loses_nothing(checkout: Checkout) -> None:
    running = checkout.begin("up", SANDBOX_SPEED="30")
    wait_for("the update", lambda: cluster_is_being_created(checkout))
    engine = checkout.engine()
    assert engine is not None
    engine.kill()
    killed = checkout.finish(running)
    assert killed.code == 2
    assert "Traceback" not in killed.text
    resumed = checkout.make("up")
    assert "found: " in resumed.text
    assert "no changes" in checkout.make("preview").text


def test_everything_of_a_command_is_killed(checkout: Checkout) -> None:
    running = checkout.begin("up", SANDBOX_SPEED="30")
    wait_for("the update", lambda: cluster_is_being_created(checkout))
    os.killpg(running.pid, signal.SIGKILL)
    checkout.finish(running)
    state = next((checkout.root / ".sandbox" / "engine" / "state").rglob("stacks/**/sandbox.json.attrs"))
    state.write_text('{"user.cache_')  # as a kill in the middle of the engine's write leaves it
    looked = checkout.make("preview")
    assert "found: the lock of an engine that is gone" in looked.text
    assert "found: a state that was being written" in looked.text
    resumed = checkout.make("up")
    assert "found: an update that was killed in the middle" in resumed.text
    assert "no changes" in checkout.make("preview").text


def test_ctrl_c_ends_in_order_and_the_next_up_finishes(checkout: Checkout) -> None:
    running = checkout.begin("up", SANDBOX_SPEED="30")
    wait_for("the update", lambda: cluster_is_being_created(checkout))
    (command,) = [child for child in psutil.Process(running.pid).children() if "sandbox" in child.cmdline()]
    command.send_signal(signal.SIGINT)
    stopped = checkout.finish(running)
    assert stopped.code == 2
    assert "Interrupted" in stopped.text
    assert "Traceback" not in stopped.text
    assert checkout.engine() is None
    checkout.make("up")
    assert "no changes" in checkout.make("preview").text


def test_an_api_server_that_dies_during_up(checkout: Checkout) -> None:
    running = checkout.begin("up", SANDBOX_SPEED="30")
    wait_for("the update", lambda: cluster_is_being_created(checkout))
    wait_for("a namespace", lambda: "p2p-node" in checkout.kubectl("get namespaces"))
    (server,) = [process for process in checkout.processes() if process.name() == "kube-apiserver"]
    server.kill()
    stopped = checkout.finish(running)
    assert stopped.code == 2
    assert "Traceback" not in stopped.text
    assert "kept in the state" in stopped.text
    checkout.make("up")
    assert "no changes" in checkout.make("preview").text


def test_two_at_once(checkout: Checkout, second_checkout: Checkout) -> None:
    first = checkout.begin("up")
    other = second_checkout.begin("up")
    wait_for("the lock", lambda: (checkout.root / ".sandbox" / "command.lock").exists())
    time.sleep(1)
    refused = checkout.make("up", code=2)
    assert "in use by `make up` (process" in refused.text
    for process, place in ((first, checkout), (other, second_checkout)):
        outcome = place.finish(process)
        assert outcome.code == 0, outcome.text


def test_a_wrong_passphrase_and_a_corrupt_state(checkout: Checkout) -> None:
    checkout.make("up")
    wrong = checkout.make("up", code=2, PULUMI_CONFIG_PASSPHRASE="another")
    assert "another passphrase" in wrong.text
    assert "Traceback" not in wrong.text
    (state,) = (checkout.root / ".sandbox" / "engine" / "state" / ".pulumi" / "stacks").rglob("sandbox.json")
    good = state.read_text()
    state.write_text(good[: len(good) // 2])
    corrupt = checkout.make("up", code=2)
    assert ".json.bak" in corrupt.text
    assert "Traceback" not in corrupt.text
    state.write_text(good)
    assert "no changes" in checkout.make("up").text


def test_what_was_created_after_the_engine_was_killed_is_taken_into_the_state(checkout: Checkout) -> None:
    checkout.make("up")
    path = checkout.root / ".sandbox" / "engine" / "state" / ".pulumi" / "stacks" / "p2p-nodes" / "sandbox.json"
    state = json.loads(path.read_text())
    latest = state["checkpoint"]["latest"]
    # As if the engine had begun these two and not heard of their end. The second one never came to be.
    done, lost = ("firewall-rest", "never-made")
    (rule,) = [entry for entry in latest["resources"] if entry["urn"].endswith(f"::{done}")]
    latest["resources"].remove(rule)
    begun = {key: value for key, value in rule.items() if key not in ("id", "outputs")}
    other = {**begun, "urn": begun["urn"].replace(done, lost), "inputs": {**begun["inputs"], "name": lost}}
    latest["pending_operations"] = [{"type": "creating", "resource": entry} for entry in (begun, other)]
    path.write_text(json.dumps(state))
    settled = checkout.make("up").text
    assert f"{done} was created" in settled
    assert f"{lost} was begun and not created" in settled
    assert "no changes" in settled, settled
