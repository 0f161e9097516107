"""The grammar of image references, against the tables of distribution/reference v0.6.0 and as properties."""

from __future__ import annotations

import string

import pytest
from guardrails.image_reference import ImageReference, InvalidReferenceError, parse
from hypothesis import given
from hypothesis import strategies as st

_DIGEST = f"sha256:{'f' * 64}"
_LOWER = string.ascii_lowercase + string.digits
_ALPHANUMERIC = string.ascii_letters + string.digits

_words = st.text(_LOWER, min_size=1, max_size=8)
_components = st.builds(
    lambda first, rest: first + "".join(separator + word for separator, word in rest),
    _words,
    st.lists(st.tuples(st.sampled_from([".", "_", "__", "-", "---"]), _words), max_size=3),
)
_paths = st.lists(_components, min_size=1, max_size=4).map("/".join)
_ports = st.one_of(st.just(""), st.integers(0, 99999).map(":{}".format))
_labels = st.builds(
    lambda first, middle, last: first + middle + last,
    st.sampled_from(_ALPHANUMERIC),
    st.text(_ALPHANUMERIC + "-", max_size=6),
    st.sampled_from(_ALPHANUMERIC),
)
_hosts = st.one_of(
    st.just("localhost"),
    st.lists(_labels, min_size=2, max_size=4).map(".".join),
    st.sampled_from(["10.0.0.1", "[2001:db8::1]", "[::]"]),
)
_domains = st.builds("{}{}".format, _hosts, _ports).filter(lambda domain: not domain.endswith("docker.io"))
_tags = st.builds(
    "{}{}".format,
    st.sampled_from(_ALPHANUMERIC + "_"),
    st.text(_ALPHANUMERIC + "_.-", max_size=127),
)
_digests = st.sampled_from([("sha256", 64), ("sha384", 96), ("sha512", 128)]).flatmap(
    lambda kind: st.text("0123456789abcdef", min_size=kind[1], max_size=kind[1]).map(f"{kind[0]}:{{}}".format)
)
_references = st.builds(
    ImageReference, domain=_domains, path=_paths, tag=st.none() | _tags, digest=st.none() | _digests
)


@given(_references)
def test_every_legal_form_is_read_back(reference: ImageReference) -> None:
    assert parse(str(reference)) == reference


@given(_references, st.sampled_from(["/", ":", "@", " ", "\n", "%", "+", "é", "@sha256:", ":-", "//a"]))
def test_no_legal_form_bears_an_illegal_end(reference: ImageReference, end: str) -> None:
    with pytest.raises(InvalidReferenceError):
        parse(str(reference) + end)


@given(st.text() | st.text(_ALPHANUMERIC + "/:@.-_[]"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        reference = parse(text)
    except InvalidReferenceError:
        return
    assert parse(str(reference)) == reference or not reference.domain


@pytest.mark.parametrize(
    ("text", "domain", "path", "tag", "digest"),
    [
        ("debian", "docker.io", "library/debian", None, None),
        ("docker/docker", "docker.io", "docker/docker", None, None),
        ("docker.io/debian", "docker.io", "library/debian", None, None),
        ("index.docker.io/debian", "docker.io", "library/debian", None, None),
        ("test.com:5000", "docker.io", "library/test.com", "5000", None),
        ("test:5000/repo", "test:5000", "repo", None, None),
        ("test:5000/repo:tag", "test:5000", "repo", "tag", None),
        (f"test:5000/repo:tag@{_DIGEST}", "test:5000", "repo", "tag", _DIGEST),
        ("192.168.1.1:5000/repo:5050", "192.168.1.1:5000", "repo", "5050", None),
        ("[2001:db8::1]:5000/repo:tag", "[2001:db8::1]:5000", "repo", "tag", None),
        ("LOCALDOMAIN/debian", "LOCALDOMAIN", "debian", None, None),
        ("xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", "xn--n3h.com", None),
        ("dock__er/docker---rules", "docker.io", "dock__er/docker---rules", None, None),
        ("foo_bar.com/x", "", "foo_bar.com/x", None, None),
        (f"docker.io/{'a1' * 32}", "docker.io", f"library/{'a1' * 32}", None, None),
        (f"a.b/{'x' * 255}", "a.b", "x" * 255, None, None),
        (f"a.b/x:{'t' * 128}", "a.b", "x", "t" * 128, None),
    ],
)
def test_accepts(text: str, domain: str, path: str, tag: str | None, digest: str | None) -> None:
    assert parse(text) == ImageReference(domain=domain, path=path, tag=tag, digest=digest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":justtag",
        f"@{_DIGEST}",
        f"repo@sha256:{'f' * 34}",
        f"repo@invalid:{'f' * 64}",
        "repo:tag:tag",
        f"repo@{_DIGEST}:tag",
        "Uppercase:tag",
        "test:5000/Uppercase/lowercase:tag",
        "aa/asdf$$^/aa",
        "[2001:db8::1]",
        "[2001:db8::1]:5000",
        "[fe80::1%eth0]:5000/repo",
        "[2001:db8:3:4::192.0.2.33]:5000/debian",
        "https://github.com/docker/docker",
        "-docker/docker",
        "docker-/docker",
        "docker///docker",
        "dock..er/docker",
        "dock_.er/docker",
        "docker/",
        "/docker",
        "repo:-tag",
        "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a",
        f"a.b/{'x' * 256}",
        f"a.b/x:{'t' * 129}",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(InvalidReferenceError):
        parse(text)
