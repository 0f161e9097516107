"""`python -m sandbox.dataplane`: the simulated data plane of the sandbox in SANDBOX_HOME, until SIGTERM."""

from __future__ import annotations

import os
import signal
import sys

from sandbox.dataplane.daemon import Daemon
from sandbox.dataplane.delays import Delays, DelaysInvalid
from sandbox.layout import Layout
from sandbox.simulator.clock import Speed, SpeedInvalid


def main() -> int:
    """Run until a signal; 2 when the environment is wrong."""
    try:
        speed, delays = Speed.from_environment(), Delays.from_environment(os.environ)
    except (SpeedInvalid, DelaysInvalid) as error:
        print(error, file=sys.stderr)
        return 2
    layout = Layout.from_environment()
    daemon = Daemon(layout, speed=speed, delays=delays)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stop())
    print(f"data plane of {layout.root}, {speed.factor:g} simulated seconds per second", flush=True)
    daemon.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
