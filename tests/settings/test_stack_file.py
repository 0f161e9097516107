from __future__ import annotations

import pytest

from settings.stack_file import StackFileError, read

NAME = "Pulumi.x.yaml"


def test_keys_of_our_namespace_and_of_none_are_ours_and_have_lines() -> None:
    file = read(
        "# why\n"
        "config:\n"
        "  pulumi:disable-default-providers: [kubernetes, gcp]\n"
        "  p2p-nodes:project: a-project\n"
        "  p2p-nodes:cluster:\n"
        "    # why\n"
        "    maintenance: { hours: 6, start: '01:00' }\n"
        "  node:\n"
        "    replicas: 3\n"
        "  gcp:region: europe-west4\n",
        name=NAME,
    )
    assert file.config == {
        "project": "a-project",
        "cluster": {"maintenance": {"hours": 6, "start": "01:00"}},
        "node": {"replicas": 3},
    }
    assert file.lines == {
        ("project",): 4,
        ("cluster",): 5,
        ("cluster", "maintenance"): 7,
        ("cluster", "maintenance", "hours"): 7,
        ("cluster", "maintenance", "start"): 7,
        ("node",): 8,
        ("node", "replicas"): 9,
    }
    assert file.secrets == frozenset()


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "encryptionsalt: v1:x\n", "config:\n", "config: {}\n", "config: ~\n"]
)
def test_a_file_may_give_nothing(text: str) -> None:
    assert read(text, name=NAME).config == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("just words", f"{NAME} is not a mapping; {NAME} holds keys below `config:`."),
        ("- config\n", f"{NAME} is not a mapping; {NAME} holds keys below `config:`."),
        ("config: words\n", f"config in {NAME} is not a mapping; {NAME} holds keys below `config:`."),
        ("config: [a]\n", f"config in {NAME} is not a mapping; {NAME} holds keys below `config:`."),
        ("config:\n  a: b: c\n", f"{NAME}:2 is not YAML: mapping values are not allowed here."),
        ("config:\n\ta: b\n", f"{NAME}:2 is not YAML: found character '\\t' that cannot start any token."),
        ("config: {a: b\n", f"{NAME}:2 is not YAML: expected ',' or '}}', but got '<stream end>'."),
        ("config: {}\n---\nconfig: {}\n", f"{NAME}:2 is not YAML: but found another document."),
        ("config: {a: !python/name:os.system x}\n", "could not determine a constructor for the tag"),
        ("config:\n  a: 1\n  a: 2\n", f"{NAME}:3 gives a again, after line 2."),
        ("config:\n  a:\n    b: 1\n    c: 2\n    b: 3\n", f"{NAME}:5 gives b again, after line 3."),
        ("config:\n  ? [a]\n  : b\n", f"{NAME}:2 has a mapping or a list as a key, which must be text."),
        ("config:\n  a: &a\n    b: *a\n", f"{NAME}:2 holds itself, by its anchor."),
        ("config: {a: \x00}\n", f"{NAME} is not YAML: unacceptable character #x0000"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(StackFileError) as caught:
        read(text, name=NAME)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("off", "off"),
        ("y", "y"),
        ("5", 5),
        ("-5", -5),
        ("+5", 5),
        ("-0", 0),
        ("1_000", 1000),
        ("0644", 420),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b11", 3),
        ("0899", 899.0),
        ("2.5", 2.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("10:00", "10:00"),
        ("1:30", "1:30"),
        ("01:00", "01:00"),
        ('"5"', "5"),
        ("~", None),
        ("Null", None),
        ("2026-12-18T00:00:00Z", "2026-12-18 00:00:00 +0000 UTC"),
        ("2026-12-18T01:00:00+01:00", "2026-12-18 00:00:00 +0000 UTC"),
        ("2026-12-18", "2026-12-18 00:00:00 +0000 UTC"),
        ('"2026-12-18T00:00:00Z"', "2026-12-18T00:00:00Z"),
    ],
)
def test_scalars_are_what_the_engine_makes_of_them(written: str, expected: object) -> None:
    """As gopkg.in/yaml.v3 v3.0.1 printed them on 2026-11-24, times by Go's own String()."""
    found = read(f"config: {{section: {{key: {written}}}}}", name=NAME).config
    assert found == {"section": {"key": expected}}
    assert str(found) == str({"section": {"key": expected}}), "5, 5.0 and True are told apart"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("true", True),
        ('"true"', True),
        ("5", "5"),
        ("2.5", "2.5"),
        ('"{}"', {}),
        ("""'{"replicas": 3}'""", {"replicas": 3}),
        ("'[1'", "[1"),
        ("yes", "yes"),
        ("[1, {a: 2}]", [1, {"a": 2}]),
    ],
)
def test_a_whole_setting_is_what_the_program_gets(written: str, expected: object) -> None:
    assert read(f"config: {{key: {written}}}", name=NAME).config == {"key": expected}


def test_anchors_and_merges() -> None:
    file = read("config:\n  a: &a\n    b: 1\n    c: 2\n  d:\n    <<: *a\n    c: 3\n  e: *a\n", name=NAME)
    assert file.config == {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}, "e": {"b": 1, "c": 2}}


def test_secrets_are_left_out_and_noted() -> None:
    file = read(
        "config:\n"
        "  p2p-nodes:project: { secure: v1:a }\n"
        "  p2p-nodes:node:\n"
        "    image:\n"
        "      secure: v1:b\n"
        "    replicas: 3\n"
        "  p2p-nodes:egress:\n"
        "    allowed_domains: [example.org, { secure: v1:c }]\n"
        "  p2p-nodes:labels: { secure: v1:d, team: chain }\n",
        name=NAME,
    )
    # Beside another key, `secure` is a key like any other.
    assert file.config == {"node": {"replicas": 3}, "egress": {}, "labels": {"secure": "v1:d", "team": "chain"}}
    assert file.secrets == {("project",), ("node", "image"), ("egress", "allowed_domains")}
    assert file.lines["node", "image"] == 4
