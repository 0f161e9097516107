"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/

Sections are those of that document. What GitHub makes of it:
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from operations.judgement import DISABLED, MANDATORY, ControlFacts, Judgement, Kind, Row
from operations.plans.reports.wording import in_order

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
TOOL = "p2p-guardrails"
ROOT = "%SRCROOT%"
"""Where relative file names begin (3.14.14); GitHub's name for the checkout."""
SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""GitHub's ranges: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low."""


def render(judgement: Judgement) -> str:
    """The log file, with a final newline."""
    numbers = {control.id: number for number, control in enumerate(judgement.controls)}
    run: dict[str, Any] = {
        "tool": {"driver": {"name": TOOL, "rules": [_rule(control) for control in judgement.controls]}},
        # 3.17.3: tells the runs of several stacks apart; what stands before the last slash is the category.
        "automationDetails": {"id": f"guardrails/{judgement.name}/"},
        "invocations": [_invocation(judgement)],
        "results": [_result(row, numbers) for row in in_order(judgement)],
        # 3.14.20: URNs and names of objects are Unicode; columns are not given.
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(control: ControlFacts) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": control.id,
        "name": "".join(word.capitalize() for word in control.id.split("-")),
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": control.reason or control.title},
        "help": {"text": control.remediation or control.title},
        # 3.50.2: whether the rule was asked, and how bad its findings are by default.
        "defaultConfiguration": {"enabled": control.level != DISABLED, "level": _level(control.level)},
        "properties": {
            "tags": ["guardrails"],
            "problem.severity": "error" if control.level == MANDATORY else "warning",
            "security-severity": SECURITY_SEVERITY.get(control.severity, "0.1"),
        },
    }
    if control.source_url:
        rule["helpUri"] = control.source_url
    return rule


def _invocation(judgement: Judgement) -> dict[str, Any]:
    """How the check itself went (3.20): `executionSuccessful` is false where not everything could be judged."""
    notes = [(remark, "note") for remark in judgement.remarks] + [(one, "error") for one in judgement.failures]
    return {
        "executionSuccessful": not judgement.failures,
        "toolExecutionNotifications": [{"message": _message(text), "level": level} for text, level in notes],
    }


def _result(row: Row, numbers: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": row.control,
        "kind": _kind(row),
        # 3.27.10: a level of its own only where the kind is `fail`.
        "level": _level(row.level) if _kind(row) == "fail" else "none",
        "message": _message(row.message),
        "locations": [_location(row)],
        "partialFingerprints": {
            # GitHub compares this one alone; without it, it would take all findings on one line for one.
            "primaryLocationLineHash": f"{row.fingerprint[:16]}:1",
            "guardrails/v1": row.fingerprint,
        },
    }
    if row.control in numbers:
        result["ruleIndex"] = numbers[row.control]
    if row.kind is Kind.EXEMPT:
        # 3.35.2: the exemption stands on the resource itself.
        result["suppressions"] = [{"kind": "inSource", "status": "accepted"}]
    return result


def _message(text: str) -> dict[str, str]:
    """Plain text (3.11.3): without indentation, braces doubled (3.11.5), and nothing that reads as a link (3.11.6)."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    plain = "\n".join(lines).replace("{", "{{").replace("}", "}}").replace("](", "] (")
    return {"text": plain or "(empty)"}


def _kind(row: Row) -> str:
    """3.27.9: `open` is what could not be decided, `informational` what is no failure."""
    match row.kind:
        case Kind.FINDING | Kind.EXEMPT:
            return "fail"
        case Kind.NOT_JUDGED:
            return "open"
        case Kind.EXEMPTION:
            return "informational"


def _level(level: str) -> str:
    return "error" if level == MANDATORY else "warning"


def _location(row: Row) -> dict[str, Any]:
    """The file (3.29) and, by its URN, the resource in it (3.33)."""
    location: dict[str, Any] = {
        "logicalLocations": [
            {
                "name": row.resource,
                "fullyQualifiedName": f"{row.urn or row.resource}{f'#{row.path}' if row.path else ''}",
                "kind": "resource",
            }
        ]
    }
    if row.file:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(row.file), "uriBaseId": ROOT},
            "region": {"startLine": row.line or 1},
        }
    return location


def _uri(file: str) -> str:
    """A relative reference (3.4.3): a colon in its first segment would make that a scheme."""
    return quote(file, safe="/")
