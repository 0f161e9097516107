"""Resource plugins the engine runs in the sandbox in place of the official ones."""
