"""All rows, in the order in which they are tried."""

from __future__ import annotations

from tests.egress.attacks import addresses, messages, names, protocols

TABLE = (
    *names.CLIENTS,
    *names.LOOKALIKES,
    *names.USERINFO,
    *addresses.LITERALS,
    *addresses.SPECIAL,
    *protocols.PORTS,
    *protocols.SCHEMES,
    *protocols.METHODS,
    *messages.SMUGGLING,
    *messages.HEADERS,
    *messages.LOGGED,
)
