from __future__ import annotations

from sandbox.vertical_autoscaling.components import NAMES
from sandbox.vertical_autoscaling.objects import FIRST, METRICS_HOST, Json, metrics_api, rights


def test_each_program_has_an_account_and_no_other_has() -> None:
    accounts = {stored.body["metadata"]["name"] for stored in rights() if stored.body["kind"] == "ServiceAccount"}
    assert accounts == set(NAMES)


def test_only_the_recommender_may_write_the_status_of_autoscalers() -> None:
    by_kind: dict[str, list[Json]] = {}
    for stored in rights():
        by_kind.setdefault(stored.body["kind"], []).append(stored.body)
    writers = {
        role["metadata"]["name"]
        for role in by_kind["ClusterRole"]
        for rule in role["rules"]
        if "verticalpodautoscalers/status" in rule["resources"]
    }
    subjects = {
        subject["name"]
        for binding in by_kind["ClusterRoleBinding"]
        if binding["roleRef"]["name"] in writers
        for subject in binding["subjects"]
    }
    assert subjects == {"vpa-recommender"}


def test_paths_have_the_namespace_where_there_is_one() -> None:
    paths = [stored.path for stored in rights()]
    assert "/api/v1/namespaces/kube-system/serviceaccounts/vpa-updater" in paths
    assert "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:vpa-actor" in paths
    assert len(paths) == len(set(paths))


def test_what_a_killed_run_is_known_by_is_made_first() -> None:
    assert rights()[0].path == FIRST


def test_the_api_server_is_told_to_verify_the_metrics_api() -> None:
    service, api_service = (stored.body for stored in metrics_api(20_001, b"pem"))
    assert service["spec"] == {"type": "ExternalName", "externalName": "localhost"}
    assert api_service["spec"]["caBundle"] == "cGVt"
    assert "insecureSkipTLSVerify" not in api_service["spec"]
    named = api_service["spec"]["service"]
    assert (f"{named['name']}.{named['namespace']}.svc", named["port"]) == (METRICS_HOST, 20_001)
