"""JUnit's XML: one case a control."""

from xml.etree import ElementTree

from operations.judgement import Judgement
from operations.plans.reports import junit
from tests.operations.plans.reports.conftest import HOSTILE


def suite_of(judgement: Judgement) -> ElementTree.Element:
    suite = ElementTree.fromstring(junit.render(judgement)).find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    return suite


def test_every_control_is_a_case(judgement: Judgement) -> None:
    suite = suite_of(judgement)
    outcomes = {case.get("name"): [child.tag for child in case] for case in suite}
    assert outcomes == {
        "image-immutable-tag": ["failure", "system-out"],
        "probes": ["system-out"],
        "kept": [],
        "off": ["skipped"],
        "waits": ["skipped", "system-out"],
    }
    counted = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "5", "failures": "1", "errors": "0", "skipped": "2"}


def test_a_failure_says_what_where_and_how_to_mend_it(judgement: Judgement) -> None:
    failure = suite_of(judgement).find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "mandatory"
    assert failure.get("message") == "Title of image-immutable-tag"
    for part in ('StatefulSet "p2p-node"\n  found: x', "Mend it.", "https://kubernetes.io/docs/"):
        assert part in (failure.text or "")


def test_any_text_is_well_formed_and_a_failed_preview_is_an_error(hostile: Judgement) -> None:
    suite = suite_of(hostile)
    error = suite.find("testcase[@name='judged-whole']/error")
    assert error is not None
    assert error.text == HOSTILE.replace("\x1b", "\ufffd").replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    assert suite.get("errors") == "1"
