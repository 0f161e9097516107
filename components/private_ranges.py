"""Addresses that are nobody's on the internet: private, link-local with the metadata server, multicast, reserved."""

PRIVATE_IPV4 = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "224.0.0.0/3",
)  # fmt: skip
PRIVATE_IPV6 = ("::/128", "::1/128", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8")
