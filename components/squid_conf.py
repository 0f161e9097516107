"""squid.conf as a pure function of the settings, the same text for squid 5.7 and 6.13.

Every line is a decision; where squid's default is the right one and nothing depends on it, the line is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from components import squid_access as access

CONF_FILE = "squid.conf"
RUN, LOG, SPOOL = "/run/squid", "/var/log/squid", "/var/spool/squid"
"""Folders that squid writes to; the pod mounts an emptyDir on each."""


def configuration(
    *,
    port: int,
    clients: Sequence[IPv4Network],
    health_checkers: Sequence[IPv4Network],
    allowed_domains: Sequence[str],
    drain_seconds: int,
) -> dict[str, str]:
    """The files of the folder `squid_access.CONF_FOLDER`, by name: squid.conf and the pages of its refusals."""
    text = squid_conf(
        port=port,
        clients=clients,
        health_checkers=health_checkers,
        allowed_domains=allowed_domains,
        drain_seconds=drain_seconds,
    )
    return {CONF_FILE: text, **access.pages(access.refusals(clients=clients, allowed_domains=allowed_domains))}


def squid_conf(
    *,
    port: int,
    clients: Sequence[IPv4Network],
    allowed_domains: Sequence[str],
    drain_seconds: int,
    health_checkers: Sequence[IPv4Network] = (),
) -> str:
    """A forward proxy for `clients` to `allowed_domains`, plain HTTP to 80 and tunnels to 443; the rest is refused.

    A domain with a leading dot includes its subdomains. `health_checkers` and the clients may ask for the health page.
    Open transfers and tunnels have `drain_seconds` after SIGTERM.
    """
    return "\n\n".join(
        [
            "# Generated from the settings p2p-nodes:egress; a change there rolls the pods.\n"
            f"http_port {port}\nvisible_hostname {access.HOSTNAME}",
            _title("Who is served, and what they reach: the first http_access that matches decides"),
            access.access_rules(
                access.refusals(clients=clients, allowed_domains=allowed_domains),
                probers=[*health_checkers, *clients],
                allow=bool(allowed_domains),
            ),
            _title("Names"),
            _NAMES,
            _title("Requests"),
            _REQUESTS,
            _title("What the other side gets to know"),
            _HEADERS,
            _title("Waiting"),
            _WAITING,
            _title("The log: a line of JSON a request on stdout, complaints on stderr"),
            _log(),
            _title("Nothing is kept"),
            _STORAGE,
            _title("The process"),
            _process(drain_seconds),
        ]
    )


def _title(text: str) -> str:
    return f"# --- {text} ---"


_NAMES = """\
# The answer that was judged is the one that is connected to: squid keeps each for at least negative_dns_ttl, even one
# with a time to live of 0. Not longer than needed, because it keeps failures as long.
negative_dns_ttl 10 seconds
# A wrong answer is gone by then, whatever time to live it came with.
positive_dns_ttl 5 minutes
# Two lost questions and a slow answer; the clients' own patience is rarely longer.
dns_retransmit_interval 2 seconds
dns_timeout 10 seconds
# Names are whole: neither the pod's search list nor its hosts file gives one another meaning.
dns_defnames off
hosts_file none"""

_REQUESTS = """\
# What two readers could understand differently is refused, not mended.
relaxed_header_parser off
uri_whitespace deny
check_hostnames on
# A request at a time; what follows it waits unread.
pipeline_prefetch 0
# A request's head; cookies and tokens of real clients stay below half of that.
request_header_max_size 32 KB
# Of an upload whose server does not read; the default of half a megabyte would be all the memory that the pod has.
# squid 5.7 ends such an upload; the image's 6.13 waits.
client_request_buffer_max_size 64 KB
# One pod alone cannot take every descriptor: half the tunnels that there are descriptors for.
client_ip_max_connections 1024
# A path of squid's own is the web server's where it stands under another name.
global_internal_static off
# Nobody waits for an abandoned download, and there is no cache to finish it for.
quick_abort_min 0 KB
quick_abort_max 0 KB
half_closed_clients off"""

_HEADERS = """\
# No address of a pod, no name of a proxy; some servers do not compress for who sends Via.
forwarded_for delete
request_header_access Via deny all
# Neither a version nor where the pages lie.
httpd_suppress_version_string on
reply_header_access X-Squid-Error deny all
email_err_data off"""

_WAITING = """\
# A client in the same cluster sends its request within milliseconds; who takes longer holds a descriptor.
request_start_timeout 10 seconds
request_timeout 10 seconds
# After SIGTERM squid answers 503 to the next request of a connection that was busy and ends idle ones, whatever it has
# promised. With a connection for each request a rollout loses none. Tunnels are not meant.
client_persistent_connections off
# An address that does not answer leaves time for the next one.
connect_timeout 10 seconds
forward_timeout 30 seconds
server_idle_pconn_timeout 1 minute
# Silent downloads and tunnels, in each direction. Cloud NAT forgets a connection after 20 silent minutes and tells
# nobody; squid ends it before, and tells both.
read_timeout 15 minutes
write_timeout 15 minutes
# Longer than any download. What lives longer was forgotten.
client_lifetime 1 day"""

_STORAGE = f"""\
cache deny all
cache_mem 0 MB
digest_generation off
cache_store_log none
netdb_filename none
coredump_dir {SPOOL}"""


def _log() -> str:
    """Fields that a client can influence are URL-quoted: no byte of theirs ends a string. Numbers are squid's own.

    squid cuts a line at 8 KB, which would leave broken JSON: what can be long has a width. Cloud Logging reads `time`
    and `severity`, and the rest into jsonPayload.
    """
    fields = {
        "client": '"%>a"',
        "method": '"%#.32rm"',
        "host": '"%#.255>rd"',
        "port": '"%>rP"',
        "status": "%>Hs",
        "verdict": '"%Ss"',
        "bytes_in": "%>st",
        "bytes_out": "%<st",
        "duration_ms": "%tr",
        "destination": '"%<a"',
    }

    def line(name: str, severity: str, more: dict[str, str], url: str = "%#.2048ru") -> str:
        time = {"time": '"%{%Y-%m-%dT%H:%M:%S}tg.%03tuZ"', "severity": f'"{severity}"'}
        every = {**time, **fields, **more, "url": f'"{url}"'}
        pairs = ", ".join(f'"{key}": {value}' for key, value in every.items())
        return f"logformat {name} {{{pairs}}}"

    reason = {"reason": '"%#.32{refused}note"'}
    return "\n".join(
        [
            "# The reason of a refusal is the name of its page; the error of what failed is squid's own name for it.",
            line("refused", "WARNING", reason),
            line("refused_login", "WARNING", reason, url="-"),
            line("served", "INFO", {"error": '"%#.64err_code"'}),
            "# Not those who connect and leave without a word, and not the kubelet.",
            "acl with_request has request",
            "acl with_answer has response",
            "acl with_either any-of with_request with_answer",
            f"acl probed note refused {access.HEALTH}",
            "acl marked note refused",
            "# squid leaves out the password of an http:// URL, of ftp:// it does not.",
            "acl with_login urllogin .",
            "access_log stdio:/dev/stdout logformat=refused with_either !probed marked !with_login",
            "access_log stdio:/dev/stdout logformat=refused_login with_either !probed marked with_login",
            "access_log stdio:/dev/stdout logformat=served with_either !marked",
            "# A query holds what people search for, and tokens.",
            "strip_query_terms on",
            "cache_log /dev/stderr",
            "# Of malformed requests squid would write headers and whole URLs, and clients could fill it: only",
            "# a client with too many connections still does, which is how it is found. Beside that,",
            "# the process, its configuration, pages, sockets, descriptors and DNS have something to say here.",
            "debug_options ALL,0 1,1 3,1 4,1 5,1 50,1 51,1 78,1",
            "logfile_rotate 0",
        ]
    )


def _process(drain_seconds: int) -> str:
    return f"""\
# The container runs squid itself: who started it knows its process.
pid_filename none
pinger_enable off
icp_port 0
htcp_port 0
snmp_port 0
# Two for a tunnel, which takes up to 150 KiB and gives none back: 2,000 of them fit into the pod's memory
# (`make benchmark-egress`). Left alone, squid makes a table for the million that container runtimes allow.
max_filedescriptors 4096
# After SIGTERM: no new connection, and what is open goes on for so long (egress.drain_seconds).
shutdown_lifetime {drain_seconds} seconds
"""
