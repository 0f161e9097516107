from __future__ import annotations

from tests.program_mocks import of_settings

PLAN = "gcp:gkebackup/backupPlan:BackupPlan"


def test_everything_is_backed_up_with_its_volumes_and_secrets() -> None:
    plan = of_settings().one(PLAN)
    assert plan.inputs["cluster"] == "cluster-id"
    assert plan.inputs["backupConfig"] == {"allNamespaces": True, "includeVolumeData": True, "includeSecrets": True}
    assert "deactivated" not in plan.inputs


def test_backups_follow_the_settings() -> None:
    settings = {"recovery_point_minutes": 60, "retain_days": 3, "delete_lock_days": 2, "location": "europe-west9"}
    inputs = of_settings({"backup": settings}).one(PLAN).inputs
    assert inputs["location"] == "europe-west9"
    assert inputs["backupSchedule"] == {"paused": False, "rpoConfig": {"targetRpoMinutes": 60}}
    # Never locked: that could not be undone.
    assert inputs["retentionPolicy"] == {"backupRetainDays": 3, "backupDeleteLockDays": 2}


def test_backups_are_in_another_region_unless_told_otherwise() -> None:
    built = of_settings()
    assert built.one("gcp:container/cluster:Cluster").inputs["location"] == "europe-west1"
    assert built.one(PLAN).inputs["location"] == "europe-west3"


def test_a_plan_is_protected_like_the_cluster() -> None:
    assert of_settings().one(PLAN).protected
    assert not of_settings({"environment": "staging", "protect": False}).one(PLAN).protected


def test_without_backups_there_is_no_plan() -> None:
    built = of_settings({"environment": "staging", "backup": {"enabled": False}})
    assert built.of_type(PLAN) == []
