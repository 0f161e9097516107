"""The report of a terminal."""

from operations.judgement import Judgement
from operations.plans.reports import text


def test_what_stops_comes_first_and_exemptions_last(judgement: Judgement) -> None:
    shown = text.render(judgement)
    labels = [line.split("  ")[0] for line in shown.splitlines() if ": Title of" in line]
    assert labels == ["mandatory", "advisory", "not judged, mandatory", "exempt", "exemption in force"]
    assert "A check from scratch." in shown
    assert '  StatefulSet "p2p-node"\n    found: x' in shown
    counts = "5 controls, 2 without findings, 2 with findings, 1 disabled in this environment"
    assert f"{counts}, 1 field(s) that mandatory ones could not judge\n" in shown
    assert shown.endswith("failed: 1 mandatory violation\n")


def test_a_terminal_is_not_driven_by_names(hostile: Judgement) -> None:
    shown = text.render(hostile)
    assert not set(shown) & set("\x1b\x00\u202e\ud800")
    assert r"\x1b[31mred\x00 \u202ereversed" in shown
    shown.encode()
