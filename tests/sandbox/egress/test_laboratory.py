"""The laboratory itself: what it promises to those who test in it, and that nothing of it stays."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.egress import Laboratory, LaboratoryError, Proxy, SquidRoot, laboratory
from sandbox.egress.laboratory import UNREACHABLE

pytestmark = pytest.mark.namespaces
ROOT = Path(__file__).resolve().parents[3]

CONF = """\
http_port 3128
visible_hostname laboratory
http_access allow all
cache deny all
pid_filename none
netdb_filename none
pinger_enable off
max_filedescriptors 1024
cache_log /dev/stderr
logformat json {"url":"%ru","status":%>Hs}
access_log stdio:/dev/stdout json
shutdown_lifetime 1 seconds
"""
PROGRAM = """\
import pathlib, sys, time
from sandbox.egress import SquidRoot, laboratory
with laboratory(pathlib.Path(sys.argv[1])) as lab:
    proxy = lab.proxy(sys.argv[2], squid=SquidRoot(path=pathlib.Path(sys.argv[3]), program=sys.argv[4], version="0.0"))
    ping = lab.client.start(["ping", "5.5.5.10"])
    print(proxy.pid, ping.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with laboratory(tmp_path_factory.mktemp("egress") / "laboratory") as made:
        yield made


@pytest.fixture
def proxies(lab: Laboratory, squid: SquidRoot) -> Iterator[Callable[..., Proxy]]:
    """Starts one of the configuration above; they end with the test."""
    with contextlib.ExitStack() as stack:

        def start(conf: str = CONF, *, number: int = 1, files: dict[str, str] | None = None) -> Proxy:
            proxy = lab.proxy(conf, squid=squid, number=number, files=files)
            stack.callback(proxy.close)
            return proxy

        yield start


def namespaces() -> set[str]:
    """Those that processes and threads of this machine are in: network, processes and mounts."""
    found = set()
    for kind in ("net", "pid", "mnt"):
        for link in Path("/proc").glob(f"[0-9]*/task/[0-9]*/ns/{kind}"):
            try:
                found.add(str(link.readlink()))
            except OSError:
                continue
    return found


def of(pids: list[int]) -> set[str]:
    return {str(Path(f"/proc/{pid}/ns/{kind}").readlink()) for pid in pids for kind in ("net", "pid", "mnt")}


class TestNothingStays:
    def test_after_a_failure_in_the_middle(self, tmp_path: Path, squid: SquidRoot) -> None:
        rules = subprocess.run(["iptables", "-S", "OUTPUT"], capture_output=True, check=True).stdout
        threads = threading.active_count()
        with contextlib.suppress(ZeroDivisionError), laboratory(tmp_path / "lab") as lab:
            proxy = lab.proxy(CONF, squid=squid)
            own = of([proxy.pid]) - of([os.getpid()])
            assert len(own) == 3
            assert own <= namespaces()
            raise ZeroDivisionError
        assert not psutil.pid_exists(proxy.pid)
        assert not own & namespaces()
        assert str(tmp_path) not in Path("/proc/mounts").read_text()
        assert subprocess.run(["iptables", "-S", "OUTPUT"], capture_output=True, check=True).stdout == rules
        deadline = time.monotonic() + 5
        while threading.active_count() > threads and time.monotonic() < deadline:
            time.sleep(0.05)
        assert threading.active_count() <= threads

    def test_even_when_it_is_killed(self, tmp_path: Path, squid: SquidRoot) -> None:
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "lab"), CONF, str(squid.path), squid.program]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            pids = [int(pid) for pid in process.stdout.readline().split()]
            own = of(pids) - of([os.getpid()])
            assert own <= namespaces()
            process.kill()
        deadline = time.monotonic() + 10
        while own & namespaces() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not own & namespaces()

    def test_a_configuration_that_squid_refuses_is_told_and_its_number_is_free_again(
        self, lab: Laboratory, squid: SquidRoot
    ) -> None:
        with pytest.raises(LaboratoryError, match="no_such_directive"):
            lab.proxy(f"{CONF}http_access allow no_such_directive\n", squid=squid, number=9)
        lab.proxy(CONF, squid=squid, number=9).close()

    def test_two_side_by_side(self, lab: Laboratory, tmp_path: Path, squid: SquidRoot) -> None:
        with laboratory(tmp_path / "second") as second:
            for number, one in enumerate((lab, second)):
                one.names.answer("same.example", [f"5.5.5.1{number}"])
                one.web.forget()
            proxies = [one.proxy(CONF, squid=squid, number=8) for one in (lab, second)]
            for one, proxy in zip((lab, second), proxies, strict=True):
                environment = {"http_proxy": proxy.url}
                one.client.run(["curl", "-sS", "http://same.example/"], environment=environment, check=True)
            assert [[seen.address for seen in one.web.requests()] for one in (lab, second)] == [
                ["5.5.5.10"],
                ["5.5.5.11"],
            ]
            proxies[0].close()


class TestTheProxyIsRunAsItsPodRunsIt:
    def test_its_process(self, lab: Laboratory, proxies: Callable[..., Proxy]) -> None:
        proxy = proxies(files={"page.html": "<p>page</p>"})
        fields = dict(line.split(":\t", 1) for line in Path(f"/proc/{proxy.pid}/status").read_text().splitlines())
        assert fields["Name"].startswith("squid")
        assert (fields["Uid"], fields["Gid"]) == ("13\t13\t13\t13", "13\t13\t13\t13")
        assert fields["Groups"].split() == ["13"]
        assert {fields[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
        assert fields["NoNewPrivs"] == "1"
        assert fields["NSpid"].split()[-1] == "1"
        mounts = [line.split() for line in Path(f"/proc/{proxy.pid}/mounts").read_text().splitlines()]
        assert {
            place: options.split(",")[0] for _, place, _, options, *_ in mounts if place == "/" or "egress" in place
        } == {
            "/": "ro",
            "/etc/egress-proxy": "ro",
        }
        inside = Path(f"/proc/{proxy.pid}/root")
        assert (inside / "etc/egress-proxy/page.html").read_text() == "<p>page</p>"
        assert "nameserver 10.72.0.10\n" in (inside / "etc/resolv.conf").read_text()
        for folder in ("run/squid", "var/log/squid", "var/spool/squid"):
            found = (inside / folder).stat()
            assert (found.st_mode & 0o7777, found.st_uid, found.st_gid) == (0o2777, 0, 13)
        assert proxy.resident_kib() > 1000

    def test_sigterm_reaches_squid_itself(self, lab: Laboratory, proxies: Callable[..., Proxy]) -> None:
        proxy = proxies()
        proxy.terminate()
        assert proxy.wait(10) == 0
        assert "Shutdown: " in proxy.complaints() or "Preparing for shutdown" in proxy.complaints()
        assert not proxy.running()

    def test_sigkill(self, lab: Laboratory, proxies: Callable[..., Proxy]) -> None:
        proxy = proxies()
        with pytest.raises(LaboratoryError, match="proxy 1 runs already"):
            proxies()
        proxy.kill()
        assert proxy.wait(10) != 0

    def test_its_log(self, lab: Laboratory, proxies: Callable[..., Proxy]) -> None:
        lab.names.answer("log.example", ["5.5.5.10"])
        proxy = proxies()
        lab.client.run(["curl", "-sS", "http://log.example/a"], environment={"http_proxy": proxy.url}, check=True)
        deadline = time.monotonic() + 5
        while not proxy.raw_log() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert proxy.log() == [{"url": "http://log.example/a", "status": 200}]

    def test_every_address_is_within_its_reach(self, lab: Laboratory, proxies: Callable[..., Proxy]) -> None:
        # Without a rule that forbids it: else a test that finds it refused would prove nothing.
        proxy = proxies()
        for literal in ("127.0.0.1", "[::1]", "169.254.169.254", "[fd00:ec2::254]", "198.51.100.77", "[2001:db8::77]"):
            lab.web.forget()
            command = ["curl", "-sSg", "--max-time", "5", "--proxy", proxy.url, f"http://{literal}/"]
            assert lab.client.run(command).stdout == f"hello from {literal}\n"
            assert [seen.address for seen in lab.web.requests()] == [literal.strip("[]")]


class TestTheInternet:
    def get(self, lab: Laboratory, path: str, *options: str) -> str:
        command = ["curl", "-sS", "--max-time", "10", *options, f"http://5.5.5.10{path}"]
        return lab.stranger.run(command, check=True).stdout

    def test_its_paths(self, lab: Laboratory) -> None:
        assert len(self.get(lab, "/bytes/100000")) == 100000
        began = time.monotonic()
        assert self.get(lab, "/drip/0.5").splitlines() == [f"drop {number}" for number in range(5)]
        assert time.monotonic() - began >= 0.5
        assert "Location: http://127.0.0.1/x" in self.get(lab, "/redirect?to=http://127.0.0.1/x", "-i")
        assert len(self.get(lab, "/headers/5000", "-i")) > 5000
        echoed = json.loads(self.get(lab, "/echo?a=b", "-H", "X-One: 1", "-d", "text"))
        assert (echoed["method"], echoed["path"], echoed["headers"]["x-one"], echoed["body"]) == (
            "POST", "/echo?a=b", "1", "text",
        )  # fmt: skip

    def test_an_address_that_nobody_answers_at(self, lab: Laboratory) -> None:
        with pytest.raises(TimeoutError):
            lab.stranger.connect(UNREACHABLE, 443, timeout=0.5)

    def test_there_is_no_way_out(self, lab: Laboratory) -> None:
        # A server of this machine, on all of its addresses, is in another world.
        with socket.create_server(("0.0.0.0", 0)) as server:  # noqa: S104
            lab.web.forget()
            mine = next(
                (
                    one.address
                    for all_ in psutil.net_if_addrs().values()
                    for one in all_
                    if one.family == socket.AF_INET
                ),
                "127.0.0.1",
            )
            for place in (mine, "127.0.0.1"):
                with pytest.raises(OSError, match=r"refused|timed out|unreachable"):
                    lab.stranger.connect(place, server.getsockname()[1], timeout=0.5).close()


class TestAService:
    def test_new_connections_go_to_those_that_are_in(self, lab: Laboratory, proxies: Callable[..., Proxy]) -> None:
        lab.names.answer("service.example", ["5.5.5.10"])
        one, two = proxies(), proxies(number=2)
        service = lab.service([one, two])
        assert service.address not in (one.address, two.address)

        def used() -> Counter[str]:
            lab.web.forget()
            for _ in range(12):
                environment = {"http_proxy": service.url}
                lab.client.run(["curl", "-sS", "http://service.example/"], environment=environment, check=True)
            return Counter(seen.client for seen in lab.web.requests())

        assert set(used()) == {one.address, two.address}
        with lab.client.connect(service.address, service.port) as kept:
            service.take_out(one)
            service.take_out(two)
            kept.sendall(b"GET http://service.example/kept HTTP/1.1\r\nHost: service.example\r\n\r\n")
            assert kept.recv(100).startswith(b"HTTP/1.1 200 ")
        with pytest.raises(ConnectionRefusedError):
            lab.client.connect(service.address, service.port)
        service.put_in(two)
        assert used() == {two.address: 12}
