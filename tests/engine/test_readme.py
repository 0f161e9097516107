"""The README's sandbox commands, in the README's order."""

import shlex

import pytest

from tests.engine.checkouts import Checkout
from tests.readme import commands_for

pytestmark = pytest.mark.engine


def test_the_readme_s_commands_work_in_order(checkout: Checkout) -> None:
    for line in commands_for("sandbox"):
        program, *arguments = shlex.split(line)
        assert program == "make"
        checkout.make(*arguments)
