"""JUnit's XML, as Jenkins, GitLab and GitHub's test reporters read it: one test case a control.

So the controls that were kept are seen too. An advisory finding fails nothing and stands in the case's output.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from operations.judgement import DISABLED, ControlFacts, Judgement, Kind, Row
from operations.plans.reports.wording import in_order, label, place

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, escaped or not: https://www.w3.org/TR/xml/#charsets"""


def render(judgement: Judgement) -> str:
    """The document, with a final newline."""
    rows: dict[str, list[Row]] = {}
    for row in in_order(judgement):
        rows.setdefault(row.control, []).append(row)
    suite = ElementTree.Element("testsuite", name=_legal(f"guardrails on {judgement.subject}"))
    for control in judgement.controls:
        _case(suite, judgement, control, rows.get(control.id, []))
    for failure in judgement.failures:
        case = ElementTree.SubElement(suite, "testcase", classname=_class(judgement), name="judged-whole", time="0")
        _text(ElementTree.SubElement(case, "error", message="not everything could be judged"), failure)
    for name in ("failure", "error", "skipped"):
        total = "skipped" if name == "skipped" else f"{name}s"
        suite.set(total, str(sum(case.find(name) is not None for case in suite)))
    suite.set("tests", str(len(suite)))
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, judgement: Judgement, control: ControlFacts, rows: list[Row]) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=_class(judgement), name=_legal(control.id), time="0")
    if stops := [row for row in rows if row.stops]:
        failure = ElementTree.SubElement(case, "failure", type=control.level, message=_legal(control.title))
        _text(failure, "\n\n".join(_row(row) for row in stops) + f"\n\n{control.remediation}\n{control.source_url}")
    elif control.level == DISABLED:
        ElementTree.SubElement(case, "skipped", message=f"disabled in {judgement.environment}")
    elif any(row.kind is Kind.NOT_JUDGED for row in rows):
        ElementTree.SubElement(case, "skipped", message="not all of it could be judged")
    if others := [row for row in rows if not row.stops]:
        _text(ElementTree.SubElement(case, "system-out"), "\n\n".join(_row(row) for row in others))


def _row(row: Row) -> str:
    return f"{label(row)}{place(row)}: {row.message}"


def _class(judgement: Judgement) -> str:
    return _legal(f"guardrails.{judgement.name}")


def _text(element: ElementTree.Element, text: str) -> None:
    element.text = _legal(text)


def _legal(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
