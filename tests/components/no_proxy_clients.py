"""Real clients, asked whether they would go around the proxy. Nothing leaves the machine."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

GoesAround = Callable[[str], bool]
"""Whether a client asks the host of a URL itself."""

GO = """\
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	request, _ := http.NewRequest("GET", os.Args[1], nil)
	proxy, _ := http.ProxyFromEnvironment(request)
	fmt.Print(proxy)
}
"""


def urllib_goes_around(environment: Mapping[str, str]) -> GoesAround:
    proxies = {"no": environment["no_proxy"]}
    return lambda url: bool(urllib.request.proxy_bypass_environment(url.split("/")[2], proxies))  # type: ignore[attr-defined]


def requests_goes_around(environment: Mapping[str, str]) -> GoesAround:
    return lambda url: bool(requests.utils.should_bypass_proxies(url, environment["no_proxy"]))


@contextmanager
def curl_goes_around(environment: Mapping[str, str]) -> Iterator[GoesAround]:
    """One server is the proxy and, by `--connect-to`, every other host: who goes around asks it for a path, who does
    not asks it to connect."""
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.command)
            self.send_response(204)
            self.end_headers()

        do_CONNECT = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"127.0.0.1:{server.server_port}"
    proxy = f"http://{here}"

    def goes_around(url: str) -> bool:
        asked.clear()
        command = ["curl", "--disable", "--silent", "--max-time", "20", "--connect-to", f"::{here}", url]
        variables = {**environment, "http_proxy": proxy, "https_proxy": proxy}
        subprocess.run(command, env=variables, check=False, capture_output=True)
        (command_line,) = asked
        return command_line == "GET"

    try:
        yield goes_around
    finally:
        server.shutdown()
        server.server_close()


def curl_knows_ranges() -> bool:
    """Since 7.86.0: https://curl.se/docs/manpage.html#NOPROXY"""
    said = subprocess.run(["curl", "--version"], check=True, capture_output=True, text=True).stdout
    return tuple(int(part) for part in said.split()[1].split(".")[:2]) >= (7, 86)


def go_goes_around(environment: Mapping[str, str], folder: Path) -> GoesAround | None:
    """None without Go. The standard library holds a copy of golang.org/x/net/http/httpproxy."""
    go = shutil.which("go")
    if go is None:
        return None
    (folder / "main.go").write_text(GO)
    program = folder / "asks"
    subprocess.run([go, "build", "-o", program, "main.go"], cwd=folder, check=True, capture_output=True)

    def goes_around(url: str) -> bool:
        said = subprocess.run([program, url], env=dict(environment), check=True, capture_output=True, text=True)
        return said.stdout == "<nil>"

    return goes_around
