from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.flags import MANAGED, REFUSED, REPEATABLE, SECRETS, UNSAFE, flag_of
from settings.mistakes import Mistake
from tests.settings.configurations import load, mistakes

KEY = "node.substrate.extra_arguments"
NOT_OURS = {**MANAGED, **REFUSED}


def spellings(flag: str) -> list[str]:
    """What a person may write for a flag; clap takes the first ones, and starts no node with the others."""
    if len(flag) == 1:
        return [f"-{flag}", f"-{flag}value", f"-{flag}=value"]
    return [
        f"--{flag}",
        f"--{flag}=value",
        f"--{flag}=",
        f"--{flag.upper()}=value",
        f"--{flag.replace('-', '_')}=value",
    ]


def told(*arguments: str, **substrate: Any) -> dict[str, Mistake]:
    return mistakes({"node": {"substrate": {"extra_arguments": list(arguments), **substrate}}})


def accepted(*arguments: str) -> None:
    assert (
        load({"node": {"substrate": {"extra_arguments": list(arguments)}}}).node.substrate.extra_arguments == arguments
    )


@pytest.mark.parametrize("flag", sorted(NOT_OURS))
def test_every_spelling_of_a_flag_is_that_flag(flag: str) -> None:
    assert {flag_of(spelling) for spelling in spellings(flag)} == {flag}


@given(
    flag=st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).filter(lambda flag: len(flag) > 1),
    value=st.text(min_size=1),
)
def test_a_value_never_changes_which_flag_it_is(flag: str, value: str) -> None:
    assert flag_of(f"--{flag}={value}") == flag


@pytest.mark.parametrize(
    ("argument", "flag"),
    [
        ("dev", ""),
        ("50", ""),
        ("", ""),
        ("-", ""),
        ("--", ""),
        ("-ldebug", "l"),
        ("--chain dev", "chain"),
        ("--c=a=b", "c"),
    ],
)
def test_what_is_a_flag_and_what_a_value(argument: str, flag: str) -> None:
    assert flag_of(argument) == flag


@pytest.mark.parametrize("flag", sorted(MANAGED))
def test_a_flag_that_the_program_decides_is_refused_with_what_to_use(flag: str) -> None:
    for argument in (spelling for spelling in spellings(flag) if not spelling.endswith("=")):
        assert told(argument)[f"{KEY}[0]"].got == f'"{argument}", which the program decides'
        assert told(argument)[f"{KEY}[0]"].advice == f"remove it, and use {MANAGED[flag]}"


@pytest.mark.parametrize("flag", sorted(REFUSED))
def test_a_flag_that_a_full_node_cannot_keep_is_refused_with_the_reason(flag: str) -> None:
    for argument in (spelling for spelling in spellings(flag) if not spelling.endswith("=")):
        shown = f"--{flag}" if flag in SECRETS else f'"{argument}"'
        assert told(argument)[f"{KEY}[0]"].got == f"{shown}, which is refused"
        assert told(argument)[f"{KEY}[0]"].advice == f"remove it: {REFUSED[flag]}"


def test_a_flag_and_its_value_as_two_are_one_mistake() -> None:
    found = told("--out-peers=50", "--chain", "dev", "--in-peers=50")
    assert list(found) == [f"{KEY}[1]"]
    assert found[f"{KEY}[1]"].advice == "remove it, and use node.substrate.chain"


@pytest.mark.parametrize(
    ("arguments", "position"),
    [
        (["--out-peers=50", "--out-peers=60"], 1),
        (["--out-peers", "50", "--out-peers=60"], 2),
        (["--no-mdns", "--in-peers=1", "--no-mdns"], 2),
    ],
)
def test_a_flag_given_twice(arguments: list[str], position: int) -> None:
    found = told(*arguments)
    assert list(found) == [f"{KEY}[{position}]"]
    assert found[f"{KEY}[{position}]"].got == f'"{arguments[position]}", for the second time'
    assert found[f"{KEY}[{position}]"].allowed == "each flag once"


@pytest.mark.parametrize("flag", REPEATABLE)
def test_a_flag_that_may_come_again(flag: str) -> None:
    accepted(f"--{flag}=one", f"--{flag}=another")


def test_a_word_that_would_be_taken_for_a_command() -> None:
    found = told("purge-chain", "--no-mdns")
    assert list(found) == [f"{KEY}[0]"]
    assert "the binary would take it for a command" in found[f"{KEY}[0]"].advice


def test_a_refused_secret_is_not_told() -> None:
    assert "0f0f" not in str(told("--node-key=0f0f")[f"{KEY}[0]"])


@pytest.mark.parametrize("flag", [*UNSAFE, "tmp", "validator"])
def test_what_is_promised_holds_for_the_relay_chain_s_half_too(flag: str) -> None:
    argument = f"--{flag}" if len(flag) > 1 else f"-{flag}"
    assert list(told("--", argument)) == [f"{KEY}[1]"]


def test_what_follows_two_dashes_is_for_another_node_but_never_a_secret() -> None:
    accepted("--out-peers=50", "--", "--chain=polkadot", "--sync", "warp", "--out-peers=50")
    accepted("--", "--chain=polkadot")
    assert list(told("--", "--chain=polkadot", "--node-key=0f", "--password=a")) == [f"{KEY}[2]", f"{KEY}[3]"]
    assert set(SECRETS) <= set(REFUSED)
    assert list(told("--chain=dev", "--")) == [f"{KEY}[0]"]


@pytest.mark.parametrize(
    "argument",
    ["", " ", " --no-mdns", "--no-mdns ", "--chain dev", "--out-peers 50", "-l debug", "---x", "-", "--=a", "--x="],
)
def test_what_no_binary_reads_as_one_argument(argument: str) -> None:
    mistake = told(argument)[f"{KEY}[0]"]
    assert mistake.allowed == "an argument such as --out-peers=50, or a flag and its value as two of them"


def test_harmless_flags_are_the_user_s() -> None:
    accepted(
        "--out-peers=50",
        "--in-peers",
        "100",
        "--reserved-nodes=/dns4/a.example/tcp/30333/p2p/12D3KooW",
        "--reserved-only",
        "--allow-private-ip",
        "--no-mdns",
        "--db-cache=512",
        "--ipc-path=/tmp/node.ipc",
        "--wasm-execution=Compiled",
        "--rpc-max-response-size=30",
        "--password-filename=/data/password",
    )


@pytest.mark.parametrize(
    "flag",
    [
        "dev",
        "tmp",
        "validator",
        "collator",
        "force-authoring",
        "alice",
        "two",
        "light",
        "node-key",
        "password",
        "help",
        "V",
    ],
)
def test_what_a_full_node_cannot_keep(flag: str) -> None:
    assert flag in REFUSED


def test_no_flag_is_both_decided_and_refused() -> None:
    assert not set(MANAGED) & set(REFUSED)
    assert not set(REPEATABLE) & set(NOT_OURS)
