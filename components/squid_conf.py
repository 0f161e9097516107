"""squid.conf as a pure function of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from components.private_ranges import PRIVATE_IPV4, PRIVATE_IPV6

RUN, LOG, SPOOL = "/run/squid", "/var/log/squid", "/var/spool/squid"
"""Folders that squid writes to; the pod mounts an emptyDir on each."""

SHUTDOWN_SECONDS = 20
"""How long open transfers may go on after SIGTERM; below the pod's grace period."""


def squid_conf(*, port: int, clients: Sequence[IPv4Network], allowed_domains: Sequence[str]) -> str:
    """A forward proxy for `clients` to `allowed_domains`, ports 80 and 443; everything else gets 403.

    A domain with a leading dot includes its subdomains. Logs go to stdout and stderr, there is no pid file and no
    cache, so that squid runs as an ordinary user on a read-only root.
    """
    destinations, permissions = "", ""
    if allowed_domains:
        destinations = f"acl allowed dstdomain {' '.join(allowed_domains)}\n"
        permissions = "http_access allow CONNECT tls allowed\nhttp_access allow !CONNECT web allowed\n"
    return f"""\
# Generated from the settings p2p-nodes:egress; a change there rolls the pods.
http_port {port}
visible_hostname egress-proxy
acl clients src {" ".join(str(one) for one in clients)}
acl private dst {" ".join([*PRIVATE_IPV4, *PRIVATE_IPV6])}
acl web port 80
acl tls port 443
{destinations}
http_access deny !clients
http_access deny private
{permissions}http_access deny all

# The container runs squid itself, as an ordinary user: nothing but stdout, stderr and the three mounted folders.
pid_filename none
access_log stdio:/dev/stdout
cache_log /dev/stderr
cache_store_log none
logfile_rotate 0
coredump_dir {SPOOL}
cache deny all
cache_mem 8 MB
netdb_filename none
pinger_enable off
# squid keeps a table with a row for each descriptor it may open; container runtimes allow a million of them.
max_filedescriptors 16384

shutdown_lifetime {SHUTDOWN_SECONDS} seconds
forwarded_for delete
"""
