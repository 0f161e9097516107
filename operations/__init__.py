"""Day 2: what an operator runs against a stack. Learns names from the stack itself, never from the program."""

import sys
from pathlib import Path

# The controls belong to the policy pack, which the engine starts in a folder of its own.
sys.path.append(str(Path(__file__).resolve().parents[1] / "policies"))
