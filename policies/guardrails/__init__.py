"""Controls over what a stack or a manifest declares, and the ways to run them."""
