"""The README's sandbox commands, in the README's order."""

import shlex
import shutil
from pathlib import Path

import pytest

from tests.engine.checkouts import ROOT, Checkout
from tests.readme import commands_for

pytestmark = pytest.mark.engine


def test_the_readme_s_commands_work_in_order(checkout: Checkout) -> None:
    for line in commands_for("sandbox"):
        program, *arguments = shlex.split(line)
        assert program == "make"
        checkout.make(*arguments)


def test_what_the_readme_says_is_refused_is_refused(checkout: Checkout) -> None:
    fixtures = Path("tests", "policies", "fixtures")
    shutil.copytree(ROOT / fixtures, checkout.root / fixtures)
    for line in commands_for("refused"):
        program, *arguments = shlex.split(line)
        assert program == "make"
        assert "mandatory violations" in checkout.make(*arguments, code=2).text
