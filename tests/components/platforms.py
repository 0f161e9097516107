"""A platform for components that are tested by themselves."""

from components.platform import Platform

PLATFORM = Platform(
    name="p2p-nodes-test",
    project="a-project",
    region="europe-west1",
    zones=("europe-west1-b", "europe-west1-c", "europe-west1-d"),
    labels={"platform": "p2p-nodes-test"},
    protect=False,
)
MACHINES = {"cloud.google.com/compute-class": "p2p-nodes"}
