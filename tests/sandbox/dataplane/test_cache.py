from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from sandbox.dataplane import cache as module
from sandbox.dataplane.api_server import ApiRefused, ApiServer, ApiUnreachable
from sandbox.dataplane.cache import Cache
from sandbox.dataplane.kinds import KINDS

Json = dict[str, Any]


def pod(version: int, *, uid: str = "u", name: str = "p") -> Json:
    return {"metadata": {"name": name, "namespace": "ns", "uid": uid, "resourceVersion": str(version)}}


class Script:
    """An API server that plays a script of lists and watches, then stops the cache."""

    def __init__(self, steps: list[Any]) -> None:
        self.steps = steps
        self.listed = 0
        self.end: Callable[[], None] = lambda: None

    def get(self, path: str) -> Json:
        self.listed += 1
        return {"items": self._next(), "metadata": {"resourceVersion": "1"}}

    def watch(self, path: str, *, since: str, seconds: int) -> Iterator[Json]:
        yield from self._next()

    def _next(self) -> Any:
        if not self.steps:
            self.end()
            raise ApiUnreachable("the script is over")
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(module, "ABSENT_KIND_SECONDS", 0.0)
    monkeypatch.setattr(module, "UNEXPECTED_SECONDS", 0.0)


def played(*steps: Any) -> tuple[list[str], Script]:
    """Names with versions of the pods in the cache at the end of a script."""
    script = Script(list(steps))
    cache = Cache(cast(ApiServer, script))
    script.end = cache.stop
    cache._follow("Pod", KINDS["Pod"])
    found = cache.objects("Pod")
    return [f"{p['metadata']['name']}:{p['metadata']['resourceVersion']}" for p in found], script


def event(type: str, value: Json) -> Json:
    return {"type": type, "object": value}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (([pod(1)], [event("MODIFIED", pod(3)), event("ADDED", pod(4, uid="v", name="q"))]), ["p:3", "q:4"]),
        (([pod(1)], [event("DELETED", pod(2))]), []),
        (([pod(1)], [event("BOOKMARK", pod(9))]), ["p:1"]),
        (([pod(1)], ApiRefused(410, "too old"), [pod(7)]), ["p:7"]),
        (([pod(1)], ApiUnreachable("restart"), [pod(7)]), ["p:7"]),
        (([pod(1)], ApiRefused(410, "too old"), ApiRefused(404, "not served yet")), ["p:1"]),
        ((ApiRefused(404, "no such kind"),), []),
    ],
)
def test_the_cache_follows_the_server(steps: tuple[Any, ...], expected: list[str]) -> None:
    assert played(*steps)[0] == expected


@pytest.mark.parametrize("odd", [[event("MODIFIED", {})], RuntimeError("odd")])
def test_what_nobody_expected_is_said_and_the_kind_is_listed_again(
    odd: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert played([pod(1)], odd, [pod(7)])[0] == ["p:7"]
    assert "watch of Pod: unexpected" in capsys.readouterr().out


def test_a_closed_watch_goes_on_without_a_list() -> None:
    _, script = played([pod(1)], [], [event("MODIFIED", pod(3))])
    assert script.listed == 1


def test_an_older_version_never_replaces_a_newer_and_the_dead_stay_dead() -> None:
    cache = Cache(cast(ApiServer, Script([])))
    cache.take("Pod", pod(5))
    cache.take("Pod", pod(4))
    assert cache.objects("Pod")[0]["metadata"]["resourceVersion"] == "5"
    cache.drop("Pod", pod(6))
    cache.take("Pod", pod(5))
    assert not cache.objects("Pod")
    cache.take("Pod", pod(7, uid="next"))
    assert cache.objects("Pod")[0]["metadata"]["uid"] == "next"
