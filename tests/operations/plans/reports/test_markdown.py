"""The summary of a pull request: nothing of it is anybody else's markup."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.judgement import Judgement
from operations.plans.reports import markdown

SPAN = re.compile(r"(?<!`)(?P<fence>`+)(?!`)(?P<inside>.*?)(?<!`)(?P=fence)(?!`)")


def outside_of_code(rendered: str) -> str:
    """What a reader of CommonMark takes for text: neither fenced blocks nor code spans."""
    kept, fence = [], ""
    for line in rendered.splitlines():
        opening = re.match(r"^(`{3,})(?P<info>[^`]*)$", line)
        if fence:
            if re.fullmatch(r" {0,3}`+ *", line) and len(line.strip()) >= len(fence):
                fence = ""
        elif opening:
            fence = opening[1]
        else:
            kept.append(SPAN.sub("", line))
    assert not fence, "a block without an end"
    return "\n".join(kept)


def test_it_says_the_outcome_and_every_row(judgement: Judgement) -> None:
    rendered = markdown.render(judgement)
    assert rendered.startswith("### Guardrails: `stack dev`\n\n❌ failed: 1 mandatory violation, at the levels of")
    assert rendered.count("\n\n**") == len(judgement.rows)
    assert '**mandatory** `image-immutable-tag` `Title of image-immutable-tag`\n\n```text\nStatefulSet "p2p' in rendered
    assert "✅ passed" in markdown.render(replace(judgement, rows=()))


def test_nothing_hostile_is_outside_of_code(hostile: Judgement) -> None:
    plain = outside_of_code(markdown.render(hostile))
    assert not re.search(r"[@<>|\[#`]", plain.removeprefix("###")), plain


@given(st.text(alphabet="`~ \n\r\t#@<>|[]()!ab\u2028\u202e\ud800", max_size=60))
def test_no_text_ends_its_own_code(text: str) -> None:
    assert outside_of_code(f"x {markdown.code(text)} y") == "x  y"
    assert outside_of_code(markdown.block(text)) == ""


@pytest.mark.parametrize("limit", [1_000, 5_000, 60_000])
def test_it_never_exceeds_its_limit_and_says_how_much_is_left_out(hostile: Judgement, limit: int) -> None:
    many = replace(hostile, rows=hostile.rows * 500, remarks=hostile.remarks * 10_000)
    rendered = markdown.render(many, limit=limit)
    assert len(rendered) <= limit
    assert re.search(r"\*\*\d+ more\*\* did not fit here", rendered)
    outside_of_code(rendered)


def test_one_long_message_does_not_take_the_place_of_the_others(judgement: Judgement) -> None:
    long = replace(judgement, rows=(replace(judgement.rows[-1], message="x" * 10**6), *judgement.rows))
    assert "probes says finding" in markdown.render(long)
