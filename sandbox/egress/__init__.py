"""The egress laboratory: a real firewall, real network namespaces and a real squid; only web and DNS are ours."""

from sandbox.egress.errors import LaboratoryError
from sandbox.egress.laboratory import Laboratory, laboratory
from sandbox.egress.proxy import Proxy
from sandbox.egress.roots import SquidRoot, squid_roots
from sandbox.egress.service import Service

__all__ = ["Laboratory", "LaboratoryError", "Proxy", "Service", "SquidRoot", "laboratory", "squid_roots"]
