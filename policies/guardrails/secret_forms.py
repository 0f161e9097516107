"""Secrets that can be told by their form, wherever they stand in a text.

A scanner of files such as detect-secrets is no help here: it works on files and prints or hashes what it finds, and its
entropy rules take every digest for a secret. Forms and their sources:

- private keys: the labels of RFC 7468, OpenSSH's PROTOCOL.key and RFC 4880; age-encryption.org/v1
- JSON Web Tokens: RFC 7519, compact serialization, where both first parts are base64url of an object
- URLs with a password: RFC 3986, section 3.2.1; Authorization headers: RFC 9110, section 11.6.2
- Google: API keys `AIza`, access tokens `ya29.`, OAuth client secrets `GOCSPX-`; a service account's key file holds a
  private key
- AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
- GitHub: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
- GitLab: https://docs.gitlab.com/security/tokens/#token-prefixes
- Slack: https://docs.slack.dev/authentication/tokens and .../messaging/sending-messages-using-incoming-webhooks
- Docker Hub, HashiCorp Vault and Pulumi Cloud: the prefixes that these services give their tokens
"""

from __future__ import annotations

import base64
import re
from typing import Final

_PRIVATE_KEY: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d")
# How every PEM text begins in base64, as in `client-key-data` of a kubeconfig.
_ENCODED_PEM: Final = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{30,60}")

_FORMS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("a private key", _PRIVATE_KEY),
    ("a private key", re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{50,}")),
    ("a JSON Web Token", re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}", re.ASCII)),
    ("a Google API key", re.compile(r"\bAIza[\w-]{35}(?![\w-])", re.ASCII)),
    ("a Google access token", re.compile(r"\bya29\.[\w-]{20,}", re.ASCII)),
    ("a Google OAuth client secret", re.compile(r"\bGOCSPX-[\w-]{20,}", re.ASCII)),
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", re.ASCII)),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9_]{36,}|github_pat_[A-Za-z0-9_]{22,})", re.ASCII)),
    ("a GitLab token", re.compile(r"\bgl(?:pat|dt|rt|ptt|cbt)-[\w-]{20,}", re.ASCII)),
    ("a Slack token", re.compile(r"\bx(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}", re.ASCII)),
    ("a Slack webhook", re.compile(r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,}")),
    ("a Docker Hub token", re.compile(r"\bdckr_[po]at_[\w-]{20,}", re.ASCII)),
    ("a Vault token", re.compile(r"\bhv[sbr]\.[\w-]{20,}", re.ASCII)),
    ("a Pulumi access token", re.compile(r"\bpul-[0-9a-f]{40}\b")),
    (
        "an Authorization header with its credentials",
        re.compile(r"\bauthorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:bearer|basic)\s{1,3}[A-Za-z0-9+/=._~-]{8,}", re.I),
    ),
)

# An image such as docker://squid:6.13@sha256:... has the shape of a URL with a password, and is none.
_URL: Final = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^\s/?#@:'\"]{0,200}:([^\s/?#@'\"]{1,200})@(?!sha\d{3}:)")
# Bounded, so that a megabyte of brackets takes no time.
_SUBSTITUTED: Final = re.compile(r"\$\([\w.-]+\)|\$\{[^}]{0,200}\}|\{\{.{0,200}?\}\}", re.ASCII | re.DOTALL)
_STANDS_FOR_ANOTHER: Final = re.compile(r"\$\w+|<[^>]*>|\*+|[xX]{3,}|%s|\{\w*\}", re.ASCII)


def is_reference(value: str) -> bool:
    """Whether the text is put together from elsewhere, or is a mask: `$(X)`, `${X}`, `{{ .x }}`, `<x>`, `***`."""
    return bool(_SUBSTITUTED.search(value) or _STANDS_FOR_ANOTHER.fullmatch(value))


def secret_form(text: str) -> str | None:
    """What secret the text contains, such as `a private key`, never the secret itself. None if it has none."""
    for name, pattern in _FORMS:
        if pattern.search(text):
            return name
    for match in _ENCODED_PEM.finditer(text):
        beginning = base64.b64decode(match[0][: len(match[0]) // 4 * 4]).decode("ascii", errors="replace")
        if _PRIVATE_KEY.search(beginning):
            return "a private key in base64"
    if any(not is_reference(match[1]) for match in _URL.finditer(text)):
        return "a URL with a password"
    return None
