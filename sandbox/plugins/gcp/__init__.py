"""The sandbox's `gcp` plugin: a simulator of the resource types this program uses, not Google Cloud."""
