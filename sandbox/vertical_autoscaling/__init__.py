"""The real VerticalPodAutoscaler on the sandbox: its three programs, a simulated metrics API, and a demonstration.

Nothing of it runs unless `make demo-vpa` runs. `docs/sandbox.md` says what is real, simulated, and cannot be shown.
"""
