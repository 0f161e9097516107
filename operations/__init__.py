"""Day 2: what an operator runs against a stack. Learns names from the stack itself, never from the program."""
