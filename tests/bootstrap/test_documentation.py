"""docs/bootstrap.md names what can be chosen, with its defaults, and what the program really calls things."""

from __future__ import annotations

import re

import pytest
import yaml

from bootstrap.existing import ROLES
from bootstrap.state_settings import KEY, KEY_RING, NAMESPACE, BootstrapSettings, HistorySettings, load
from bootstrap.state_store import DAY, DESTRUCTION, ROTATION
from settings import SettingsError
from tests.program_mocks import ROOT

TEXT = (ROOT / "docs" / "bootstrap.md").read_text(encoding="utf-8")


def test_every_setting_is_listed_with_its_default() -> None:
    fields = {"location": BootstrapSettings.model_fields["location"]}
    fields |= {f"history.{name}": field for name, field in HistorySettings.model_fields.items()}
    assert set(BootstrapSettings.model_fields) == {"project", "location", "history"}
    for name, field in fields.items():
        assert f"| `{NAMESPACE}:{name}` | `{field.default}` |" in TEXT


def test_names_and_periods_are_the_program_s() -> None:
    settings = BootstrapSettings(project="a-project")
    assert f"`{settings.bucket.replace('a-project', 'PROJECT')}`" in TEXT
    assert f"gcpkms://{settings.key_id.replace('a-project', 'PROJECT')}" in TEXT
    assert f"`{KEY_RING}`, `{KEY}`" in TEXT
    assert f"rotated every {int(ROTATION[:-1]) // DAY} days" in TEXT
    assert f"can be undone for {int(DESTRUCTION[:-1]) // DAY} days.\n- Bucket" in TEXT


def test_roles_are_those_that_an_error_names() -> None:
    listed = TEXT.partition("needs, on the project:")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(roles/[\w.]+)`", listed)) == set(ROLES)


def test_the_example_is_taken() -> None:
    example = TEXT.partition("```yaml\nconfig:")[2].partition("```")[0]
    given = {key.removeprefix(f"{NAMESPACE}:"): value for key, value in yaml.safe_load(example).items()}
    loaded = load({"project": "a-project", **given})
    assert loaded.history.versions_kept == 200
    with pytest.raises(SettingsError, match="history"):
        load({"project": "a-project", "history.versions_kept": 200})
