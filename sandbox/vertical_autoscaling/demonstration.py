"""Memory follows demand: usage grows, and recommender, updater and admission controller raise the nodes' requests."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from operations.adapters.console import Progress
from operations.errors import OperationError
from sandbox.dataplane.api_server import ApiRefused
from sandbox.toolchain import Toolset
from sandbox.vertical_autoscaling import objects, running
from sandbox.vertical_autoscaling.components import ADMISSION_CONTROLLER, RECOMMENDER, UPDATER, Settings, commands
from sandbox.vertical_autoscaling.following import Change, Followed, Json
from sandbox.vertical_autoscaling.recording import Recording
from sandbox.vertical_autoscaling.running import METRICS, Place
from sandbox.vertical_autoscaling.scene import Recommendation, Scene, news, scene
from sandbox.vertical_autoscaling.target import Target
from sandbox.vertical_autoscaling.usage import Profile

NODES = "/api/v1/nodes"
START_SECONDS = 90.0
"""Within which a program must be ready; the admission controller waits 10 s before it registers itself."""
PAUSE_SECONDS = 0.5
SAMPLE_SECONDS = 1.0
_TOO_MANY_REQUESTS = 429


@dataclass(kw_only=True)
class Demonstration:
    """One run. `restart_seconds` is how long a node takes at most from its eviction until it is ready again."""

    place: Place
    target: Target
    profile: Profile
    profile_file: Path
    progress: Progress
    restart_seconds: float
    recording: Recording = field(default_factory=Recording)
    scene: Scene = field(default_factory=Scene)
    _changes: queue.SimpleQueue[Change] = field(default_factory=queue.SimpleQueue)
    _objects: dict[str, tuple[Json, ...]] = field(default_factory=dict)
    _began: float | None = None
    _sampled: float = 0.0
    _alive: list[str] = field(default_factory=list)

    def run(self, tools: Toolset, show_flags: Callable[[Settings], None]) -> None:
        """The whole story. Nothing of it runs or is registered afterwards, however it ends.

        Raises:
            OperationError: something did not happen within its time.
            ControlPlaneError: a process ended by itself.
            ApiRefused, ApiUnreachable: the API server refused something or is gone.
        """
        followed = Followed(server=self.place.server, changes=self._changes)
        collections = (self.target.pods, NODES, self.target.events, self.target.autoscalers)
        try:
            for collection in collections:
                followed.follow(collection)
            self._until("the API server's lists", lambda: len(self._objects) == len(collections), START_SECONDS)
            self._until("nodes that are ready", self._all_up, START_SECONDS + self.restart_seconds)
            self._back_to_the_template()
            settings = running.prepare(self.place, tools)
            show_flags(settings)
            self._start(settings)
            self._until("requests that follow", self._followed, self._limit())
        finally:
            followed.stop()
            with running.undisturbed():
                running.end(self.place)

    def _limit(self) -> float:
        """Enough for each node to be made anew once more than the profile's two steps ask for."""
        return self.profile.seconds + START_SECONDS + 3 * self.target.replicas * self.restart_seconds

    def _start(self, settings: Settings) -> None:
        """In this order nothing is evicted by an old recommendation, nor before new pods get a new request."""
        before = self.scene.recommendation
        command = commands(settings)
        self._began = running.start_metrics(
            self.place,
            profile=self.profile_file,
            namespace=self.target.namespace,
            stateful_set=self.target.stateful_set,
        )
        self._alive.append(METRICS)
        self._until("the metrics API", self._metrics_served, START_SECONDS)
        self.progress.notes("metrics.k8s.io is served; usage follows the profile")
        for name, what, ready in (
            (RECOMMENDER, "a recommendation", partial(self._recommended, before)),
            (ADMISSION_CONTROLLER, "the webhook", self._webhook_registered),
            (UPDATER, "the updater", lambda: True),
        ):
            self.place.processes.start(command[name])
            self._alive.append(name)
            self._until(what, ready, START_SECONDS)
            self.progress.notes(f"{name} is at work")

    def _recommended(self, before: Recommendation | None) -> bool:
        """Whether there is one that is not an earlier run's, or that evicts nobody all the same."""
        now = self.scene.recommendation
        return now is not None and (now != before or now.lower_mib <= self.target.request_mib <= now.upper_mib)

    def _back_to_the_template(self) -> None:
        """Pods may still have the requests of an earlier run: as they come back, they have the template's."""
        for name, pod in self.scene.pods.items():
            if pod.request_mib != self.target.request_mib:
                self.progress.notes(f"{name} has the request of an earlier run: made anew with the template's")
                self._until("a permission to evict", partial(self._evict, name), START_SECONDS)
                limit = START_SECONDS + self.restart_seconds
                self._until("the node's return", partial(self._replaced, name, pod.uid), limit)

    def _evict(self, name: str) -> bool:
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": self.target.namespace},
        }
        try:
            self.place.server.create(f"{self.target.pods}/{name}/eviction", body)
        except ApiRefused as refusal:
            if refusal.status != _TOO_MANY_REQUESTS:
                raise
            return False
        return True

    def _replaced(self, name: str, uid: str) -> bool:
        return name in self.scene.pods and self.scene.pods[name].uid != uid and self._all_up()

    def _metrics_served(self) -> bool:
        status = self.place.server.get(objects.API_SERVICE).get("status") or {}
        return any(c["type"] == "Available" and c["status"] == "True" for c in status.get("conditions") or [])

    def _webhook_registered(self) -> bool:
        return all(objects.is_there(self.place.server, path) for path in (objects.WEBHOOK, objects.STATUS_LEASE))

    def _all_up(self) -> bool:
        return len(self.scene.pods) == self.target.replicas and all(pod.up for pod in self.scene.pods.values())

    def _followed(self) -> bool:
        """Whether usage has stopped to grow, and every node is back with a request that covers it."""
        needed = self.profile.at(self.profile.seconds).memory_mib
        grown = self._began is not None and time.time() - self._began > self.profile.seconds
        return grown and self._all_up() and all(pod.request_mib >= needed for pod in self.scene.pods.values())

    def _until(self, what: str, done: Callable[[], bool], limit_seconds: float) -> None:
        """Takes in what changes until `done`. OperationError after the limit, ControlPlaneError if a process ended."""
        deadline = time.monotonic() + limit_seconds
        while not done():
            if time.monotonic() > deadline:
                raise OperationError(
                    f"Waited {limit_seconds:.0f} s for {what} in vain. {self._state()} What was started for this has "
                    f"been ended; the logs of {', '.join(self._alive) or 'the sandbox'} in {self.place.layout.logs} "
                    "tell more. `make status` shows what the sandbox is like."
                )
            self.place.processes.refuse_dead(self._alive)
            self.progress.waits(f"{what}. {self._state()}")
            self._take_in(PAUSE_SECONDS)

    def _state(self) -> str:
        pods = ", ".join(
            f"{pod.name} {pod.request_mib:.0f} MiB {'ready' if pod.up else 'down'}" for pod in self.scene.pods.values()
        )
        if self._began is None:
            return f"Requests: {pods}."
        used = self.profile.at(time.time() - self._began).memory_mib
        return f"Usage {used:.0f} MiB; requests: {pods}."

    def _take_in(self, seconds: float) -> None:
        """What changed since the last time, or within `seconds`."""
        try:
            change = self._changes.get(timeout=seconds)
            while True:
                self._objects[change.collection] = change.objects
                self._look(change.at)
                change = self._changes.get_nowait()
        except queue.Empty:
            self._sample(time.time(), changed=False)

    def _look(self, at: float) -> None:
        of = self._objects
        autoscalers = {item["metadata"]["name"]: item for item in of.get(self.target.autoscalers, ())}
        after = scene(
            pods=of.get(self.target.pods, ()),
            nodes=of.get(NODES, ()),
            events=of.get(self.target.events, ()),
            autoscaler=autoscalers.get(self.target.autoscaler),
            stateful_set=self.target.stateful_set,
        )
        if self._began is not None:
            for line in news(self.scene, after):
                self.progress.notes(f"{at - self._began:6.1f} s  {line}")
        changed, self.scene = after != self.scene, after
        self._sample(at, changed=changed)

    def _sample(self, at: float, *, changed: bool) -> None:
        if self._began is not None and (changed or at - self._sampled >= SAMPLE_SECONDS):
            self._sampled = at
            seconds = at - self._began
            self.recording.take(seconds, self.scene, self.profile.at(seconds))
