"""What `make egress-tools` decides, with nothing installed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sandbox.egress import LaboratoryError, SquidRoot, possible, tools, trixie
from sandbox.egress.possible import PROGRAMS
from sandbox.egress.tools import FETCHING, PACKAGES, Machine, missing_packages, provide

ALL = frozenset(PACKAGES)
NEEDED = (*PROGRAMS, "squid")


def machine(*, platform: str = "linux", root: bool = True, apt: bool = True, without: tuple[str, ...] = ()) -> Machine:
    return Machine(platform=platform, root=root, apt=apt, found=ALL - set(without))


class TestMissingPackages:
    def test_nothing_is_installed_where_everything_is_there(self) -> None:
        assert missing_packages(machine(apt=False), [*NEEDED, *FETCHING]) == []

    def test_only_what_is_missing_and_needed(self) -> None:
        bare = machine(without=("iptables", "iptables-restore", "squid", "debootstrap"))
        assert missing_packages(bare, NEEDED) == ["iptables", "squid"]
        assert missing_packages(bare, FETCHING) == ["debootstrap"]

    @pytest.mark.parametrize(
        ("where", "says"),
        [
            (machine(platform="darwin"), "need Linux, and this is darwin"),
            (machine(root=False), "need root for network namespaces: run `sudo make test-egress`"),
            (machine(root=False, without=("squid",)), "namespaces and to install squid: run `sudo make"),
            (machine(apt=False, without=("squid", "curl")), "Install curl, squid (names as in Debian)"),
        ],
    )
    def test_one_sentence_where_that_cannot_be(self, where: Machine, says: str) -> None:
        with pytest.raises(LaboratoryError) as caught:
            missing_packages(where, NEEDED)
        assert says in str(caught.value)
        assert "EGRESS_NAMESPACES=unavailable" in str(caught.value)
        assert "\n" not in str(caught.value)


class TestProvide:
    @pytest.fixture(autouse=True)
    def _nothing_is_done(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self.done: list[str] = []
        self.roots = [SquidRoot(path=Path("/"), program="squid", version="5.7")]
        monkeypatch.setattr(tools, "install", lambda packages: self.done.append(" ".join(packages)))
        monkeypatch.setattr(tools, "squid_roots", lambda environment: self.roots)
        monkeypatch.setattr(tools, "look", lambda: machine(without=("debootstrap",)))
        monkeypatch.setattr(tools, "fetch", lambda *_: self._fetch())

    def _fetch(self) -> None:
        self.done.append("fetched")
        self.roots.append(SquidRoot(path=Path("/cached"), program="squid-gnutls", version="6.13"))

    def test_an_older_squid_gets_a_newer_one_beside_it(self) -> None:
        provide({}, self.said.append)
        assert self.done == ["debootstrap", "fetched"]
        assert self.said[-2:] == ["egress: squid 5.7 in /", "egress: squid 6.13 in /cached"]

    def test_a_system_with_squid_6_fetches_nothing(self) -> None:
        self.roots[0] = SquidRoot(path=Path("/"), program="squid", version="6.6")
        provide({}, self.said.append)
        assert self.done == []
        assert self.said == ["egress: squid 6.6 in /"]

    def test_without_squid_6_it_goes_on_and_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(*_: object) -> None:
            raise LaboratoryError("debootstrap failed: no network.")

        monkeypatch.setattr(tools, "fetch", fails)
        provide({}, self.said.append)
        warning = (
            "WARNING: debootstrap failed: no network. The egress tests go on WITHOUT squid 6.x, which the image runs."
        )
        assert self.said[-2:] == [warning, "egress: squid 5.7 in /"]

    def test_told_that_there_are_no_namespaces_it_does_nothing(self) -> None:
        provide({"EGRESS_NAMESPACES": "unavailable"}, self.said.append)
        assert self.done == []
        assert self.said == ["egress: nothing is installed, EGRESS_NAMESPACES=unavailable"]

    def test_for_one_named_squid_none_is_installed_or_fetched(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tools, "look", lambda: machine(without=("squid", "debootstrap", "curl")))
        provide({"EGRESS_SQUID_ONLY": "1"}, self.said.append)
        assert self.done == ["curl"]


class TestInstall:
    @pytest.fixture(autouse=True)
    def _policy(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.policy = tmp_path / "policy-rc.d"
        self.seen: list[tuple[str, str]] = []
        monkeypatch.setattr(tools, "_POLICY", self.policy)
        monkeypatch.setattr(tools, "_apt", self._apt)

    def _apt(self, command: str, *_: str) -> None:
        assert self.policy.stat().st_mode & stat.S_IXUSR
        self.seen.append((command, self.policy.read_text().splitlines()[-1]))
        if command == "install":
            raise LaboratoryError("it failed")

    def test_no_service_may_start_while_packages_are_installed_and_nothing_is_left(self) -> None:
        with pytest.raises(LaboratoryError):
            tools.install(["iptables"])
        assert self.seen == [("update", "exit 101"), ("install", "exit 101")]
        assert not self.policy.exists()

    def test_a_policy_that_is_there_stays(self) -> None:
        self.policy.write_text("#!/bin/sh\nexit 42\n")
        self.policy.chmod(0o755)
        with pytest.raises(LaboratoryError):
            tools.install(["iptables"])
        assert self.seen[0] == ("update", "exit 42")
        assert self.policy.read_text() == "#!/bin/sh\nexit 42\n"


class TestTrixie:
    def test_what_squid_needs_to_run(self) -> None:
        names = ["squid_6.13-2_amd64.deb", "squid-common_6.13-2_all.deb", "libc6_2.41_amd64.deb", "netbase_6.5_all.deb"]
        assert all(trixie.wanted(name) for name in names)
        assert not any(
            trixie.wanted(name) for name in ["perl_5.40_amd64.deb", "apt_3.0_amd64.deb", "dpkg_1.22_amd64.deb"]
        )

    def test_a_failure_leaves_nothing_and_says_what_failed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(folder: Path, _: Path) -> list[Path]:
            folder.mkdir(parents=True)
            raise OSError("no space left")

        monkeypatch.setattr(trixie, "_download", fails)
        with pytest.raises(LaboratoryError, match="cannot be unpacked: no space left"):
            trixie.fetch({"P2P_NODES_CACHE": str(tmp_path)}, Path("/keyring"), lambda line: None)
        assert [file.name for file in (tmp_path / "p2p-nodes" / "tools").iterdir()] == [".squid-trixie.lock"]

    def test_what_is_there_is_not_fetched_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trixie, "root_at", lambda path: SquidRoot(path=path, program="squid", version="6.13"))
        said: list[str] = []
        trixie.fetch({"P2P_NODES_CACHE": str(tmp_path)}, Path("/keyring"), said.append)
        assert said == []


class TestPossible:
    @pytest.fixture(autouse=True)
    def _asked_anew(self) -> object:
        possible._impossible.cache_clear()
        yield
        possible._impossible.cache_clear()

    @pytest.mark.parametrize(
        ("what", "value", "says"),
        [
            ("sys.platform", "darwin", "but this is darwin"),
            ("os.geteuid", lambda: 1000, "but this user is not root: run `sudo make test-egress`"),
            (
                "shutil.which",
                lambda name: None if name == "iptables" else "/x",
                "but iptables cannot be found: run `make",
            ),
        ],
    )
    def test_one_sentence_says_why_not(
        self, monkeypatch: pytest.MonkeyPatch, what: str, value: object, says: str
    ) -> None:
        for name, there in {"sys.platform": "linux", "os.geteuid": lambda: 0, what: value}.items():
            monkeypatch.setattr(f"sandbox.egress.possible.{name}", there)
        with pytest.raises(LaboratoryError) as caught:
            possible.require_laboratory()
        assert says in str(caught.value)
        assert str(caught.value).endswith("EGRESS_NAMESPACES=unavailable skips the egress tests.")
