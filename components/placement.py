"""Which machine a pod may share with its kind: none. And which zones its kind would rather be in: all of them."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes

from components.labels import selector_labels

core = kubernetes.core.v1


def a_machine_of_its_own(component: str, *, among: Sequence[str] = ()) -> core.AffinityArgs:
    """Never two pods of the component on one machine; `among` are label keys in which they must be alike to count.

    A topology spread does not do it: with one machine of the class there is nothing to spread over, and nothing makes
    auto-provisioning add a second one.
    """
    return core.AffinityArgs(
        pod_anti_affinity=core.PodAntiAffinityArgs(
            required_during_scheduling_ignored_during_execution=[
                core.PodAffinityTermArgs(
                    topology_key="kubernetes.io/hostname",
                    label_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=selector_labels(component)),
                    match_label_keys=list(among) or None,
                )
            ]
        )
    )


def rather_another_zone(component: str, *, among: Sequence[str] = ()) -> list[core.TopologySpreadConstraintArgs]:
    """Pods of the component in as many zones as there are machines; `among` as in `a_machine_of_its_own`.

    A wish: a zone that is lost must not keep pods from coming back in those that are left.
    """
    return [
        core.TopologySpreadConstraintArgs(
            topology_key="topology.kubernetes.io/zone",
            max_skew=1,
            when_unsatisfiable="ScheduleAnyway",
            label_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=selector_labels(component)),
            match_label_keys=list(among) or None,
        )
    ]
