"""What docs/egress.md says, against the program, and its queries against a log that the real squid wrote."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml

import settings
from components.egress_metrics import METHOD, OUTCOME
from components.egress_pod import MARGIN_SECONDS, PRE_STOP_SECONDS
from components.proxy_environment import no_proxy
from components.squid_access import refusals
from components.squid_conf import configuration
from sandbox.egress import Laboratory, SquidRoot, laboratory
from sandbox.layout import CHECKOUT
from settings import EgressSettings, NetworkSettings
from tests.settings.configurations import RIGHT, merged

PAGE = CHECKOUT / "docs" / "egress.md"
DOCUMENT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
PODS = (IPv4Network("10.64.0.0/14"),)
FIELDS = re.compile(r"`([a-z_]+)`")


def blocks(kind: str) -> list[str]:
    found = [match["body"] for match in BLOCK.finditer(DOCUMENT) if match["kind"] == kind]
    assert found, f"no block ```{kind}"
    return found


def commands(kind: str) -> list[str]:
    return [line for body in blocks(f"sh {kind}") for line in body.splitlines()]


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    section = DOCUMENT.partition(f"## {heading}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table, heading
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[0].splitlines()[2:]]


def test_every_command_says_where_it_runs() -> None:
    kinds = {match["kind"] for match in BLOCK.finditer(DOCUMENT) if match["kind"].startswith("sh")}
    assert kinds == {"sh operator", "sh cluster", "sh docker"}


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    assert {line.split()[1] for line in commands("operator")} <= targets


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", DOCUMENT)
    headings = {re.sub(r"[^a-z0-9 -]", "", line.lower()).strip().replace(" ", "-") for line in HEADINGS}
    for path, _, anchor in (link.partition("#") for link in links):
        assert not path or (PAGE.parent / path).exists(), path
        assert path or anchor in headings, anchor


HEADINGS = re.findall(r"^#+ (.*)$", DOCUMENT, re.MULTILINE)


def test_the_example_is_accepted() -> None:
    (example,) = blocks("yaml")
    given = yaml.safe_load(example)["config"]["p2p-nodes:egress"]
    assert settings.load(merged(RIGHT, {"egress": given})).egress.allowed_domains == ("www.google.com", ".example.org")


def test_the_mistakes_are_those_that_are_shown() -> None:
    (refused,) = blocks("text refused")
    (shown,) = blocks("text mistakes")
    with pytest.raises(settings.SettingsError) as caught:
        settings.load(merged(RIGHT, {"egress": yaml.safe_load(refused)["p2p-nodes:egress"]}))
    assert f"{caught.value}\n" == shown


def test_no_proxy_is_what_is_computed() -> None:
    (shown,) = blocks("text no_proxy")
    assert shown.replace("\n", "") == no_proxy(NetworkSettings())


def test_the_numbers_are_the_program_s() -> None:
    drain = EgressSettings().drain_seconds
    given = dict(re.findall(r"<!-- (\w+) -->(.*?)<!-- /\w+ -->", DOCUMENT))
    assert given == {
        "drain": str(drain),
        "stated": f"{PRE_STOP_SECONDS} + {drain} = {PRE_STOP_SECONDS + drain}",
        "margin": str(MARGIN_SECONDS),
    }


def test_each_reason_is_explained_in_the_order_in_which_it_is_looked_for() -> None:
    given = [(one.reason, str(one.status)) for one in refusals(clients=PODS, allowed_domains=["example.org"])]
    assert [(row[0].strip("`"), row[1]) for row in rows("What is refused, and why")] == given


def proxies_of(config: dict[str, Any], names: tuple[str, str, str]) -> None:
    http, https, direct = (config[name] for name in names)
    assert len(config) == 3
    assert http == https == "http://172.17.0.1:3128", "an https:// proxy would have to speak TLS itself"
    assert {"localhost", "127.0.0.1"} <= set(direct.split(","))


def test_docker_s_client_reads_its_file() -> None:
    """The keys are those of docker/cli, cli/config/configfile: ProxyConfig."""
    (text,) = blocks("json client")
    config = json.loads(text)
    assert list(config) == ["proxies"]
    assert list(config["proxies"]) == ["default"]
    proxies_of(config["proxies"]["default"], ("httpProxy", "httpsProxy", "noProxy"))


def test_docker_s_daemon_reads_its_files() -> None:
    """The keys are those of moby, daemon/config: Proxies. Both files say the same."""
    (text,), (unit,) = blocks("json daemon"), blocks("ini daemon")
    config = json.loads(text)
    assert list(config) == ["proxies"]
    proxies_of(config["proxies"], ("http-proxy", "https-proxy", "no-proxy"))
    head, *lines = unit.splitlines()
    assert head == "[Service]"
    variables = dict(shlex.split(line.removeprefix("Environment="))[0].split("=", 1) for line in lines)
    proxies_of(variables, ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"))
    assert variables["NO_PROXY"] == config["proxies"]["no-proxy"]


def test_docker_runs_the_image_of_the_cluster_and_reaches_it() -> None:
    started, used = (line for line in commands("docker") if line.startswith("docker run"))
    words = shlex.split(started)
    assert words[-1] == EgressSettings().image
    address = words[words.index("--publish") + 1].removesuffix(":3128")
    assert used.count(f"http://{address}") == 2
    assert {"http_proxy", "https_proxy", "no_proxy"} == set(re.findall(r"--env (\w+)=", used))


def test_every_field_of_the_log_is_explained() -> None:
    conf = configuration(port=3128, clients=PODS, health_checkers=[], allowed_domains=["a.org"], drain_seconds=2)
    formats = re.findall(r"^logformat .*$", conf["squid.conf"], re.MULTILINE)
    written = {name for line in formats for name in re.findall(r'"([a-z_]+)": ', line)}
    explained = [name for row in rows("The log") for name in FIELDS.findall(row[0])]
    assert sorted(explained) == sorted(written)


def test_the_metrics_have_the_labels_that_are_named() -> None:
    section = " ".join(DOCUMENT.partition("Log-based metrics count")[2].partition("## ")[0].split())
    named = {*re.findall(r"by `method`, `(\w+)`, `(\w+)`, `(\w+)` and `(\w+)`", section)[0], "method"}
    assert named == {*METHOD, *OUTCOME}
    assert "by `method`. A host" in section


def jq_programs() -> list[str]:
    words = [shlex.split(line) for line in commands("cluster") if "| jq" in line]
    return [line[line.index("jq") + 3] for line in words]


ANSWERS = [
    ["literal 169.254.169.254:80", "domain www.youtube.com:80", "domain www.youtube.com:443",
     "unresolved gone.example.org:80"],
    ["200 GET www.google.com -", "403 GET 169.254.169.254 literal", "403 GET www.youtube.com domain",
     "403 CONNECT www.youtube.com domain", "503 GET gone.example.org unresolved"],
    ["gone.example.org 503 unresolved"],
    [],
    ["a complaint of squid's"],
]  # fmt: skip
"""Of each query, in the order of the page."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with laboratory(tmp_path_factory.mktemp("page") / "laboratory") as made:
        yield made


@pytest.mark.namespaces
def test_the_queries_find_what_they_promise(lab: Laboratory, squid: SquidRoot, tmp_path: Path) -> None:
    files = configuration(
        port=3128,
        clients=PODS,
        health_checkers=[],
        allowed_domains=["www.google.com", "gone.example.org"],
        drain_seconds=2,
    )
    conf = files.pop("squid.conf")
    proxy = lab.proxy(conf, squid=squid, number=squid.major, files=files)
    lab.names.answer("www.google.com", ["5.5.5.10"])
    for url in (
        "http://www.google.com/echo",
        "http://169.254.169.254/",
        "http://www.youtube.com/watch?v=secret",
        "https://www.youtube.com/",
        "http://gone.example.org/",
    ):
        lab.client.run(["curl", "-sS", url], environment={"http_proxy": proxy.url, "https_proxy": proxy.url})
    log = [line for line in proxy.raw_log() if line]
    assert len(log) == 5
    assert "secret" not in "".join(log)
    assert list(json.loads(log[2])) == list(json.loads(blocks("json log")[0])), "the example is another squid's"
    text = "\n".join([*log, "a complaint of squid's", ""])
    programs = jq_programs()
    assert len(programs) == len(ANSWERS)
    for program, expected in zip(programs, ANSWERS, strict=True):
        run = ["jq", "--raw-input", "--raw-output", program]
        said = subprocess.run(run, input=text, check=True, capture_output=True, text=True).stdout.splitlines()
        assert [re.sub(r"^\S+Z ", "", line) for line in said] == expected, program
