"""Secrets told by their form. Those of services are put together here, so that no scanner takes them for real ones."""

from __future__ import annotations

import base64
import hashlib
import string
import time

import pytest
from guardrails.secret_forms import is_reference, secret_form
from hypothesis import given
from hypothesis import strategies as st

_ALPHANUMERIC = string.ascii_letters + string.digits

SECRETS = {
    "a private key": [
        *(f"-----BEGIN {kind}PRIVATE KEY-----" for kind in ("", "RSA ", "EC ", "DSA ", "ENCRYPTED ", "OPENSSH ")),
        "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        "-----BEGIN SSH2 ENCRYPTED PRIVATE KEY-----",
        "PuTTY-User-Key-File-3: ssh-ed25519",
        "AGE-SECRET-KEY-1" + "Q" * 58,
        '{"private_key": "-----BEGIN PRIVATE KEY-----\\nMIIE"}',
    ],
    "a private key in base64": [base64.b64encode(b"-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA").decode()],
    "a JSON Web Token": ["eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"],
    "a Google API key": ["AI" + "za" + "a1B2_" * 7],
    "a Google access token": ["ya" + "29.a0AfB_byC" + "x1" * 10],
    "a Google OAuth client secret": ["GOC" + "SPX-" + "a1B2" * 7],
    "an AWS access key": ["AK" + "IA" + "ABCDEFGHIJKLMNOP", "AS" + "IA" + "ABCDEFGHIJKLMNOP"],
    "a GitHub token": [f"gh{kind}_" + "a1" * 18 for kind in "pousr"] + ["github" + "_pat_" + "a1" * 11],
    "a GitLab token": ["gl" + "pat-" + "a1" * 10],
    "a Slack token": ["xo" + "xb-1234567890-abcdef", "xa" + "pp-1-A0123456789"],
    "a Slack webhook": ["https://hooks.slack.com/services/" + "T00000000/B00000000/abcdefgh"],
    "a Docker Hub token": ["dckr" + "_pat_" + "a1" * 13],
    "a Vault token": ["hv" + "s." + "a1" * 12],
    "a Pulumi access token": ["pu" + "l-" + "a1" * 20],
    "an Authorization header with its credentials": [
        "Authorization: Bearer abcdefgh12345678",
        '"authorization": "Basic dXNlcjpodW50ZXIy"',
    ],
    "a URL with a password": ["http://user:hunter2@proxy:3128", "redis://:hunter2@cache:6379/0"],
}


@pytest.mark.parametrize(("form", "secret"), [(form, one) for form, secrets in SECRETS.items() for one in secrets])
@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_secret_is_found_wherever_it_stands(form: str, secret: str, before: str, after: str) -> None:
    assert secret_form(f"{before}\n{secret}\n{after}") is not None
    assert secret_form(secret) == form


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIBxTCCAWugAwIBAgIJ").decode(),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUn7mGnNQ1nHJL7l3f1y0rU8aO0 someone@example.com",
        "eyJhbGciOiJIUzI1NiJ9",
        "http://egress-proxy.egress-proxy.svc.cluster.local:3128",
        "http://user@proxy:3128",
        "http://user:@proxy:3128",
        "https://example.com/a:b@c",
        "https://example.com?time=10:30@home",
        "postgres://node:$(DB_PASSWORD)@db/node",
        "postgres://node:${DB_PASSWORD}@db/node",
        "postgres://node:<password>@db/node",
        "postgres://node:*****@db/node",
        "docker://squid:6.13@sha256:" + "ab" * 32,
        "git@github.com:owner/repository.git",
        "/dns4/node.example.com/tcp/30333/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
        "Authorization: Bearer $TOKEN",
        "authorization: bearer <token>",
        "gh_pages",
        "hooks.slack.com",
        "pul-up",
        "//Alice",
    ],
)
def test_neighbours_are_none(text: str) -> None:
    assert secret_form(text) is None


@given(st.binary(max_size=100))
def test_digests_and_identifiers_are_none(content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    for text in (digest, f"0x{digest}", f"ubuntu/squid:6.13.0@sha256:{digest}", f"{digest[:8]}-{digest[8:12]}-4fff"):
        assert secret_form(text) is None


@given(st.text() | st.text(_ALPHANUMERIC + ":/@.-_=\n\"'"))
def test_any_text_is_read(text: str) -> None:
    assert secret_form(text) in {None, *SECRETS}


@pytest.mark.parametrize("text", ["$(X)", "${X}", "$X", "{{ .Values.x }}", "<x>", "****", "xxxx", "%s", "pre-$(X)"])
def test_what_stands_for_another(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize("text", ["", "hunter2", "$(X", "${X", "a$b", "$(X Y)", "{x", "xx"])
def test_what_stands_for_itself(text: str) -> None:
    assert not is_reference(text)


@pytest.mark.parametrize(
    "piece",
    ["eyJaaaaaaaa.", "a://", "a://b:c", "a://b", "LS0tLS1CRUdJTi", "-----BEGIN A ", "authorization ", "{{", "${"],
)
def test_a_megabyte_takes_no_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    secret_form(text)
    is_reference(text)
    assert time.process_time() - started < 10
