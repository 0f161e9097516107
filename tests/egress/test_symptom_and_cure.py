"""The assignment's third question for real: what its firewall rule breaks, what the proxy mends and refuses."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest

from components.proxy_environment import proxy_environment
from sandbox.egress import Laboratory, Proxy, SquidRoot
from sandbox.egress.laboratory import ALLOWED, DENIED
from settings import NetworkSettings
from tests.egress.generated import running

pytestmark = pytest.mark.namespaces

GOOGLE = "www.google.com"
METADATA = "169.254.169.254"
HANGS_SECONDS = 2


@pytest.fixture(scope="module")
def proxy(lab: Laboratory, squid: SquidRoot) -> Proxy:
    return running(lab, squid, [GOOGLE, "rebinds.example", "metadata.example", ".dual.example"], number=squid.major)


@pytest.fixture(autouse=True)
def _names(lab: Laboratory) -> None:
    lab.names.answer(GOOGLE, [ALLOWED])
    lab.names.answer("denied.example", [DENIED])
    lab.names.answer("metadata.google.internal", [METADATA])
    lab.names.answer("metadata.example", [METADATA])
    lab.names.forget()
    lab.web.forget()


def curl(lab: Laboratory, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """Status and body, as `200 hello`; 000 with curl's complaint where there is no answer."""
    command = ["curl", "-sS", "--max-time", "10", "--cacert", str(lab.ca_file), "-w", "%{stderr}%{http_code}"]
    ended = lab.client.run([*command, *arguments], environment=environment)
    return f"{ended.stderr[-3:]} {ended.stdout}{ended.stderr[:-3]}".strip()


class TestTheSymptom:
    def test_the_rule_is_the_assignment_s(self, lab: Laboratory) -> None:
        listed = lab.client.run(["iptables", "-L", "OUTPUT"]).stdout
        rules = [line.split() for line in listed.splitlines()[2:]]
        assert rules == [["DROP", "tcp", "--", "anywhere", "anywhere", "tcp", "dpt:http"]]

    def test_direct_http_hangs_and_nobody_says_no(self, lab: Laboratory) -> None:
        began = time.monotonic()
        ended = lab.client.run(["curl", "-sS", "--max-time", str(HANGS_SECONDS), f"http://{GOOGLE}"])
        assert ended.returncode == 28, "not the status of a timeout"
        assert "timed out" in ended.stderr
        assert time.monotonic() - began >= HANGS_SECONDS
        assert lab.web.connections() == []

    def test_ping_works(self, lab: Laboratory) -> None:
        ended = lab.client.run(["ping", "-c", "2", "-i", "0.2", "-W", "2", GOOGLE])
        assert "2 packets transmitted, 2 received" in ended.stdout

    def test_https_works(self, lab: Laboratory) -> None:
        assert curl(lab, f"https://{GOOGLE}") == f"200 hello from {GOOGLE}"

    def test_it_is_the_rule_and_nothing_else(self, lab: Laboratory) -> None:
        ended = lab.stranger.run(["curl", "-sS", "--max-time", "5", f"http://{GOOGLE}"])
        assert ended.stdout == f"hello from {GOOGLE}\n"


class TestTheCure:
    @pytest.mark.parametrize("case", [str.lower, str.upper], ids=["lower", "upper"])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_the_variables_of_a_workload_are_enough(
        self, lab: Laboratory, proxy: Proxy, case: type[str], scheme: str
    ) -> None:
        both = proxy_environment(url=proxy.url, network=NetworkSettings())
        environment = {name: value for name, value in both.items() if name == case(name)}
        assert len(environment) == len(both) // 2
        # curl reads http_proxy in lower case alone, because a web server hands HTTP_PROXY to its CGI programs.
        client = curl if scheme == "https" or case is str.lower else python
        assert client(lab, f"{scheme}://{GOOGLE}", environment=environment) == f"200 hello from {GOOGLE}"
        (seen,) = lab.web.requests()
        assert (seen.address, seen.client) == (ALLOWED, proxy.address)
        assert seen.sni == (GOOGLE if scheme == "https" else "")

    def test_what_no_proxy_names_is_reached_directly(self, lab: Laboratory, proxy: Proxy) -> None:
        environment = proxy_environment(url=proxy.url, network=NetworkSettings())
        # By another port, for the rule drops the metadata server's own too.
        assert curl(lab, f"http://{METADATA}:8080/", environment=environment).startswith("200 ")
        (seen,) = lab.web.requests()
        assert seen.client == lab.client.address


class TestTheGuard:
    @pytest.fixture(autouse=True)
    def _nothing_reaches_a_server(self, lab: Laboratory) -> object:
        yield
        assert lab.web.connections() == [], "a refused request reached a web server"

    def test_a_denied_domain_gets_a_page_that_a_person_can_read(self, lab: Laboratory, proxy: Proxy) -> None:
        answer = curl(lab, "--proxy", proxy.url, "http://denied.example/secret?token=1")
        assert answer.startswith("403 ")
        assert "denied.example" in answer
        assert "The egress proxy forwards to the domains on its allow-list" in re.sub("<[^>]*>", "", answer)
        assert lab.names.asked == {}, "a denied name left through DNS"

    def test_a_denied_tunnel(self, lab: Laboratory, proxy: Proxy) -> None:
        assert connect(lab, proxy, "denied.example:443") == 403

    @pytest.mark.parametrize("port", [22, 80, 8443])
    def test_a_tunnel_to_another_port(self, lab: Laboratory, proxy: Proxy, port: int) -> None:
        assert connect(lab, proxy, f"{GOOGLE}:{port}") == 403

    @pytest.mark.parametrize("literal", [ALLOWED, METADATA, "[2600:5::10]", "[::ffff:169.254.169.254]", "127.0.0.1"])
    def test_an_address_in_place_of_a_name(self, lab: Laboratory, proxy: Proxy, literal: str) -> None:
        lab.names.pointer(ALLOWED, GOOGLE)
        assert connect(lab, proxy, f"{literal}:443") == 403
        assert curl(lab, "--globoff", "--proxy", proxy.url, f"http://{literal}/").startswith("403 ")

    @pytest.mark.parametrize("name", ["metadata.google.internal", "metadata.example"])
    def test_the_metadata_server_under_any_name(self, lab: Laboratory, proxy: Proxy, name: str) -> None:
        header = "Metadata-Flavor: Google"
        assert curl(lab, "--proxy", proxy.url, "-H", header, f"http://{name}/computeMetadata/v1/").startswith("403 ")
        assert connect(lab, proxy, f"{name}:443") == 403

    @pytest.mark.parametrize("inside", ["10.128.0.20", "10.72.0.1", "127.0.0.1", "fd00:ec2::254", "::1"])
    def test_an_allowed_name_that_leads_inside(self, lab: Laboratory, proxy: Proxy, inside: str) -> None:
        name = f"{inside.replace(':', '-').replace('.', '-')}.dual.example"
        lab.names.answer(name, [inside])
        assert curl(lab, "--proxy", proxy.url, f"http://{name}/").startswith("403 ")
        assert connect(lab, proxy, f"{name}:443") == 403
        lab.names.answer(name := f"beside-{name}", [ALLOWED, inside])
        assert curl(lab, "--proxy", proxy.url, f"http://{name}/").startswith("403 ")

    def test_a_stranger(self, lab: Laboratory, proxy: Proxy) -> None:
        ended = lab.stranger.run(["curl", "-sS", "--max-time", "10", "--proxy", proxy.url, f"http://{GOOGLE}/", "-i"])
        assert ended.stdout.startswith("HTTP/1.1 403 ")
        assert connect(lab, proxy, f"{GOOGLE}:443", stranger=True) == 403


def test_a_name_that_rebinds_is_refused_as_soon_as_it_does(lab: Laboratory, squid: SquidRoot, proxy: Proxy) -> None:
    lab.names.answer(name := "rebinds.example", [ALLOWED], ttl=1)
    assert curl(lab, "--proxy", proxy.url, f"http://{name}/").startswith("200 ")
    lab.names.answer(name, ["10.128.0.20"], ttl=1)
    answers = []
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answers.append(curl(lab, "--proxy", proxy.url, f"http://{name}/")[:3])
        if answers[-1] != "200":
            break
        time.sleep(0.5)
    assert answers[-1] == "403"
    assert connect(lab, proxy, f"{name}:443") == 403
    assert {one.address for one in lab.web.requests()} == {ALLOWED}


def connect(lab: Laboratory, proxy: Proxy, target: str, *, stranger: bool = False) -> int:
    """The status that a CONNECT gets."""
    with (lab.stranger if stranger else lab.client).connect(proxy.address, proxy.port) as connection:
        connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        return int(connection.recv(4096).split()[1])


def python(lab: Laboratory, url: str, *, environment: dict[str, str]) -> str:
    """As `curl`, by Python's own client."""
    code = "import sys, urllib.request as r; a = r.urlopen(sys.argv[1]); print(a.status, a.read().decode())"
    ended: subprocess.CompletedProcess[str] = lab.client.run([sys.executable, "-c", code, url], environment=environment)
    return ended.stdout.strip() or ended.stderr
