"""The attack table: what clients send to the proxy, and all that may come of it."""
