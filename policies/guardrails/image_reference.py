"""The grammar of image references, exactly as the kubelet reads them.

Kubernetes parses an image with `ParseNormalizedNamed` of github.com/distribution/reference (pkg/util/parsers of
v1.36.3). This module accepts what v0.6.0 of that accepts, and nothing else:

- grammar: https://github.com/distribution/reference/blob/v0.6.0/reference.go and regexp.go
- which first component is a registry: splitDockerDomain in
  https://github.com/distribution/reference/blob/v0.6.0/normalize.go
- digests: https://github.com/opencontainers/go-digest/blob/v1.0.0/algorithm.go
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_COMPONENT: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_DOMAIN_COMPONENT: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST: Final = rf"{_DOMAIN_COMPONENT}(?:\.{_DOMAIN_COMPONENT})*|\[[a-fA-F0-9:]+\]"
_REFERENCE: Final = re.compile(
    rf"(?:(?P<domain>(?:{_HOST})(?::[0-9]+)?)/)?"
    rf"(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}))?",
    re.ASCII,
)
_IDENTIFIER: Final = re.compile(r"[a-f0-9]{64}")
_LONGEST_PATH: Final = 255

_DEFAULT_DOMAIN: Final = "docker.io"
_LEGACY_DEFAULT_DOMAIN: Final = "index.docker.io"


class InvalidReferenceError(ValueError):
    """The text is no image reference; the kubelet would refuse it with InvalidImageName."""


@dataclass(frozen=True, kw_only=True)
class ImageReference:
    """A parsed reference with the defaults of Docker Hub filled in, but no default tag.

    `domain` includes the port. It is empty for the one form that has no registry at all: a first component with an
    underscore and a dot, such as `foo_bar.com/x`. `digest` includes its algorithm.
    """

    domain: str
    path: str
    tag: str | None
    digest: str | None

    def __str__(self) -> str:
        name = f"{self.domain}/{self.path}" if self.domain else self.path
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{name}{tag}{digest}"


def parse(text: str) -> ImageReference:
    """The reference in `text`. Raises InvalidReferenceError for every text that the kubelet refuses."""
    # The library refuses 64 hexadecimal digits: they would be read as an image's identifier, not as its name.
    if _IDENTIFIER.fullmatch(text):
        raise InvalidReferenceError("64 hexadecimal digits alone are no image name")
    match = _REFERENCE.fullmatch(_with_domain(text))
    if match is None:
        raise InvalidReferenceError("not of the form [registry[:port]/]name[:tag][@digest] in its legal characters")
    if len(match["path"]) > _LONGEST_PATH:
        raise InvalidReferenceError(f"the name is longer than {_LONGEST_PATH} characters")
    return ImageReference(domain=match["domain"] or "", path=match["path"], tag=match["tag"], digest=match["digest"])


def _with_domain(text: str) -> str:
    first, slash, rest = text.partition("/")
    if first == _LEGACY_DEFAULT_DOMAIN and slash:
        domain, remainder = _DEFAULT_DOMAIN, rest
    elif slash and (first == "localhost" or "." in first or ":" in first or first != first.lower()):
        domain, remainder = first, rest
    else:
        domain, remainder = _DEFAULT_DOMAIN, text
    if domain == _DEFAULT_DOMAIN and "/" not in remainder:
        remainder = f"library/{remainder}"
    return f"{domain}/{remainder}"
