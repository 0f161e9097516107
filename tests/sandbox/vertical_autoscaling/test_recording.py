from __future__ import annotations

from sandbox.vertical_autoscaling.recording import Recording, names, table
from sandbox.vertical_autoscaling.scene import Scene, scene
from sandbox.vertical_autoscaling.usage import Usage
from tests.sandbox.vertical_autoscaling.pods import autoscaler, leaving, node, pod

USAGE = Usage(memory_mib=5000, cpu_millicores=1)


def seen(*pods: dict[str, object]) -> Scene:
    return scene(pods=pods, nodes=[node()], events=[], autoscaler=autoscaler("3Gi", "2Gi"), stateful_set="p2p-node")


def recorded() -> Recording:
    recording = Recording()
    one, two = pod(), pod("p2p-node-1", uid="u9")
    for seconds, scene_then in enumerate([
        seen(one, two),
        seen(leaving(one), two),
        seen(two),
        seen(pod(uid="u2", request="3Gi", limit=None, ready=False), two),
        seen(pod(uid="u2", request="3Gi", limit=None), two),
    ]):  # fmt: skip
        recording.take(seconds, scene_then, USAGE)
    return recording


def test_who_is_down_and_how_often_each_was_made_anew() -> None:
    recording = recorded()
    assert [sample.down for sample in recording.samples] == [[], *[["p2p-node-0"]] * 3, []]
    assert recording.most_down() == 1
    assert recording.restarts() == {"p2p-node-0": 1, "p2p-node-1": 0}
    assert names(recording.samples) == ["p2p-node-0", "p2p-node-1"]


def test_two_that_are_gone_at_once_are_both_counted() -> None:
    recording = Recording()
    recording.take(0, seen(pod(), pod("p2p-node-1", uid="u9")), USAGE)
    recording.take(1, seen(), USAGE)
    assert recording.most_down() == 2


def test_a_pod_that_never_was_on_a_machine_is_no_restart_and_is_down() -> None:
    recording = Recording()
    for seconds, pods in enumerate(([pod()], [pod(uid="u2", node="", ready=False)], [pod(uid="u3")])):
        recording.take(seconds, seen(*pods), USAGE)
    assert recording.restarts() == {"p2p-node-0": 1}
    assert recording.samples[1].down == ["p2p-node-0"]


def test_the_table_has_a_row_for_each_pod_of_each_sample() -> None:
    rows = table(recorded().samples).splitlines()
    assert rows[0].startswith("seconds,pod,used_mib,request_mib,limit_mib,target_mib,lower_bound_mib,up,restarts")
    assert rows[1] == "0,p2p-node-0,4096,2048,4096,3072,2048,yes,0,n1,e2-standard-2,data-p2p-node-0"
    assert rows[5] == "2,p2p-node-0,0,,,3072,2048,no,0,,,"
    assert rows[9] == "4,p2p-node-0,5000,3072,,3072,2048,yes,1,n1,e2-standard-2,data-p2p-node-0"
    assert len(rows) == 11
