"""Which level and which parameters each control has: an environment's defaults, then what a configuration changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import ValidationError

from guardrails.catalogue import CONTROLS
from guardrails.control import Environment, Level, Parameters, Rule

LEVEL: Final = "enforcementLevel"
"""The key of the level in the engine's configuration of a policy; what is beside it are parameters."""
ALL: Final = "all"
"""The engine's name for every policy, which takes a level alone."""


class ConfigurationError(Exception):
    """A configuration names what does not exist or gives what is not allowed. The text has one line a mistake."""


@dataclass(frozen=True, kw_only=True)
class Enforced:
    """One control as it is judged by."""

    rule: Rule[Any]
    level: Level
    parameters: Parameters
    concerns: dict[str, bool] = field(init=False, default_factory=dict, compare=False, repr=False)
    """Of the types that were seen, whether it looks at more than the type: `guardrails.verdicts` keeps it."""


Enforcement = Mapping[str, Enforced]
"""Every control by its id, in the order of the catalogue."""


def of(environment: Environment) -> dict[str, Enforced]:
    """The controls at their levels in `environment`, with its parameters."""
    return {
        rule.id: Enforced(
            rule=rule,
            level=rule.levels.at(environment),
            parameters=rule.relaxed.get(environment, rule.parameters),
        )
        for rule in CONTROLS
    }


def configured(enforcement: Enforcement, configuration: object) -> dict[str, Enforced]:
    """`enforcement` with the changes of a file for `--policy-pack-config`.

    Raises:
        ConfigurationError: with every mistake: controls and parameters that do not exist (the engine lets both
            through), and values that are not allowed.
    """
    if not isinstance(configuration, Mapping):
        raise ConfigurationError("it is no object with the names of controls as its keys")
    result, mistakes = dict(enforcement), list[str]()
    if ALL in configuration:
        try:
            level = _level(configuration[ALL])
            result = {id_: replace(one, level=level) for id_, one in result.items()}
        except ValueError as error:
            mistakes.append(f"{ALL}: {error}")
    for id_, given in configuration.items():
        if id_ == ALL:
            continue
        if id_ not in result:
            mistakes.append(f"{id_}: there is no such control; docs/guardrails.md lists them")
            continue
        try:
            result[id_] = _changed(result[id_], given)
        except ValidationError as error:
            mistakes += [
                f"{'.'.join([id_, *map(str, one['loc'])])}: {one['msg']}, not {one['input']!r}"
                for one in error.errors()
            ]
        except ValueError as error:
            mistakes.append(f"{id_}: {error}")
    if mistakes:
        raise ConfigurationError("\n".join(mistakes))
    return result


def configuration(environment: Environment) -> dict[str, dict[str, Any]]:
    """What the file for `--policy-pack-config` of an environment holds: every control, so that it can be read alone."""
    return {
        id_: {LEVEL: one.level.value, **one.parameters.model_dump(mode="json")} for id_, one in of(environment).items()
    }


def _changed(one: Enforced, given: object) -> Enforced:
    if isinstance(given, str):
        return replace(one, level=_level(given))
    if not isinstance(given, Mapping):
        raise ValueError(f"a level or an object is expected, not {given!r}")  # noqa: TRY004 a mistake of the file's
    changes = {str(key): value for key, value in given.items() if key != LEVEL}
    parameters = type(one.parameters).model_validate({**one.parameters.model_dump(), **changes})
    return replace(one, level=_level(given[LEVEL]) if LEVEL in given else one.level, parameters=parameters)


def _level(value: object) -> Level:
    level = value.get(LEVEL) if isinstance(value, Mapping) else value
    try:
        return Level(level)
    except ValueError:
        allowed = ", ".join(one.value for one in Level)
        raise ValueError(f"{level!r} is no level of this pack; allowed: {allowed}") from None
