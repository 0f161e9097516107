from __future__ import annotations

from sandbox.egress.service import rules

NAT, FILTER = ["*nat", ":S -"], ["COMMIT", "*filter", ":S -"]
DNAT = "-j DNAT --to-destination"


def test_every_backend_gets_an_equal_share() -> None:
    assert rules("S", [("10.64.1.1", 3128), ("10.64.1.2", 3128), ("10.64.1.3", 3128)]) == [
        *NAT,
        f"-A S -p tcp -m statistic --mode random --probability 0.3333333333 {DNAT} 10.64.1.1:3128",
        f"-A S -p tcp -m statistic --mode random --probability 0.5000000000 {DNAT} 10.64.1.2:3128",
        f"-A S -p tcp {DNAT} 10.64.1.3:3128",
        *FILTER,
        "COMMIT",
    ]


def test_without_a_backend_connections_are_refused() -> None:
    assert rules("S", []) == [*NAT, *FILTER, "-A S -p tcp -j REJECT --reject-with tcp-reset", "COMMIT"]
