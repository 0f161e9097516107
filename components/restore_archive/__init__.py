"""What fills an empty volume from an archive in a bucket, before the node starts: a program of its own.

It runs in an init container of plain Python 3.11 or newer, out of a ConfigMap, as `python3 -u -m restore_archive`. So
it imports the standard library only, its own modules by relative names, and nothing else of this repository.

Whatever ends it, at whatever point: nothing but a whole, verified database is ever at `chains`, and the next start goes
on from what is there. `volume` says how.
"""


class FailedError(Exception):
    """This run ends; the next one may do better."""


class RefusedError(FailedError):
    """The archive is not what it should be: no later run does better with the same one."""


def say(line: str) -> None:
    """One step in the container's log."""
    print(f"restore: {line}", flush=True)
