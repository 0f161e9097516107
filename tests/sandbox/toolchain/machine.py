"""A go command that behaves as a test wants, and an environment that knows no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

# FAKE_GO says how a build ends. What it builds is a script that reports a pinned version.
FAKE_GO = r"""#!/bin/sh
echo "$@" >> "$FAKE_GO_LOG"
case "$1 $2" in
"version -m") printf '%s: go1.26.8\n\tmod\t%s\n' "$3" "$(cat "$3")"; exit 0 ;;
esac
case "$1" in
version) echo "go version ${FAKE_GO_VERSION:-go1.26.8} linux/amd64"; exit 0 ;;
mod) echo "{\"Dir\": \"$FAKE_MODULES/$4\"}"; exit 0 ;;
esac
while [ "$1" != "-o" ]; do shift; done
out="$2"; package="$3"
echo "go: downloading example.com/module v1.0.0" >&2
echo half > "$out"
echo "$package/internal" >&2
case "$package" in
*etcd*) version=3.6.8 ;;
*kwok*) version=v0.7.0 ;;
*pulumi*) version=v3.250.0 ;;
*) version=v1.36.3 ;;
esac
case "$FAKE_GO:$package" in
midway:*|second-midway:*kube-apiserver) echo "example.com/x.go:1:1: undefined: y" >&2; exit 1 ;;
full:*) echo "write /tmp/go-build1/b001/_pkg_.a: no space left on device" >&2; exit 1 ;;
killed:*) echo "example.com/x: /go/compile: signal: killed" >&2; exit 1 ;;
wrong:*) version=v9.9.9 ;;
slow:*) sleep 2 ;;
hanging:*) trap 'echo interrupted >> "$FAKE_GO_LOG"; exit 1' INT; touch "$FAKE_GO_LOG.hangs"; sleep 60 & wait ;;
esac
case "$package" in
*vertical-pod-autoscaler*)
    printf 'k8s.io/autoscaler/vertical-pod-autoscaler\t%s\th1:x=\n' "${FAKE_BUILT_FROM:-v1.5.1}" > "$out" ;;
*) printf '#!/bin/sh\necho version %s\n' "$version" > "$out" ;;
esac
chmod +x "$out"
"""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A PATH with a fake go, and an empty cache."""

    bin: Path
    cache: Path
    log: Path
    environment: dict[str, str]

    def put(self, name: str, output: str) -> Path:
        """Puts an executable on PATH that prints `output`."""
        file = self.bin / name
        file.write_text(f"#!/bin/sh\necho '{output}'\n")
        file.chmod(0o755)
        return file

    def commands(self) -> list[str]:
        """What go was asked, without the questions for its version."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if not line.startswith("version")]

    def files(self) -> set[str]:
        """Names of all files in the cache but the locks."""
        return {file.name for file in self.cache.rglob("*") if file.is_file() and file.name != ".lock"}


@dataclass(kw_only=True)
class Heard:
    """Remembers what was reported."""

    news: list[tuple[str, str, str]] = field(default_factory=list)

    def report(self, tool: str, state: str, detail: str) -> None:
        self.news.append((tool, state, detail))

    def states(self, tool: str) -> list[str]:
        return [state for name, state, _ in self.news if name == tool]
