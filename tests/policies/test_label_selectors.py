"""Label selectors: the four operators, and that what is unknown never turns a verdict."""

from __future__ import annotations

from typing import Any

import pytest
from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.label_selectors import Match, Side, Undecided, matches, matches_map
from guardrails.plain import UNKNOWN, Plain
from hypothesis import assume, given
from hypothesis import strategies as st

_APP = {"app": "node", "tier": "p2p"}


def _match(selector: Plain, labels: Plain) -> Match:
    return matches(Field(path="spec.selector", value=selector), Field(path="metadata.labels", value=labels))


def _expressions(*expressions: dict[str, Any]) -> dict[str, Any]:
    return {"matchExpressions": list(expressions)}


def _one(operator: str, key: str = "app", **values: Any) -> dict[str, Any]:
    return _expressions({"key": key, "operator": operator, **values})


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (None, False),
        ({}, True),
        ({"matchLabels": {}, "matchExpressions": []}, True),
        ({"matchLabels": None}, True),
        ({"matchLabels": {"app": "node"}}, True),
        ({"matchLabels": {"app": "node", "tier": "p2p"}}, True),
        ({"matchLabels": {"app": "proxy"}}, False),
        ({"matchLabels": {"app": "node", "zone": "a"}}, False),
        ({"matchLabels": {"zone": ""}}, False),
        (_one("In", values=["proxy", "node"]), True),
        (_one("In", values=["proxy"]), False),
        (_one("In", "zone", values=["a"]), False),
        (_one("NotIn", values=["proxy"]), True),
        (_one("NotIn", values=["node"]), False),
        (_one("NotIn", "zone", values=["a"]), True),
        (_one("Exists"), True),
        (_one("Exists", values=[]), True),
        (_one("Exists", "zone"), False),
        (_one("DoesNotExist"), False),
        (_one("DoesNotExist", "zone"), True),
        ({"matchLabels": {"app": "node"}, **_one("Exists", "zone")}, False),
        ({"matchLabels": {"app": "node"}, **_one("Exists", "tier")}, True),
    ],
)
def test_known_selector(selector: Plain, expected: bool) -> None:
    assert _match(selector, dict(_APP)) is expected


def test_without_labels() -> None:
    assert _match({"matchLabels": {"app": "node"}}, None) is False
    assert _match(_one("DoesNotExist"), None) is True
    assert _match({}, None) is True


@pytest.mark.parametrize(
    ("selector", "path"),
    [
        (UNKNOWN, "spec.selector"),
        ("app=node", "spec.selector"),
        ({"matchLabels": UNKNOWN}, "spec.selector.matchLabels"),
        ({"matchLabels": ["app"]}, "spec.selector.matchLabels"),
        ({"matchLabels": {"app": UNKNOWN}}, "spec.selector.matchLabels.app"),
        ({"matchLabels": {"app": 1}}, "spec.selector.matchLabels.app"),
        ({"matchLabels": {"app": None}}, "spec.selector.matchLabels.app"),
        ({"matchExpressions": UNKNOWN}, "spec.selector.matchExpressions"),
        ({"matchExpressions": {}}, "spec.selector.matchExpressions"),
        ({"matchExpressions": [UNKNOWN]}, "spec.selector.matchExpressions[0]"),
        ({"matchExpressions": ["app"]}, "spec.selector.matchExpressions[0]"),
        (_one("Equals", values=["node"]), "spec.selector.matchExpressions[0].operator"),
        (_expressions({"key": "app"}), "spec.selector.matchExpressions[0].operator"),
        (_expressions({"operator": "Exists"}), "spec.selector.matchExpressions[0].key"),
        (_expressions({"key": UNKNOWN, "operator": "Exists"}), "spec.selector.matchExpressions[0].key"),
        (_one("In"), "spec.selector.matchExpressions[0].values"),
        (_one("NotIn", values=[]), "spec.selector.matchExpressions[0].values"),
        (_one("Exists", values=["node"]), "spec.selector.matchExpressions[0].values"),
        (_one("In", values=UNKNOWN), "spec.selector.matchExpressions[0].values"),
        (_one("In", values="node"), "spec.selector.matchExpressions[0].values"),
        (_one("In", values=["proxy", UNKNOWN]), "spec.selector.matchExpressions[0].values[1]"),
        (_one("NotIn", values=[7]), "spec.selector.matchExpressions[0].values[0]"),
    ],
)
def test_selector_that_leaves_it_open(selector: Plain, path: str) -> None:
    found = matches(Field(path="spec", value={"selector": selector}).at("selector"), _labels(dict(_APP)))
    assert isinstance(found, Undecided)
    assert (found.side, found.unjudged.path) == (Side.SELECTOR, path)


@pytest.mark.parametrize(
    ("labels", "path"),
    [
        (UNKNOWN, "metadata.labels"),
        (["app"], "metadata.labels"),
        ({"app": UNKNOWN}, "metadata.labels.app"),
        ({"app": 7}, "metadata.labels.app"),
    ],
)
@pytest.mark.parametrize("selector", [{"matchLabels": {"app": "node"}}, _one("NotIn", values=["a"]), _one("Exists")])
def test_labels_that_leave_it_open(selector: Plain, labels: Plain, path: str) -> None:
    found = matches(Field(path="spec.selector", value=selector), _labels(labels))
    assert isinstance(found, Undecided)
    assert (found.side, found.unjudged.path) == (Side.LABELS, path)


def test_a_requirement_that_does_not_hold_decides() -> None:
    assert _match({"matchLabels": {"app": UNKNOWN, "tier": "web"}}, dict(_APP)) is False
    assert _match({"matchLabels": UNKNOWN, **_one("Exists", "zone")}, dict(_APP)) is False
    assert _match(_one("In", values=["node", UNKNOWN]), dict(_APP)) is True
    assert _match(_one("NotIn", values=["node", UNKNOWN]), dict(_APP)) is False
    assert _match(_one("In", "zone", values=UNKNOWN), dict(_APP)) is False
    assert _match(_one("NotIn", "zone", values=UNKNOWN), dict(_APP)) is True


@pytest.mark.parametrize(
    ("selector", "expected"),
    [(None, False), ({}, False), ({"app": "node"}, True), ({"app": "node", "tier": "web"}, False)],
)
def test_plain_map(selector: Plain, expected: bool) -> None:
    assert matches_map(Field(path="spec.selector", value=selector), _labels(dict(_APP))) is expected


@pytest.mark.parametrize("selector", [UNKNOWN, "app=node", {"app": UNKNOWN}, {"app": 7}])
def test_plain_map_that_leaves_it_open(selector: Plain) -> None:
    found = matches_map(Field(path="spec", value={"selector": selector}).at("selector"), _labels(dict(_APP)))
    assert isinstance(found, Undecided)
    assert found.side is Side.SELECTOR


def _labels(labels: Plain) -> Field | Unjudged:
    return Field(path="metadata", value={"labels": labels}).at("labels")


_keys = st.sampled_from(["app", "tier", "app.kubernetes.io/name"])
_values = st.sampled_from(["", "node", "p2p", "web"])
_maps = st.dictionaries(_keys, _values, max_size=3)
_with_values = st.fixed_dictionaries(
    {"key": _keys, "operator": st.sampled_from(["In", "NotIn"]), "values": st.lists(_values, min_size=1, max_size=3)}
)
_without_values = st.fixed_dictionaries({"key": _keys, "operator": st.sampled_from(["Exists", "DoesNotExist"])})
_selectors = st.fixed_dictionaries(
    {}, optional={"matchLabels": _maps, "matchExpressions": st.lists(_with_values | _without_values, max_size=3)}
)


def _by_the_book(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """The documentation's sentences, one an operator."""
    said = {
        "In": lambda key, values: key in labels and labels[key] in values,
        "NotIn": lambda key, values: key not in labels or labels[key] not in values,
        "Exists": lambda key, values: key in labels,
        "DoesNotExist": lambda key, values: key not in labels,
    }
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        said[one["operator"]](one["key"], one.get("values")) for one in selector.get("matchExpressions", [])
    )


@given(_selectors, _maps)
def test_known_data_is_decided_by_the_book(selector: dict[str, Any], labels: dict[str, str]) -> None:
    assert _match(selector, dict(labels)) is _by_the_book(selector, labels)


@given(_maps, _maps)
def test_pairs_and_expressions_say_the_same(pairs: dict[str, str], labels: dict[str, str]) -> None:
    as_expressions: list[Plain] = [{"key": key, "operator": "In", "values": [value]} for key, value in pairs.items()]
    assert _match({"matchLabels": dict(pairs)}, dict(labels)) is _match(
        {"matchExpressions": as_expressions}, {**labels}
    )


@given(_maps, _keys, _values)
def test_operators_come_in_opposites(labels: dict[str, str], key: str, value: str) -> None:
    for one, other in (("In", "NotIn"), ("Exists", "DoesNotExist")):
        values = {"values": [value]} if one == "In" else {}
        assert _match(_one(one, key, **values), dict(labels)) is not _match(_one(other, key, **values), dict(labels))


@given(_selectors, _maps, st.data())
def test_what_is_unknown_never_turns_a_verdict(
    selector: dict[str, Any], labels: dict[str, str], data: st.DataObject
) -> None:
    hidden_selector = _hidden(selector, data)
    hidden_labels = _hidden(labels, data)
    assume(hidden_selector != selector or hidden_labels != labels)
    found = matches(Field(path="spec", value={"selector": hidden_selector}).at("selector"), _labels(hidden_labels))
    assert isinstance(found, Undecided) or found is _by_the_book(selector, labels)


def _hidden(value: Any, data: st.DataObject) -> Any:
    """The value with any parts of it unknown."""
    if data.draw(st.integers(0, 5)) == 0:
        return UNKNOWN
    match value:
        case dict():
            return {key: _hidden(below, data) for key, below in value.items()}
        case list():
            return [_hidden(below, data) for below in value]
        case _:
            return value


@given(
    st.recursive(
        st.none() | st.text(max_size=3) | st.just(UNKNOWN) | st.integers(),
        lambda below: (
            st.lists(below)
            | st.dictionaries(
                st.sampled_from(["matchLabels", "matchExpressions", "key", "operator", "values", "app"]), below
            )
        ),
    )
)
def test_no_shape_raises(value: Any) -> None:
    for match in (matches, matches_map):
        selector = Field(path="", value={"selector": value}).at("selector")
        assert isinstance(match(selector, _labels(dict(_APP))), bool | Undecided)
        assert isinstance(match(Field(path="", value={"matchLabels": {"app": "a"}}), _labels(value)), bool | Undecided)
