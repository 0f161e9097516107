"""Secrets told by a name, as properties; examples in place are in `cases/delivery/no_secrets_in_plain_text.yaml`."""

from __future__ import annotations

import string
import time
from collections.abc import Callable

import pytest
from guardrails.secret_names import secret_assigned, secret_name
from hypothesis import given
from hypothesis import strategies as st

_NAMES = {
    "password": "password",
    "db password": "password",
    "rpc node passwd": "passwd",
    "key passphrase": "passphrase",
    "explorer api key": "api key",
    "node key": "node key",
    "aws secret access key": "access key",
    "oauth client secret": "client secret",
    "github token": "github token",
    "seed phrase": "seed phrase",
    "wallet mnemonic": "mnemonic",
}
_SPELLINGS: dict[str, Callable[[list[str]], str]] = {
    "SNAKE": lambda words: "_".join(words).upper(),
    "snake": "_".join,
    "kebab": "-".join,
    "flag": lambda words: "--" + "-".join(words),
    "dotted": ".".join,
    "camel": lambda words: words[0] + "".join(word.title() for word in words[1:]),
    "counted": lambda words: "_".join(words) + "_2",
}
_VALUE = st.text(string.ascii_letters + string.digits + "!#%&*+-=?@^_", min_size=1, max_size=30).filter(
    lambda value: any(map(str.isalnum, value)) and set(value) - set("xX") and "=" not in value
)


@pytest.mark.parametrize("spelling", _SPELLINGS)
@pytest.mark.parametrize("name", _NAMES)
def test_every_spelling_of_a_name_means_the_same(name: str, spelling: str) -> None:
    assert secret_name(_SPELLINGS[spelling](name.split()), "hunter2") == _NAMES[name]


@pytest.mark.parametrize(
    "ending", ["file", "path", "url", "type", "name", "ref", "id", "ttl", "length", "policy", "rotation", "enabled"]
)
@pytest.mark.parametrize("name", _NAMES)
def test_a_name_that_goes_on_means_something_else(name: str, ending: str) -> None:
    assert secret_name("_".join([*name.split(), ending]).upper(), "hunter2") is None


@pytest.mark.parametrize("name", ["PUBLIC_KEY", "KEY", "NODE_NAME", "CHAIN", "PASSWORDLESS", "TOKENIZER", "MONKEY", ""])
def test_other_names_mean_nothing(name: str) -> None:
    assert secret_name(name, "0f5cd1d1aa9d5ddd0d1c6a0a5b5e3c6a") is None


@pytest.mark.parametrize("name", ["TOKEN", "tls.secret", "--seed", "credentials", "NATIVE_TOKEN"])
def test_an_ambiguous_name_needs_a_generated_value(name: str) -> None:
    assert secret_name(name, "0f5cd1d1aa9d5ddd0d1c6a0a5b5e3c6a")
    assert secret_name(name, "123e4567-e89b-12d3-a456-426614174000")
    for value in ("DOT", "p2p-node-tls", "egress-proxy/certificate-2026", "polkadot", "10", "20260131"):
        assert secret_name(name, value) is None


@pytest.mark.parametrize(
    "value",
    ["", " ", "true", "False", "no", "null", "$(X)", "${X}", "{{ .x }}", "<password>", "****", "/run/secrets/password",
     "./password", "~/.password", "https://example.com/token", "//Alice", "//Bob//stash", "vault:secret/data/rpc#key",
     "projects/p/secrets/s/versions/1", "---"],
)  # fmt: skip
def test_values_that_are_no_secrets(value: str) -> None:
    assert secret_name("RPC_PASSWORD", value) is None


@pytest.mark.parametrize("value", ["password", "admin-password", "id", "aura", "redis.auth_key"])
def test_a_key_of_plain_words_says_where_the_value_is(value: str) -> None:
    assert secret_name("secretKey", value) is None
    assert secret_name("AUTH_KEY", value) is None
    assert secret_name("PASSWORD", value) == "password"
    assert secret_name("AUTH_KEY", f"{value}7") == "auth key"


def test_the_name_of_a_key_in_cloud_kms_is_no_secret() -> None:
    assert secret_name("ENCRYPTION_KEY", "projects/p/locations/l/keyRings/r/cryptoKeys/k") is None


@given(value=_VALUE, name=st.sampled_from(sorted(_NAMES)))
def test_the_answer_never_holds_the_value(value: str, name: str) -> None:
    assert secret_name(name.replace(" ", "_"), value) in {None, *_NAMES.values()}
    assert secret_assigned(f"{name.replace(' ', '_')}={value}") in {None, *_NAMES.values()}


@pytest.mark.parametrize(
    "form",
    ["--{}=hunter2", "--{} hunter2", "--{} 'hunter 2'", "-D{}=hunter2", "{}=hunter2", "export {}=hunter2;",
     "?{}=hunter2", "{}: hunter2", "  {}:   'hunter2'", '{{"{}":"hunter2"}}', '{{"a": 1, "{}": "hunter2"}}',
     "- {}: hunter2", "a: b\n{}: hunter2\n", '{} = "hunter2"', "host=db {}=hunter2 port=5432", "$OTHER {}=hunter2"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["db_password", "node-key", "api.key"])
def test_every_form_of_an_assignment(form: str, name: str) -> None:
    assert secret_assigned(form.format(name)) in {"password", "node key", "api key"}


@pytest.mark.parametrize(
    "text",
    [
        "PASSWORD=$(cat /run/secrets/password)",
        "PASSWORD=`cat /run/secrets/password`",
        'PASSWORD="$1"',
        "${PASSWORD:=hunter2}",
        'test "$PASSWORD" = ""',
        "if password == other:",
        "password => other",
        "password := os.Getenv('PASSWORD')",
        "password = os.environ['PASSWORD']",
        "password = get_password()",
        "client(password=password)",
        "api_key = settings.api_key",
        "password: {type: string}",
        "password:\n  type: string",
        "password: !vault rpc",
        "password: *shared",
        "password: &shared",
        "login.password=Password",
        "Enter the password: then press return",
        "--password --other",
        "--password \\\n --other",
        "--password-file /run/secrets/password",
        "no_password_here",
        "password",
        "password:",
        "password=",
        "password=,other=1",
    ],
)
def test_what_is_no_assignment_of_a_secret(text: str) -> None:
    assert secret_assigned(text) is None


@given(st.text() | st.text("pasword=: -\"'{}$()\n"))
def test_any_text_is_read(text: str) -> None:
    secret_assigned(text)
    secret_name(text, text)


@pytest.mark.parametrize(
    "piece", ["a-", "a.", "--a ", "{", "{ ", " ", "-", "=", "a=", 'a="', "password: \n", "{{", "${", "/a"]
)
def test_a_megabyte_takes_no_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    secret_assigned(text)
    secret_name("PASSWORD", text)
    secret_name("TOKEN", text)
    assert time.process_time() - started < 10
